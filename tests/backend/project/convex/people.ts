import { v } from "convex/values";
import { action, mutation, query } from "./_generated/server";

export const whoami = query({ args: {}, handler: async (ctx) => await ctx.auth.getUserIdentity() });

export const whoamiInAction = action({
  args: {},
  handler: async (ctx) => (await ctx.auth.getUserIdentity())?.subject ?? null,
});

export const meta = mutation({
  args: {},
  handler: async (ctx) => {
    const { ip, userAgent, requestId, authToken } = await ctx.meta.getRequestMetadata();
    const { name, type, visibility } = await ctx.meta.getFunctionMetadata();
    return { ip, userAgent, hasRequestId: requestId.length > 0, authToken, name, type, visibility };
  },
});

export const variable = query({
  args: { name: v.string() },
  handler: (_, { name }) => process.env[name] ?? null,
});

export const sign = mutation({
  args: {},
  handler: async (ctx) => await ctx.auth.signJwt({ claims: { sub: "service" }, expiresInSeconds: 60 }),
});
