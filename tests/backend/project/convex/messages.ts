import { api } from "./_generated/api";
import { ConvexError, v } from "convex/values";
import { paginationOptsValidator } from "convex/server";
import { action, internalMutation, internalQuery, mutation, query } from "./_generated/server";

const message = v.object({
  _id: v.id("messages"),
  _creationTime: v.number(),
  author: v.string(),
  body: v.string(),
});

export const list = query({
  args: {},
  returns: v.array(message),
  handler: async (ctx) => await ctx.db.query("messages").collect(),
});

export const by = query({
  args: { author: v.string() },
  handler: async (ctx, { author }) => {
    const found = await ctx.db
      .query("messages")
      .withIndex("by_author", (q) => q.eq("author", author))
      .collect();
    return found.map(({ body }) => body);
  },
});

export const page = query({
  args: { paginationOpts: paginationOptsValidator },
  handler: async (ctx, { paginationOpts }) => await ctx.db.query("messages").paginate(paginationOpts),
});

export const send = mutation({
  args: { author: v.string(), body: v.string() },
  returns: v.id("messages"),
  handler: async (ctx, args) => {
    console.log("sending", { to: "all" }, 1);
    return await ctx.db.insert("messages", args);
  },
});

/** Writes, and then gives a result that its validator refuses: nothing may be left. */
export const sendBadly = mutation({
  args: { body: v.string() },
  returns: v.number(),
  handler: async (ctx, { body }) => {
    await ctx.db.insert("messages", { author: "nobody", body });
    return "no number" as unknown as number;
  },
});

export const refuse = mutation({
  args: {},
  handler: async (ctx) => {
    await ctx.db.insert("messages", { author: "nobody", body: "rolled back" });
    throw new ConvexError({ code: "NO", limit: 3, big: 7n });
  },
});

export const remove = mutation({
  args: { id: v.id("messages") },
  handler: async (ctx, { id }) => await ctx.db.delete("messages", id),
});

export const count = internalQuery({
  args: {},
  handler: async (ctx) => (await ctx.db.query("messages").collect()).length,
});

export const clear = internalMutation({
  args: {},
  handler: async (ctx) => {
    for (const { _id } of await ctx.db.query("messages").collect()) await ctx.db.delete("messages", _id);
  },
});

/** All bodies, page by page. */
export const collect = action({
  args: {},
  handler: async (ctx): Promise<string[]> => {
    const bodies: string[] = [];
    let cursor: string | null = null;
    for (;;) {
      const { page, isDone, continueCursor } = await ctx.runQuery(api.messages.page, {
        paginationOpts: { numItems: 2, cursor },
      });
      bodies.push(...page.map(({ body }: { body: string }) => body));
      if (isDone) return bodies;
      cursor = continueCursor;
    }
  },
});
