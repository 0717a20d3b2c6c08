/**
 * What clients may call about their organizations. Each asks the caller's role in the organization
 * that the id belongs to.
 */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { authedMutation, authedQuery } from "../lib/functions";
import { bounded } from "../lib/pagination";
import * as model from "./model";
import { invitedRole, memberRole } from "./tables";
import { memberView, organizationView, toMemberView, toOrganizationView } from "./views";

/** Repeat it with the same `requestId` as often as you like: there will be one organization. */
export const create = authedMutation({
  rateLimit: "write",
  args: { requestId: v.string(), name: v.string() },
  returns: v.id("organizations"),
  handler: async (ctx, args) => await model.create(ctx, ctx.user._id, args),
});

/** The organizations the caller is in. */
export const list = authedQuery({
  args: { paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(organizationView),
  handler: async (ctx, args) => {
    const result = await model.listOf(ctx, ctx.user._id, bounded(args.paginationOpts));
    return { ...result, page: result.page.map(toOrganizationView) };
  },
});

export const get = authedQuery({
  args: { organizationId: v.id("organizations") },
  returns: organizationView,
  handler: async (ctx, args) =>
    toOrganizationView(await model.get(ctx, ctx.user._id, args.organizationId)),
});

/** Everybody in an organization, for its members. */
export const members = authedQuery({
  args: { organizationId: v.id("organizations"), paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(memberView),
  handler: async (ctx, args) => {
    const options = bounded(args.paginationOpts);
    const result = await model.members(ctx, ctx.user._id, args.organizationId, options);
    return { ...result, page: result.page.map((from) => toMemberView(from, ctx.user)) };
  },
});

/** A code for one person to join with, for administrators and owners. It is told once. */
export const invite = authedMutation({
  rateLimit: "write",
  args: { organizationId: v.id("organizations"), role: invitedRole },
  returns: v.string(),
  handler: async (ctx, args) =>
    await model.invite(ctx, ctx.user._id, args.organizationId, args.role),
});

export const join = authedMutation({
  rateLimit: "write",
  args: { code: v.string() },
  returns: v.id("organizations"),
  handler: async (ctx, args) => await model.join(ctx, ctx.user._id, args.code),
});

/** For owners, who have just signed in. */
export const setRole = authedMutation({
  rateLimit: "write",
  recentSignIn: true,
  args: { membershipId: v.id("memberships"), role: memberRole },
  returns: v.null(),
  handler: async (ctx, args) => {
    await model.setRole(ctx, ctx.user._id, args.membershipId, args.role);
    return null;
  },
});

/** Leaves, or lets an administrator remove somebody else. */
export const removeMember = authedMutation({
  rateLimit: "write",
  args: { membershipId: v.id("memberships") },
  returns: v.null(),
  handler: async (ctx, args) => {
    await model.removeMember(ctx, ctx.user._id, args.membershipId);
    return null;
  },
});
