import { v } from "convex/values";
import { api, internal } from "./_generated/api";
import { action, internalMutation, mutation, query } from "./_generated/server";

export const throws = query({
  args: {},
  handler: () => {
    throw new TypeError("no such thing");
  },
});

export const loops = mutation({
  args: {},
  handler: async (ctx) => {
    await ctx.db.insert("notes", { text: "never committed" });
    for (;;);
  },
});

export const hangs = mutation({ args: {}, handler: () => new Promise(() => {}) });

export const floods = query({
  args: { lines: v.number() },
  handler: (_, { lines }) => {
    for (let line = 0; line < lines; line += 1) console.log("x".repeat(100));
    return lines;
  },
});

export const exits = action({ args: {}, handler: () => process.exit(3) });

export const strays = action({
  args: {},
  handler: () => {
    void Promise.reject(new Error("nobody waits for this"));
    setTimeout(() => {
      throw new Error("nor for this");
    }, 1);
  },
});

export const fetches = query({ args: {}, handler: async () => await fetch("http://127.0.0.1") });

export const readsTooMuch = query({
  args: {},
  handler: async (ctx) => {
    for (let read = 0; read < 5000; read += 1) await ctx.db.query("notes").first();
  },
});

export const fails = internalMutation({
  args: {},
  handler: () => {
    throw new Error("failed on schedule");
  },
});

export const nested = action({
  args: {},
  handler: async (ctx): Promise<string> => {
    try {
      await ctx.runMutation(internal.failing.fails, {});
      return "no error";
    } catch (error) {
      return (error as Error).message;
    }
  },
});

export const eats = query({
  args: {},
  handler: () => {
    const eaten: number[][] = [];
    for (;;) eaten.push(new Array<number>(1e6).fill(1.5));
  },
});

/** Keeps the thread busy for a while, and then ends well. */
export const busy = mutation({
  args: { milliseconds: v.number() },
  handler: (_, { milliseconds }) => {
    const end = performance.now() + milliseconds;
    while (performance.now() < end);
  },
});

export const loopLater = mutation({
  args: {},
  handler: async (ctx) => await ctx.scheduler.runAfter(0, api.failing.loops, {}),
});

/** As workflow engines do, so that nothing depends on them. */
export const deletes = mutation({
  args: {},
  handler: () => {
    const globals = globalThis as Partial<typeof globalThis>;
    delete globals.process;
    delete globals.crypto;
    Object.defineProperty(globals, "Math", { value: { random: () => 4 } });
    return [typeof process, typeof crypto, Math.random()];
  },
});

export const uses = query({
  args: {},
  handler: () => [typeof process.env.PATH, typeof crypto.subtle, Math.max(1, Math.random())],
});
