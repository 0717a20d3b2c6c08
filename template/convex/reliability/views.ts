/**
 * What administrators get to see of runs, keys and the audit. Arguments and results are shown as
 * text, and cut: enough to know which one it is.
 */
import { convexToJson, v, type Infer, type Value } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import { shortened } from "./errors";
import { keyStateKind } from "./tables";

export const runStatus = v.union(
  v.literal("waiting"),
  v.literal("running"),
  v.literal("delivering"),
  v.literal("stuck"),
  v.literal("success"),
  v.literal("failed"),
  v.literal("canceled"),
);

export const runView = v.object({
  runId: v.id("retryRuns"),
  startedAt: v.number(),
  action: v.string(),
  args: v.string(),
  engine: v.string(),
  status: runStatus,
  attempts: v.number(),
  lastError: v.optional(v.string()),
  /** Only with status "success", or while that is delivered. */
  returned: v.optional(v.string()),
  /** When somebody looks at it next; a failed attempt is repeated shortly before. */
  wakeAt: v.optional(v.number()),
});

export function toRunView(run: Doc<"retryRuns">): Infer<typeof runView> {
  const { state } = run;
  const result = state.kind === "active" ? null : state.result;
  return {
    runId: run._id,
    startedAt: run._creationTime,
    action: run.action,
    args: asText(run.args as Value),
    engine: run.engine,
    status: statusOf(state),
    attempts: run.attempts,
    lastError: run.lastError,
    returned: result?.kind === "success" ? asText(result.returnValue as Value) : undefined,
    wakeAt: state.kind === "completed" ? undefined : state.wakeAt,
  };
}

function statusOf(state: Doc<"retryRuns">["state"]): Infer<typeof runStatus> {
  switch (state.kind) {
    case "active":
      return state.running ? "running" : "waiting";
    case "delivering":
      return state.wakeAt === undefined ? "stuck" : "delivering";
    case "completed":
      return state.result.kind;
  }
}

export const keyView = v.object({
  claimId: v.id("idempotencyKeys"),
  claimedAt: v.number(),
  scope: v.string(),
  key: v.string(),
  owner: v.optional(v.string()),
  status: keyStateKind,
  attempts: v.number(),
  lastError: v.optional(v.string()),
  returned: v.optional(v.string()),
  expiresAt: v.optional(v.number()),
});

export function toKeyView(row: Doc<"idempotencyKeys">): Infer<typeof keyView> {
  const { _id, _creationTime, scope, key, owner, state, attempts, lastError, expiresAt } = row;
  return {
    claimId: _id,
    claimedAt: _creationTime,
    scope,
    key,
    owner,
    status: state.kind,
    attempts,
    lastError,
    returned: state.kind === "done" ? asText(state.result as Value) : undefined,
    expiresAt,
  };
}

export const auditView = v.object({
  at: v.number(),
  actor: v.id("users"),
  deed: v.string(),
  target: v.string(),
  what: v.string(),
  reason: v.string(),
});

export function toAuditView(row: Doc<"reliabilityAudit">): Infer<typeof auditView> {
  const { _creationTime: at, actor, deed, target, what, reason } = row;
  return { at, actor, deed, target, what, reason };
}

function asText(value: Value): string {
  return shortened(JSON.stringify(convexToJson(value)));
}
