// One worker thread: the requests that it has not answered, and how long it has been silent.
import { EventEmitter } from "node:events";
import { Worker } from "node:worker_threads";

export const ACTION_LIMIT = 600; // seconds, as in a deployment's Node.js runtime
const MAX_HEAP = 1024; // megabytes: data and functions together

/** What callers are told of a function that ran for too long. */
export function timedOut(seconds) {
  return `Function execution timed out (maximum duration: ${seconds}s)`;
}

/** Emits "committed" (changes), "blob", "log" (name, lines), "sign" and, once, "ended" (reason). */
export class Thread extends EventEmitter {
  loaded = false;
  #worker;
  #beat = new Int32Array(new SharedArrayBuffer(4));
  #lastBeat = { count: -1, at: performance.now() };
  #pending = new Map(); // id -> how to settle the request, and when it is overdue
  #nextId = 0;
  #lastSettled = 0;
  #isEnded = false;
  #reason = "The function ended the process that it runs in";

  constructor(options, variables) {
    super();
    this.#worker = new Worker(new URL("./worker/worker.mjs", import.meta.url), {
      workerData: { ...options, beat: this.#beat.buffer },
      env: withVariables(variables),
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP },
      stdout: true,
      stderr: true,
    });
    for (const stream of [this.#worker.stdout, this.#worker.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => this.emit("log", "", [text.trimEnd().slice(0, 4096)]));
    }
    this.#worker.on("message", (message) => this.#receive(message));
    this.#worker.on("error", (error) => this.#ended(error.message));
    this.#worker.on("exit", () => this.#ended(this.#reason));
  }

  request(operation, request, limit = Infinity) {
    if (this.#isEnded) return Promise.reject(new Error(this.#reason));
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#pending.set(id, { resolve, reject, limit, due: performance.now() + limit * 1000 });
      this.#worker.postMessage({ id, operation, request });
    });
  }

  post(message) {
    this.#worker.postMessage(message);
  }

  /** End the thread; `reason` is what callers are told. */
  end(reason = "the server ends") {
    this.#ended(reason);
    void this.#worker.terminate();
  }

  /** When nothing is asked of the thread any more, or the time (seconds) is over. */
  async drained(limit) {
    const end = performance.now() + limit * 1000;
    while (this.#pending.size > 0 && performance.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** Seconds since the thread's event loop last turned. */
  stuckFor() {
    const count = Atomics.load(this.#beat, 0);
    const now = performance.now();
    if (count !== this.#lastBeat.count || !this.loaded) this.#lastBeat = { count, at: now };
    return (now - this.#lastBeat.at) / 1000;
  }

  /**
   * The limit, in seconds, that a transaction has exceeded, or null. Transactions run one by one, so
   * none is late while others still get done. Actions that are late only lose their caller.
   */
  overdue() {
    const now = performance.now();
    for (const [id, { due, limit, reject }] of this.#pending) {
      if (due > now) continue;
      if (limit < ACTION_LIMIT && now - this.#lastSettled > limit * 1000) return limit;
      if (limit === ACTION_LIMIT) {
        this.#pending.delete(id);
        reject(new Error(timedOut(limit)));
      }
    }
    return null;
  }

  #receive(message) {
    if (message.event === "committed") this.emit("committed", message.changes);
    else if (message.event === "log") this.emit("log", message.name, message.lines);
    else if (message.event === "started") this.#markStarted(message.id);
    else if (message.event) this.emit(message.event, message);
    else this.#settle(message);
  }

  #markStarted(id) {
    const request = this.#pending.get(id);
    if (request) request.isStarted = true;
  }

  #settle({ id, result, error }) {
    const request = this.#pending.get(id);
    this.#pending.delete(id);
    this.#lastSettled = performance.now();
    if (error)
      request?.reject(Object.assign(new Error(error.message), { name: error.name, stack: error.stack }));
    else request?.resolve(result);
  }

  #ended(reason) {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#reason = reason;
    this.#rejectAll();
    this.emit("ended", reason);
  }

  #rejectAll() {
    for (const { reject, isStarted } of this.#pending.values()) {
      reject(Object.assign(new Error(this.#reason), { isUnstarted: !isStarted }));
    }
    this.#pending.clear();
  }
}

function withVariables(variables) {
  const all = { ...process.env, ...variables };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}
