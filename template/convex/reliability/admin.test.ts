import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import { appError } from "../lib/errors";
import { MAX_PAGE_SIZE } from "../lib/pagination";
import { admin, documentsReadBy, expectRefusal, finishScheduled, firstPage } from "../test.setup";
import { RECENT } from "./admin";
import { claim, complete, withIdempotencyKey } from "./idempotency";
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
  traces,
} from "./test.probes";

const { abandon, abandonKey, listAudit, listKeys, listRuns, recent, releaseKey, replay } =
  api.reliability.admin;

const NOW = Date.UTC(2030, 0, 1);
const reason = "ticket 7";

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  resetOutside();
});
afterEach(() => {
  vi.useRealTimers();
});

async function bossAndRun(options: { maxFailures?: number; delayMs?: number } = {}) {
  const t = backendWithProbes();
  const boss = await admin(t);
  const told = { onComplete: tell, context: { order: "o1" } };
  const runId = await inMutation(t, (ctx) =>
    start(ctx, act, { key: "charge-1" }, { engine: "own", maxFailures: 1, ...told, ...options }),
  );
  return { t, boss, runId };
}

const closed = () => {
  throw appError("UPSTREAM_FAILED", "The bank is closed.");
};

test("a run is shown as it goes: what ran, how often, what it returned", async () => {
  const { t, boss, runId } = await bossAndRun({ maxFailures: 2 });
  const shown = async () => (await boss.query(recent, {})).runs;
  const run = { runId, action: "probes:act", args: '{"key":"charge-1"}', engine: "own" };
  expect(await shown()).toMatchObject([{ ...run, status: "waiting", attempts: 0 }]);

  outside.act = async (call) => {
    expect(await shown()).toMatchObject([{ ...run, status: "running", attempts: call }]);
    return call === 1 ? closed() : "ch_1";
  };
  await finishScheduled(t);
  const lastError = "UPSTREAM_FAILED: The bank is closed.";
  expect(await shown()).toEqual([
    {
      ...run,
      startedAt: expect.any(Number) as number,
      status: "success",
      attempts: 2,
      lastError,
      returned: '"ch_1"',
    },
  ]);
});

test("a key is shown with its result", async () => {
  const t = backendWithProbes();
  const boss = await admin(t);
  const operation = { scope: "orders/place", key: "k", request: null, owner: "ann" };
  await inMutation(t, (ctx) => withIdempotencyKey(ctx, operation, () => "order-1"));
  const { keys } = await boss.query(recent, {});
  expect(keys).toMatchObject([
    { scope: "orders/place", key: "k", owner: "ann", status: "done", returned: '"order-1"' },
  ]);
  const { page } = await boss.query(listKeys, { kind: "done", ...firstPage() });
  expect(page).toEqual(keys);
});

describe("replay", () => {
  test("has a run that failed go on, with the same arguments, and says so", async () => {
    const { t, boss, runId } = await bossAndRun();
    outside.act = closed;
    await finishScheduled(t);
    expect(await statusOf(t, runId)).toMatchObject({ result: { kind: "failed" } });

    outside.act = () => "ch_1";
    vi.setSystemTime(NOW + 24 * 60 * 60 * 1000);
    await expectRefusal(boss.mutation(replay, { runId, reason }), "REAUTHENTICATION_REQUIRED");
    const today = await admin(t);
    await today.mutation(replay, { runId, reason });
    await finishScheduled(t);
    expect(outside.calls).toEqual(["charge-1", "charge-1"]);
    expect(outside.told).toMatchObject([
      { result: { kind: "failed" } },
      { runId, result: { kind: "success" } },
    ]);
    const { page } = await boss.query(listAudit, firstPage());
    expect(page).toMatchObject([
      { actor: boss.userId, deed: "replay", target: runId, what: "probes:act", reason },
    ]);
  });

  test("gives it as many attempts as the first time", async () => {
    const { t, boss, runId } = await bossAndRun({ maxFailures: 2 });
    outside.act = (call) => (call <= 3 ? closed() : "ch_1");
    await finishScheduled(t);
    await boss.mutation(replay, { runId, reason });
    await finishScheduled(t);
    expect(outside.calls).toHaveLength(4);
    expect(await statusOf(t, runId)).toMatchObject({ result: { kind: "success" } });
  });

  test("refuses what succeeded, and what is under way", async () => {
    const { t, boss, runId } = await bossAndRun();
    await expectRefusal(boss.mutation(replay, { runId, reason }), "CONFLICT");
    await finishScheduled(t);
    await expectRefusal(boss.mutation(replay, { runId, reason }), "CONFLICT");
    await finishScheduled(t);
    expect(outside.calls).toHaveLength(1);
    expect((await boss.query(listAudit, firstPage())).page).toEqual([]);
  });

  test("calls an onComplete again that was given up, and not the action", async () => {
    const { t, boss, runId } = await bossAndRun();
    outside.listen = () => {
      throw new Error("a bug");
    };
    await finishScheduled(t);
    const { undelivered } = await boss.query(recent, {});
    expect(undelivered).toMatchObject([{ runId, status: "stuck", lastError: "onComplete: a bug" }]);

    const given = outside.told.length;
    outside.listen = (told) => {
      if (told === given + 1) throw new Error("still a bug");
    };
    const later = await admin(t); // Hours have passed.
    await later.mutation(replay, { runId, reason });
    await finishScheduled(t);
    expect(outside.calls).toHaveLength(1);
    expect(await traces(t)).toBe(1);
    expect((await boss.query(recent, {})).undelivered).toEqual([]);
  });
});

describe("abandon", () => {
  test("cancels a run that waits", async () => {
    const { t, boss, runId } = await bossAndRun({ delayMs: 1000 });
    await boss.mutation(abandon, { runId, reason });
    await finishScheduled(t);
    expect(outside.calls).toEqual([]);
    expect(outside.told).toMatchObject([{ result: { kind: "canceled" } }]);
    const { page } = await boss.query(listRuns, { kind: "completed", ...firstPage() });
    expect(page).toMatchObject([{ runId, status: "canceled" }]);
  });

  test("ends a delivery that is stuck", async () => {
    const { t, boss, runId } = await bossAndRun();
    outside.listen = () => {
      throw new Error("a bug");
    };
    await finishScheduled(t);
    await boss.mutation(abandon, { runId, reason });
    expect((await boss.query(recent, {})).undelivered).toEqual([]);
    expect(await statusOf(t, runId)).toMatchObject({ result: { kind: "success" } });
  });

  test("refuses what has ended", async () => {
    const { t, boss, runId } = await bossAndRun();
    await finishScheduled(t);
    await expectRefusal(boss.mutation(abandon, { runId, reason }), "CONFLICT");
  });
});

describe("a key that is stuck", () => {
  const operation = { scope: "payments/charge", key: "k1", request: { order: "o1" } };

  test("can be released: the next one begins again", async () => {
    const t = backendWithProbes();
    const boss = await admin(t);
    const claimId = await claimedKey(t);
    await boss.mutation(releaseKey, { claimId, reason });
    const next = await inMutation(t, (ctx) => claim(ctx, operation));
    expect(next).toEqual({ state: "new", claimId, attempt: 2 });
  });

  test("can be given up: the next one is refused", async () => {
    const t = backendWithProbes();
    const boss = await admin(t);
    const claimId = await claimedKey(t);
    await boss.mutation(abandonKey, { claimId, reason });
    await expectRefusal(
      inMutation(t, (ctx) => claim(ctx, operation)),
      "CONFLICT",
    );
    const { page } = await boss.query(listAudit, firstPage());
    expect(page).toMatchObject([{ deed: "abandonKey", target: claimId, what: "payments/charge" }]);
  });

  test("is left alone once it is done", async () => {
    const t = backendWithProbes();
    const boss = await admin(t);
    const claimId = await claimedKey(t);
    await inMutation(t, (ctx) => complete(ctx, claimId, "ch_1"));
    await expectRefusal(boss.mutation(releaseKey, { claimId, reason }), "CONFLICT");
    await expectRefusal(boss.mutation(abandonKey, { claimId, reason }), "CONFLICT");
  });
});

test.each(["", "  ", "x".repeat(501)])("nothing is done without a reason: %j", async (reason) => {
  const t = backendWithProbes();
  const boss = await admin(t);
  const claimId = await claimedKey(t);
  await expectRefusal(boss.mutation(abandonKey, { claimId, reason }), "INVALID_ARGUMENT");
  const { page } = await boss.query(listKeys, { kind: "inProgress", ...firstPage() });
  expect(page).toMatchObject([{ claimId }]);
});

test("nothing can be done about what is gone", async () => {
  const t = backendWithProbes();
  const boss = await admin(t);
  const claimId = await claimedKey(t);
  const runId = await failedRun(t);
  await t.run(async (ctx) => {
    await ctx.db.delete("idempotencyKeys", claimId);
    await ctx.db.delete("retryRuns", runId);
  });
  await expectRefusal(boss.mutation(replay, { runId, reason }), "NOT_FOUND");
  await expectRefusal(boss.mutation(abandon, { runId, reason }), "NOT_FOUND");
  await expectRefusal(boss.mutation(releaseKey, { claimId, reason }), "NOT_FOUND");
  await expectRefusal(boss.mutation(abandonKey, { claimId, reason }), "NOT_FOUND");
});

test("lists read one page and the caller, however much there is", async () => {
  const t = backendWithProbes();
  const boss = await admin(t);
  for (let i = 0; i < MAX_PAGE_SIZE + 10; i += 1) {
    await claimedKey(t, `k${i}`);
    await failedRun(t);
  }
  const large = firstPage(10_000);
  const keys = await documentsReadBy(boss, listKeys, { kind: "inProgress", ...large });
  const runs = await documentsReadBy(boss, listRuns, { kind: "completed", ...large });
  expect([keys, runs]).toEqual([MAX_PAGE_SIZE + 1, MAX_PAGE_SIZE + 1]);
  expect(await documentsReadBy(boss, recent, {})).toBe(2 * RECENT + 1);
});
