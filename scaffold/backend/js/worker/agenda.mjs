// Work that is to be done at a time of the backend's clock: scheduled functions and crons.

const MAX_DELAY = 2 ** 31 - 1; // of setTimeout, in milliseconds
const MAX_RUNS = 10_000; // in one `advance`: more is a function that schedules itself without end
const PATIENCE = 10_000; // milliseconds that `advance` waits for what it started
const setTimer = setTimeout;
const clearTimer = clearTimeout;
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

export class Agenda {
  #clock;
  #entries = new Map(); // key -> { time, order, work }
  #running = new Set();
  #order = 0;
  #begun = 0; // how much was ever started
  #timer;
  #isPaused = false;

  constructor(clock) {
    this.#clock = clock;
  }

  /** Do `work` at `time` (milliseconds since the epoch), in place of what had the same key. */
  add(key, time, work) {
    this.#entries.set(key, { key, time, work, order: this.#order++ });
    this.rearm();
  }

  delete(key) {
    if (this.#entries.delete(key)) this.rearm();
  }

  /** Begin nothing until `paused` is false again. */
  pause(paused) {
    this.#isPaused = paused;
    this.rearm();
  }

  /** Forget everything that has not begun. */
  close() {
    this.#entries.clear();
    clearTimer(this.#timer);
  }

  get isIdle() {
    return this.#running.size === 0;
  }

  /** Set the timer for what comes next. To be called whenever the clock was changed. */
  rearm() {
    clearTimer(this.#timer);
    if (this.#isPaused) return;
    const next = this.#next();
    const delay = next ? this.#clock.until(next.time) : Infinity;
    if (delay === Infinity) return;
    this.#timer = setTimer(() => this.#startDue(), Math.min(delay, MAX_DELAY));
    this.#timer.unref();
  }

  /**
   * Move the clock to `to`, doing on the way what becomes due, in order, and then what is due by the
   * clock as it goes on. Returns how much was done.
   */
  async advance(to) {
    const first = this.#begun;
    let limit = Infinity; // for what follows once the time has come
    for (;;) {
      this.#startDue();
      const runs = this.#begun - first;
      if (runs > MAX_RUNS) throw new Error(`more than ${MAX_RUNS} functions became due: is there a loop?`);
      await this.settle();
      const settled = this.#begun;
      await nextTurn(); // or else the server thinks that a function loops
      const next = this.#next();
      const now = this.#clock.now();
      if (now >= to) limit = Math.min(limit, performance.now() + PATIENCE);
      if (performance.now() > limit) break;
      if (this.#begun > settled) continue; // the timer was faster: that too is waited for
      if (!next || next.time > Math.max(to, now)) break;
      if (next.time > now) this.#clock.set(next.time);
    }
    if (to > this.#clock.now()) this.#clock.set(to);
    this.rearm();
    return this.#begun - first;
  }

  /** Do what is due, and what that makes due at once. Returns whether nothing is left to do now. */
  async finish() {
    const limit = performance.now() + PATIENCE;
    do {
      await this.advance(this.#clock.now());
      if (this.isIdle && !this.#isDue(this.#next())) return true;
    } while (performance.now() < limit); // what became due just as `advance` ended is done as well
    return false;
  }

  /** Wait until nothing runs any more, but no longer than is reasonable. */
  async settle() {
    const limit = performance.now() + PATIENCE;
    while (!this.isIdle && performance.now() < limit) {
      await Promise.race([...this.#running, new Promise((resolve) => setTimer(resolve, 100))]);
    }
  }

  #next() {
    let next;
    for (const entry of this.#entries.values()) {
      if (!next || entry.time < next.time || (entry.time === next.time && entry.order < next.order)) {
        next = entry;
      }
    }
    return next;
  }

  #isDue(entry) {
    return entry !== undefined && this.#clock.until(entry.time) === 0;
  }

  #startDue() {
    const last = this.#begun + MAX_RUNS;
    for (let next = this.#next(); this.#isDue(next) && this.#begun < last; next = this.#next()) {
      this.#entries.delete(next.key);
      this.#start(next.work);
    }
    this.rearm();
  }

  #start(work) {
    const run = work().finally(() => this.#running.delete(run));
    this.#running.add(run);
    this.#begun += 1;
  }
}
