// The WebSocket sync protocol: one session a connection.
//
// A session is at a version (query set, identity, time) that only moves by transitions. All that a
// session does in order goes through one chain of promises.
import { Client } from "./clients.mjs";
import { RequestError } from "./failures.mjs";
import { checkHost, checkPath, metaOf, readArgs } from "./requests.mjs";
import { encodeTimestamp, nextTimestamp, raw, stringify } from "./wire.mjs";

const PING_INTERVAL = 10_000; // milliseconds; clients give up after 30 to 60 seconds of silence
const MAX_UNREAD = 16 * 2 ** 20; // bytes: whoever reads more slowly is spared what lies between
const MAX_ROUNDS = 5; // to find all queries unchanged by each other's side effects

export class Session {
  #backend;
  #socket;
  #request;
  #version = { querySet: 0, identity: 0, ts: 0n };
  #queries = new Map(); // id -> {path, args, journal, sent}
  #caller = { identity: null, isAdmin: false, token: null };
  #chain = Promise.resolve();
  #sessionId = null;
  #client = new Client();
  #isRefreshQueued = false;
  #isBehind = false; // there are changes that it has not been told of, since it does not read
  // A client waits for a transition that is as new as its mutation, even if that shows nothing new;
  // the Rust client, which Python uses, also after a mutation that failed with a ConvexError.
  #owesTransition = false;
  #ping;

  constructor(backend, socket, request) {
    this.#backend = backend;
    this.#socket = socket;
    this.#request = request;
    this.#ping = setInterval(() => this.#send({ type: "Ping" }), PING_INTERVAL);
    backend.subscriptions.add(this);
    socket.on("message", (data) => this.#receive(data));
    socket.on("error", () => socket.terminate());
    socket.on("close", () => this.#close());
  }

  #close() {
    clearInterval(this.#ping);
    this.#leave();
    this.#queries.clear();
    this.#backend.subscriptions.delete(this);
  }

  #connect({ sessionId }) {
    if (typeof sessionId !== "string") return;
    this.#leave();
    this.#sessionId = sessionId;
    this.#client = this.#backend.clients.join(sessionId);
  }

  #leave() {
    if (this.#sessionId !== null) this.#backend.clients.leave(this.#sessionId, this.#client);
    this.#sessionId = null;
  }

  /** The queries of this session, as subscriptions know them. */
  watched() {
    return [...this.#queries.values()].map((query) => this.#asked(query));
  }

  #asked({ path, args, journal }) {
    const { identity, isAdmin } = this.#caller;
    return { path, args, journal, identity, isAdmin };
  }

  /** Something may have changed: send what did. */
  refresh() {
    this.#isBehind = this.#socket.bufferedAmount > MAX_UNREAD;
    if (this.#isBehind || this.#isRefreshQueued || this.#queries.size === 0) return;
    this.#isRefreshQueued = true;
    this.#inOrder(async () => {
      this.#isRefreshQueued = false;
      await this.#transition({});
    });
  }

  #receive(data) {
    let message;
    try {
      message = JSON.parse(data.toString());
    } catch {
      this.#fail("the message is no JSON");
      return;
    }
    const handlers = {
      Connect: () => this.#connect(message),
      Event: () => {},
      ModifyQuerySet: () => this.#inOrder(() => this.#modifyQuerySet(message)),
      Authenticate: () => this.#inOrder(() => this.#authenticate(message)),
      Mutation: () => void this.#mutation(message),
      Action: () => void this.#action(message),
    };
    if (Object.hasOwn(handlers, message?.type)) handlers[message.type]();
    else this.#fail(`unknown message type ${JSON.stringify(message?.type)}`);
  }

  #inOrder(work) {
    this.#chain = this.#chain.then(work).catch((error) => this.#fail(error.message));
  }

  #fail(error) {
    this.#send({ type: "FatalError", error });
    this.#socket.close();
  }

  #send(message) {
    const { readyState, OPEN } = this.#socket;
    if (readyState === OPEN) this.#socket.send(stringify(message), () => this.#isBehind && this.refresh());
  }

  // --- queries ---------------------------------------------------------------------------------------

  async #modifyQuerySet({ baseVersion, newVersion, modifications }) {
    if (baseVersion !== this.#version.querySet) {
      const current = this.#version.querySet;
      throw new Error(`Base version ${baseVersion} passed up doesn't match the current version ${current}`);
    }
    const removed = [];
    for (const { type, queryId, udfPath, args, journal } of modifications) {
      if (type === "Add") {
        checkPath(udfPath);
        this.#queries.set(queryId, {
          path: udfPath,
          args: readArgs(args),
          journal: journal ?? null,
          sent: null,
        });
      } else {
        this.#queries.delete(queryId);
        removed.push({ type: "QueryRemoved", queryId });
      }
    }
    if (removed.length > 0) this.#backend.subscriptions.prune();
    await this.#transition({ querySet: newVersion, removed, always: true });
  }

  /** Move to a new version, with every query's result as it is at one moment. */
  async #transition({ querySet, identity, removed = [], always = false }) {
    if (this.#endIfExpired()) return;
    const results = await this.#consistentResults();
    const modifications = [...removed];
    for (const [queryId, query, answer] of results) {
      const content = stringify(resultContent(answer));
      if (query.sent === content) continue;
      query.sent = content;
      query.journal = answer.journal ?? null;
      modifications.push({ queryId, ...resultModification(answer) });
    }
    if (modifications.length === 0 && !always && !this.#owesTransition) return;
    this.#owesTransition = false;
    const startVersion = encodeVersion(this.#version);
    this.#version = {
      querySet: querySet ?? this.#version.querySet,
      identity: identity ?? this.#version.identity,
      ts: nextTimestamp(),
    };
    this.#send({ type: "Transition", startVersion, endVersion: encodeVersion(this.#version), modifications });
  }

  /** Whether the client must sign in again. It is told, and comes back with a new token. */
  #endIfExpired() {
    if (!this.#backend.isExpired(this.#caller.token)) return false;
    const baseVersion = this.#version.identity;
    const error = "Convex token identity expired";
    this.#send({ type: "AuthError", error, baseVersion, authUpdateAttempted: false });
    this.#socket.close();
    return true;
  }

  async #consistentResults() {
    for (let round = 1; ; round += 1) {
      const meta = metaOf(this.#request, this.#caller.token);
      const entries = [...this.#queries].map(([id, query]) => {
        return { id, query, entry: this.#backend.subscriptions.entry({ ...this.#asked(query), meta }) };
      });
      const answers = await Promise.all(entries.map(({ entry }) => entry.answer));
      const isConsistent = entries.every(({ entry }) => !entry.isStale);
      if (isConsistent || round === MAX_ROUNDS) {
        return entries.map(({ id, query }, index) => [id, query, answers[index]]);
      }
    }
  }

  // --- identity --------------------------------------------------------------------------------------

  async #authenticate({ tokenType, value, baseVersion, impersonating }) {
    try {
      this.#caller = this.#callerOf({ tokenType, value, impersonating });
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.#send({ type: "AuthError", error: error.message, baseVersion, authUpdateAttempted: true });
      this.#socket.close();
      return;
    }
    await this.#transition({ identity: baseVersion + 1, always: true });
  }

  #callerOf({ tokenType, value, impersonating }) {
    if (tokenType === "User") {
      return { identity: this.#backend.authenticate(value), isAdmin: false, token: value };
    }
    if (tokenType === "Admin") {
      if (!this.#backend.isAdminKey(value)) {
        throw new RequestError(
          401,
          "BadDeployKey",
          "The provided deploy key was invalid for this deployment.",
        );
      }
      return { identity: impersonating ?? null, isAdmin: true, token: null };
    }
    return { identity: null, isAdmin: false, token: null };
  }

  // --- mutations and actions -------------------------------------------------------------------------

  /** Mutations of one client run in the order in which it sent them, and each once. */
  async #mutation(message) {
    const sender = this.#sender();
    const run = async () => await this.#call("mutation", message, await sender);
    const answer = await this.#client.once(message.requestId, run);
    const response = { type: "MutationResponse", requestId: message.requestId, ...outcome(answer) };
    if (answer.ok) response.ts = encodeTimestamp(nextTimestamp());
    this.#send(response);
    this.#owesTransition = true;
    this.#inOrder(async () => {
      if (this.#owesTransition) await this.#transition({});
    });
  }

  async #action(message) {
    const answer = await this.#call("action", message, await this.#sender());
    this.#send({ type: "ActionResponse", requestId: message.requestId, ...outcome(answer) });
  }

  /** Who the client is by what it has sent so far, and not by an Authenticate that is still to come. */
  #sender() {
    return this.#chain.then(() => this.#caller);
  }

  async #call(kind, { udfPath, args }, { identity, isAdmin, token }) {
    if (this.#endIfExpired()) return { ok: false, message: "Convex token identity expired", logLines: [] };
    const meta = metaOf(this.#request, token);
    try {
      checkPath(udfPath);
      const call = { kind, path: udfPath, args: readArgs(args), format: "encoded" };
      return await this.#backend.call(call, { identity, isAdmin, meta });
    } catch (error) {
      return { ok: false, message: error.message, logLines: [] };
    }
  }
}

function encodeVersion({ querySet, identity, ts }) {
  return { querySet, identity, ts: encodeTimestamp(ts) };
}

function outcome({ ok, value, message, data, logLines }) {
  if (ok) return { success: true, result: raw(value), logLines };
  return { success: false, result: message, logLines, errorData: data && raw(data) };
}

function resultModification({ ok, value, message, data, logLines, journal = null }) {
  if (ok) return { type: "QueryUpdated", value: raw(value), logLines, journal };
  return { type: "QueryFailed", errorMessage: message, errorData: data && raw(data), logLines, journal };
}

/** What of a result makes it another one: not the id of the request that found it. */
function resultContent({ ok, value, message, data }) {
  return ok
    ? { value: raw(value) }
    : { message: message.replace(/^\[Request ID: \w+\] /, ""), data: data ?? null };
}

function isSyncRequest(request) {
  try {
    checkHost(request);
  } catch {
    return false;
  }
  return /^\/api\/([^/]+\/)?sync(\?|$)/.test(request.url);
}

/** Accept connections of the sync protocol on an HTTP server. */
export function acceptSync(server, { WebSocketServer }, backend) {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 2 ** 20, perMessageDeflate: false });
  server.on("upgrade", (request, socket, head) => {
    if (!isSyncRequest(request)) {
      socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n");
      return;
    }
    sockets.handleUpgrade(request, socket, head, (connection) => new Session(backend, connection, request));
  });
  return sockets;
}
