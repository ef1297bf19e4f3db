# The edge's preview, which has no log where there is no `LOG_KEY`: what `cargo xtask bench edge` starts to tell what the log
# costs. Otherwise as in workerd.capnp.

using Workerd = import "/workerd/workerd.capnp";
using Platform = import "platform.capnp";

const config :Workerd.Config = (
  services = [
    (name = "edge", worker = .edge),
    Platform.state,
    Platform.tiles,
    Platform.buckets,
    Platform.queue,
    Platform.broker,
  ],
  sockets = [(name = "http", http = (forwardedProtoHeader = "X-Forwarded-Proto"), service = "edge")],
  extensions = Platform.extensions,
);

const edge :Workerd.Worker = (
  compatibilityDate = "2026-10-01",
  modules = [
    (name = "index.js", esModule = embed "../../../target/dist/preview/worker/index.js"),
    (name = "index_bg.wasm", wasm = embed "../../../target/dist/preview/worker/index_bg.wasm"),
    (name = "render_bg.wasm", wasm = embed "../../../target/dist/preview/worker/render_bg.wasm"),
  ],
  bindings = [
    (name = "ENVIRONMENT", text = "preview"),
    (name = "AUDIENCE", text = "https://edge.bench.invalid"),
    (name = "OPERATOR", text = "{\"name\": \"ТОО «BTS Digital»\"}"),
    (name = "POLICY_URL", text = "https://smartaqkol.chat/privacy"),
    (name = "ALLOWED_ORIGINS", text = "[\"https://host.bench.invalid\"]"),
    (name = "SUBJECT_ISSUERS", fromEnvironment = "ISSUERS"),
    (name = "STAFF_ISSUERS", fromEnvironment = "ISSUERS"),
    (name = "LOG_ORIGIN", text = "edge.bench.invalid/log"),
    (name = "PSEUDONYM_KEY", fromEnvironment = "PSEUDONYM_KEY"),
    (name = "NONCE_KEY", fromEnvironment = "NONCE_KEY"),
    (name = "RECEIPT_KEY", fromEnvironment = "RECEIPT_KEY"),
    (name = "LOG_KEY", wrapped = (
      moduleName = "bench:secret",
      innerBindings = [(name = "value", fromEnvironment = "LOG_KEY")],
    )),
    (name = "PREVIEW_ISSUER_KEY", fromEnvironment = "PREVIEW_ISSUER_KEY"),
    (name = "SUBJECTS", durableObjectNamespace = "Subject"),
    (name = "REGISTRY", durableObjectNamespace = "Registry"),
    (name = "TALLIES", durableObjectNamespace = "TallyShard"),
    (name = "LOG", durableObjectNamespace = "Log"),
    (name = "PREVIEW_CLOCK", durableObjectNamespace = "PreviewClock"),
    (name = "LOG_TILES", r2Bucket = "tiles"),
    (name = "LOG_QUEUE", queue = "queue"),
    Platform.subjectLimit,
    Platform.addressLimit,
  ],
  durableObjectNamespaces = [
    (className = "Subject", uniqueKey = "Subject", enableSql = true),
    (className = "Registry", uniqueKey = "Registry", enableSql = true),
    (className = "TallyShard", uniqueKey = "TallyShard", enableSql = true),
    (className = "Log", uniqueKey = "Log", enableSql = true),
    (className = "PreviewClock", uniqueKey = "PreviewClock", enableSql = true),
  ],
  durableObjectStorage = (localDisk = "state"),
);
