// Cloudflare's binding for rate limits, which workerd by itself does not have: it counts in memory, as Cloudflare does.

class Ratelimit {
  #counts = new Map();
  #window;

  constructor({ limit, seconds }) {
    this.limits = { limit, milliseconds: seconds * 1000 };
  }

  async limit({ key }) {
    const window = Math.floor(Date.now() / this.limits.milliseconds);
    if (window != this.#window) this.#counts.clear();
    this.#window = window;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return { success: count <= this.limits.limit };
  }
}

export default (env) => new Ratelimit(env);
