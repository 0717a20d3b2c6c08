import { v } from "convex/values";
import { internal } from "./_generated/api";
import { action, internalAction, internalMutation, mutation, query } from "./_generated/server";

export const write = internalMutation({
  args: { text: v.string() },
  handler: async (ctx, { text }) => {
    await ctx.db.insert("notes", { text: `${text} at ${Date.now()}` });
  },
});

export const notes = query({
  args: {},
  handler: async (ctx) => (await ctx.db.query("notes").collect()).map(({ text }) => text),
});

export const later = mutation({
  args: { text: v.string(), delay: v.number() },
  handler: async (ctx, { text, delay }) =>
    await ctx.scheduler.runAfter(delay, internal.timing.write, { text }),
});

/** Schedules and then fails: nothing is scheduled. */
export const laterNot = mutation({
  args: {},
  handler: async (ctx) => {
    await ctx.scheduler.runAfter(0, internal.timing.write, { text: "rolled back" });
    throw new Error("no");
  },
});

export const cancel = mutation({
  args: { id: v.id("_scheduled_functions") },
  handler: async (ctx, { id }) => await ctx.scheduler.cancel(id),
});

export const failLater = mutation({
  args: {},
  handler: async (ctx) => await ctx.scheduler.runAfter(0, internal.failing.fails, {}),
});

export const jobs = query({
  args: {},
  handler: async (ctx) => {
    const found = await ctx.db.system.query("_scheduled_functions").collect();
    return found.map(({ name, state }) => ({ name, state }));
  },
});

/** Three times, a minute apart, from an action. */
export const repeat = internalAction({
  args: { left: v.number() },
  handler: async (ctx, { left }) => {
    await ctx.runMutation(internal.timing.write, { text: `${left} left` });
    if (left > 0) await ctx.scheduler.runAfter(60_000, internal.timing.repeat, { left: left - 1 });
  },
});

export const startRepeat = action({
  args: {},
  handler: async (ctx) => void (await ctx.scheduler.runAfter(60_000, internal.timing.repeat, { left: 2 })),
});

export const clock = query({
  args: {},
  handler: () => {
    const start = Date.now();
    for (let turn = 0; turn < 2e6; turn += 1);
    return { moved: Date.now() - start, agree: new Date().getTime() === start, now: start };
  },
});

/** Schedules the next of its kind at once, each time after some work. */
export const chain = internalAction({
  args: { left: v.number() },
  handler: async (ctx, { left }) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    await ctx.runMutation(internal.timing.write, { text: `${left} left` });
    if (left > 0) await ctx.scheduler.runAfter(0, internal.timing.chain, { left: left - 1 });
  },
});

export const startChain = mutation({
  args: { delay: v.optional(v.number()) },
  handler: async (ctx, { delay = 0 }) =>
    await ctx.scheduler.runAfter(delay, internal.timing.chain, { left: 3 }),
});
