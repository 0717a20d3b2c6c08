/// <reference types="vite/client" />
/**
 * Every public function and every route refuses those who must not use it.
 */
import { describe, expect, test } from "vitest";
import { registeredFunctions, type AccessCases, type Outcome } from "./access.setup";
import http from "./http";
import { backend, expectRefusal, member } from "./test.setup";

const files = import.meta.glob<AccessCases>("./*/access.cases.ts", {
  eager: true,
  import: "cases",
});
const cases = Object.values(files).reduce((all, some) => ({ ...all, ...some }));

test("each has a case in the access.cases.ts of its domain", async () => {
  const functions = Object.entries(await registeredFunctions());
  const surface = [
    ...functions.filter(([, f]) => f.isPublic).map(([name]) => name),
    ...http.getRoutes().map(([path, method]) => `${method} ${path}`),
  ];
  expect(Object.keys(cases).sort()).toEqual(surface.sort());
});

async function expectOutcome(call: Promise<unknown>, outcome: Outcome) {
  if (typeof outcome === "string") await expectRefusal(call, outcome);
  else expect(await call).toEqual(outcome.answer);
}

describe.each(Object.entries(cases))("%s", (_name, { attempt, ...outcomes }) => {
  test("refuses an anonymous caller", async () => {
    const t = backend();
    const outcome = outcomes.anonymous ?? "UNAUTHENTICATED";
    await expectOutcome(attempt(t, t), outcome);
  });

  test("refuses the wrong caller", async () => {
    const t = backend();
    const stranger = await member(t, "stranger");
    await expectOutcome(attempt(stranger, t), outcomes.wrongCaller);
  });
});
