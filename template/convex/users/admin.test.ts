import { expect, test } from "vitest";
import { api } from "../_generated/api";
import { MAX_PAGE_SIZE } from "../lib/pagination";
import {
  admin,
  backend,
  documentsReadBy,
  expectRefusal,
  firstPage,
  member,
  support,
} from "../test.setup";

const { list, setRole } = api.users.admin;

test("list goes through everybody, newest first, without their e-mail", async () => {
  const t = backend();
  const boss = await admin(t);
  const ann = await t
    .withIdentity({ subject: "ann", email: "ann@example.com" })
    .mutation(api.users.public.store, {});

  const first = await boss.query(list, firstPage(1));
  expect(first.page).toEqual([{ userId: ann, role: "member" }]);
  expect(first.isDone).toBe(false);

  const paginationOpts = { numItems: 1, cursor: first.continueCursor };
  const second = await boss.query(list, { paginationOpts });
  expect(second.page).toEqual([{ userId: boss.userId, role: "admin", name: "admin" }]);
});

test("support may list people and change nobody's role", async () => {
  const t = backend();
  const sue = await support(t);
  const ann = await member(t, "ann");
  const { page } = await sue.query(list, firstPage());
  expect(page).toHaveLength(2);
  const change = sue.mutation(setRole, { userId: ann.userId, role: "support" });
  await expectRefusal(change, "FORBIDDEN");
});

test("list reads one page and the caller, whatever the client asks for", async () => {
  const t = backend();
  const boss = await admin(t);
  for (let i = 0; i < 150; i += 1) await member(t, `somebody ${i}`);
  const read = await documentsReadBy(boss, list, firstPage(10_000));
  expect(read).toBe(MAX_PAGE_SIZE + 1);
});

test("setRole makes administrators and unmakes them", async () => {
  const t = backend();
  const boss = await admin(t);
  const ann = await member(t, "ann");
  await boss.mutation(setRole, { userId: ann.userId, role: "admin" });
  await ann.mutation(setRole, { userId: boss.userId, role: "member" });
  await expectRefusal(boss.query(list, firstPage()), "FORBIDDEN");
});

test("setRole asks for a recent sign-in, so a session that was left open is not enough", async () => {
  const t = backend();
  const boss = await admin(t);
  const ann = await member(t, "ann");
  const later = t.withIdentity({ subject: "admin", name: "admin", iat: Date.now() / 1000 });
  await expectRefusal(
    later.mutation(setRole, { userId: ann.userId, role: "admin" }),
    "REAUTHENTICATION_REQUIRED",
  );
  await boss.mutation(setRole, { userId: ann.userId, role: "admin" });
});

test("administrators cannot change their own role", async () => {
  const t = backend();
  const boss = await admin(t);
  await expectRefusal(boss.mutation(setRole, { userId: boss.userId, role: "member" }), "CONFLICT");
});

test("setRole refuses people who are gone", async () => {
  const t = backend();
  const boss = await admin(t);
  const { userId } = await member(t, "ann");
  await t.run((ctx) => ctx.db.delete("users", userId));
  await expectRefusal(boss.mutation(setRole, { userId, role: "admin" }), "NOT_FOUND");
});
