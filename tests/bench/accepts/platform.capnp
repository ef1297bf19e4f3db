# What Cloudflare has around a Worker, for workerd by itself: the limits here, storage and queue as `wrangler dev` has them.

using Workerd = import "/workerd/workerd.capnp";

const extensions :List(Workerd.Extension) = [
  (modules = [
    (name = "bench:rate-limit", internal = true, esModule = embed "rate-limit.js"),
    (name = "bench:secret", internal = true, esModule = embed "secret.js"),
  ]),
  (modules = [
    (name = "miniflare:shared", esModule = embed "../../../node_modules/miniflare/dist/src/workers/shared/index.worker.js"),
    (name = "miniflare:zod", esModule = embed "../../../node_modules/miniflare/dist/src/workers/shared/zod.worker.js"),
  ]),
];

const subjectLimit :Workerd.Worker.Binding = (name = "SUBJECT_LIMIT", wrapped = (
  moduleName = "bench:rate-limit",
  innerBindings = [(name = "limit", json = "60"), (name = "seconds", json = "60")],
));

const addressLimit :Workerd.Worker.Binding = (name = "ADDRESS_LIMIT", wrapped = (
  moduleName = "bench:rate-limit",
  innerBindings = [(name = "limit", json = "1000000"), (name = "seconds", json = "60")],
));

# Its folder is given on the command line.
const state :Workerd.Service = (name = "state", disk = (writable = true));

const tiles :Workerd.Service = (name = "tiles", worker = (
  compatibilityDate = "2023-07-24",
  modules = .entryModules,
  bindings = [
    (name = "MINIFLARE_NAMESPACE", text = "kelisim-log"),
    (name = "MINIFLARE_OBJECT", durableObjectNamespace = (className = "R2BucketObject", serviceName = "buckets")),
  ],
));

const buckets :Workerd.Service = (name = "buckets", worker = (
  compatibilityDate = "2023-07-24",
  compatibilityFlags = ["nodejs_compat", "experimental"],
  modules = [
    (name = "bucket.js", esModule = embed "../../../node_modules/miniflare/dist/src/workers/r2/bucket.worker.js"),
  ],
  bindings = [(name = "MINIFLARE_BLOBS", service = "state")],
  durableObjectNamespaces = [(className = "R2BucketObject", uniqueKey = "R2BucketObject")],
  durableObjectStorage = (localDisk = "state"),
));

const queue :Workerd.Service = (name = "queue", worker = (
  compatibilityDate = "2023-07-24",
  modules = .entryModules,
  bindings = [
    (name = "MINIFLARE_NAMESPACE", text = "kelisim-log"),
    (name = "MINIFLARE_OBJECT", durableObjectNamespace = (className = "QueueBrokerObject", serviceName = "broker")),
  ],
));

# The consumer is the service "edge", as edge/wrangler.toml has it.
const broker :Workerd.Service = (name = "broker", worker = (
  compatibilityDate = "2023-07-24",
  compatibilityFlags = ["nodejs_compat", "experimental", "service_binding_extra_handlers"],
  modules = [
    (name = "broker.js", esModule = embed "../../../node_modules/miniflare/dist/src/workers/queues/broker.worker.js"),
  ],
  bindings = [
    (name = "MINIFLARE_OBJECT", durableObjectNamespace = "QueueBrokerObject"),
    (name = "MINIFLARE_QUEUE_CONSUMERS", json =
      "{\"kelisim-log\": {\"workerName\": \"edge\", \"maxBatchSize\": 100, \"maxBatchTimeout\": 1, \"maxRetries\": 10}}"),
    (name = "MINIFLARE_WORKER_edge", service = "edge"),
  ],
  durableObjectNamespaces = [(className = "QueueBrokerObject", uniqueKey = "QueueBrokerObject", preventEviction = true)],
  durableObjectStorage = (inMemory = void),
));

const entryModules :List(Workerd.Worker.Module) = [
  (name = "entry.js", esModule = embed "../../../node_modules/miniflare/dist/src/workers/shared/object-entry.worker.js"),
];
