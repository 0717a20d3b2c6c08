/**
 * Functions to be retried, for the tests of this domain: an action that does what a test says, and
 * two mutations that keep what they are told.
 */
import { convexTest } from "convex-test";
import { makeFunctionReference, type ApiFromModules } from "convex/server";
import { v } from "convex/values";
import type { MutationCtx } from "../_generated/server";
import { internalAction, internalMutation } from "../lib/functions";
import schema from "../schema";
import { modules, withComponents, type Backend } from "../test.setup";
import * as deployed from "./internal";
import { reportArgs } from "./internal";
import { onCompleteArgs, status, type RunId } from "./retry";
import * as runs from "./runs";

const works: (call: number) => string | Promise<string> = () => "done";
const nods: (told: number) => void = () => undefined;

/** What the world outside does in a test, and what it is told. */
export const outside = {
  calls: [] as string[],
  act: works,
  told: [] as unknown[],
  listen: nods,
};

/** As if nothing had happened yet. */
export function resetOutside(): void {
  outside.calls = [];
  outside.told = [];
  outside.act = works;
  outside.listen = nods;
}

export const probes = {
  act: internalAction({
    args: { key: v.string() },
    returns: v.string(),
    handler: async (_ctx, { key }) => {
      outside.calls.push(key);
      return await outside.act(outside.calls.length);
    },
  }),
  tell: internalMutation({
    args: onCompleteArgs(v.object({ order: v.string() }), v.string()),
    returns: v.null(),
    handler: async (ctx, told) => {
      // Written first: what throws below must take this with it.
      await ctx.db.insert("idempotencyKeys", trace(told.context.order));
      outside.told.push(told);
      outside.listen(outside.told.length);
      return null;
    },
  }),
};

/** A row that shows that a transaction was committed. */
function trace(key: string) {
  const state = { kind: "failed" as const, failedAt: 0 };
  return { scope: "trace", key, fingerprint: "", state, attempts: 0, keepForMs: 0 };
}

/** How often `tell` was committed. */
export async function traces(t: Backend): Promise<number> {
  const rows = await t.run(
    async (ctx) =>
      await ctx.db
        .query("idempotencyKeys")
        .withIndex("by_scope_and_key_and_owner", (q) => q.eq("scope", "trace"))
        .take(10),
  );
  return rows.length;
}

type Api = ApiFromModules<{ probes: typeof probes }>["probes"];

export const act = makeFunctionReference("probes:act") as unknown as Api["act"];
export const tell = makeFunctionReference("probes:tell") as unknown as Api["tell"];

/** A backend with the probes, in which some functions of reliability/internal.ts are replaced. */
export function backendWithProbes(replaced: Partial<typeof deployed> = {}): Backend {
  const t = convexTest({
    schema,
    modules: {
      ...modules,
      "./probes.ts": () => Promise.resolve(probes),
      "./reliability/internal.ts": () => Promise.resolve({ ...deployed, ...replaced }),
    },
    transactionLimits: true,
  });
  return withComponents(t);
}

/** A `takeReport` that dies so many times before it works: attempts that crash after their work. */
export function dyingReport(times: number): Pick<typeof deployed, "takeReport"> {
  let deaths = 0;
  const takeReport = internalMutation({
    args: reportArgs,
    returns: v.boolean(),
    handler: async (ctx, { runId, attempt, outcome }) => {
      deaths += 1;
      if (deaths <= times) throw new Error("the machine died");
      return await runs.takeReport(ctx, runId, attempt, outcome);
    },
  });
  return { takeReport };
}

/** Calls `work` in a mutation, as a function of this backend would. */
export async function inMutation<Result>(
  t: Backend,
  work: (ctx: MutationCtx) => Promise<Result>,
): Promise<Result> {
  return await t.mutation(work);
}

export async function statusOf(t: Backend, runId: RunId) {
  return await inMutation(t, async (ctx) => await status(ctx, runId));
}
