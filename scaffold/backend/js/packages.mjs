// The packages that the server takes from the project: convex with its esbuild and ws, and convex-test.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { StartError } from "./failures.mjs";

const OLDEST_TEST = [0, 0, 50]; // convex-test: earlier ones keep their state in other ways
const CONDITIONS = new Set(["node", "import", "module-sync", "default"]);

/** The folder of an installed package, as Node.js finds it from `start`. */
export function packageFolder(start, name) {
  for (let folder = start; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, "node_modules", name);
    if (fs.existsSync(path.join(candidate, "package.json"))) return fs.realpathSync(candidate);
    if (path.dirname(folder) === folder) return null;
  }
}

/** The file behind `name/subpath` of a package's exports, for `import`. */
export function exportedFile(folder, subpath) {
  const { exports, module, main } = readManifest(folder);
  const key = subpath === "" ? "." : `./${subpath}`;
  const isMap = exports !== null && typeof exports === "object" && Object.keys(exports)[0]?.startsWith(".");
  const entry = isMap ? exports[key] : key === "." ? exports : undefined;
  const target = pick(entry) ?? (key === "." ? (module ?? main ?? "index.js") : null);
  return target === null ? null : path.join(folder, target);
}

/** The file that `import` of a package's module gives in a folder, as Node.js finds it; or null. */
export function importedFile(start, name, specifier) {
  const folder = packageFolder(start, name);
  if (folder === null) return null;
  if (readManifest(folder).exports != null) return exportedFile(folder, specifier.slice(name.length + 1));
  try {
    return createRequire(path.join(start, "here.js")).resolve(specifier);
  } catch {
    return null;
  }
}

function pick(entry) {
  if (typeof entry === "string") return entry;
  if (Array.isArray(entry)) return entry.map(pick).find((found) => found !== null) ?? null;
  if (!entry || typeof entry !== "object") return null;
  for (const [condition, value] of Object.entries(entry)) {
    const found = CONDITIONS.has(condition) ? pick(value) : null;
    if (found !== null) return found;
  }
  return null;
}

export function readManifest(folder) {
  return JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
}

/** What the server needs, found from the project's root. */
export function findPackages(root) {
  const convex = packageFolder(root, "convex");
  const convexTest = packageFolder(root, "convex-test");
  const missing = [!convex && "convex", !convexTest && "convex-test"].filter(Boolean);
  if (missing.length > 0) throw new StartError("missing", missing.join(" and "), { packages: missing });
  const { version, peerDependencies } = readManifest(convexTest);
  const versions = { convex: readManifest(convex).version, convexTest: version };
  if (isOlder(versions.convexTest, OLDEST_TEST)) throw unsupportedTest(versions.convexTest);
  const fromConvex = createRequire(path.join(convex, "package.json"));
  return {
    convex,
    convexTest,
    versions,
    needed: peerDependencies?.convex ?? "", // of convex, by convex-test
    esbuild: () => requireFrom(fromConvex, "esbuild"),
    ws: () => requireFrom(fromConvex, "ws"),
    libraries: {
      server: urlOf(convex, "server"),
      values: urlOf(convex, "values"),
      convexTest: urlOf(convexTest, ""),
    },
  };
}

/** What to say of a convex-test that this server cannot run on. */
export function unsupportedTest(version) {
  return new StartError("old", `convex-test ${version} is installed`, { needed: OLDEST_TEST.join(".") });
}

/** What to say when the packages do not load: `error`, or that one is too old for the other. */
export function unloadable(error, { convex, convexTest }, needed) {
  const oldest = /\d+\.\d+\.\d+/.exec(needed)?.[0];
  if (!oldest || !isOlder(convex, oldest.split(".").map(Number)))
    return new StartError("code", error.message);
  return new StartError("old-convex", `convex ${convex} is installed`, { needed: oldest, convexTest });
}

function isOlder(version, oldest) {
  const numbers = version.split(/[.-]/).slice(0, 3).map(Number);
  const first = numbers.findIndex((number, index) => number !== oldest[index]);
  return first >= 0 && numbers[first] < oldest[first];
}

function requireFrom(require, name) {
  try {
    return require(name);
  } catch (error) {
    throw new StartError("missing", `${name}, which comes with convex (${firstLine(error)})`, {
      packages: [name],
    });
  }
}

function urlOf(folder, subpath) {
  return pathToFileURL(exportedFile(folder, subpath)).href;
}

export function firstLine(error) {
  return String(error?.message ?? error).split("\n")[0];
}
