/**
 * Which engine makes the attempts: the one place where it is chosen.
 */
import type { Engine } from "./engines/interface";
import { own } from "./engines/own";

/** Those this project has. */
const engines = {
  own,
} satisfies Record<string, Engine>;

export type EngineName = keyof typeof engines;

/** The engine of new runs. Runs that are under way stay with the one that began them. */
export const ENGINE: EngineName = "own";

/** The engine of a run; of one that was begun by an engine which is no longer here, the default. */
export function engineOf(run: { engine: string }): Engine {
  return Object.hasOwn(engines, run.engine) ? engines[run.engine as EngineName] : engines[ENGINE];
}
