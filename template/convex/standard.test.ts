/**
 * The conventions that can be seen from outside, for every function there is.
 */
import { expect, test } from "vitest";
import { registeredFunctions } from "./access.setup";
import http from "./http";

const functions = await registeredFunctions();

test.each(Object.entries(functions))("%s declares what it takes", (_, f) => {
  expect(JSON.parse(f.exportArgs())).toMatchObject({ type: "object" });
});

test.each(Object.entries(functions))("%s declares what it returns", (_, f) => {
  expect(JSON.parse(f.exportReturns())).not.toBeNull();
});

test("functions are in files that say who may call them", () => {
  for (const [name, { isPublic }] of Object.entries(functions)) {
    const role = isPublic ? /^\w+\/(public|admin):/ : /^\w+\/(internal|node):/;
    expect(name).toMatch(role);
  }
});

test("routes have exact paths, so that calls can be recorded by path", () => {
  for (const [path] of http.getRoutes()) expect(path).not.toMatch(/\*$/);
});
