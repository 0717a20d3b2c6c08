/**
 * Who must not get what from this domain. Run by access.test.ts.
 */
import type { AccessCases } from "../access.setup";
import { getJson, member } from "../test.setup";
import { insert$Item } from "./test.fixtures";

export const cases: AccessCases = {
  "GET $route": {
    attempt: async (visitor, t) => {
      await insert$Item(t, (await member(t, "owner")).userId);
      return await getJson(
        visitor,
        "$route",
      );
    },
    wrongCaller: { answer: { rows: [] } },
  },
};
