/// <reference types="vite/client" />
/**
 * What the tests share. The two dots in its name keep this file out of the deployment.
 */
import rateLimiter from "@convex-dev/rate-limiter/test";
import { convexTest, type TestConvex } from "convex-test";
import type { FunctionReference, OptionalRestArgs } from "convex/server";
import { expect, vi } from "vitest";
import { api, internal } from "./_generated/api";
import { appError, isAppError, type ErrorCode } from "./lib/errors";
import schema from "./schema";

/** Every deployed module. Names with two dots are tests and configuration. */
export const modules = import.meta.glob(["./**/*.ts", "./_generated/api.js", "!./**/*.*.ts"]);

/** The components of the engines that this project has for retries. */
const engines = Object.values(
  import.meta.glob<(t: TestConvex<typeof schema>) => void>("./reliability/engines/*.setup.ts", {
    eager: true,
    import: "register",
  }),
);

/** A backend of its own for each test, with the limits of a real one. */
export function backend() {
  return withComponents(convexTest({ schema, modules, transactionLimits: true }));
}

/** What convex.config.ts does for a deployment. */
export function withComponents<Test extends TestConvex<typeof schema>>(t: Test): Test {
  rateLimiter.register(t);
  for (const register of engines) register(t);
  return t;
}

export type Backend = ReturnType<typeof backend>;
export type Visitor = ReturnType<Backend["withIdentity"]>;

/** Somebody who has just signed in and called `store`. */
export async function member(t: Backend, name = "member") {
  const signedIn = Math.floor(Date.now() / 1000);
  const visitor = t.withIdentity({ subject: name, name, auth_time: signedIn });
  const userId = await visitor.mutation(api.users.public.store, {});
  return { ...visitor, userId };
}

export async function admin(t: Backend) {
  const person = await member(t, "admin");
  await t.mutation(internal.users.internal.grantAdmin, {
    userId: person.userId,
  });
  return person;
}

/** Somebody who may see more than others, and change little. */
export async function support(t: Backend) {
  const person = await member(t, "support");
  await t.run((ctx) => ctx.db.patch("users", person.userId, { role: "support" }));
  return person;
}

/** The first page of a list. */
export const firstPage = (numItems = 10) => ({
  paginationOpts: { numItems, cursor: null },
});

export async function expectRefusal(call: Promise<unknown>, code: ErrorCode): Promise<void> {
  const error: unknown = await call.then(
    () => "no error",
    (thrown: unknown) => thrown,
  );
  expect(isAppError(error) ? error.data.code : error).toBe(code);
}

/**
 * Runs what is scheduled, in the order of time and with fake timers, until nothing is left. The
 * clock moves only while nothing runs: with `vi.runAllTimers`, hours would pass during one action.
 */
export async function finishScheduled(t: Backend): Promise<void> {
  await t.finishInProgressScheduledFunctions();
  while (vi.getTimerCount() > 0) {
    vi.advanceTimersToNextTimer();
    await t.finishInProgressScheduledFunctions();
  }
}

/** The JSON a route answers with; a refusal is thrown, as a function would throw it. */
export async function getJson(visitor: Visitor, path: string): Promise<unknown> {
  const response = await visitor.fetch(path);
  const body = (await response.json()) as { error?: { code: ErrorCode } };
  if (body.error) throw appError(body.error.code, "");
  return body;
}

/** Documents that one call of a query reads: its price, however large the table is. */
export async function documentsReadBy<
  Query extends FunctionReference<"query", "public" | "internal">,
>(visitor: Visitor, query: Query, ...args: OptionalRestArgs<Query>): Promise<number> {
  const metrics = await visitor.query(async (ctx) => {
    await ctx.runQuery(query, ...args);
    return await ctx.meta.getTransactionMetrics();
  });
  return metrics.documentsRead.used;
}

/** Catches what is logged from here to the end of the test, by level. */
export function captureLog() {
  const lines = { log: [], warn: [], error: [] } as Record<"log" | "warn" | "error", unknown[]>;
  for (const [level, caught] of Object.entries(lines)) {
    vi.spyOn(console, level as keyof typeof lines).mockImplementation(
      (line: string) => void caught.push(JSON.parse(line)),
    );
  }
  return lines;
}
