/**
 * The HTTP routes of this domain. http.ts gives them their paths.
 */
import { authedHttp } from "../lib/functions";
import { jsonResponse } from "../lib/http";

/** Who the token belongs to: the quickest way to try out a provider's settings. */
export const whoAmI = authedHttp((ctx) => jsonResponse(ctx.caller));
