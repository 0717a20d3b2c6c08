import actionRetrier from "@convex-dev/action-retrier/convex.config.js";
import rateLimiter from "@convex-dev/rate-limiter/convex.config";
import workpool from "@convex-dev/workpool/convex.config.js";
import { defineApp } from "convex/server";
import { v } from "convex/values";
import counter from "./counter/convex.config";

const app = defineApp({ env: { REQUIRED: v.string(), OPTIONAL: v.optional(v.string()) } });
app.use(actionRetrier);
app.use(rateLimiter);
app.use(workpool, { name: "emailPool" });
app.use(counter);
app.use(counter, { name: "second" });

export default app;
