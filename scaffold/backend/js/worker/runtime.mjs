// A project's functions, running on a convex-test instance.
import { randomBytes } from "node:crypto";
import { Agenda } from "./agenda.mjs";
import { currentCall, currentFunction, inCall } from "./context.mjs";
import { Crons } from "./crons.mjs";
import { CallError, describeError, isConvexError } from "./errors.mjs";
import { Files } from "./files.mjs";
import { canonicalPath, describeFunction, instrumentModule, TYPE_TITLES } from "./functions.mjs";
import { noteGlobals } from "./globals.mjs";
import { handleRequest, routerWithUrls } from "./http-actions.mjs";
import { documentIn, onCommit, openTransaction, restore, stateOf } from "./instance.mjs";
import { Jobs, TABLE as JOBS_TABLE } from "./jobs.mjs";
import { CallLog } from "./logs.mjs";
import { passOverUnindexed } from "./search.mjs";
import { extendSyscalls } from "./syscalls.mjs";
import { tableOf } from "./validators.mjs";
import { valuePrinter } from "./values.mjs";

export class Runtime {
  #t;
  #state;
  #libraries;
  #events;
  #modules = new Map(); // component -> module path -> what it exports, instrumented
  #functions = new Map(); // path of a function of the app -> what it is
  #schema;

  /**
   * `libraries` are the project's own convex and convex-test; `bundle` is what the project's code
   * exports; `events` hears of commits, files and log lines.
   */
  constructor({ libraries, bundle, clock, url, functionsFolder, events, limits, signJwt }) {
    this.#libraries = libraries;
    this.#events = events;
    this.clock = clock;
    this.url = url;
    this.functionsFolder = functionsFolder;
    this.signJwt = signJwt;
    this.print = valuePrinter(libraries.values.convexToJson);
    this.agenda = new Agenda(clock);
    this.files = new Files(this);
    this.crons = new Crons(this);
    this.jobs = new Jobs(this);
    this.#install(bundle, limits);
  }

  #install({ components }, limits) {
    this.#schema = components[""].schema;
    const placeholder = { "./_generated/api.js": async () => ({}) }; // it only marks the root
    const options = { schema: this.#schema, modules: placeholder, transactionLimits: limits };
    this.#t = this.#libraries.convexTest(options);
    noteGlobals();
    for (const [path, { schema }] of Object.entries(components)) {
      if (path !== "") this.#t.registerComponent(path, schema ?? null, placeholder);
    }
    this.#state = stateOf(this.#t);
    for (const [path, { modules }] of Object.entries(components)) this.#addModules(path, modules);
    for (const { db } of Object.values(this.#state.components)) passOverUnindexed(db);
    extendSyscalls(this.#state, this);
    onCommit(this.#state, (writes) => this.#committed(writes));
  }

  #addModules(component, modules) {
    const instrumented = new Map();
    for (const [path, exports] of Object.entries(modules)) {
      instrumented.set(path, instrumentModule(exports, component, path, this));
      if (component === "") this.#list(path, exports);
    }
    const routes = instrumented.get("http");
    if (routes) instrumented.set("http", { ...routes, default: routerWithUrls(routes.default) });
    this.#modules.set(component, instrumented);
    this.#state.components[component].modules = async (path) => {
      const found = instrumented.get(path.replace(/\.js$/, ""));
      if (!found) throw new CallError(`Could not find module "${path}"`);
      return found;
    };
    this.crons.declare(component, modules.crons?.default);
  }

  #list(module, exports) {
    for (const [name, value] of Object.entries(exports)) {
      const info = describeFunction(value, "", `${module}:${name}`);
      if (info) this.#functions.set(info.path, info);
    }
  }

  /** Jump to a time. What lies between is not done, except for scheduled functions, which are due. */
  async jump(time) {
    this.clock.set(time);
    this.crons.start();
    return await this.agenda.advance(time);
  }

  /** Every registered function of the app. */
  functions() {
    return [...this.#functions.values()];
  }

  /** The validator of each table's documents. */
  tables() {
    const { tables } = this.#schema ? JSON.parse(this.#schema.export()) : { tables: [] };
    return Object.fromEntries(
      tables.map(({ tableName, documentType }) => [tableName, documentType ?? { type: "any" }]),
    );
  }

  get router() {
    return this.#modules.get("").get("http")?.default;
  }

  // --- data ------------------------------------------------------------------------------------------

  /** Begin with the data of another runtime. Returns what does not fit the schema, as messages. */
  restore({ documents, blobs, targets, lastIds }) {
    const misfits = restore(this.#state, { documents, blobs, lastIds });
    if (misfits.length > 0) return misfits;
    this.jobs = new Jobs(this, targets);
    for (const [component, id, document] of documents) {
      if (tableOf(id) === JOBS_TABLE && this.hasComponent(component)) {
        this.jobs.committed(component, id, document);
      }
    }
    return [];
  }

  #committed(writes) {
    const changes = writes.map(([component, id, document]) => {
      const target = tableOf(id) === JOBS_TABLE ? this.jobs.committed(component, id, document) : undefined;
      return [component, id, document, target];
    });
    this.#events.committed(changes);
  }

  onBlob(component, id, blob) {
    this.#events.blob(component, id, blob);
  }

  hasComponent(component) {
    return this.#state.components[component] !== undefined;
  }

  database(component) {
    return this.#state.components[component].db;
  }

  /** A committed document, or null. */
  document(component, id) {
    return documentIn(this.#state, component, id);
  }

  /** A document as the running function sees it, or null. */
  visibleDocument(component, id) {
    if (tableOf(id) === null) return null;
    return this.database(component).get(undefined, id);
  }

  /** Write to a component's database, in the running transaction or in one of its own. */
  async write(component, change) {
    const running = currentFunction.getStore();
    if (running?.type === "mutation") return change(this.database(component));
    let result;
    await currentFunction.exit(() =>
      this.#t.runInComponent(component, async () => {
        result = change(this.database(component));
        return null;
      }),
    );
    return result;
  }

  /** The database of the running function, and how to count what is scheduled in it. */
  openTransaction() {
    const { database, tracker } = openTransaction(this.#state, currentFunction.getStore()?.component ?? "");
    const track = (args) =>
      tracker?.trackScheduledFunction?.(this.#libraries.values.getConvexSize?.(args) ?? 0);
    return { database, track };
  }

  decode(json) {
    return this.#libraries.values.jsonToConvex(json);
  }

  // --- calls -----------------------------------------------------------------------------------------

  newMeta() {
    const requestId = randomBytes(8).toString("hex");
    return { ip: null, userAgent: null, requestId, scheduledFunctionId: null, authToken: null };
  }

  /** What `ctx` a function gets, beyond what convex-test gives it. */
  extendContext(ctx, { type }) {
    if (type !== "mutation" || ctx.auth.signJwt) return ctx;
    const auth = {
      getUserIdentity: () => ctx.auth.getUserIdentity(),
      signJwt: (options) => this.signJwt(options),
    };
    return { ...ctx, auth };
  }

  async runTarget(target, args) {
    return await this.#t.fun(target, args);
  }

  /** Answer a client's call of a function. */
  async call({ meta, journal, onStart, format, ...request }) {
    const log = new CallLog();
    return await inCall({ meta, log, journal, onStart }, async (call) => {
      const outcome = await this.#outcome(request, meta, format);
      return { ...outcome, logLines: log.lines, reads: [...call.reads], journal: call.journal };
    });
  }

  async #outcome(request, meta, format) {
    try {
      return { ok: true, value: this.print(await this.#invoke(request), format) };
    } catch (error) {
      return this.describeFailure(error, meta, format);
    }
  }

  async #invoke({ kind, path, args, identity, isAdmin }) {
    const info = this.#find(path, kind, isAdmin);
    const t = identity ? this.#t.withIdentity(identity) : this.#t;
    return await t[info.type](
      this.#libraries.server.makeFunctionReference(info.path),
      this.#decodeArgs(args),
    );
  }

  #find(path, kind, isAdmin) {
    const name = canonicalPath(path);
    const info = this.#functions.get(name);
    if (!info || (info.visibility !== "public" && !isAdmin)) {
      throw new CallError(`Could not find public function for '${name.replace(/:default$/, "")}'.`);
    }
    if (kind !== "any" && kind !== info.type) {
      const shown = name.replace(":", ".js:");
      throw new CallError(
        `Trying to execute ${shown} as ${TYPE_TITLES[kind]}, but it is defined as ${TYPE_TITLES[info.type]}.`,
      );
    }
    return info;
  }

  #decodeArgs(args) {
    try {
      return this.decode(args);
    } catch (error) {
      throw new CallError(`Invalid arguments: ${error.message}`);
    }
  }

  /** An error as an answer to a client. */
  describeFailure(error, meta, format) {
    const text = describeError(error, this.functionsFolder);
    const answer = { ok: false, message: `[Request ID: ${meta.requestId}] Server Error\n${text}` };
    if (isConvexError(error)) answer.data = this.#printData(error.data, format);
    return answer;
  }

  #printData(data, format) {
    try {
      return this.print(data, format);
    } catch {
      return "null";
    }
  }

  /** Answer a request with the project's HTTP actions. */
  async fetch(request) {
    const t = request.identity ? this.#t.withIdentity(request.identity) : this.#t;
    return await handleRequest(this, t, request);
  }

  /** Run `work` with a log of its own, which is printed under `name` when it is over. */
  async logged(name, work) {
    const log = new CallLog();
    try {
      return await currentCall.exit(() => work(log));
    } finally {
      if (log.lines.length > 0) this.#events.log(name, log.lines);
    }
  }

  note(text) {
    this.#events.log("", [text]);
  }

  /** Run a function in a mutation of its own, outside of any call: for seeds and the like. */
  async transaction(work) {
    return await this.#t.run(work);
  }
}
