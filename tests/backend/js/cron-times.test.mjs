import assert from "node:assert/strict";
import { test } from "node:test";
import { nextRun, parseCron } from "../../../scaffold/backend/js/worker/cron-times.mjs";

const START = Date.UTC(2027, 0, 15, 8, 0, 0, 500); // a Friday
const next = (schedule) => new Date(nextRun(schedule, START)).toISOString();

for (const [name, schedule, expected] of [
  ["an interval", { type: "interval", minutes: 5 }, "2027-01-15T08:05:00.500Z"],
  ["hourly", { type: "hourly", minuteUTC: 17 }, "2027-01-15T08:17:00.000Z"],
  ["hourly, at a minute of Convex's choice", { type: "hourly" }, "2027-01-15T09:00:00.000Z"],
  ["daily, later today", { type: "daily", hourUTC: 9, minuteUTC: 30 }, "2027-01-15T09:30:00.000Z"],
  ["daily, tomorrow", { type: "daily", hourUTC: 8, minuteUTC: 0 }, "2027-01-16T08:00:00.000Z"],
  ["weekly", { type: "weekly", dayOfWeek: "monday", hourUTC: 0 }, "2027-01-18T00:00:00.000Z"],
  [
    "monthly, in a month that has the day",
    { type: "monthly", day: 31, hourUTC: 1 },
    "2027-01-31T01:00:00.000Z",
  ],
  ["every quarter of an hour", { type: "cron", cron: "*/15 * * * *" }, "2027-01-15T08:15:00.000Z"],
  ["ranges and lists", { type: "cron", cron: "0,30 10-12 * * *" }, "2027-01-15T10:00:00.000Z"],
  ["names", { type: "cron", cron: "0 6 * mar tue" }, "2027-03-02T06:00:00.000Z"],
  ["Sunday as 7", { type: "cron", cron: "0 6 * * 7" }, "2027-01-17T06:00:00.000Z"],
  ["day of month or of week", { type: "cron", cron: "0 6 20 * 0" }, "2027-01-17T06:00:00.000Z"],
  ["a leap day", { type: "cron", cron: "0 0 29 2 *" }, "2028-02-29T00:00:00.000Z"],
]) {
  test(name, () => assert.equal(next(schedule), expected));
}

test("a day that does not exist", () =>
  assert.equal(nextRun({ type: "cron", cron: "0 0 30 2 *" }, START), null));

for (const text of ["* * * *", "60 * * * *", "x * * * *", "*/0 * * * *"]) {
  test(`"${text}" is no cron expression`, () => assert.throws(() => parseCron(text)));
}
