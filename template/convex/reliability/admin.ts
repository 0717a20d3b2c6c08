/**
 * What administrators may see of runs and keys, and do about them. Every deed has a reason, and
 * leaves a line in the audit.
 */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { adminMutation, adminQuery } from "../lib/functions";
import { bounded } from "../lib/pagination";
import * as replaying from "./replaying";
import { keyStateKind, runStateKind } from "./tables";
import { auditView, keyView, runView, toAuditView, toKeyView, toRunView } from "./views";

/** Rows of each list in `recent`: what fits on a screen. */
export const RECENT = 20;

/**
 * What is going on, to be subscribed to: the newest runs and keys, and those that need somebody.
 * `undelivered` are runs whose outcome waits for an `onComplete`; `stuck`, claims nobody ended.
 */
export const recent = adminQuery({
  args: {},
  returns: v.object({
    runs: v.array(runView),
    keys: v.array(keyView),
    undelivered: v.array(runView),
    stuck: v.array(keyView),
  }),
  handler: async (ctx) => {
    const runs = await ctx.db.query("retryRuns").order("desc").take(RECENT);
    const keys = await ctx.db.query("idempotencyKeys").order("desc").take(RECENT);
    const undelivered = await ctx.db
      .query("retryRuns")
      .withIndex("by_state_kind_and_state_wakeAt", (q) => q.eq("state.kind", "delivering"))
      .take(RECENT);
    const stuck = await ctx.db
      .query("idempotencyKeys")
      .withIndex("by_state_kind_and_state_leaseUntil", (q) => q.eq("state.kind", "stuck"))
      .take(RECENT);
    return {
      runs: runs.map(toRunView),
      keys: keys.map(toKeyView),
      undelivered: undelivered.map(toRunView),
      stuck: stuck.map(toKeyView),
    };
  },
});

/** Runs in one state. Active ones by when they are looked at next, completed ones newest first. */
export const listRuns = adminQuery({
  args: { kind: runStateKind, paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(runView),
  handler: async (ctx, { kind, paginationOpts }) => {
    const result = await ctx.db
      .query("retryRuns")
      .withIndex("by_state_kind_and_state_wakeAt", (q) => q.eq("state.kind", kind))
      .order("desc")
      .paginate(bounded(paginationOpts));
    return { ...result, page: result.page.map(toRunView) };
  },
});

/** Keys in one state, newest first. */
export const listKeys = adminQuery({
  args: { kind: keyStateKind, paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(keyView),
  handler: async (ctx, { kind, paginationOpts }) => {
    const result = await ctx.db
      .query("idempotencyKeys")
      .withIndex("by_state_kind_and_state_leaseUntil", (q) => q.eq("state.kind", kind))
      .order("desc")
      .paginate(bounded(paginationOpts));
    return { ...result, page: result.page.map(toKeyView) };
  },
});

/** Who did what, and why; newest first. */
export const listAudit = adminQuery({
  args: { paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(auditView),
  handler: async (ctx, { paginationOpts }) => {
    const result = await ctx.db
      .query("reliabilityAudit")
      .order("desc")
      .paginate(bounded(paginationOpts));
    return { ...result, page: result.page.map(toAuditView) };
  },
});

const onRun = { runId: v.id("retryRuns"), reason: v.string() };
const onKey = { claimId: v.id("idempotencyKeys"), reason: v.string() };

/**
 * Begins a run again that failed or was cancelled, with the same arguments, and so with the same
 * key for the other side; or calls an `onComplete` again that is stuck. What succeeded is refused.
 */
export const replay = adminMutation({
  recentSignIn: true,
  args: onRun,
  returns: v.null(),
  handler: async (ctx, { runId, reason }) => {
    await replaying.replay(ctx, runId, { actor: ctx.user._id, deed: "replay", reason });
    return null;
  },
});

/** Gives a run up: no further attempt; if only its `onComplete` is left, no further call of that. */
export const abandon = adminMutation({
  args: onRun,
  returns: v.null(),
  handler: async (ctx, { runId, reason }) => {
    await replaying.abandon(ctx, runId, { actor: ctx.user._id, deed: "abandon", reason });
    return null;
  },
});

/** Lets the next one with this key begin again. Make sure first that it has not happened. */
export const releaseKey = adminMutation({
  recentSignIn: true,
  args: onKey,
  returns: v.null(),
  handler: async (ctx, { claimId, reason }) => {
    await replaying.releaseKey(ctx, claimId, { actor: ctx.user._id, deed: "releaseKey", reason });
    return null;
  },
});

/** Has everybody refused who sends this key again. */
export const abandonKey = adminMutation({
  args: onKey,
  returns: v.null(),
  handler: async (ctx, { claimId, reason }) => {
    await replaying.abandonKey(ctx, claimId, { actor: ctx.user._id, deed: "abandonKey", reason });
    return null;
  },
});
