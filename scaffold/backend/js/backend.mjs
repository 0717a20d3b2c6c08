// What all endpoints share: the functions, the data, and who may call what.
import { randomBytes } from "node:crypto";
import { Clients } from "./clients.mjs";
import { Subscriptions } from "./subscriptions.mjs";
import { Tokens } from "./tokens.mjs";

export class Backend {
  functions = [];
  clients = new Clients();
  adminKey = `local|${randomBytes(16).toString("hex")}`;
  #engine;
  #tokens;
  #project;
  #mode;
  #seed = null;
  #now = { offset: 0, frozenAt: null };

  constructor({ engine, url, mode, project }) {
    this.url = url;
    this.#engine = engine;
    this.#mode = mode;
    this.#project = project;
    this.#tokens = new Tokens({ mode, url });
    this.subscriptions = new Subscriptions(this);
    engine.on("committed", (tables) => this.subscriptions.changed(tables));
    engine.on("reset", () => this.subscriptions.changed());
    engine.on("restarted", () => this.subscriptions.changed());
  }

  /** Take note of newly loaded code. */
  loaded({ functions, authProviders }) {
    this.functions = functions;
    this.#tokens.setProviders(authProviders);
    this.subscriptions.changed();
  }

  status() {
    return {
      url: this.url,
      project: this.#project.root,
      auth: this.#mode,
      providers: this.#tokens.providers.map(({ issuer, audience }) => ({
        issuer,
        audience: audience ?? null,
      })),
      functions: this.functions.length,
      pid: process.pid,
    };
  }

  /** Milliseconds since the epoch on the backend's clock. */
  now() {
    return this.#now.frozenAt ?? Date.now() + this.#now.offset;
  }

  async call(call, { identity, isAdmin, meta }) {
    return await this.#printed(call.path, this.#engine.call({ ...call, identity, isAdmin, meta }));
  }

  async fetch(request) {
    return await this.#printed(`${request.method} ${request.path}`, this.#engine.ask("fetch", request));
  }

  async #printed(name, answering) {
    const answer = await answering;
    if (answer.logLines.length > 0) this.#engine.emit("log", name, answer.logLines);
    return answer;
  }

  async ask(operation, request) {
    const answer = await this.#engine.ask(operation, request);
    if (operation === "setClock") this.#now = { offset: 0, frozenAt: null, ...answer.state };
    return answer;
  }

  /** Documents to begin with, also after each reset. */
  async setSeed(documents) {
    this.#seed = documents;
    if (documents) await this.seed(documents);
  }

  async seed(documents) {
    return await this.ask("seed", { documents });
  }

  async reset({ keepClock }) {
    if (!keepClock) this.#now = { offset: 0, frozenAt: null };
    await this.#engine.reset({ keepClock });
    this.clients.clear();
    if (this.#seed) await this.seed(this.#seed);
  }

  async setVariables(variables) {
    await this.#engine.setVariables(variables);
  }

  authenticate(token) {
    return this.#tokens.authenticate(token, this.now());
  }

  isExpired(token) {
    return this.#tokens.isExpired(token, this.now());
  }

  isAdminKey(key) {
    return key === this.adminKey;
  }

  mint(request) {
    return this.#tokens.mint(request, this.now());
  }

  jwks() {
    return this.#tokens.jwks();
  }

  signJwt(options, now) {
    return this.#tokens.signJwt(options, now);
  }
}
