// The thread that runs functions, seen from outside: calls, time limits, and a new thread when the
// old one had to be ended. Committed data and the clock outlive every thread.
import { EventEmitter } from "node:events";
import { asFile } from "./bundle.mjs";
import { StartError } from "./failures.mjs";
import { unloadable, unsupportedTest } from "./packages.mjs";
import { Snapshot } from "./snapshot.mjs";
import { ACTION_LIMIT, Thread, timedOut } from "./thread.mjs";

const LOAD_LIMIT = 20; // seconds for the evaluation of all modules
const ATTEMPTS = 3; // to begin a call in a thread that is not ended before its turn
const DRAIN_LIMIT = 2; // seconds that running calls get to finish before a reload

/** Emits "committed" (set of tables), "log" (name, lines), "restarted" (reason) and "reset". */
export class Engine extends EventEmitter {
  #options; // libraries, their versions and what they need of each other, functionsFolder, url, limits
  #timeLimit; // seconds a query or mutation may take, and any function may keep the thread busy
  #sign;
  #thread = null;
  #code = "";
  #snapshot = new Snapshot();
  #clock = {};
  #variables = {};
  #watch;
  #restarting = null;

  constructor({ timeLimit, sign, ...options }) {
    super();
    this.#options = options;
    this.#timeLimit = timeLimit;
    this.#sign = sign;
  }

  /** Begin to load what does not depend on the project's code, to save time. */
  prepare() {
    this.#thread ??= this.#newThread();
  }

  /** Run `code` from now on, on the data there is. On a StartError the old code runs on. */
  async load(code) {
    await this.#restarting;
    const old = this.#thread?.loaded ? this.#thread : null;
    if (!old) this.prepare();
    const loading = old ? this.#replace(old, code) : this.#loadFirst(code);
    this.#watch ??= setInterval(() => this.#check(), 100).unref();
    return await loading;
  }

  async #loadFirst(code) {
    const loaded = await this.#loadInto(this.#thread, code);
    this.#code = code;
    return loaded;
  }

  /** Calls that come meanwhile wait, so that none is lost between the two threads. */
  async #replace(old, code) {
    const thread = this.#newThread();
    const replacing = this.#handOver(old, thread, code);
    this.#restarting = replacing.then(
      () => (this.#restarting = null),
      () => (this.#restarting = null),
    );
    return await replacing;
  }

  async #handOver(old, thread, code) {
    await old.request("pause");
    await old.drained(DRAIN_LIMIT);
    try {
      const loaded = await this.#loadInto(thread, code);
      this.#thread = thread;
      this.#code = code;
      old.end("the functions were reloaded");
      return loaded;
    } catch (error) {
      thread.end();
      await old.request("resume");
      throw error;
    }
  }

  async #loadInto(thread, code) {
    const snapshot = this.#snapshot.export();
    const loaded = await asFile(code, (file) => {
      const loading = thread.request("load", { file, snapshot });
      return withLimit(loading, LOAD_LIMIT, "the modules did not finish loading: is there an endless loop?");
    }).catch((error) => {
      throw this.#loadError(error);
    });
    if (loaded.misfits.length > 0) {
      throw new StartError("code", "stored documents do not fit the schema", { problems: loaded.misfits });
    }
    thread.loaded = true;
    return loaded;
  }

  #loadError(error) {
    if (error instanceof StartError) return error;
    const { versions, needed } = this.#options;
    if (error.name === "UnsupportedVersionError") return unsupportedTest(versions.convexTest);
    if (error.name === "LibraryError") return unloadable(error, versions, needed);
    return new StartError("code", error.message, { stack: error.stack });
  }

  /** Call a function for a client; the answer is never an exception. */
  async call(request) {
    const limited = { query: this.#timeLimit, mutation: this.#timeLimit }[request.kind] ?? ACTION_LIMIT;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#ask("call", request, limited);
      } catch (error) {
        // The thread was ended because of another function; this one can begin in the next.
        if (!error.isUnstarted || attempt === ATTEMPTS) return failedCall(request.meta, error);
      }
    }
  }

  /** Any other operation of the worker. */
  async ask(operation, request = {}) {
    const answer = await this.#ask(operation, request, ACTION_LIMIT);
    if (operation === "setClock") this.#clock = answer.state;
    return answer;
  }

  async #ask(operation, request, limit) {
    await this.#restarting;
    return await this.#thread.request(operation, request, limit);
  }

  /** Forget all data. The clock goes back to the machine's unless `keepClock`. */
  async reset({ keepClock = false } = {}) {
    if (!keepClock) this.#clock = {};
    await this.ask("reset", { keepClock });
    this.#snapshot.clear();
    this.emit("reset");
  }

  /** Set environment variables of the functions; null removes one. */
  async setVariables(variables) {
    Object.assign(this.#variables, variables);
    await this.ask("setVariables", variables);
  }

  close() {
    clearInterval(this.#watch);
    const thread = this.#thread;
    this.#thread = null;
    thread?.end();
  }

  #newThread() {
    const thread = new Thread({ ...this.#options, clock: this.#clock }, this.#variables);
    thread.on("committed", (changes) => {
      if (thread === this.#thread) this.emit("committed", this.#snapshot.apply(changes));
    });
    thread.on("blob", ({ component, id, blob }) => this.#snapshot.addBlob(component, id, blob));
    thread.on("log", (name, lines) => this.emit("log", name, lines));
    thread.on("ended", (reason) => {
      if (thread === this.#thread && thread.loaded) this.#restart(reason);
    });
    thread.on("sign", (request) => this.#answerSign(thread, request));
    return thread;
  }

  #answerSign(thread, { number, options, now }) {
    try {
      thread.post({ signed: { number, token: this.#sign(options, now) } });
    } catch (error) {
      thread.post({ signed: { number, error: error.message } });
    }
  }

  /** End the thread when it has been stuck for too long. */
  #check() {
    const stuck = this.#thread?.stuckFor() ?? 0;
    const late = this.#thread?.overdue() ?? null;
    if (stuck <= this.#timeLimit && late === null) return;
    this.#thread.end(timedOut(late ?? this.#timeLimit));
  }

  #restart(reason) {
    if (this.#restarting) return;
    this.#thread = this.#newThread();
    this.#restarting = this.#loadInto(this.#thread, this.#code)
      .catch((error) => this.emit("log", "", [`[ERROR] cannot restart: ${error.message}`]))
      .finally(() => {
        this.#restarting = null;
        this.emit("restarted", reason);
      });
  }
}

function failedCall({ requestId }, error) {
  return {
    ok: false,
    message: `[Request ID: ${requestId}] Server Error\n${error.message}`,
    logLines: [],
    reads: [],
  };
}

function withLimit(promise, seconds, message) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new StartError("code", message)), seconds * 1000);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}
