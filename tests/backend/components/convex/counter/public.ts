import { v } from "convex/values";
import { mutation, query } from "./_generated/server";

export const add = mutation({
  args: { value: v.number() },
  returns: v.number(),
  handler: async (ctx, { value }) => {
    const row = await ctx.db.query("counts").first();
    if (row === null) await ctx.db.insert("counts", { value });
    else await ctx.db.patch("counts", row._id, { value: row.value + value });
    return (row?.value ?? 0) + value;
  },
});

export const total = query({
  args: {},
  returns: v.number(),
  handler: async (ctx) => (await ctx.db.query("counts").first())?.value ?? 0,
});
