import { ConvexError, v } from "convex/values";
import { mutation, query, type QueryCtx } from "./_generated/server";

const colours = { scarlet: "#f00", navy: "#008" };

async function requirePerson(ctx: QueryCtx) {
  const identity = await ctx.auth.getUserIdentity();
  if (identity === null) throw new ConvexError({ code: "UNAUTHENTICATED" });
  const person = await ctx.db
    .query("people")
    .withIndex("by_subject", (q) => q.eq("subject", identity.subject))
    .unique();
  if (person === null) throw new ConvexError({ code: "UNREGISTERED" });
  return person;
}

export const add = mutation({
  args: { idempotencyKey: v.string(), text: v.string(), colour: v.string() },
  returns: v.id("notes"),
  handler: async (ctx, { idempotencyKey, text, colour }) => {
    const person = await requirePerson(ctx);
    if (!Object.hasOwn(colours, colour)) throw new ConvexError({ code: "NO_COLOUR" });
    const known = await ctx.db
      .query("notes")
      .withIndex("by_key", (q) => q.eq("idempotencyKey", idempotencyKey).eq("ownerId", person._id))
      .unique();
    if (known !== null) return known._id;
    return await ctx.db.insert("notes", { ownerId: person._id, idempotencyKey, text, colour });
  },
});

export const mine = query({
  args: {},
  returns: v.array(v.string()),
  handler: async (ctx) => {
    const person = await requirePerson(ctx);
    const notes = await ctx.db
      .query("notes")
      .withIndex("by_owner", (q) => q.eq("ownerId", person._id))
      .take(50);
    return notes.map((note) => note.text);
  },
});

export const read = query({
  args: { noteId: v.id("notes") },
  returns: v.object({ text: v.string() }),
  handler: async (ctx, { noteId }) => {
    const person = await requirePerson(ctx);
    const note = await ctx.db.get(noteId);
    if (note === null || note.ownerId !== person._id) throw new ConvexError({ code: "NOT_FOUND" });
    return { text: note.text };
  },
});

export const sign = mutation({
  args: { noteId: v.id("notes") },
  returns: v.null(),
  handler: async (ctx, { noteId }) => {
    const person = await requirePerson(ctx);
    const note = await ctx.db.get(noteId);
    if (note === null || note.ownerId !== person._id) throw new ConvexError({ code: "NOT_FOUND" });
    await ctx.db.patch(noteId, { text: `${note.text} (signed)` });
    return null;
  },
});

export const remove = mutation({
  args: { noteId: v.id("notes") },
  returns: v.null(),
  handler: async (ctx, { noteId }) => {
    const person = await requirePerson(ctx);
    const note = await ctx.db.get(noteId);
    if (note === null) throw new ConvexError("Not found");
    if (note.ownerId !== person._id) throw new ConvexError("Not found");
    await ctx.db.delete(noteId);
    return null;
  },
});

export const clear = mutation({
  args: {},
  returns: v.number(),
  handler: async (ctx) => {
    const person = await requirePerson(ctx);
    if (person.role !== "editor") throw new ConvexError({ code: "FORBIDDEN" });
    const all = await ctx.db.query("notes").take(100);
    await Promise.all(all.map((note) => ctx.db.delete(note._id)));
    return all.length;
  },
});
