// The backend's clock: the machine's, moved on by tests, and held still inside of transactions.
import { currentFunction } from "./context.mjs";

const SystemDate = Date;

export class Clock {
  #offset = 0; // milliseconds ahead of the machine
  #frozenAt = null;

  constructor(state = {}) {
    this.#offset = state.offset ?? 0;
    this.#frozenAt = state.frozenAt ?? null;
  }

  /** Milliseconds since the epoch. */
  now() {
    return this.#frozenAt ?? SystemDate.now() + this.#offset;
  }

  get frozen() {
    return this.#frozenAt !== null;
  }

  /** Milliseconds of the machine's time until `time` comes; Infinity when the clock stands before it. */
  until(time) {
    const left = time - this.now();
    if (left <= 0) return 0;
    return this.frozen ? Infinity : left;
  }

  /** Move to `time`, which may also lie in the past. Clocks show whole milliseconds. */
  set(time) {
    const whole = Math.ceil(time);
    this.#offset = whole - SystemDate.now();
    if (this.frozen) this.#frozenAt = whole;
  }

  freeze(frozen) {
    const now = this.now();
    this.#frozenAt = null;
    this.set(now);
    if (frozen) this.#frozenAt = now;
  }

  /** What another worker needs to go on with this clock. */
  state() {
    return { offset: this.#offset, frozenAt: this.#frozenAt };
  }
}

/** Make the global `Date` of this thread read the clock that `clock` gives. */
export function installDate(clock) {
  const now = () => currentFunction.getStore()?.now ?? clock().now();
  const ClockDate = new Proxy(SystemDate, {
    construct: (target, parts, newTarget) =>
      Reflect.construct(target, parts.length === 0 ? [now()] : parts, newTarget),
    apply: () => new SystemDate(now()).toString(), // `Date()` without `new` gives a text
    get: (target, name) => (name === "now" ? now : target[name]),
  });
  SystemDate.prototype.constructor = ClockDate;
  globalThis.Date = ClockDate;
}
