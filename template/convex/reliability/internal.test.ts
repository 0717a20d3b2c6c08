import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import { admin, finishScheduled } from "../test.setup";
import { BATCH, OVERDUE_MS } from "./cleaning";
import { claim, complete, KEEP_FOR_MS, LEASE_MS } from "./idempotency";
import { start } from "./retry";
import { claimedKey, failedRun } from "./test.fixtures";
import {
  act,
  backendWithProbes,
  inMutation,
  outside,
  resetOutside,
  statusOf,
  tell,
} from "./test.probes";

const { expire, sweep } = internal.reliability.internal;

const NOW = Date.UTC(2030, 0, 1);

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  resetOutside();
});
afterEach(() => {
  vi.useRealTimers();
});

test("a run goes on after everything that was scheduled for it is lost", async () => {
  const t = backendWithProbes();
  const told = { onComplete: tell, context: { order: "o1" } };
  const runId = await inMutation(t, (ctx) =>
    start(ctx, act, { key: "charge-1" }, { engine: "own", ...told }),
  );
  // What an administrator of the deployment does by "Cancel all".
  await t.run(async (ctx) => {
    for (const job of await ctx.db.system.query("_scheduled_functions").take(10)) {
      await ctx.scheduler.cancel(job._id);
    }
    const run = await ctx.db.get("retryRuns", runId);
    if (run?.state.kind !== "active") throw new Error("not active");
    await ctx.db.patch("retryRuns", runId, { state: { ...run.state, job: "deleted" } });
  });
  await finishScheduled(t);
  expect(outside.calls).toEqual([]);

  vi.setSystemTime(NOW + OVERDUE_MS);
  await t.mutation(sweep, {});
  await finishScheduled(t);
  expect(outside.calls).toEqual([]); // Perhaps it is only late.

  vi.setSystemTime(NOW + OVERDUE_MS + 60_000);
  await t.mutation(sweep, {});
  await finishScheduled(t);
  expect(outside.calls).toEqual(["charge-1"]);
  expect(outside.told).toMatchObject([{ result: { kind: "success" } }]);
});

test("a delivery that was lost is made", async () => {
  const t = backendWithProbes();
  const told = { onComplete: tell, context: { order: "o1" } };
  const runId = await inMutation(t, (ctx) => start(ctx, act, { key: "k" }, told));
  await t.run(async (ctx) => {
    for (const job of await ctx.db.system.query("_scheduled_functions").take(10)) {
      await ctx.scheduler.cancel(job._id);
    }
    const result = { kind: "success" as const, returnValue: "done" };
    const state = { kind: "delivering" as const, result, failedDeliveries: 0, wakeAt: NOW };
    await ctx.db.patch("retryRuns", runId, { state });
  });
  vi.setSystemTime(NOW + OVERDUE_MS + 1);
  await t.mutation(sweep, {});
  await finishScheduled(t);
  expect(outside.told).toMatchObject([{ result: { kind: "success" } }]);
  expect(await statusOf(t, runId)).toMatchObject({ kind: "completed" });
});

test("claims that nobody ended are stuck once their lease has run out, in batches", async () => {
  const t = backendWithProbes();
  const operation = (key: string) => ({ scope: "s", key, request: null });
  await inMutation(t, async (ctx) => {
    for (let i = 0; i < BATCH + 20; i += 1) await claim(ctx, operation(`k${i}`));
  });
  vi.setSystemTime(NOW + LEASE_MS + 1);
  const fresh = await claimedKey(t, "fresh");
  const metrics = await t.mutation(async (ctx) => {
    await ctx.runMutation(sweep, {});
    return await ctx.meta.getTransactionMetrics();
  });
  expect(metrics.documentsWritten.used).toBe(BATCH);
  await finishScheduled(t);
  const states = await t.run(async (ctx) => {
    const rows = await ctx.db.query("idempotencyKeys").take(2 * BATCH);
    return rows.filter((row) => row.state.kind === "stuck").length;
  });
  expect(states).toBe(BATCH + 20);
  const untouched = await t.run((ctx) => ctx.db.get("idempotencyKeys", fresh));
  expect(untouched?.state.kind).toBe("inProgress");
});

test("what is over is forgotten in batches, what is open is not", async () => {
  const t = backendWithProbes();
  await inMutation(t, async (ctx) => {
    for (let i = 0; i < BATCH + 20; i += 1) {
      const operation = { scope: "s", key: `k${i}`, request: null };
      await complete(ctx, (await claim(ctx, operation)).claimId, null);
    }
  });
  const open = await claimedKey(t);
  const run = await failedRun(t);
  await t.run((ctx) => ctx.db.patch("retryRuns", run, { expiresAt: NOW + KEEP_FOR_MS }));
  const left = async () =>
    await t.run(async (ctx) => [
      (await ctx.db.query("idempotencyKeys").take(2 * BATCH)).map((row) => row._id),
      (await ctx.db.query("retryRuns").take(2)).map((row) => row._id),
    ]);

  vi.setSystemTime(NOW + KEEP_FOR_MS);
  await t.mutation(expire, {});
  expect((await left())[0]).toHaveLength(BATCH + 21);

  vi.setSystemTime(NOW + KEEP_FOR_MS + 1);
  await t.mutation(expire, {});
  await finishScheduled(t);
  expect(await left()).toEqual([[open], []]);
});

test("a run that is replayed does not expire while it is under way", async () => {
  const t = backendWithProbes();
  const boss = await admin(t);
  const runId = await failedRun(t);
  await t.run((ctx) => ctx.db.patch("retryRuns", runId, { expiresAt: NOW + 1 }));
  await boss.mutation(api.reliability.admin.replay, { runId, reason: "ticket 7" });
  const run = await t.run((ctx) => ctx.db.get("retryRuns", runId));
  expect(run).not.toHaveProperty("expiresAt");
  vi.clearAllTimers();
});

test("a delivery that was given up is left for somebody to look at", async () => {
  const t = backendWithProbes();
  const runId = await failedRun(t);
  const result = { kind: "success" as const, returnValue: "done" };
  const state = { kind: "delivering" as const, result, failedDeliveries: 20 };
  await t.run((ctx) => ctx.db.patch("retryRuns", runId, { state }));
  await t.mutation(sweep, {});
  const run = await t.run((ctx) => ctx.db.get("retryRuns", runId));
  expect(run?.state).toEqual(state);
});
