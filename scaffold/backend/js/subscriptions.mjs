// The queries that clients watch: each runs once for all who watch it, and again when a table that it
// has read changes.

export class Subscriptions {
  #backend;
  #results = new Map(); // key -> {answer (a promise), tables (null until known), isStale}
  #sessions = new Set();

  constructor(backend) {
    this.#backend = backend;
  }

  add(session) {
    this.#sessions.add(session);
  }

  delete(session) {
    this.#sessions.delete(session);
    this.prune();
  }

  /** Tell everybody that these tables changed; without them, that anything may have. */
  changed(tables = null) {
    for (const [key, entry] of this.#results) {
      if (tables && entry.tables && ![...entry.tables].some((table) => tables.has(table))) continue;
      entry.isStale = true;
      this.#results.delete(key);
    }
    for (const session of this.#sessions) session.refresh();
  }

  /** The entry for a query as a client asks it: up to date, and marked stale once it is not. */
  entry({ meta, ...query }) {
    const key = keyOf(query);
    let entry = this.#results.get(key);
    if (!entry) {
      entry = { tables: null, isStale: false };
      entry.answer = this.#run(entry, query, meta);
      this.#results.set(key, entry);
    }
    return entry;
  }

  async #run(entry, { path, args, journal, identity, isAdmin }, meta) {
    const call = { kind: "query", path, args, journal, format: "encoded" };
    const answer = await this.#backend.call(call, { identity, isAdmin, meta });
    entry.tables = answer.reads;
    return answer;
  }

  /** Forget results that nobody watches any more. */
  prune() {
    const watched = new Set([...this.#sessions].flatMap((session) => session.watched().map(keyOf)));
    for (const key of this.#results.keys()) if (!watched.has(key)) this.#results.delete(key);
  }
}

function keyOf({ path, args, journal, identity, isAdmin }) {
  return JSON.stringify([path, args, journal, identity, isAdmin]);
}
