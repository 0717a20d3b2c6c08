import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // The closest thing to the Convex runtime: web APIs, no Node.
    environment: "edge-runtime",
    include: [
      // Beside what they test.
      "convex/**/*.test.ts",
      //% if "web" in domains
      "web/**/*.test.{ts,tsx}",
      //% endif
    ],
    // Each test makes its own backend, so files can share a process: three times as fast. What a
    // test replaces is put back before the next one.
    isolate: false,
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    // A passing test has nothing to say.
    silent: "passed-only",
  },
});
