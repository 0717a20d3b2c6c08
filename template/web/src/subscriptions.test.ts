import { expect, test, vi } from "vitest";
import { Tally } from "./subscriptions";

test("what is watched twice counts once, until it is no longer watched at all", () => {
  const tally = new Tally();
  tally.change("list", 1);
  tally.change("list", 1);
  tally.change("get", 1);
  tally.change("list", -1);
  expect([...tally.snapshot().keys()]).toEqual(["list", "get"]);
  tally.change("list", -1);
  expect([...tally.snapshot().keys()]).toEqual(["get"]);
});

test("each change gives another snapshot, and is told to who listens", () => {
  const tally = new Tally();
  const listener = vi.fn();
  const stop = tally.subscribe(listener);
  const before = tally.snapshot();
  tally.change("list", 1);
  expect(tally.snapshot()).not.toBe(before);
  stop();
  tally.change("list", -1);
  expect(listener).toHaveBeenCalledTimes(1);
});
