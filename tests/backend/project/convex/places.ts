import { paginationOptsValidator } from "convex/server";
import { v } from "convex/values";
import { internal } from "./_generated/api";
import { action, internalQuery, query } from "./_generated/server";

export const named = query({
  args: { text: v.string() },
  handler: async (ctx, { text }) => {
    const search = ctx.db
      .query("places")
      .withSearchIndex("by_name", (q) => q.search("name", text).eq("open", true));
    return (await search.take(9)).map(({ name }) => name);
  },
});

export const described = query({
  args: { text: v.string(), paginationOpts: paginationOptsValidator },
  handler: async (ctx, { text, paginationOpts }) => {
    const search = ctx.db.query("places").withSearchIndex("by_text", (q) => q.search("about.text", text));
    return (await search.paginate(paginationOpts)).page.map(({ about }) => about?.text);
  },
});

export const names = internalQuery({
  args: { ids: v.array(v.id("places")) },
  handler: async (ctx, { ids }) => await Promise.all(ids.map(async (id) => (await ctx.db.get(id))?.name)),
});

export const near = action({
  args: { index: v.union(v.literal("by_embedding"), v.literal("by_text_embedding")) },
  handler: async (ctx, { index }): Promise<unknown[]> => {
    const found = await ctx.vectorSearch("places", index, { vector: [1, 0] });
    const names = await ctx.runQuery(internal.places.names, { ids: found.map(({ _id }) => _id) });
    return found.map(({ _score }, number) => [names[number], Math.round(_score * 10) / 10]);
  },
});
