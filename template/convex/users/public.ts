/**
 * What clients may call about themselves.
 */
import { v } from "convex/values";
import { findUser, requireIdentity } from "../lib/auth";
import { openMutation, openQuery } from "../lib/functions";
import * as model from "./model";
import { ownProfile, toOwnProfile } from "./views";

/** The caller's profile, or null until they have called `store`. */
export const me = openQuery(
  "Tells a signed-in caller whether their row exists, so it cannot demand one.",
)({
  args: {},
  returns: v.union(ownProfile, v.null()),
  handler: async (ctx) => {
    const user = await findUser(ctx, await requireIdentity(ctx));
    return user === null ? null : toOwnProfile(user);
  },
});

/** Call it after every sign-in, before anything else: a query cannot create the row. */
export const store = openMutation("Creates the signed-in caller's row, so it cannot demand one.")({
  args: {},
  returns: v.id("users"),
  handler: async (ctx) => await model.store(ctx, await requireIdentity(ctx)),
});
