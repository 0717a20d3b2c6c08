import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // The closest thing to the Convex runtime: web APIs, no Node.
    environment: "edge-runtime",
    include: ["convex/**/*.test.ts"],
    // A passing test has nothing to say; the call records of a failing one help.
    silent: "passed-only",
  },
});
