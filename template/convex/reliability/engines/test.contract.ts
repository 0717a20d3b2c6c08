/**
 * What every engine has to do, whatever it is made of.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { appError } from "../../lib/errors";
import { finishScheduled, type Backend } from "../../test.setup";
import type { EngineName } from "../engine";
import { cancel, start, type RunId } from "../retry";
import {
  act,
  backendWithProbes,
  dyingReport,
  inMutation,
  outside,
  resetOutside,
  statusOf,
  tell,
} from "../test.probes";

const NOW = Date.UTC(2030, 0, 1);

function fails(): never {
  throw appError("UPSTREAM_FAILED", "The bank is closed.");
}

type Options = { maxFailures?: number; delayMs?: number; initialBackoffMs?: number };

async function hasFailed(t: Backend, runId: RunId): Promise<boolean> {
  return (await statusOf(t, runId))?.lastError !== undefined;
}

/** Tests that a run of this engine is like a run of any other. */
export function behavesLikeAnEngine(engine: EngineName): void {
  beforeEach(() => {
    vi.useFakeTimers({ now: NOW });
    resetOutside();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const told = { onComplete: tell, context: { order: "o1" }, engine };
  const begun = async (t: Backend, options: Options = {}) =>
    await inMutation(t, (ctx) => start(ctx, act, { key: "charge-1" }, { ...told, ...options }));

  describe(`a run of ${engine}`, () => {
    test("that works at once is done once, and told once", async () => {
      const t = backendWithProbes();
      const runId = await begun(t);
      await finishScheduled(t);
      const result = { kind: "success", returnValue: "done" };
      expect(outside.calls).toEqual(["charge-1"]);
      expect(outside.told).toEqual([{ runId, context: { order: "o1" }, result }]);
      const row = await t.run((ctx) => ctx.db.get("retryRuns", runId));
      expect(row).toMatchObject({ engine, attempts: 1 });
    });

    test("that fails is repeated, with growing waits, until it works", async () => {
      const t = backendWithProbes();
      const times: number[] = [];
      outside.act = (call) => {
        times.push(Date.now());
        return call <= 3 ? fails() : "done";
      };
      const runId = await begun(t);
      await finishScheduled(t);
      expect(outside.told).toMatchObject([{ result: { kind: "success" } }]);
      expect(await statusOf(t, runId)).toMatchObject({ attempts: 4 });
      const waits = times.slice(1).map((time, i) => time - (times[i] ?? 0));
      for (const [i, wait] of waits.entries()) expect(wait).toBeGreaterThanOrEqual(500 * 2 ** i);
    });

    test("that fails too often is told so, with the last error", async () => {
      const t = backendWithProbes();
      outside.act = fails;
      await begun(t, { maxFailures: 3 });
      await finishScheduled(t);
      const error = "UPSTREAM_FAILED: The bank is closed.";
      expect(outside.calls).toHaveLength(3);
      expect(outside.told).toMatchObject([{ result: { kind: "failed", error } }]);
    });

    test("that is refused is not repeated", async () => {
      const t = backendWithProbes();
      outside.act = () => {
        throw appError("UPSTREAM_REFUSED", "The card is stolen.");
      };
      await begun(t);
      await finishScheduled(t);
      expect(outside.calls).toHaveLength(1);
      expect(outside.told).toMatchObject([{ result: { kind: "failed" } }]);
    });

    test("that crashes after its work is repeated, with the same key", async () => {
      const t = backendWithProbes(dyingReport(2));
      await begun(t);
      await finishScheduled(t);
      expect(outside.calls).toEqual(["charge-1", "charge-1", "charge-1"]);
      expect(outside.told).toMatchObject([{ result: { kind: "success" } }]);
    });

    test("that crashes each time comes to an end", async () => {
      const t = backendWithProbes(dyingReport(100));
      await begun(t, { maxFailures: 3 });
      await finishScheduled(t);
      expect(outside.calls).toHaveLength(3);
      expect(outside.told).toMatchObject([{ result: { kind: "failed" } }]);
    });

    test("that is cancelled before it begins does nothing", async () => {
      const t = backendWithProbes();
      const runId = await begun(t, { delayMs: 60_000 });
      expect(await inMutation(t, (ctx) => cancel(ctx, runId))).toBe(true);
      await finishScheduled(t);
      expect(outside.calls).toEqual([]);
      expect(outside.told).toMatchObject([{ result: { kind: "canceled" } }]);
    });

    test("that is cancelled between two attempts makes no further one", async () => {
      const t = backendWithProbes();
      outside.act = fails;
      const runId = await begun(t, { initialBackoffMs: 60_000 });
      while (!(await hasFailed(t, runId))) await vi.advanceTimersToNextTimerAsync();
      expect(await inMutation(t, (ctx) => cancel(ctx, runId))).toBe(true);
      expect(await statusOf(t, runId)).toMatchObject({ kind: "completed" });
      await finishScheduled(t);
      expect(outside.calls).toHaveLength(1);
      expect(outside.told).toMatchObject([{ result: { kind: "canceled" } }]);
    });

    test("that is cancelled while it runs, and crashes, makes no further attempt", async () => {
      const t = backendWithProbes(dyingReport(1));
      const runId = await begun(t);
      outside.act = async () => {
        await inMutation(t, (ctx) => cancel(ctx, runId));
        return "done";
      };
      await finishScheduled(t);
      expect(outside.calls).toHaveLength(1);
      expect(outside.told).toMatchObject([{ result: { kind: "canceled" } }]);
    });

    test("that is cancelled while it runs makes no further attempt", async () => {
      const t = backendWithProbes();
      let release = () => {};
      const held = new Promise<void>((resolve) => (release = resolve));
      outside.act = async () => {
        await held;
        return fails();
      };
      const runId = await begun(t);
      while (outside.calls.length === 0) {
        await vi.advanceTimersToNextTimerAsync();
      }
      expect(await inMutation(t, (ctx) => cancel(ctx, runId))).toBe(true);
      release();
      await finishScheduled(t);
      expect(outside.calls).toHaveLength(1);
      expect(outside.told).toMatchObject([{ result: { kind: "canceled" } }]);
    });
  });
}
