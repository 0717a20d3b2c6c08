/**
 * Who must not get what from this domain. Run by access.test.ts.
 */
import type { AccessCases } from "../access.setup";
import { getJson } from "../test.setup";

export const cases: AccessCases = {
  "GET $route": {
    // Open to anyone: everybody gets the same.
    attempt: async (visitor) =>
      await getJson(visitor, "$route"),
    anonymous: { answer: { status: "ok" } },
    wrongCaller: { answer: { status: "ok" } },
  },
};
