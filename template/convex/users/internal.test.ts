import { expect, test } from "vitest";
import { internal } from "../_generated/api";
import { MAX_PAGE_SIZE } from "../lib/pagination";
import { admin, backend, documentsReadBy, expectRefusal, firstPage, member } from "../test.setup";

const { caller, countByRole, page } = internal.users.internal;

test("caller says who an action runs for", async () => {
  const t = backend();
  const boss = await admin(t);
  expect(await boss.query(caller, {})).toEqual({
    userId: boss.userId,
    role: "admin",
  });
  await expectRefusal(t.query(caller, {}), "UNAUTHENTICATED");
});

test("countByRole counts people beyond the first page", async () => {
  const t = backend();
  await admin(t);
  for (let i = 0; i < 150; i += 1) await member(t, `somebody ${i}`);
  expect(await t.action(countByRole, {})).toEqual({ member: 150, admin: 1 });
  expect(await documentsReadBy(t, page, firstPage(10_000))).toBe(MAX_PAGE_SIZE);
});
