// The server's process. Its first line of input is its options, as JSON; it writes events to its
// output, one JSON object a line: "ready", "failed", "reloaded", "log". It ends when its input does.
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { Backend } from "./backend.mjs";
import { bundle } from "./bundle.mjs";
import { readApp } from "./components.mjs";
import { Engine } from "./engine.mjs";
import { StartError } from "./failures.mjs";
import { findPackages } from "./packages.mjs";
import { Server } from "./server.mjs";
import { watch } from "./watch.mjs";

const MAX_UNREAD = 2 ** 20; // bytes of events that wait for a reader; then log lines are dropped

function tell(event, done = () => {}) {
  if (event.event === "log" && process.stdout.writableLength > MAX_UNREAD) return;
  process.stdout.write(`${JSON.stringify(event)}\n`, done);
}

/** Everything, in the order in which it depends on each other. */
async function run(options) {
  const project = { root: options.root, functions: options.functions, settings: readSettings(options.root) };
  const packages = findPackages(project.root);
  const esbuild = packages.esbuild();
  const server = new Server();
  const url = await server.listen(options.port);
  Object.assign(process.env, { CONVEX_CLOUD_URL: url, CONVEX_SITE_URL: url }, options.variables);
  let backend;
  const engine = new Engine({
    libraries: packages.libraries,
    versions: packages.versions,
    needed: packages.needed,
    functionsFolder: project.functions,
    url,
    limits: options.limits,
    timeLimit: options.timeLimit,
    sign: (request, now) => backend.signJwt(request, now),
  });
  engine.on("log", (name, lines) => tell({ event: "log", name, lines }));
  engine.on("restarted", (reason) => tell({ event: "restarted", reason }));
  engine.prepare();
  backend = new Backend({ engine, url, mode: options.auth, project });
  const source = { esbuild, packages, project, withAuth: options.auth === "verify" };
  const first = await load(source, engine, backend);
  if (options.seed) await plant(backend, options.seed);
  server.serve(backend, packages.ws());
  tell({ event: "ready", url, adminKey: backend.adminKey, versions: packages.versions, ...first.facts });
  if (options.watch) watch(project.functions, first.inputs, () => reload(source, engine, backend));
}

async function plant(backend, seed) {
  try {
    await backend.setSeed(seed);
  } catch (error) {
    throw new StartError("seed", error.message);
  }
}

/** Build and load the project's code. Returns facts about it, and its files. */
async function load(source, engine, backend) {
  const { components, variables } = await readApp(source);
  const { code, inputs } = await bundle({ ...source, components });
  const unset = variables.then((all) =>
    all.filter(({ name, optional }) => !optional && process.env[name] === undefined).map(({ name }) => name),
  );
  await takeOver(backend, await engine.load(code), unset);
  const facts = {
    functions: backend.functions.length,
    components: components.length - 1,
    unset: await unset,
  };
  return { facts, inputs };
}

async function takeOver(backend, loaded, unset) {
  try {
    backend.loaded(loaded);
  } catch (error) {
    if (error instanceof StartError) error.details = { unset: await unset };
    throw error;
  }
}

/** Load changed code. Returns its files, or null when it is broken and the old code runs on. */
async function reload(source, engine, backend) {
  const start = performance.now();
  try {
    const { facts, inputs } = await load(source, engine, backend);
    tell({ event: "reloaded", seconds: (performance.now() - start) / 1000, ...facts });
    return inputs;
  } catch (error) {
    tell({ event: "broken", message: error.message, problems: error.details?.problems ?? [] });
    return null;
  }
}

function readSettings(root) {
  try {
    return JSON.parse(fs.readFileSync(path.join(root, "convex.json"), "utf8"));
  } catch {
    return {}; // the command has read it already, and complained
  }
}

function fail(error) {
  const known = error instanceof StartError;
  const kind = known ? error.kind : "bug";
  tell({
    event: "failed",
    kind,
    message: error.message,
    ...(known ? error.details : { stack: error.stack }),
  });
  process.exitCode = 1;
  setTimeout(() => process.exit(1), 50);
}

const input = readline.createInterface({ input: process.stdin });
input.once("line", (line) => {
  run(JSON.parse(line)).catch(fail);
});
input.once("close", () => process.exit(0));
process.on("uncaughtException", (error) =>
  tell({ event: "log", name: "", lines: [`[ERROR] ${error.stack}`] }),
);
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => process.exit(0));
