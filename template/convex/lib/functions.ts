/**
 * The builders every function is made with. The only module that may import Convex's own.
 *
 * |               | query           | mutation           | action           | HTTP            |
 * | ------------- | --------------- | ------------------ | ---------------- | --------------- |
 * | anyone        | `openQuery(…)`  | `openMutation(…)`  | `openAction(…)`  | `openHttp(…)`   |
 * | signed in     | `authedQuery`   | `authedMutation`   | `authedAction`   | `authedHttp`    |
 * | administrator | `adminQuery`    | `adminMutation`    | `adminAction`    |                 |
 * | a service     |                 |                    |                  | `serviceHttp`   |
 * | this backend  | `internalQuery` | `internalMutation` | `internalAction` |                 |
 *
 * There is no builder that is public by default: an open one takes the reason why as its argument.
 * Beside `args` and `returns`, a function may ask for more than its builder does:
 *
 * - `permission: "users:read"`, of `admin…`: enough to have it (permissions.ts); without this line
 *   only the role `admin` will do.
 * - `rateLimit: "write"`, of mutations and actions: no more often than that (rateLimits.ts).
 * - `recentSignIn: true`, of `authed…` and `admin…` mutations and actions: only within minutes after
 *   the caller has signed in (recentSignIn.ts).
 *
 * Every call of every function is recorded, refusals included (see telemetry.ts).
 */
import {
  customAction,
  customCtx,
  customMutation,
  customQuery,
  NoOp,
} from "convex-helpers/server/customFunctions";
import { internal } from "../_generated/api";
import {
  action as rawAction,
  httpAction as rawHttpAction,
  internalAction as rawInternalAction,
  internalMutation as rawInternalMutation,
  internalQuery as rawInternalQuery,
  mutation as rawMutation,
  query as rawQuery,
  type ActionCtx,
  type MutationCtx,
} from "../_generated/server";
import { requirePermission, requireRole, requireUser, type Caller, type Role } from "./auth";
import type { Permission } from "./permissions";
import { limitRate, visitorKey, type LimitName } from "./rateLimits";
import { requireRecentSignIn } from "./recentSignIn";
import { recorded, recordedHttp, type HttpHandler } from "./recorded";
import { requireService } from "./services";
import type { Clock } from "./telemetry";

// What a function may ask for, written beside its `args`.
type Privileged = { permission?: Permission };
type Limited = { rateLimit?: LimitName };
type Guarded = Limited & { recentSignIn?: true };

/** Runs in mutations and actions. In queries it would stand still, so they are given none. */
const stopwatch: Clock = () => performance.now();

// Nothing below is made with a raw builder: every function leaves a record.
const publicQuery = recorded(rawQuery, "query", null);
const publicMutation = recorded(rawMutation, "mutation", stopwatch);
const publicAction = recorded(rawAction, "action", stopwatch);

export function openQuery(reason: string) {
  requireReason(reason);
  return customQuery(publicQuery, NoOp);
}

export function openMutation(reason: string) {
  requireReason(reason);
  return customMutation(
    publicMutation,
    customCtx(async (ctx, options: Limited) => {
      await checkVisitor(ctx, options);
      return {};
    }),
  );
}

export function openAction(reason: string) {
  requireReason(reason);
  return customAction(
    publicAction,
    customCtx(async (ctx, options: Limited) => {
      await checkVisitor(ctx, options);
      return {};
    }),
  );
}

export const authedQuery = customQuery(
  publicQuery,
  customCtx(async (ctx) => ({ user: await requireUser(ctx) })),
);

export const authedMutation = customMutation(
  publicMutation,
  customCtx(async (ctx, options: Guarded) => {
    const user = await requireUser(ctx);
    await checkWrite(ctx, user._id, options);
    return { user };
  }),
);

export const authedAction = customAction(
  publicAction,
  customCtx(async (ctx, options: Guarded) => {
    const caller = await requireCaller(ctx);
    await checkWrite(ctx, caller.userId, options);
    return { caller };
  }),
);

export const adminQuery = customQuery(
  publicQuery,
  customCtx(async (ctx, options: Privileged) => {
    const user = await requireUser(ctx);
    requirePrivilege(user, options);
    return { user };
  }),
);

export const adminMutation = customMutation(
  publicMutation,
  customCtx(async (ctx, options: Privileged & Guarded) => {
    const user = await requireUser(ctx);
    requirePrivilege(user, options);
    await checkWrite(ctx, user._id, options);
    return { user };
  }),
);

export const adminAction = customAction(
  publicAction,
  customCtx(async (ctx, options: Privileged & Guarded) => {
    const caller = await requireCaller(ctx);
    requirePrivilege(caller, options);
    await checkWrite(ctx, caller.userId, options);
    return { caller };
  }),
);

export const internalQuery = customQuery(recorded(rawInternalQuery, "internalQuery", null), NoOp);

export const internalMutation = customMutation(
  recorded(rawInternalMutation, "internalMutation", stopwatch),
  NoOp,
);

export const internalAction = customAction(
  recorded(rawInternalAction, "internalAction", stopwatch),
  NoOp,
);

const publicHttp = recordedHttp(rawHttpAction, stopwatch);

export function openHttp(reason: string) {
  requireReason(reason);
  return publicHttp;
}

export function authedHttp(handler: HttpHandler<ActionCtx & { caller: Caller }>) {
  return publicHttp(async (ctx, request) => {
    const caller = await requireCaller(ctx);
    return await handler({ ...ctx, caller }, request);
  });
}

/** For other programs of ours, each with its own token. Their users' tokens open nothing here. */
export function serviceHttp(permission: Permission) {
  return (handler: HttpHandler<ActionCtx & { service: string }>) =>
    publicHttp(async (ctx, request) => {
      const service = await requireService(request, permission);
      return await handler({ ...ctx, service }, request);
    });
}

/**
 * Actions have no database, so a query looks the caller up. In an HTTP action that has one more
 * point: for an invalid token `ctx.auth` throws there, while the query sees nobody, as it should.
 */
async function requireCaller(ctx: ActionCtx): Promise<Caller> {
  return await ctx.runQuery(internal.users.internal.caller, {});
}

function requirePrivilege(caller: { role: Role }, { permission }: Privileged): void {
  if (permission === undefined) requireRole(caller, "admin");
  else requirePermission(caller, permission);
}

/** After the check of the caller, so that strangers cannot use up somebody's calls. */
async function checkWrite(
  ctx: MutationCtx | ActionCtx,
  key: string,
  { rateLimit, recentSignIn }: Guarded,
): Promise<void> {
  if (recentSignIn) await requireRecentSignIn(ctx);
  if (rateLimit !== undefined) await limitRate(ctx, rateLimit, key);
}

async function checkVisitor(ctx: MutationCtx | ActionCtx, options: Limited): Promise<void> {
  if (options.rateLimit !== undefined) await checkWrite(ctx, await visitorKey(ctx), options);
}

function requireReason(reason: string): void {
  if (reason.trim() === "") {
    throw new Error("Say why this function is open to anyone.");
  }
}
