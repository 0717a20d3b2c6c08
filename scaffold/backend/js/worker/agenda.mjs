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
    let runs = 0;
    let limit = Infinity; // for what follows once the time has come
    for (;;) {
      runs += this.#startDue();
      if (runs > MAX_RUNS) throw new Error(`more than ${MAX_RUNS} functions became due: is there a loop?`);
      await this.settle();
      await nextTurn(); // or else the server thinks that a function loops
      const next = this.#next();
      const now = this.#clock.now();
      if (now >= to) limit = Math.min(limit, performance.now() + PATIENCE);
      if (!next || next.time > Math.max(to, now) || performance.now() > limit) break;
      if (next.time > now) this.#clock.set(next.time);
    }
    if (to > this.#clock.now()) this.#clock.set(to);
    this.rearm();
    return runs;
  }

  /** Do what is due, and what that makes due at once. Returns whether nothing is left to do now. */
  async finish() {
    await this.advance(this.#clock.now());
    const next = this.#next();
    return this.isIdle && !(next && this.#clock.until(next.time) === 0);
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

  #startDue() {
    let started = 0;
    for (let next = this.#next(); next && this.#clock.until(next.time) === 0; next = this.#next()) {
      this.#entries.delete(next.key);
      this.#start(next.work);
      started += 1;
      if (started >= MAX_RUNS) break;
    }
    this.rearm();
    return started;
  }

  #start(work) {
    const run = work().finally(() => this.#running.delete(run));
    this.#running.add(run);
  }
}
