import { v } from "convex/values";
import { mutation, query } from "./_generated/server";

/** One value of every kind. */
export const all = query({
  args: {},
  handler: () => ({
    whole: 17,
    half: 0.5,
    large: 1e21,
    int64: 9007199254740993n,
    bytes: new Uint8Array([1, 2, 255]).buffer,
    nan: NaN,
    infinity: Infinity,
    minusInfinity: -Infinity,
    minusZero: -0,
    text: 'a "quoted" text',
    list: [1, [true, null]],
    nothing: undefined,
  }),
});

export const echo = query({ args: { value: v.any() }, handler: (_, { value }) => value });

export const typed = query({
  args: {
    id: v.optional(v.id("messages")),
    count: v.optional(v.number()),
    big: v.optional(v.int64()),
    kind: v.optional(v.union(v.literal("a"), v.literal("b"))),
    only: v.optional(v.literal("x")),
    nested: v.optional(v.object({ names: v.array(v.string()) })),
    scores: v.optional(v.record(v.string(), v.number())),
  },
  handler: (_, args) => Object.keys(args).sort(),
});

export const nothing = mutation({ args: {}, handler: () => {} });

export default query({ args: {}, handler: () => "the default export" });
