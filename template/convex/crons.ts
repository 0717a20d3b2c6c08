/**
 * Everything that runs on a schedule, and nothing else. `internal` functions only.
 *
 * Daily and hourly jobs leave out `minuteUTC`: Convex then picks a quiet minute, and not the top of
 * the hour, when everybody else's jobs run.
 */
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

const crons = cronJobs();

// Counts of calls hold addresses of visitors. They are kept for two days at most.
crons.daily("forget old counts", { hourUTC: 3 }, internal.users.internal.forgetOldCounts);

// What should have gone on by itself and did not, goes on at most this much later.
crons.interval("find what was lost", { minutes: 5 }, internal.reliability.internal.sweep);

// Nobody minds if keys and runs are kept an hour longer.
crons.interval("forget what is over", { hours: 1 }, internal.reliability.internal.expire);

//% if "orders" in domains
// An order stays open at most this much longer than its time to pay.
crons.interval("expire unpaid orders", { minutes: 5 }, internal.orders.internal.expireUnpaid);

//% endif
//% if "rooms" in domains or "web" in domains
// Somebody who closed the page is shown at most this much longer than TIME_TO_BEAT_MS.
crons.interval("forget who is gone", { minutes: 1 }, internal.rooms.internal.sweep);

//% endif
//% if "payments" in domains
// A payment that hangs is asked about at most this much later than it could be.
crons.interval("check payments that hang", { minutes: 5 }, internal.payments.internal.checkHung);

//% endif
export default crons;
