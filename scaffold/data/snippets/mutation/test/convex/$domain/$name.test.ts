import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { $api } from "../_generated/api";
import { $setup } from "../test.setup";
import { insert$Item } from "./test.fixtures";

const { $name } = $api.$domain.$file;

const NOW = Date.UTC(2030, 0, 1);

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("it is done once, however often it is asked for", async () => {
  const t = backend();
  const caller = $caller;
  const $itemId = await insert$Item(
    t,
    $ownerOfRow,
  );
  await caller.mutation($name, { $itemId });
  vi.setSystemTime(NOW + 1000);
  await caller.mutation($name, { $itemId });
  const row = await t.run((ctx) =>
    ctx.db.get("$table", $itemId),
  );
  expect(row?.$nameAt).toBe(NOW);
});

test("a row that is gone is not found", async () => {
  const t = backend();
  const caller = $caller;
  const $itemId = await insert$Item(
    t,
    $ownerOfRow,
  );
  await t.run((ctx) => ctx.db.delete("$table", $itemId));
  const call = caller.mutation($name, { $itemId });
  await expectRefusal(call, "NOT_FOUND");
});
