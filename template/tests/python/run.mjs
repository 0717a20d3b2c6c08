/**
 * Runs the tools of the Python tests, one after the other: `node tests/python/run.mjs mypy pytest`.
 *
 * They live in `.venv`, which the README says how to make. Without it there is nothing to run, and
 * that is no failure: the backend and its own tests need no Python.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import process from "node:process";

const python = [".venv/bin/python", ".venv/Scripts/python.exe"].find((path) => existsSync(path));

if (python === undefined) {
  process.stdout.write("No Python tests: there is no .venv (see the README).\n");
  process.exit(0);
}
for (const tool of process.argv.slice(2)) {
  const { status } = spawnSync(python, ["-m", ...tool.split(" ")], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
