# The floor: a Worker that does nothing but make an object for each request, with one row in it.

using Workerd = import "/workerd/workerd.capnp";
using Platform = import "platform.capnp";

const config :Workerd.Config = (
  services = [(name = "floor", worker = .floor), Platform.state],
  sockets = [(name = "http", http = (), service = "floor")],
);

const floor :Workerd.Worker = (
  compatibilityDate = "2026-10-01",
  modules = [(name = "floor-worker.js", esModule = embed "floor-worker.js")],
  bindings = [(name = "OBJECTS", durableObjectNamespace = "Row")],
  durableObjectNamespaces = [(className = "Row", uniqueKey = "Row", enableSql = true)],
  durableObjectStorage = (localDisk = "state"),
);
