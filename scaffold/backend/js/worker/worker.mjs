// The thread that runs the project's functions.
//
// It is a thread of its own so that the server can end it: when a function loops, exits, or eats all
// memory, and when the code has changed. The server keeps a copy of all committed data for the next.
import { parentPort, workerData } from "node:worker_threads";
import { Clock, installDate } from "./clock.mjs";
import { installConsole } from "./logs.mjs";
import { installNetwork } from "./network.mjs";
import { Runtime } from "./runtime.mjs";

const post = (message, transfer) => parentPort.postMessage(message, transfer);
const beat = new Int32Array(workerData.beat);
const isAlive = () => Atomics.add(beat, 0, 1); // said now and then, and between any two calls
let clock = new Clock(workerData.clock);
let runtime;
let events;
let bundle;

process.setSourceMapsEnabled(true);
setInterval(isAlive, 50).unref();
installDate(() => clock);
installNetwork();
globalThis.Convex = {}; // packages look for it when they are imported; convex-test brings the real one
installConsole((line) => post({ event: "log", name: "", lines: [line] }));
process.on("unhandledRejection", (error) => reportStray(error));
process.on("uncaughtException", (error) => reportStray(error));

const libraries = loadLibraries(workerData.libraries);
libraries.catch(() => {}); // it is reported where it is awaited

function reportStray(error) {
  const text = error?.stack || String(error); // some packages empty the stacks of their errors
  post({ event: "log", name: "", lines: [`[ERROR] uncaught outside of a call: ${text}`] });
}

async function loadLibraries({ server, values, convexTest }) {
  const [serverModule, valuesModule, testModule] = await Promise.all(
    [server, values, convexTest].map((url) => import(url)),
  ).catch((error) => {
    throw Object.assign(new Error(error.message), { name: "LibraryError" });
  });
  return { server: serverModule, values: valuesModule, convexTest: testModule.convexTest };
}

/** What a runtime reports, until `stop` is called: what it still does after a reset counts no more. */
function reporter() {
  let isLive = true;
  const report = (message) => isLive && post(message);
  return {
    committed: (changes) => report({ event: "committed", changes }),
    blob: (component, id, blob) => report({ event: "blob", component, id, blob }),
    log: (name, lines) => report({ event: "log", name, lines }),
    stop: () => void (isLive = false),
  };
}

const signing = new Map(); // number of a request to sign -> its resolver
let signatures = 0;

/** Tokens are signed by the server, which has the keys. */
function signJwt(options) {
  const number = signatures++;
  post({ event: "sign", number, options, now: clock.now() });
  return new Promise((resolve, reject) => signing.set(number, { resolve, reject }));
}

function newRuntime(loaded) {
  const { url, functionsFolder, limits } = workerData;
  events = reporter();
  return new Runtime({ libraries: loaded, bundle, clock, url, functionsFolder, limits, events, signJwt });
}

async function load({ file, snapshot }) {
  const loaded = await libraries;
  ({ default: bundle } = await import(file));
  runtime = newRuntime(loaded);
  const misfits = snapshot ? runtime.restore(snapshot) : [];
  if (misfits.length === 0) runtime.crons.start();
  return { misfits, functions: runtime.functions(), authProviders: bundle.authConfig?.providers ?? null };
}

async function reset({ keepClock }) {
  runtime.agenda.close();
  events.stop();
  if (!keepClock) clock = new Clock();
  runtime = newRuntime(await libraries);
  runtime.crons.start();
}

async function setClock({ freeze, to, advance }) {
  if (freeze !== undefined) clock.freeze(freeze);
  let runs = 0;
  if (to !== undefined) runs += await runtime.jump(to);
  if (advance !== undefined) runs += await runtime.agenda.advance(clock.now() + advance);
  runtime.agenda.rearm();
  return { now: clock.now(), frozen: clock.frozen, runs, state: clock.state() };
}

async function seed({ documents }) {
  const ids = {};
  await runtime.transaction(async (ctx) => {
    for (const [table, rows] of Object.entries(documents)) {
      ids[table] = [];
      for (const row of rows) {
        ids[table].push(await ctx.db.insert(table, runtime.decode(withReferences(row, ids))));
      }
    }
    return null;
  });
  return ids;
}

/** Documents with the ids of those inserted before them, which they name: `{"$ref": "users/0"}`. */
function withReferences(value, ids) {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item) => withReferences(item, ids));
  if (typeof value.$ref === "string") return referenced(value.$ref, ids);
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, withReferences(field, ids)]));
}

function referenced(reference, ids) {
  const [table, index] = reference.split("/");
  const id = ids[table]?.[index];
  if (id === undefined)
    throw new Error(`"$ref": "${reference}" names no document that was inserted before it`);
  return id;
}

async function readTable({ table }) {
  const rows = await runtime.transaction(async (ctx) =>
    table.startsWith("_") ? await ctx.db.system.query(table).collect() : await ctx.db.query(table).collect(),
  );
  return runtime.print(rows, "encoded");
}

function setVariables(variables) {
  for (const [name, value] of Object.entries(variables)) {
    if (value === null) delete process.env[name];
    else process.env[name] = value;
  }
}

function started(id) {
  isAlive();
  post({ event: "started", id });
}

const operations = {
  load,
  reset,
  setClock,
  seed,
  readTable,
  tables: () => runtime.tables(),
  settle: async () => ({ idle: await runtime.agenda.finish() }),
  setVariables,
  pause: () => runtime.agenda.pause(true),
  resume: () => runtime.agenda.pause(false),
  call: (request, id) => runtime.call({ ...request, onStart: () => started(id) }),
  fetch: (request) => runtime.fetch(request),
  upload: async ({ token, blob }) => await runtime.files.upload(token, blob),
  download: ({ component, id }) => runtime.files.blobOf(component, id),
  crons: () => runtime.crons.list(),
  runCron: async ({ name }) => await runtime.crons.run(name),
};

parentPort.on("message", async ({ id, operation, request, signed }) => {
  if (signed) {
    const { resolve, reject } = signing.get(signed.number);
    signing.delete(signed.number);
    if (signed.error) reject(new Error(signed.error));
    else resolve(signed.token);
    return;
  }
  try {
    post({ id, result: await operations[operation](request, id) });
  } catch (error) {
    post({ id, error: { name: error?.name, message: error?.message ?? String(error), stack: error?.stack } });
  }
});
