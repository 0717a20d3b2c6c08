import convex from "@convex-dev/eslint-plugin";
import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

const builders = [
  ...["query", "mutation", "action", "httpAction"],
  ...["internalQuery", "internalMutation", "internalAction"],
];

/** Imports that only some files may have. */
const RAW_BUILDERS = [
  { group: ["**/_generated/server*"], importNames: builders },
  { group: ["convex/server"], importNames: builders.map((name) => `${name}Generic`) },
].map((pattern) => ({
  ...pattern,
  message: "Use a builder from convex/lib/functions.ts: it checks the caller and records the call.",
}));
const ENV = {
  group: ["**/_generated/server*"],
  importNames: ["env"],
  message: "Read the environment through convex/lib/env.ts.",
};
const PUBLIC_API = {
  group: ["**/_generated/api*"],
  importNames: ["api"],
  message: "`api` is for clients and tests. The backend calls and schedules `internal` functions.",
};
const forbidImports = (...patterns) => ({ "no-restricted-imports": ["error", { patterns }] });

const typeChecked = {
  extends: [tseslint.configs.recommendedTypeChecked],
  languageOptions: {
    // One program for all files, and no search for the tsconfig of each.
    parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname },
  },
};

export default defineConfig(
  { ignores: [".venv/", "convex/_generated/"] },
  js.configs.recommended,
  { files: ["**/*.ts", "**/*.mts"], ...typeChecked },
  //% if "web" in domains
  { ignores: ["web/dist/"] },
  { files: ["web/**/*.tsx"], ...typeChecked },
  //% endif
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
      ...forbidImports(...RAW_BUILDERS, ENV, PUBLIC_API),
    },
  },
  // Names with two dots: tests, what they share, and configuration.
  { files: ["convex/**/*.*.ts"], rules: forbidImports(...RAW_BUILDERS, ENV) },
  { files: ["convex/auth.config.ts"], rules: forbidImports(...RAW_BUILDERS) },
  { files: ["convex/lib/env.ts"], rules: forbidImports(...RAW_BUILDERS, PUBLIC_API) },
  { files: ["convex/lib/functions.ts"], rules: forbidImports(ENV, PUBLIC_API) },
  { files: ["convex/lib/telemetry.ts"], rules: { "no-console": "off" } },
  {
    files: ["convex/**/*.ts"],
    ignores: ["**/upstream.ts", "**/node.ts", "convex/**/*.*.ts"],
    rules: {
      "no-restricted-globals": [
        "error",
        { name: "fetch", message: "Talk to other services in the domain's upstream.ts." },
      ],
    },
  },
  {
    // Where callers can be, errors are for callers: only an appError reaches them.
    files: ["convex/*/*.ts"],
    ignores: ["convex/lib/**", "convex/**/*.*.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "ThrowStatement > NewExpression[callee.name='Error']",
          message:
            "Throw an appError from convex/lib/errors.ts; clients cannot read anything else.",
        },
      ],
    },
  },
);
