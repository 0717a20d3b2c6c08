/**
 * Everything that runs on a schedule, and nothing else. `internal` functions only.
 *
 * Daily and hourly jobs leave out `minuteUTC`: Convex then picks a quiet minute, and not the top of
 * the hour, when everybody else's jobs run.
 */
//% if "orders" in domains
import { internal } from "./_generated/api";
//% endif
import { cronJobs } from "convex/server";

const crons = cronJobs();

//% if "orders" in domains
// An order stays open at most this much longer than its time to pay.
crons.interval("expire unpaid orders", { minutes: 5 }, internal.orders.internal.expireUnpaid);

//% endif
export default crons;
