import { afterEach, describe, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import { MAX_PAGE_SIZE } from "../lib/pagination";
import { sha256 } from "../lib/digest";
import { backend, documentsReadBy, expectRefusal, firstPage, member } from "../test.setup";
import { INVITATION_TTL_MS, MAX_NAME_LENGTH } from "./model";
import { company, joined, membershipOf } from "./test.fixtures";

const { create, get, invite, join, list, members, removeMember, setRole } =
  api.organizations.public;

afterEach(() => {
  vi.useRealTimers();
});

test("whoever creates an organization owns it, and a repeated request creates no second", async () => {
  const ann = await member(backend(), "ann");
  const request = { requestId: "request-1", name: " Acme " };
  const organizationId = await ann.mutation(create, request);
  expect(await ann.mutation(create, request)).toBe(organizationId);
  const acme = { organizationId, name: "Acme", role: "owner" };
  expect(await ann.query(get, { organizationId })).toEqual(acme);
  expect((await ann.query(list, firstPage())).page).toEqual([acme]);
});

test.each([
  { requestId: "", name: "Acme" },
  { requestId: "x".repeat(65), name: "Acme" },
  { requestId: "1", name: " " },
  { requestId: "1", name: "x".repeat(MAX_NAME_LENGTH + 1) },
])("create refuses %j", async (request) => {
  const ann = await member(backend(), "ann");
  await expectRefusal(ann.mutation(create, request), "INVALID_ARGUMENT");
});

test("members see each other's names and roles, and nothing else", async () => {
  const t = backend();
  const { organizationId, employee } = await company(t);
  const { page } = await employee.query(members, { organizationId, ...firstPage() });
  const membershipId = expect.any(String) as string;
  expect(page).toEqual([
    { membershipId, name: "Acme owner", role: "owner", isMe: false },
    { membershipId, name: "Acme admin", role: "admin", isMe: false },
    { membershipId, name: "Acme member", role: "member", isMe: true },
  ]);
});

test("members reads one page, whatever there is and is asked for", async () => {
  const t = backend();
  const { organizationId, employee } = await company(t);
  await t.run(async (ctx) => {
    for (let i = 0; i < 150; i += 1) {
      const user = { tokenIdentifier: `bulk-${i}`, role: "member" as const };
      const userId = await ctx.db.insert("users", user);
      await ctx.db.insert("memberships", { organizationId, userId, role: "member" });
    }
  });
  const args = { organizationId, ...firstPage(10_000) };
  // A membership and a user for each row, the caller and the caller's own membership.
  expect(await documentsReadBy(employee, members, args)).toBe(2 * MAX_PAGE_SIZE + 2);
});

test("list reads one page, whatever there is and is asked for", async () => {
  const t = backend();
  const ann = await member(t, "ann");
  await t.run(async (ctx) => {
    const { userId } = ann;
    for (let i = 0; i < 150; i += 1) {
      const acme = { name: "Acme", createdBy: userId, requestId: `bulk-${i}` };
      const organizationId = await ctx.db.insert("organizations", acme);
      await ctx.db.insert("memberships", { organizationId, userId, role: "member" });
    }
  });
  expect(await documentsReadBy(ann, list, firstPage(10_000))).toBe(2 * MAX_PAGE_SIZE + 1);
});

describe("an invitation", () => {
  test("lets one person in, who may repeat the request", async () => {
    const t = backend();
    const { organizationId, administrator } = await company(t);
    const code = await administrator.mutation(invite, { organizationId, role: "member" });
    const [ann, bob] = [await member(t, "ann"), await member(t, "bob")];
    expect(await ann.mutation(join, { code })).toBe(organizationId);
    expect(await ann.mutation(join, { code })).toBe(organizationId);
    expect(await ann.query(get, { organizationId })).toMatchObject({ role: "member" });
    await expectRefusal(bob.mutation(join, { code }), "NOT_FOUND");
  });

  test("does not let in again whom it once let in", async () => {
    const t = backend();
    const { organizationId, owner } = await company(t);
    const code = await owner.mutation(invite, { organizationId, role: "member" });
    const ann = await member(t, "ann");
    await ann.mutation(join, { code });
    const membershipId = await membershipOf(owner, organizationId, "ann");
    await owner.mutation(removeMember, { membershipId });
    await ann.mutation(join, { code });
    await expectRefusal(ann.query(get, { organizationId }), "NOT_FOUND");
  });

  test("raises nobody who is in already", async () => {
    const { organizationId, owner, employee } = await company(backend());
    await joined(owner, employee, organizationId, "admin");
    expect(await employee.query(get, { organizationId })).toMatchObject({ role: "member" });
  });

  test("expires, and goes when another is made", async () => {
    vi.useFakeTimers({ now: Date.UTC(2030, 0, 1), toFake: ["Date"] });
    const t = backend();
    const { organizationId, owner } = await company(t);
    const code = await owner.mutation(invite, { organizationId, role: "member" });
    const ann = await member(t, "ann");
    vi.setSystemTime(Date.now() + INVITATION_TTL_MS);
    await expectRefusal(ann.mutation(join, { code }), "NOT_FOUND");

    const next = await owner.mutation(invite, { organizationId, role: "member" });
    const kept = await t.run((ctx) => ctx.db.query("invitations").take(10));
    expect(kept.map(({ codeHash }) => codeHash)).toEqual([await sha256(next)]);
  });

  test("is made by administrators and owners", async () => {
    const { organizationId, employee } = await company(backend());
    const call = employee.mutation(invite, { organizationId, role: "member" });
    await expectRefusal(call, "FORBIDDEN");
  });
});

test("owners change roles, and the last one cannot be lost", async () => {
  const { organizationId, owner, administrator } = await company(backend());
  const own = await membershipOf(owner, organizationId, "Acme owner");
  const other = await membershipOf(owner, organizationId, "Acme admin");
  await expectRefusal(
    administrator.mutation(setRole, { membershipId: other, role: "owner" }),
    "FORBIDDEN",
  );
  await expectRefusal(owner.mutation(setRole, { membershipId: own, role: "member" }), "CONFLICT");
  await expectRefusal(owner.mutation(removeMember, { membershipId: own }), "CONFLICT");
  await expectRefusal(administrator.mutation(removeMember, { membershipId: own }), "CONFLICT");

  await owner.mutation(setRole, { membershipId: other, role: "owner" });
  await administrator.mutation(setRole, { membershipId: own, role: "member" });
  await owner.mutation(removeMember, { membershipId: own });
  await expectRefusal(owner.query(get, { organizationId }), "NOT_FOUND");
});

test("setRole asks for a recent sign-in", async () => {
  const t = backend();
  const { organizationId, owner } = await company(t);
  const membershipId = await membershipOf(owner, organizationId, "Acme member");
  const later = t.withIdentity({ subject: "Acme owner", name: "Acme owner" });
  const call = later.mutation(setRole, { membershipId, role: "owner" });
  await expectRefusal(call, "REAUTHENTICATION_REQUIRED");
});

test("members leave when they want to, and remove nobody", async () => {
  const { organizationId, owner, employee } = await company(backend());
  const own = await membershipOf(owner, organizationId, "Acme member");
  const other = await membershipOf(owner, organizationId, "Acme admin");
  await expectRefusal(employee.mutation(removeMember, { membershipId: other }), "FORBIDDEN");
  await employee.mutation(removeMember, { membershipId: own });
  await expectRefusal(employee.query(get, { organizationId }), "NOT_FOUND");
});

describe("the owner of another organization", () => {
  async function strangers() {
    const t = backend();
    const { organizationId, owner } = await company(t);
    const { owner: stranger } = await company(t, "Other");
    const membershipId = await membershipOf(owner, organizationId, "Acme member");
    return { stranger, organizationId, membershipId };
  }

  type Strangers = Awaited<ReturnType<typeof strangers>>;

  test.each<[string, (s: Strangers) => Promise<unknown>]>([
    ["get", (s) => s.stranger.query(get, { organizationId: s.organizationId })],
    [
      "members",
      (s) => s.stranger.query(members, { organizationId: s.organizationId, ...firstPage() }),
    ],
    [
      "invite",
      (s) => s.stranger.mutation(invite, { organizationId: s.organizationId, role: "member" }),
    ],
    [
      "setRole",
      (s) => s.stranger.mutation(setRole, { membershipId: s.membershipId, role: "member" }),
    ],
    ["removeMember", (s) => s.stranger.mutation(removeMember, { membershipId: s.membershipId })],
  ])("finds nothing with %s", async (_, call) => {
    await expectRefusal(call(await strangers()), "NOT_FOUND");
  });
});
