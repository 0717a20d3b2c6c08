/**
 * Notifications for the tests of this domain.
 */
import { api } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { member, type Backend } from "../test.setup";
import { notify } from "./model";

/** Tells somebody something; the same thing again if the key is the same. */
export async function notified(t: Backend, ownerId: Id<"users">, key = "news/1") {
  const news = { ownerId, key, title: "News", body: `About ${key}.` };
  return await t.mutation((ctx) => notify(ctx, news));
}

/** A notification of somebody who is not part of the story. */
export async function foreignNotification(t: Backend): Promise<Id<"notifications">> {
  return await notified(t, (await member(t, "owner")).userId);
}

/** Somebody to whom messages can be sent. */
export async function reachable(t: Backend, name = "ann") {
  const visitor = t.withIdentity({ subject: name, name, email: [name, "example.com"].join("@") });
  const userId = await visitor.mutation(api.users.public.store, {});
  return { ...visitor, userId };
}
