/**
 * The HTTP routes of this domain. http.ts gives them their paths.
 */
import { authedHttp, serviceHttp } from "../lib/functions";
import { jsonResponse } from "../lib/http";
import * as model from "./model";

/** Who the token belongs to: the quickest way to try out a provider's settings. */
export const whoAmI = authedHttp((ctx) => jsonResponse(ctx.caller));

/** How many people have each role, for a program that reports it. */
export const countUsers = serviceHttp("users:read")(async (ctx) =>
  jsonResponse(await model.countByRole(ctx)),
);
