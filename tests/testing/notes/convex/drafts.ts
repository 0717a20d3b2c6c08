import { ConvexError, v } from "convex/values";
import { mutation, query } from "./_generated/server";

export const own = query({
  args: {},
  handler: async (ctx) => {
    const identity = await ctx.auth.getUserIdentity();
    if (identity === null) return [];
    return await ctx.db
      .query("drafts")
      .withIndex("by_author", (q) => q.eq("author", identity.subject))
      .collect();
  },
});

export const grow = mutation({
  args: { id: v.id("drafts"), by: v.int64() },
  returns: v.null(),
  handler: async (ctx, args) => {
    const identity = await ctx.auth.getUserIdentity();
    const draft = await ctx.db.get(args.id);
    if (identity === null || draft?.author !== identity.subject) throw new ConvexError("not allowed");
    await ctx.db.patch(draft._id, { size: BigInt.asIntN(64, draft.size + args.by) });
    return null;
  },
});

export const echo = query({
  args: {
    number: v.number(),
    bytes: v.bytes(),
    whole: v.int64(),
    at: v.commitTs(),
    record: v.record(v.string(), v.union(v.literal("on"), v.literal(2), v.null())),
    nested: v.array(v.object({ flag: v.boolean(), more: v.optional(v.any()), file: v.id("_storage") })),
  },
  returns: v.object({ number: v.number(), whole: v.int64(), names: v.array(v.string()), bytes: v.bytes() }),
  handler: async (_ctx, { number, whole, record, bytes }) => ({ number, whole, names: Object.keys(record), bytes }),
});
