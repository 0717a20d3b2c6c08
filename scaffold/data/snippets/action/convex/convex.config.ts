import { defineApp } from "convex/server";
import { v } from "convex/values";

const app = defineApp({
  env: {
    /** Base URL of the service behind $domain. Without it, what asks the service fails. */
    $ENV: v.optional(v.string()),
  },
});

export default app;
