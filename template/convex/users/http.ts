/**
 * The HTTP routes of this domain. http.ts gives them their paths.
 */
import { internal } from "../_generated/api";
import { usersWebhook } from "../lib/env";
import { authedHttp, openHttp, serviceHttp } from "../lib/functions";
import { jsonResponse } from "../lib/http";
import { verifyDelivery } from "../lib/webhooks";
import * as model from "./model";
import { toUserEvent } from "./provider";

/** Who the token belongs to: the quickest way to try out a provider's settings. */
export const whoAmI = authedHttp((ctx) => jsonResponse(ctx.caller));

/** How many people have each role, for a program that reports it. */
export const countUsers = serviceHttp("users:read")(async (ctx) =>
  jsonResponse(await model.countByRole(ctx)),
);

/** What changed at the provider: people get their row before they sign in, and lose it with it. */
export const receiveUserEvent = openHttp("The provider calls, and signs what it says.")(async (
  ctx,
  request,
) => {
  const { secret, issuer } = usersWebhook();
  const { eventId, event: sent } = await verifyDelivery(request, "standard", secret);
  const event = toUserEvent(sent);
  // What is not about users is fine, too: an error would have it sent again for days.
  if (event !== null) {
    await ctx.runMutation(internal.users.internal.applyEvent, { eventId, issuer, event });
  }
  return jsonResponse({ applied: event !== null });
});
