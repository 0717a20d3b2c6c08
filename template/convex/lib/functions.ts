/**
 * The builders every function is made with. The only module that may import Convex's own.
 *
 * |               | query           | mutation           | action           | HTTP            |
 * | ------------- | --------------- | ------------------ | ---------------- | --------------- |
 * | anyone        | `openQuery(…)`  | `openMutation(…)`  | `openAction(…)`  | `openHttp(…)`   |
 * | signed in     | `authedQuery`   | `authedMutation`   | `authedAction`   | `authedHttp`    |
 * | administrator | `adminQuery`    | `adminMutation`    | `adminAction`    |                 |
 * | this backend  | `internalQuery` | `internalMutation` | `internalAction` |                 |
 *
 * There is no builder that is public by default: an open one takes the reason why as its argument.
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
} from "../_generated/server";
import { requireAdmin, requireRole, requireUser, type Caller } from "./auth";
import { recorded, recordedHttp, type HttpHandler } from "./recorded";
import type { Clock } from "./telemetry";

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
  return customMutation(publicMutation, NoOp);
}

export function openAction(reason: string) {
  requireReason(reason);
  return customAction(publicAction, NoOp);
}

export const authedQuery = customQuery(
  publicQuery,
  customCtx(async (ctx) => ({ user: await requireUser(ctx) })),
);

export const authedMutation = customMutation(
  publicMutation,
  customCtx(async (ctx) => ({ user: await requireUser(ctx) })),
);

export const authedAction = customAction(
  publicAction,
  customCtx(async (ctx) => ({ caller: await requireCaller(ctx) })),
);

export const adminQuery = customQuery(
  publicQuery,
  customCtx(async (ctx) => ({ user: await requireAdmin(ctx) })),
);

export const adminMutation = customMutation(
  publicMutation,
  customCtx(async (ctx) => ({ user: await requireAdmin(ctx) })),
);

export const adminAction = customAction(
  publicAction,
  customCtx(async (ctx) => {
    const caller = await requireCaller(ctx);
    requireRole(caller, "admin");
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

/**
 * Actions have no database, so a query looks the caller up. In an HTTP action that has one more
 * point: for an invalid token `ctx.auth` throws there, while the query sees nobody, as it should.
 */
async function requireCaller(ctx: ActionCtx): Promise<Caller> {
  return await ctx.runQuery(internal.users.internal.caller, {});
}

function requireReason(reason: string): void {
  if (reason.trim() === "") {
    throw new Error("Say why this function is open to anyone.");
  }
}
