import { v } from "convex/values";
import { action, mutation, query } from "./_generated/server";

export const uploadUrl = mutation({
  args: {},
  handler: async (ctx) => await ctx.storage.generateUploadUrl(),
});

export const keep = mutation({
  args: { file: v.id("_storage") },
  handler: async (ctx, { file }) => await ctx.db.insert("pictures", { file }),
});

export const pictures = query({
  args: {},
  handler: async (ctx) => {
    const all = await ctx.db.query("pictures").collect();
    return await Promise.all(
      all.map(async ({ file }) => {
        const stored = await ctx.db.system.get("_storage", file);
        return { url: await ctx.storage.getUrl(file), type: stored?.contentType, size: stored?.size };
      }),
    );
  },
});

export const make = action({
  args: { text: v.string() },
  handler: async (ctx, { text }) => {
    const id = await ctx.storage.store(new Blob([text], { type: "text/plain" }));
    return { id, text: await (await ctx.storage.get(id))?.text() };
  },
});

export const drop = mutation({
  args: { file: v.id("_storage") },
  handler: async (ctx, { file }) => await ctx.storage.delete(file),
});
