// What is known about the call that is running, wherever in it the code happens to be.
import { AsyncLocalStorage } from "node:async_hooks";

/**
 * The call that a client, a schedule or a cron made: one for everything it runs.
 *
 * `log` takes its lines, `reads` the tables it has read, `meta` says who asked, `journal` where its
 * page ends.
 */
export const currentCall = new AsyncLocalStorage();

/**
 * The function that is running: `component` and `path` name it, `now` is its frozen clock
 * (milliseconds), or undefined in actions, whose clock goes on.
 */
export const currentFunction = new AsyncLocalStorage();

/**
 * Run `work` as one call. `journal` is what an earlier run of the same query left behind, `onStart` is
 * called when its function begins.
 */
export function inCall({ meta, log, journal = null, onStart = () => {} }, work) {
  const call = { meta, log, journal, onStart, reads: new Set() };
  return currentCall.run(call, () => work(call));
}
