import type { FunctionReference } from "convex/server";
import { afterEach, beforeEach, describe, expect, expectTypeOf, test, vi } from "vitest";
import { internal } from "../_generated/api";
import { appError } from "../lib/errors";
import { captureLog, expectRefusal, finishScheduled, type Backend } from "../test.setup";
import { DEFAULT_POLICY, MAX_DELIVERIES } from "./backoff";
import { cancel, start, status, type RunId, type StartOptions } from "./retry";
import {
  act,
  backendWithProbes,
  dyingReport,
  inMutation,
  outside,
  resetOutside,
  statusOf,
  tell,
  traces,
} from "./test.probes";

const NOW = Date.UTC(2030, 0, 1);
const MINUTE = 60 * 1000;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  resetOutside();
});
afterEach(() => {
  vi.useRealTimers();
});

type Options = { maxFailures?: number; deadlineMs?: number; delayMs?: number };

async function started(t: Backend, options: Options = {}): Promise<RunId> {
  return await inMutation(t, (ctx) =>
    start(
      ctx,
      act,
      { key: "charge-1" },
      { engine: "own", onComplete: tell, context: { order: "o1" }, ...options },
    ),
  );
}

const fails =
  (message = "the bank is closed") =>
  () => {
    throw appError("UPSTREAM_FAILED", message);
  };

test("what works at once is done once, and told once", async () => {
  const t = backendWithProbes();
  const runId = await started(t);
  expect(await statusOf(t, runId)).toEqual({ kind: "inProgress", attempts: 0 });
  await finishScheduled(t);

  const result = { kind: "success", returnValue: "done" };
  expect(outside.calls).toEqual(["charge-1"]);
  expect(outside.told).toEqual([{ runId, context: { order: "o1" }, result }]);
  expect(await statusOf(t, runId)).toEqual({ kind: "completed", attempts: 1, result });
});

test("nothing happens when the mutation that started it is rolled back", async () => {
  const t = backendWithProbes();
  const rolledBack = inMutation(t, async (ctx) => {
    await start(ctx, act, { key: "charge-1" });
    throw appError("CONFLICT", "Sold out.");
  });
  await expectRefusal(rolledBack, "CONFLICT");
  await finishScheduled(t);
  expect(outside.calls).toEqual([]);
});

test("what fails is tried again, with growing waits, until it works", async () => {
  const t = backendWithProbes();
  const times: number[] = [];
  outside.act = (call) => {
    times.push(Date.now() - NOW);
    if (call <= 4) return fails()();
    return "done";
  };
  await started(t);
  await finishScheduled(t);
  expect(outside.told).toMatchObject([{ result: { kind: "success" } }]);
  const waits = times.slice(1).map((time, i) => time - (times[i] ?? 0));
  for (const [i, wait] of waits.entries()) {
    const nominal = DEFAULT_POLICY.initialBackoffMs * 2 ** i;
    expect(wait).toBeGreaterThanOrEqual(nominal / 2);
    expect(wait).toBeLessThanOrEqual(nominal);
  }
});

test("maxFailures is the number of attempts, and then the last error is told", async () => {
  const t = backendWithProbes();
  outside.act = (call) => fails(`no. ${call}`)();
  const runId = await started(t, { maxFailures: 3 });
  await finishScheduled(t);
  const error = "UPSTREAM_FAILED: no. 3";
  expect(outside.calls).toHaveLength(3);
  expect(outside.told).toMatchObject([{ result: { kind: "failed", error } }]);
  expect(await statusOf(t, runId)).toMatchObject({ attempts: 3, lastError: error });
});

test("what cannot succeed is not tried again", async () => {
  const t = backendWithProbes();
  outside.act = () => {
    throw appError("UPSTREAM_REFUSED", "The card is stolen.");
  };
  await started(t);
  await finishScheduled(t);
  const error = "UPSTREAM_REFUSED: The card is stolen.";
  expect(outside.calls).toHaveLength(1);
  expect(outside.told).toMatchObject([{ result: { kind: "failed", error } }]);
});

test("limits pass: what is only too often is tried again", async () => {
  const t = backendWithProbes();
  outside.act = (call) => {
    if (call === 1) throw appError("RATE_LIMITED", "Too many calls.");
    return "done";
  };
  await started(t);
  await finishScheduled(t);
  expect(outside.told).toMatchObject([{ result: { kind: "success" } }]);
});

test("an error of any length is kept in part, and never half a character", async () => {
  const t = backendWithProbes();
  outside.act = fails(`x${"\u{1F600}".repeat(1000)}`);
  const runId = await started(t, { maxFailures: 1 });
  await finishScheduled(t);
  const error = (await statusOf(t, runId))?.lastError ?? "";
  expect([...error]).toHaveLength(500);
  expect(error.endsWith("\u{1F600}")).toBe(true);
});

test("bugs are tried again, for the next deployment may repair them", async () => {
  const t = backendWithProbes();
  outside.act = (call) => {
    if (call === 1) throw new TypeError("x is undefined");
    return "done";
  };
  await started(t);
  await finishScheduled(t);
  expect(outside.told).toMatchObject([{ result: { kind: "success" } }]);
});

test("no attempt is begun after the deadline", async () => {
  const t = backendWithProbes();
  const times: number[] = [];
  outside.act = () => {
    times.push(Date.now());
    return fails()();
  };
  let toldAt = Infinity;
  outside.listen = () => {
    toldAt = Date.now();
  };
  await started(t, { deadlineMs: 10_000, maxFailures: 100 });
  await finishScheduled(t);
  expect(Math.max(...times)).toBeLessThan(NOW + 10_000);
  expect(toldAt).toBeLessThan(NOW + 10_000); // Nobody waits for an attempt that will not be.
  expect(times.length).toBeGreaterThanOrEqual(4);
  expect(outside.told).toMatchObject([{ result: { kind: "failed" } }]);
});

test("one that comes to its turn after the deadline does nothing", async () => {
  const t = backendWithProbes();
  await started(t, { delayMs: 5000, deadlineMs: 1000 });
  vi.setSystemTime(NOW + MINUTE); // The scheduler was busy.
  await finishScheduled(t);
  expect(outside.calls).toEqual([]);
  const error = "The deadline passed before the first attempt.";
  expect(outside.told).toMatchObject([{ result: { kind: "failed", error } }]);
});

describe("a crash", () => {
  test("of an attempt after its work is noticed, and the attempt repeated", async () => {
    const t = backendWithProbes(dyingReport(2));
    const runId = await started(t);
    await finishScheduled(t);
    // The same key each time: to the provider it is one charge.
    expect(outside.calls).toEqual(["charge-1", "charge-1", "charge-1"]);
    expect(outside.told).toMatchObject([{ result: { kind: "success" } }]);
    expect(await statusOf(t, runId)).toMatchObject({ attempts: 3 });
  });

  test("each time counts as failures do", async () => {
    const t = backendWithProbes(dyingReport(100));
    await started(t, { maxFailures: 3 });
    await finishScheduled(t);
    expect(outside.calls).toHaveLength(3);
    expect(outside.told).toMatchObject([{ result: { kind: "failed" } }]);
    expect(JSON.stringify(outside.told)).toContain("The attempt crashed");
  });

  test("is recovered from when Convex has deleted the job", async () => {
    const t = backendWithProbes();
    const runId = await started(t);
    await t.run(async (ctx) => {
      const run = await ctx.db.get("retryRuns", runId);
      if (run?.state.kind !== "active") throw new Error("not active");
      const job = ctx.db.system.normalizeId("_scheduled_functions", run.state.job);
      if (job === null) throw new Error("no job");
      await ctx.scheduler.cancel(job);
      await ctx.db.patch("retryRuns", runId, { state: { ...run.state, job: "deleted" } });
    });
    await finishScheduled(t);
    expect(outside.calls).toHaveLength(1);
    expect(outside.told).toMatchObject([{ result: { kind: "success" } }]);
  });
});

test("the report of an attempt that was believed to be lost counts if it worked", async () => {
  const t = backendWithProbes();
  const runId = await started(t, { delayMs: MINUTE });
  const { startAttempt, takeReport } = internal.reliability.internal;
  const failed = { kind: "failed" as const, error: "slow", final: false };
  await t.mutation(startAttempt, { runId });
  await t.mutation(takeReport, { runId, attempt: 1, outcome: failed });
  await t.mutation(takeReport, { runId, attempt: 1, outcome: failed }); // Counted once.
  const run = await t.run((ctx) => ctx.db.get("retryRuns", runId));
  expect(run?.failures).toBe(1);

  await t.mutation(startAttempt, { runId });
  const success = { kind: "success" as const, returnValue: "done" };
  await t.mutation(takeReport, { runId, attempt: 1, outcome: success });
  await t.mutation(takeReport, { runId, attempt: 2, outcome: failed });
  await finishScheduled(t);
  expect(outside.calls).toEqual([]);
  expect(outside.told).toMatchObject([{ result: success }]);
});

test("a run whose engine the project no longer has goes on with another", async () => {
  const t = backendWithProbes();
  const runId = await started(t);
  await t.run((ctx) => ctx.db.patch("retryRuns", runId, { engine: "steam" }));
  outside.act = (call) => (call === 1 ? fails()() : "done");
  await finishScheduled(t);
  expect(outside.told).toMatchObject([{ result: { kind: "success" } }]);
});

describe("onComplete", () => {
  test("is called until it does not throw, and is committed once", async () => {
    const t = backendWithProbes();
    outside.listen = (told) => {
      if (told <= 3) throw new Error("not yet");
    };
    await started(t);
    await finishScheduled(t);
    expect(outside.calls).toHaveLength(1);
    expect(outside.told).toHaveLength(4);
    expect(await traces(t)).toBe(1);
  });

  test("that always throws stays undelivered, and the outcome stays known", async () => {
    const t = backendWithProbes();
    outside.listen = () => {
      throw new Error("never");
    };
    const runId = await started(t);
    await finishScheduled(t);
    expect(outside.told).toHaveLength(MAX_DELIVERIES);
    expect(await traces(t)).toBe(0);
    const run = await t.run((ctx) => ctx.db.get("retryRuns", runId));
    expect(run).toMatchObject({ state: { kind: "delivering" }, lastError: "onComplete: never" });
    expect(await statusOf(t, runId)).toMatchObject({ result: { kind: "success" } });
  });

  test("is not needed", async () => {
    const t = backendWithProbes();
    const runId = await inMutation(t, (ctx) => start(ctx, act, { key: "k" }, { engine: "own" }));
    await finishScheduled(t);
    expect(await statusOf(t, runId)).toMatchObject({ result: { kind: "success" } });
  });
});

describe("cancel", () => {
  test("before an attempt keeps it from beginning", async () => {
    const t = backendWithProbes();
    const runId = await started(t, { delayMs: MINUTE });
    expect(await inMutation(t, (ctx) => cancel(ctx, runId))).toBe(true);
    const [job] = await t.run((ctx) => ctx.db.system.query("_scheduled_functions").take(1));
    expect(job).toMatchObject({
      name: "reliability/internal:attempt",
      state: { kind: "canceled" },
    });
    await finishScheduled(t);
    expect(outside.calls).toEqual([]);
    expect(outside.told).toMatchObject([{ result: { kind: "canceled" } }]);
    expect(await inMutation(t, (ctx) => cancel(ctx, runId))).toBe(false);
  });

  test.each([
    ["succeeds", () => "done", { kind: "success", returnValue: "done" }],
    ["fails", fails(), { kind: "canceled" }],
  ])("while one runs, which %s", async (_, act, result) => {
    const t = backendWithProbes();
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    outside.act = async () => {
      await held;
      return act();
    };
    const runId = await started(t);
    vi.advanceTimersByTime(0);
    await vi.waitFor(() => expect(outside.calls).toHaveLength(1));
    expect(await inMutation(t, (ctx) => cancel(ctx, runId))).toBe(true);
    expect(await statusOf(t, runId)).toMatchObject({ kind: "inProgress" });
    release();
    await finishScheduled(t);
    expect(outside.calls).toHaveLength(1);
    expect(outside.told).toMatchObject([{ result }]);
  });

  test("in the dashboard counts, too", async () => {
    const t = backendWithProbes();
    await started(t, { delayMs: MINUTE });
    await t.run(async (ctx) => {
      const jobs = await ctx.db.system.query("_scheduled_functions").take(2);
      for (const job of jobs) {
        if (job.name.endsWith(":attempt")) await ctx.scheduler.cancel(job._id);
      }
    });
    await finishScheduled(t);
    expect(outside.calls).toEqual([]);
    expect(outside.told).toMatchObject([{ result: { kind: "canceled" } }]);
  });
});

test("a result too large to keep is an error, and no reason to do it again", async () => {
  const t = backendWithProbes();
  outside.act = () => "x".repeat(70_000);
  await started(t);
  await finishScheduled(t);
  expect(outside.calls).toHaveLength(1);
  expect(JSON.stringify(outside.told)).toContain("Store them, and return their id.");
});

test.each([
  { maxFailures: 0 },
  { maxFailures: 1.5 },
  { base: 0.5 },
  { initialBackoffMs: 0 },
  { maxBackoffMs: Infinity },
  { deadlineMs: -1 },
  { delayMs: -1 },
])("a policy that makes no sense is refused: %j", async (options) => {
  const t = backendWithProbes();
  const call = inMutation(t, (ctx) => start(ctx, act, { key: "k" }, options));
  await expectRefusal(call, "INVALID_ARGUMENT");
});

test("each attempt leaves a line in the log, without what it was about", async () => {
  const t = backendWithProbes();
  outside.act = (call) => (call <= 2 ? fails()() : "done");
  const runId = await started(t);
  const lines = captureLog();
  await finishScheduled(t);
  const attempts = lines.log.filter((line) => JSON.stringify(line).includes("retry/1"));
  const line = { schema: "retry/1", function: "probes:act", job: runId };
  expect(attempts).toEqual([
    { ...line, attempt: 1, outcome: "retrying" },
    { ...line, attempt: 2, outcome: "retrying" },
    { ...line, attempt: 3, outcome: "ok" },
  ]);
});

test("what does not fit is a type error", () => {
  type Public = FunctionReference<"action", "public", { key: string }, string>;
  expectTypeOf<typeof act>().toExtend<Parameters<typeof start>[1]>();
  expectTypeOf<Public>().not.toExtend<Parameters<typeof start>[1]>();
  expectTypeOf(start<typeof act>)
    .parameter(2)
    .toEqualTypeOf<{ key: string }>();

  type Told = { onComplete: typeof tell; context: { order: string } };
  expectTypeOf<Told>().toExtend<StartOptions<{ order: string }, string>>();
  expectTypeOf<Told>().not.toExtend<StartOptions<{ order: string }, number>>();
  expectTypeOf<Told>().not.toExtend<StartOptions<{ order: number }, string>>();
  expectTypeOf<{ onComplete: typeof tell }>().not.toExtend<
    StartOptions<{ order: string }, string>
  >();
});

test("a run that is not known has no status, and cannot be cancelled", async () => {
  const t = backendWithProbes();
  const runId = await started(t);
  await t.run((ctx) => ctx.db.delete("retryRuns", runId));
  expect(await inMutation(t, (ctx) => status(ctx, runId))).toBeNull();
  expect(await inMutation(t, (ctx) => cancel(ctx, runId))).toBe(false);
  await finishScheduled(t);
  expect(outside.calls).toEqual([]);
});
