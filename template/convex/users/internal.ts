/**
 * What only this backend, its dashboard and its command line may call about users.
 */
import {
  paginationOptsValidator,
  paginationResultValidator,
  type FunctionReturnType,
} from "convex/server";
import { v, type Infer } from "convex/values";
import { internal } from "../_generated/api";
import { requireUser } from "../lib/auth";
import { internalAction, internalMutation, internalQuery } from "../lib/functions";
import { bounded, MAX_PAGE_SIZE } from "../lib/pagination";
import * as rateLimits from "../lib/rateLimits";
import * as model from "./model";
import { userRole } from "./tables";
import { listedUser, toListedUser } from "./views";

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

export const page = internalQuery({
  args: { paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(listedUser),
  handler: async (ctx, args) => {
    const result = await model.page(ctx, bounded(args.paginationOpts));
    return { ...result, page: result.page.map(toListedUser) };
  },
});

type PageOfUsers = FunctionReturnType<typeof internal.users.internal.page>;

const roleCounts = v.object({ member: v.number(), support: v.number(), admin: v.number() });

/**
 * How many people have each role, for whoever runs `npx convex run users/internal:countByRole`.
 *
 * An action, because one transaction may read 32,000 documents and there may be more users. Each
 * page is its own snapshot, so people who sign up meanwhile may or may not be counted.
 */
export const countByRole = internalAction({
  args: {},
  returns: roleCounts,
  handler: async (ctx) => {
    const counts: Infer<typeof roleCounts> = { member: 0, support: 0, admin: 0 };
    let cursor: string | null = null;
    let isDone = false;
    while (!isDone) {
      const result: PageOfUsers = await ctx.runQuery(internal.users.internal.page, {
        paginationOpts: { numItems: MAX_PAGE_SIZE, cursor },
      });
      for (const user of result.page) counts[user.role] += 1;
      cursor = result.continueCursor;
      isDone = result.isDone;
    }
    return counts;
  },
});
