/**
 * Who must not get what from this domain. Run by access.test.ts.
 */
import { api } from "../_generated/api";
import type { AccessCases } from "../access.setup";

export const cases: AccessCases = {
  "$domain/$file:$name": {
    // $whoMayAsk
    attempt: async (visitor) => {
      const { $name } = api.$domain.$file;
      return await visitor.action($name, { question: "" });
    },
    wrongCaller: "$refusal",
  },
};
