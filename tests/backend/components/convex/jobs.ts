import { ActionRetrier, runIdValidator } from "@convex-dev/action-retrier";
import { RateLimiter, MINUTE } from "@convex-dev/rate-limiter";
import { Workpool } from "@convex-dev/workpool";
import { v } from "convex/values";
import { components, internal } from "./_generated/api";
import { action, internalAction, internalMutation, mutation, query } from "./_generated/server";

const retrier = new ActionRetrier(components.actionRetrier, {
  initialBackoffMs: 10_000,
  maxFailures: 3,
  logLevel: "ERROR",
});
const limiter = new RateLimiter(components.rateLimiter, {
  send: { kind: "fixed window", rate: 2, period: MINUTE },
});
const pool = new Workpool(components.emailPool, { maxParallelism: 2, logLevel: "ERROR" });

let attempts = 0;

export const flaky = internalAction({
  args: { failures: v.number() },
  handler: async (_, { failures }) => {
    attempts += 1;
    if (attempts <= failures) throw new Error(`attempt ${attempts}`);
    return attempts;
  },
});

export const start = action({
  args: { failures: v.number() },
  handler: async (ctx, args) => {
    attempts = 0;
    return await retrier.run(ctx, internal.jobs.flaky, args);
  },
});

export const status = query({
  args: { id: runIdValidator },
  handler: async (ctx, { id }) => await retrier.status(ctx, id),
});

export const limited = mutation({ args: {}, handler: async (ctx) => (await limiter.limit(ctx, "send")).ok });

export const send = internalMutation({
  args: { to: v.string() },
  handler: async (ctx, args) => void (await ctx.db.insert("sent", args)),
});

export const enqueue = mutation({
  args: { to: v.string() },
  handler: async (ctx, args) => await pool.enqueueMutation(ctx, internal.jobs.send, args),
});

export const sent = query({
  args: {},
  handler: async (ctx) => (await ctx.db.query("sent").collect()).map(({ to }) => to),
});

export const count = mutation({
  args: { value: v.number() },
  handler: async (ctx, args) => {
    const first = await ctx.runMutation(components.counter.public.add, args);
    const second = await ctx.runMutation(components.second.public.add, { value: 10 * args.value });
    return [first, second];
  },
});

export const totals = query({
  args: {},
  handler: async (ctx) => [
    await ctx.runQuery(components.counter.public.total, {}),
    await ctx.runQuery(components.second.public.total, {}),
  ],
});
