import convex from "@convex-dev/eslint-plugin";
import js from "@eslint/js";
import tseslint from "typescript-eslint";

const rawBuilders = [
  ...["query", "mutation", "action", "httpAction"],
  ...["internalQuery", "internalMutation", "internalAction"],
];

/** No import of these names, as `_generated/server` gives them or as `convex/server` does. */
const forbid = (names, message) => [
  { group: ["**/_generated/server*"], importNames: names, message },
  {
    group: ["convex/server"],
    importNames: names.map((name) => `${name}Generic`),
    message,
  },
];
const noRawBuilders = forbid(
  rawBuilders,
  "Use a builder from convex/lib/functions.ts: it checks the caller and records the call.",
);
const noEnv = forbid(["env"], "Read the environment through convex/lib/env.ts.");

const restrictImports = (...patterns) => ({
  "no-restricted-imports": ["error", { patterns: patterns.flat() }],
});

export default tseslint.config(
  { ignores: ["convex/_generated/"] },
  js.configs.recommended,
  {
    files: ["**/*.ts", "**/*.mts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      // One program for everything, and no search for each file's own tsconfig.
      parserOptions: {
        project: "./tsconfig.json",
        tsconfigRootDir: import.meta.dirname,
      },
    },
  },
  // After the parser, or the Convex rules would not see types.
  ...convex.configs.recommended,
  {
    files: ["convex/**/*.ts"],
    rules: {
      "@convex-dev/import-wrong-runtime": "error",
      "@convex-dev/no-collect-in-query": "error",
      "@convex-dev/require-access-control": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "no-console": "error",
      ...restrictImports(noRawBuilders, noEnv),
    },
  },
  {
    files: ["convex/lib/functions.ts"],
    rules: restrictImports(noEnv),
  },
  {
    files: ["convex/lib/env.ts", "convex/auth.config.ts"],
    rules: restrictImports(noRawBuilders),
  },
  {
    files: ["convex/lib/telemetry.ts"],
    rules: { "no-console": "off" },
  },
);
