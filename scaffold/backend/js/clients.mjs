// Clients, beyond one connection of theirs.
//
// A client that lost its connection comes back with the same session id, and sends again each mutation
// whose effect it has not seen: also those that had run. None may run twice, nor before an earlier one.

const MAX_ANSWERS = 1000; // of one client: more mutations than it waits for at a time
const MEMORY = 300_000; // milliseconds that a client may stay away

export class Client {
  connections = 0;
  forgetting; // the timer, once it is away
  #answers = new Map(); // request id -> the promise of its answer
  #last = Promise.resolve();

  /** The answer to a mutation, which is run after those before it, unless it has run or does. */
  once(requestId, run) {
    const known = this.#answers.get(requestId);
    if (known) return known;
    const answer = this.#last.then(run);
    this.#last = answer;
    this.#answers.set(requestId, answer);
    if (this.#answers.size > MAX_ANSWERS) this.#answers.delete(this.#answers.keys().next().value);
    // What failed has changed nothing: it may be tried again.
    void answer.then(({ ok }) => ok || this.#answers.delete(requestId));
    return answer;
  }
}

export class Clients {
  #known = new Map(); // session id -> client

  /** The client of a session, to be left again. */
  join(sessionId) {
    if (!this.#known.has(sessionId)) this.#known.set(sessionId, new Client());
    const client = this.#known.get(sessionId);
    client.connections += 1;
    clearTimeout(client.forgetting);
    return client;
  }

  leave(sessionId, client) {
    client.connections -= 1;
    if (client.connections > 0) return;
    const forget = () => this.#known.get(sessionId) === client && this.#known.delete(sessionId);
    client.forgetting = setTimeout(forget, MEMORY).unref();
  }

  /** Forget what has run: its effects are gone. */
  clear() {
    this.#known.clear();
  }
}
