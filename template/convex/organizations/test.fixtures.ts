/**
 * Organizations for the tests of this domain.
 */
import { api } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { firstPage, member, type Backend, type Visitor } from "../test.setup";

type Person = Awaited<ReturnType<typeof member>>;

/** An organization with an owner, an administrator and a member. */
export async function company(t: Backend, name = "Acme") {
  const owner = await member(t, `${name} owner`);
  const organizationId = await owner.mutation(api.organizations.public.create, {
    requestId: "request-1",
    name,
  });
  const administrator = await member(t, `${name} admin`);
  await joined(owner, administrator, organizationId, "admin");
  const employee = await member(t, `${name} member`);
  await joined(owner, employee, organizationId, "member");
  return { organizationId, owner, administrator, employee };
}

/** Invites somebody, and lets them join. */
export async function joined(
  host: Visitor,
  guest: Person,
  organizationId: Id<"organizations">,
  role: "member" | "admin",
): Promise<void> {
  const invitation = { organizationId, role };
  const code = await host.mutation(api.organizations.public.invite, invitation);
  await guest.mutation(api.organizations.public.join, { code });
}

/** Everybody's membership, by name. */
export async function membershipIds(visitor: Visitor, organizationId: Id<"organizations">) {
  const args = { organizationId, ...firstPage() };
  const { page } = await visitor.query(api.organizations.public.members, args);
  return Object.fromEntries(page.map((row) => [row.name ?? "", row.membershipId]));
}

/** The id of one membership, by name. */
export async function membershipOf(
  visitor: Visitor,
  organizationId: Id<"organizations">,
  name: string,
): Promise<Id<"memberships">> {
  const id = (await membershipIds(visitor, organizationId))[name];
  if (id === undefined) throw new Error(`${name} is not in it`);
  return id;
}
