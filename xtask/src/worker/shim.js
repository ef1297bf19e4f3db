// The worker's entry point: what Cloudflare calls, over what wasm-bindgen exports.
//
// After worker-build 0.8.7 (src/js/shim-unwind.js; Cloudflare, Apache-2.0). When the module is started afresh, because it
// aborted, objects made by the old one are stale: each proxy then makes its object again. `xtask::worker` appends an
// export for each class.

import { WorkerEntrypoint } from "cloudflare:workers";
import * as exports from "./index.js";
import * as renderer from "./render.js";
import rendererModule from "./render_bg.wasm";

Error.stackTraceLimit = 100;
const state = exports.__worker_init_state();

// The renderer is started when something is to be rendered, and afresh after a trap, which leaves nothing to rely on.
let startRenderer = () => renderer.initSync({ module: rendererModule });
globalThis.kelisimRender = (rendering) => {
  startRenderer();
  startRenderer = () => {};
  try {
    return renderer.render(rendering);
  } catch (error) {
    startRenderer = () => renderer.__wbg_reset_state();
    throw error;
  }
};

class Entrypoint extends WorkerEntrypoint {}

for (const event of ["fetch", "queue", "scheduled"]) {
  if (event in exports) {
    Entrypoint.prototype[event] = function (subject) {
      return exports[event].call(this, subject, this.env, this.ctx);
    };
  }
}

const instanceHooks = {
  set: (target, property, value, receiver) => Reflect.set(target.instance, property, value, receiver),
  has: (target, property) => Reflect.has(target.instance, property),
  deleteProperty: (target, property) => Reflect.deleteProperty(target.instance, property),
  getPrototypeOf: (target) => Reflect.getPrototypeOf(target.instance),
  setPrototypeOf: (target, prototype) => Reflect.setPrototypeOf(target.instance, prototype),
  isExtensible: (target) => Reflect.isExtensible(target.instance),
  preventExtensions: (target) => Reflect.preventExtensions(target.instance),
  getOwnPropertyDescriptor: (target, property) => Reflect.getOwnPropertyDescriptor(target.instance, property),
  defineProperty: (target, property, descriptor) => Reflect.defineProperty(target.instance, property, descriptor),
  ownKeys: (target) => Reflect.ownKeys(target.instance),
  get(target, property, receiver) {
    if (target.instanceId !== state.instanceId) {
      target.instance = target.make();
      target.instanceId = state.instanceId;
    }
    return Reflect.get(target.instance, property, receiver);
  },
};

const classHooks = {
  construct(constructor, parameters, newTarget) {
    const make = () => Reflect.construct(constructor, parameters, newTarget);
    return new Proxy({ instance: make(), instanceId: state.instanceId, make }, instanceHooks);
  },
};

export default new Proxy(Entrypoint, classHooks);
