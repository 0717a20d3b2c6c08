/**
 * The HTTP routes of this domain. http.ts gives them their paths.
 */
import { internal } from "../_generated/api";
import { authedHttp } from "../lib/functions";
import { jsonResponse } from "../lib/http";

/** The caller's newest rows, for programs that have a token and no Convex client. */
export const $name = authedHttp(async (ctx) => {
  const ofCaller = { ownerId: ctx.caller.userId };
  const rows = await ctx.runQuery(
    internal.$domain.internal.$name,
    ofCaller,
  );
  return jsonResponse({ rows });
});
