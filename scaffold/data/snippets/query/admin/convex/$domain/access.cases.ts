/**
 * Who must not get what from this domain. Run by access.test.ts.
 */
import { api } from "../_generated/api";
import type { AccessCases } from "../access.setup";
import { firstPage } from "../test.setup";

export const cases: AccessCases = {
  "$domain/admin:$name": {
    attempt: async (visitor) => {
      const { $name } = api.$domain.admin;
      return await visitor.query($name, firstPage());
    },
    wrongCaller: "FORBIDDEN",
  },
};
