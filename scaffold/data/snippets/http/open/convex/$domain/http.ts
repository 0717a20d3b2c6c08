/**
 * The HTTP routes of this domain. http.ts gives them their paths.
 */
import { openHttp } from "../lib/functions";
import { jsonResponse } from "../lib/http";

/** Answers the same to everybody. */
export const $name = $builder(() => {
  return jsonResponse({ status: "ok" });
});
