/**
 * What administrators may call about users, and others who have the permission.
 */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { appError } from "../lib/errors";
import { adminMutation, adminQuery } from "../lib/functions";
import { bounded } from "../lib/pagination";
import * as model from "./model";
import { userRole } from "./tables";
import { listedUser, toListedUser } from "./views";

/** Everybody, newest first. */
export const list = adminQuery({
  permission: "users:read",
  args: { paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(listedUser),
  handler: async (ctx, args) => {
    const result = await model.page(ctx, bounded(args.paginationOpts));
    return { ...result, page: result.page.map(toListedUser) };
  },
});

export const setRole = adminMutation({
  permission: "users:setRole",
  recentSignIn: true,
  args: { userId: v.id("users"), role: userRole },
  returns: v.null(),
  handler: async (ctx, args) => {
    // So that there is always an administrator left: the one who demoted the others.
    if (args.userId === ctx.user._id) {
      throw appError("CONFLICT", "Another administrator must change your role.");
    }
    await model.setRole(ctx, args.userId, args.role);
    return null;
  },
});
