/**
 * One function of every builder, for the tests of the builders.
 *
 * The handlers also state what they are given: `tsc` checks each `expectTypeOf`.
 */
import { v } from "convex/values";
import { convexTest } from "convex-test";
import { expectTypeOf } from "vitest";
import type { Doc } from "../_generated/dataModel";
import type { ActionCtx, MutationCtx, QueryCtx } from "../_generated/server";
import schema from "../schema";
import { modules, withComponents } from "../test.setup";
import type { Caller } from "./auth";
import {
  adminAction,
  adminMutation,
  adminQuery,
  authedAction,
  authedMutation,
  authedQuery,
  internalAction,
  internalMutation,
  internalQuery,
  openAction,
  openMutation,
  openQuery,
} from "./functions";

const args = { times: v.number() };
const returns = v.union(v.string(), v.null());

export const probes = {
  openQuery: openQuery("test")({
    args,
    returns,
    handler: async (ctx, { times }) => {
      expectTypeOf(ctx).toExtend<QueryCtx>();
      expectTypeOf(ctx).not.toHaveProperty("user");
      expectTypeOf(times).toEqualTypeOf<number>();
      return (await ctx.auth.getUserIdentity())?.subject ?? null;
    },
  }),
  openMutation: openMutation("test")({
    args,
    returns,
    handler: async (ctx) => {
      expectTypeOf(ctx).toExtend<MutationCtx>();
      return (await ctx.auth.getUserIdentity())?.subject ?? null;
    },
  }),
  openAction: openAction("test")({
    args,
    returns,
    handler: async (ctx) => {
      expectTypeOf(ctx).toExtend<ActionCtx>();
      expectTypeOf(ctx).not.toHaveProperty("db");
      return (await ctx.auth.getUserIdentity())?.subject ?? null;
    },
  }),
  authedQuery: authedQuery({
    args,
    returns,
    handler: (ctx) => {
      expectTypeOf(ctx).toExtend<QueryCtx>();
      expectTypeOf(ctx).not.toHaveProperty("scheduler");
      expectTypeOf(ctx.user).toEqualTypeOf<Doc<"users">>();
      return ctx.user._id;
    },
  }),
  authedMutation: authedMutation({
    args,
    returns,
    handler: (ctx) => {
      expectTypeOf(ctx).toExtend<MutationCtx>();
      expectTypeOf(ctx.user).toEqualTypeOf<Doc<"users">>();
      return ctx.user._id;
    },
  }),
  authedAction: authedAction({
    args,
    returns,
    handler: (ctx) => {
      expectTypeOf(ctx).toExtend<ActionCtx>();
      expectTypeOf(ctx.caller).toEqualTypeOf<Caller>();
      return ctx.caller.userId;
    },
  }),
  adminQuery: adminQuery({
    args,
    returns,
    handler: (ctx) => {
      expectTypeOf(ctx.user).toEqualTypeOf<Doc<"users">>();
      return ctx.user._id;
    },
  }),
  adminMutation: adminMutation({
    args,
    returns,
    handler: (ctx) => ctx.user._id,
  }),
  adminAction: adminAction({
    args,
    returns,
    handler: (ctx) => ctx.caller.userId,
  }),
  limitedMutation: authedMutation({
    rateLimit: "costly",
    args,
    returns,
    handler: (ctx) => ctx.user._id,
  }),
  limitedAction: authedAction({
    rateLimit: "costly",
    args,
    returns,
    handler: (ctx) => ctx.caller.userId,
  }),
  limitedOpenMutation: openMutation("test")({
    rateLimit: "costly",
    args,
    returns,
    handler: () => null,
  }),
  guardedMutation: authedMutation({
    recentSignIn: true,
    args,
    returns,
    handler: (ctx) => ctx.user._id,
  }),
  guardedAction: authedAction({
    recentSignIn: true,
    args,
    returns,
    handler: (ctx) => ctx.caller.userId,
  }),
  permittedQuery: adminQuery({
    permission: "users:read",
    args,
    returns,
    handler: (ctx) => ctx.user._id,
  }),
  permittedMutation: adminMutation({
    permission: "users:read",
    args,
    returns,
    handler: (ctx) => ctx.user._id,
  }),
  permittedAction: adminAction({
    permission: "users:read",
    args,
    returns,
    handler: (ctx) => ctx.caller.userId,
  }),
  internalQuery: internalQuery({
    args,
    returns,
    handler: (ctx) => {
      expectTypeOf(ctx).toEqualTypeOf<QueryCtx>();
      return null;
    },
  }),
  internalMutation: internalMutation({
    args,
    returns,
    handler: (ctx) => {
      expectTypeOf(ctx).toEqualTypeOf<MutationCtx>();
      return null;
    },
  }),
  internalAction: internalAction({
    args,
    returns,
    handler: (ctx) => {
      expectTypeOf(ctx).toEqualTypeOf<ActionCtx>();
      return null;
    },
  }),
};

/** A backend that has the probes, too, as the module `probes`. */
export function backendWithProbes() {
  return withComponents(
    convexTest({
      schema,
      modules: { ...modules, "./probes.ts": () => Promise.resolve(probes) },
    }),
  );
}
