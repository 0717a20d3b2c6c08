/**
 * Who must not get what from this domain. Run by access.test.ts.
 */
import { api } from "../_generated/api";
import type { AccessCases } from "../access.setup";
import { firstPage } from "../test.setup";
import { claimedKey, failedRun } from "./test.fixtures";

const { abandon, abandonKey, listAudit, listKeys, listRuns, recent, releaseKey, replay } =
  api.reliability.admin;

const reason = "because";

export const cases: AccessCases = {
  "reliability/admin:recent": {
    attempt: async (visitor) => await visitor.query(recent, {}),
    wrongCaller: "FORBIDDEN",
  },
  "reliability/admin:listRuns": {
    attempt: async (visitor) =>
      await visitor.query(listRuns, { kind: "completed", ...firstPage() }),
    wrongCaller: "FORBIDDEN",
  },
  "reliability/admin:listKeys": {
    attempt: async (visitor) => await visitor.query(listKeys, { kind: "done", ...firstPage() }),
    wrongCaller: "FORBIDDEN",
  },
  "reliability/admin:listAudit": {
    attempt: async (visitor) => await visitor.query(listAudit, firstPage()),
    wrongCaller: "FORBIDDEN",
  },
  "reliability/admin:replay": {
    attempt: async (visitor, t) =>
      await visitor.mutation(replay, { runId: await failedRun(t), reason }),
    wrongCaller: "FORBIDDEN",
  },
  "reliability/admin:abandon": {
    attempt: async (visitor, t) =>
      await visitor.mutation(abandon, { runId: await failedRun(t), reason }),
    wrongCaller: "FORBIDDEN",
  },
  "reliability/admin:releaseKey": {
    attempt: async (visitor, t) =>
      await visitor.mutation(releaseKey, { claimId: await claimedKey(t), reason }),
    wrongCaller: "FORBIDDEN",
  },
  "reliability/admin:abandonKey": {
    attempt: async (visitor, t) =>
      await visitor.mutation(abandonKey, { claimId: await claimedKey(t), reason }),
    wrongCaller: "FORBIDDEN",
  },
};
