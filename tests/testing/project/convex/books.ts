import { ConvexError, v } from "convex/values";
import { internal } from "./_generated/api";
import { action, internalMutation, mutation, query } from "./_generated/server";

async function caller(ctx: { auth: { getUserIdentity(): Promise<{ subject: string; role?: unknown } | null> } }) {
  const identity = await ctx.auth.getUserIdentity();
  if (!identity) throw new ConvexError({ code: "unauthenticated" });
  return identity;
}

export const mine = query({
  args: {},
  returns: v.array(v.string()),
  handler: async (ctx) => {
    const { subject } = await caller(ctx);
    const books = await ctx.db
      .query("books")
      .withIndex("by_owner", (q) => q.eq("owner", subject))
      .take(100);
    return books.map((book) => `${book.title}: ${book.state}`);
  },
});

export const add = mutation({
  args: { title: v.string() },
  returns: v.id("books"),
  handler: async (ctx, { title }) => {
    const { subject } = await caller(ctx);
    const id = await ctx.db.insert("books", { owner: subject, title, state: "new" });
    await ctx.scheduler.runAfter(3_600_000, internal.books.mark, { id, state: "old" });
    return id;
  },
});

export const role = query({ args: {}, returns: v.any(), handler: async (ctx) => (await caller(ctx)).role ?? null });

export const sell = action({
  args: { id: v.id("books") },
  returns: v.string(),
  handler: async (ctx, { id }) => {
    const answer = await fetch(`${process.env.PAYMENTS_URL}/charges`, {
      method: "POST",
      headers: { "Idempotency-Key": id, "Content-Type": "application/json" },
      body: JSON.stringify({ book: id }),
      signal: AbortSignal.timeout(2000),
    });
    if (!answer.ok) throw new ConvexError({ code: "payment_failed", status: answer.status });
    const { id: charge }: { id: string } = await answer.json();
    await ctx.runMutation(internal.books.mark, { id, state: charge });
    return charge;
  },
});

export const mark = internalMutation({
  args: { id: v.id("books"), state: v.string() },
  returns: v.null(),
  handler: async (ctx, { id, state }) => {
    await ctx.db.patch("books", id, { state });
    return null;
  },
});
