/**
 * What makes the attempts of a run. The run itself, its outcome and its `onComplete` are kept by
 * runs.ts, whichever engine it is: so engines can be exchanged, and none can lose an outcome.
 */
import type { FunctionReference } from "convex/server";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";

/** What has become of a job. `lost`: it ended, and whatever it did was not reported. */
export type Fate = { kind: "alive" } | { kind: "canceled" } | { kind: "lost"; error: string };

/** What an engine calls: it looks up the work of the run, does it, and reports. */
export type Attempt = FunctionReference<"action", "internal", { runId: Id<"retryRuns"> }, null>;

export interface Engine {
  name: string;
  /** Whether it calls the attempt again by itself when that throws. If not, runs.ts does. */
  retries: boolean;
  /** Calls the attempt after `delayMs` milliseconds. Returns the job's name. */
  begin: (
    ctx: MutationCtx,
    attempt: Attempt,
    run: Doc<"retryRuns">,
    delayMs: number,
  ) => Promise<string>;
  look: (ctx: MutationCtx, job: string) => Promise<Fate>;
  /** Keeps an attempt that has not begun from beginning. One that comes anyway finds no work. */
  cancel: (ctx: MutationCtx, job: string) => Promise<void>;
}
