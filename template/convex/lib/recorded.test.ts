import { makeFunctionReference } from "convex/server";
import { expect, test } from "vitest";
import { api } from "../_generated/api";
import { admin, backend, captureLog, expectRefusal, member } from "../test.setup";
import { CALL_SCHEMA } from "./telemetry";
import { backendWithProbes } from "./test.probes";

const QUERY = {
  schema: CALL_SCHEMA,
  outcome: "ok",
  errorType: null,
  errorCode: null,
  errorKind: null,
  requestId: null,
  durationMs: null,
};
const TIMED = {
  ...QUERY,
  requestId: expect.any(String) as string,
  durationMs: expect.any(Number) as number,
};

test("every class is recorded with what its runtime can tell", async () => {
  const t = backendWithProbes();
  const boss = await admin(t);
  const args = { times: 1 };
  const { log } = captureLog();
  await boss.query(makeFunctionReference<"query">("probes:openQuery"), args);
  await t.query(makeFunctionReference<"query">("probes:internalQuery"), args);
  for (const name of ["authedMutation", "internalMutation"]) {
    const mutation = makeFunctionReference<"mutation">(`probes:${name}`);
    await boss.mutation(mutation, args);
  }
  for (const name of ["openAction", "internalAction"]) {
    const action = makeFunctionReference<"action">(`probes:${name}`);
    await boss.action(action, args);
  }
  expect(log).toEqual([
    { ...QUERY, function: "probes:openQuery", class: "query" },
    { ...QUERY, function: "probes:internalQuery", class: "internalQuery" },
    { ...TIMED, function: "probes:authedMutation", class: "mutation" },
    {
      ...TIMED,
      function: "probes:internalMutation",
      class: "internalMutation",
    },
    { ...TIMED, function: "probes:openAction", class: "action" },
    { ...TIMED, function: "probes:internalAction", class: "internalAction" },
  ]);
});

test("a refused call is recorded, although its handler never ran", async () => {
  const t = backend();
  const { warn } = captureLog();
  await expectRefusal(t.query(api.users.public.me, {}), "UNAUTHENTICATED");
  expect(warn).toEqual([
    {
      ...QUERY,
      function: "users/public:me",
      class: "query",
      outcome: "error",
      errorType: "ConvexError",
      errorCode: "UNAUTHENTICATED",
      errorKind: "refusal",
    },
  ]);
});

test("a route is recorded by its path, together with the query for its caller", async () => {
  const t = backend();
  const ann = await member(t);
  const { log } = captureLog();
  await ann.fetch("/me?secret=1");
  expect(log).toEqual([
    { ...QUERY, function: "users/internal:caller", class: "internalQuery" },
    { ...TIMED, function: "GET /me", class: "httpAction" },
  ]);
});

test("a route answers a refusal with its status, and in JSON", async () => {
  const response = await backend().fetch("/me");
  expect(response.status).toBe(401);
  expect(response.headers.get("WWW-Authenticate")).toBe("Bearer");
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  expect(await response.json()).toEqual({
    error: { code: "UNAUTHENTICATED", message: "Sign in first." },
  });
});
