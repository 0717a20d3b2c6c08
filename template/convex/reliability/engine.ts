/**
 * Which engine makes the attempts: the one place where it is chosen.
 */
//% if "action-retrier" in domains
import { actionRetrier } from "./engines/actionRetrier";
//% endif
import type { Engine } from "./engines/interface";
import { own } from "./engines/own";
//% if "workpool" in domains
import { workpool } from "./engines/workpool";
//% endif

/** Those this project has. */
const engines = {
  own,
  //% if "action-retrier" in domains
  "action-retrier": actionRetrier,
  //% endif
  //% if "workpool" in domains
  workpool,
  //% endif
} satisfies Record<string, Engine>;

export type EngineName = keyof typeof engines;

/**
 * The engine of new runs that do not name one: this word is the choice. Runs that are under way
 * stay with the one that began them.
 */
export const ENGINE: EngineName = "own";

/** The engine of a run; of one that was begun by an engine which is no longer here, the default. */
export function engineOf(run: { engine: string }): Engine {
  return Object.hasOwn(engines, run.engine) ? engines[run.engine as EngineName] : engines[ENGINE];
}
