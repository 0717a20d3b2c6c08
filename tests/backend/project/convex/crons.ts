import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

const crons = cronJobs();
crons.interval("tick", { minutes: 10 }, internal.timing.write, { text: "tick" });
crons.daily("nightly", { hourUTC: 3, minuteUTC: 30 }, internal.timing.write, { text: "nightly" });
crons.cron("broken", "0 0 1 1 *", internal.failing.fails);
export default crons;
