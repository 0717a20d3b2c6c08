/**
 * The HTTP routes of this domain. http.ts gives them their paths.
 */
import { internal } from "../_generated/api";
import { secret } from "../lib/env";
import { openHttp } from "../lib/functions";
import { jsonResponse } from "../lib/http";
import { verifyDelivery } from "../lib/webhooks";
import { chargeOfEvent } from "./charges";

/**
 * News of the payment provider. One transaction and an answer: providers give up after seconds, and
 * send again whatever was not answered with a 2xx. Events about other things are thanked for.
 */
export const receiveEvent = openHttp("Signed by the payment provider; anybody else is refused.")(
  async (ctx, request) => {
    const webhookSecret = secret("PAYMENTS_WEBHOOK_SECRET");
    const { eventId, event } = await verifyDelivery(request, "stripe", webhookSecret);
    const charge = chargeOfEvent(event);
    if (charge !== null) {
      await ctx.runMutation(internal.payments.internal.applyEvent, { eventId, charge });
    }
    return jsonResponse({ received: true });
  },
);
