// Which files of a functions folder are modules. The rules are those of the convex package.
import fs from "node:fs";
import path from "node:path";

const EXTENSION = /\.(js|mjs|cjs|ts|tsx|mts|cts|jsx)$/;
const MODULE_LINE = /^[\s\ufeff]{0,100}(import|export)/m;
const CONFIG = ["convex.config.ts", "convex.config.js"];

/** The modules of a folder, as paths from it with forward slashes, sorted. */
export function listModules(folder) {
  return walk(folder, "")
    .filter((file) => isModule(folder, file))
    .sort();
}

function walk(folder, prefix) {
  return fs.readdirSync(path.join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
    const file = prefix + entry.name;
    if (entry.isFile()) return [file];
    if (!entry.isDirectory() || entry.name === "node_modules") return [];
    // A folder with a definition of its own is a component.
    return findConfig(path.join(folder, file)) ? [] : walk(folder, `${file}/`);
  });
}

function isModule(folder, file) {
  const name = path.posix.basename(file);
  if (!EXTENSION.test(file) || file.startsWith("_generated/") || file.includes(" ")) return false;
  if (/^[.#]/.test(name) || /^schema\.(ts|js)$/.test(name) || name.split(".").length !== 2) return false;
  return !/\.tsx?$/.test(file) || MODULE_LINE.test(fs.readFileSync(path.join(folder, file), "utf8"));
}

/** The path by which functions of a module are called. */
export function moduleName(file) {
  return file.replace(EXTENSION, "");
}

/** The definition of an app or a component in this folder, or null. */
export function findConfig(folder) {
  return firstFile(folder, CONFIG);
}

/** The schema in this folder, or null. */
export function findSchema(folder) {
  return firstFile(folder, ["schema.ts", "schema.js"]);
}

export function firstFile(folder, names) {
  return names.map((name) => path.join(folder, name)).find((file) => fs.existsSync(file)) ?? null;
}
