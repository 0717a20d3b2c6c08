import { internal } from "./_generated/api";
import { cronJobs } from "convex/server";

const crons = cronJobs();

// A row waits at most this much longer than one run takes.
crons.interval(
  "$domain: $words",
  { hours: 1 },
  internal.$domain.internal.$name,
);

export default crons;
