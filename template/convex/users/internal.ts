/**
 * What only this backend, its dashboard and its command line may call about users.
 */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { requireUser } from "../lib/auth";
import { internalAction, internalMutation, internalQuery } from "../lib/functions";
import { bounded } from "../lib/pagination";
import * as rateLimits from "../lib/rateLimits";
import { withIdempotencyKey } from "../reliability/idempotency";
import * as model from "./model";
import { userEvent } from "./provider";
import { userRole } from "./tables";
import { listedUser, roleCounts, toListedUser } from "./views";

/** The caller of an action or a route, which have no database. Refuses like an authed query. */
export const caller = internalQuery({
  args: {},
  returns: v.object({ userId: v.id("users"), role: userRole }),
  handler: async (ctx) => {
    const user = await requireUser(ctx);
    return { userId: user._id, role: user.role };
  },
});

/**
 * Makes the first administrator; later ones come from users/admin:setRole.
 *
 *     npx convex run users/internal:grantAdmin '{"userId": "<_id from the dashboard>"}'
 */
export const grantAdmin = internalMutation({
  args: { userId: v.id("users") },
  returns: v.null(),
  handler: async (ctx, args) => {
    await model.setRole(ctx, args.userId, "admin");
    return null;
  },
});

/** For crons.ts, once a day. */
export const forgetOldCounts = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    await rateLimits.forgetOldCounts(ctx);
    return null;
  },
});

/** One event of the provider's webhook, applied once, however often it is delivered. */
export const applyEvent = internalMutation({
  args: { eventId: v.string(), issuer: v.string(), event: userEvent },
  returns: v.null(),
  handler: async (ctx, { eventId, issuer, event }) => {
    const claim = { scope: "users/event", key: eventId, request: null };
    return await withIdempotencyKey(ctx, claim, async () => {
      await model.applyEvent(ctx, issuer, event);
      return null;
    });
  },
});

export const page = internalQuery({
  args: { paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(listedUser),
  handler: async (ctx, args) => {
    const result = await model.page(ctx, bounded(args.paginationOpts));
    return { ...result, page: result.page.map(toListedUser) };
  },
});

/** How many people have each role, for `npx convex run users/internal:countByRole`. */
export const countByRole = internalAction({
  args: {},
  returns: roleCounts,
  handler: async (ctx) => await model.countByRole(ctx),
});
