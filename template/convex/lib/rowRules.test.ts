import { expect, test } from "vitest";
import type { Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { backend, member } from "../test.setup";
import { guardedMutation, guardedQuery, ownRows, type RowRules } from "./rowRules";

/** People see everybody of their kind, and change their own row. */
function rulesFor(userId: Id<"users">): RowRules {
  return {
    users: {
      read: (_, user) => Promise.resolve(user.role === "member"),
      modify: (_, user) => Promise.resolve(user._id === userId),
    },
  };
}

async function twoPeople() {
  const t = backend();
  const ann = await member(t, "ann");
  const bob = await member(t, "bob");
  const asAnn = (work: (ctx: MutationCtx) => Promise<unknown>) =>
    t.mutation((ctx) => work(guardedMutation(ctx, rulesFor(ann.userId))));
  return { t, ann, bob, asAnn };
}

test("what a rule hides is not there", async () => {
  const { t, ann, bob } = await twoPeople();
  await t.run((ctx) => ctx.db.patch("users", bob.userId, { role: "admin" }));
  const seen = await t.query(async (ctx) => {
    const { db } = guardedQuery(ctx, rulesFor(ann.userId));
    const rows = await db.query("users").take(10);
    return { ids: rows.map(({ _id }) => _id), bob: await db.get("users", bob.userId) };
  });
  expect(seen).toEqual({ ids: [ann.userId], bob: null });
});

test("what a rule allows can be changed, and nothing else", async () => {
  const { t, ann, bob, asAnn } = await twoPeople();
  await asAnn((ctx) => ctx.db.patch("users", ann.userId, { name: "Ann" }));
  const changes: ((ctx: MutationCtx) => Promise<unknown>)[] = [
    (ctx: MutationCtx) => ctx.db.patch("users", bob.userId, { name: "Eve" }),
    (ctx: MutationCtx) => ctx.db.delete("users", bob.userId),
    (ctx: MutationCtx) => ctx.db.insert("users", { tokenIdentifier: "eve", role: "admin" }),
  ];
  for (const change of changes) await expect(asAnn(change)).rejects.toThrow(/access not allowed/);
  const names = await t.run((ctx) => ctx.db.query("users").take(10));
  expect(names.map(({ name }) => name)).toEqual(["Ann", "bob"]);
});

test("a table without a rule is not there", async () => {
  const { t, ann } = await twoPeople();
  const { rows, row } = await t.query(async (ctx) => {
    const { db } = guardedQuery(ctx, {});
    return { rows: await db.query("users").take(10), row: await db.get("users", ann.userId) };
  });
  expect([rows, row]).toEqual([[], null]);
  const insert = t.mutation((ctx) =>
    guardedMutation(ctx, {}).db.insert("users", { tokenIdentifier: "eve", role: "member" }),
  );
  await expect(insert).rejects.toThrow("not allowed");
});

test("own rows are the owner's", async () => {
  const { ann, bob } = await twoPeople();
  const { read, modify, insert } = ownRows(ann.userId);
  for (const rule of [read, modify, insert]) {
    expect(await rule({}, { ownerId: ann.userId })).toBe(true);
    expect(await rule({}, { ownerId: bob.userId })).toBe(false);
  }
});

test("the rest of the ctx stays", async () => {
  const { t, ann } = await twoPeople();
  const identity = await ann.query((ctx) => guardedQuery(ctx, {}).auth.getUserIdentity());
  expect(identity?.subject).toBe("ann");
  const user = t.mutation((ctx) =>
    Promise.resolve(guardedMutation({ ...ctx, user: "ann" }, {}).user),
  );
  expect(await user).toBe("ann");
});
