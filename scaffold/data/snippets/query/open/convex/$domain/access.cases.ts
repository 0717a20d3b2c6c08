/**
 * Who must not get what from this domain. Run by access.test.ts.
 */
import { api } from "../_generated/api";
import type { AccessCases } from "../access.setup";
import { firstPage, member } from "../test.setup";
import { insert$Item } from "./test.fixtures";

export const cases: AccessCases = {
  "$domain/public:$name": {
    // Open to anyone: what must stay inside is the owner.
    attempt: async (visitor, t) => {
      await insert$Item(t, (await member(t, "owner")).userId);
      const { $name } = api.$domain.public;
      const { page } = await visitor.query($name, firstPage());
      return page.some((row) => "ownerId" in row);
    },
    anonymous: { answer: false },
    wrongCaller: { answer: false },
  },
};
