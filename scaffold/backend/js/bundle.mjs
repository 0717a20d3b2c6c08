// The project's code as one module.
//
// One file, with everything in it but convex itself: so that a module is evaluated once, packages are
// resolved as in a deployment, and nothing has to lie in the project's folder.
import fs from "node:fs";
import { isBuiltin } from "node:module";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { StartError } from "./failures.mjs";
import { findSchema, firstFile, listModules, moduleName } from "./modules.mjs";
import { exportedFile, importedFile } from "./packages.mjs";

/**
 * Bundle the app and its components (`{ path, folder }`, the app's path is empty).
 * Returns the code and the project's files that it was made from.
 */
export async function bundle({ esbuild, packages, project, components, withAuth }) {
  const result = await build(esbuild, {
    ...commonOptions(packages, project),
    stdin: {
      contents: entryOf(components, withAuth ? authConfig(project.functions) : null),
      resolveDir: project.functions,
      sourcefile: "server-entry.js",
    },
  });
  return {
    code: result.outputFiles[0].text,
    inputs: Object.keys(result.metafile.inputs)
      .filter((input) => !/^[\w-]+:|\bnode_modules\b/.test(input) && input !== "server-entry.js")
      .map((input) => path.resolve(project.root, input)),
  };
}

/** Options of every build: those of the convex package, for a bundle that Node.js runs. */
export function commonOptions(packages, project) {
  return {
    absWorkingDir: project.root,
    bundle: true,
    write: false,
    metafile: true,
    outdir: path.join(project.root, "out"), // nothing is written; paths in source maps begin here
    format: "esm",
    platform: "node",
    target: "node20",
    mainFields: ["module", "main"],
    conditions: ["convex", "module"],
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
    plugins: [sameConvex(packages), ...keptOut(project)],
    sourcemap: "inline",
    sourcesContent: false,
    sourceRoot: `${pathToFileURL(project.root).href}/out/`,
    logLevel: "silent",
    banner: { js: requireBanner(project.root) },
  };
}

/** CommonJS packages in a bundle call `require` for what is built into Node.js. */
function requireBanner(root) {
  const from = JSON.stringify(path.join(root, "package.json"));
  return `import { createRequire as __createRequire } from "node:module"; const require = __createRequire(${from});`;
}

/**
 * What the project keeps out of its bundles, "*" being all that its Node.js files import. The bundle lies
 * elsewhere, so what it imports is named by where Node.js finds it from the file that imports it.
 */
function keptOut({ settings }) {
  const names = settings.node?.externalPackages ?? [];
  const isKeptOut = (name, importer) => names.includes(name) || (names.includes("*") && isNodeFile(importer));
  const setup = (build) => {
    build.onResolve({ filter: /^[^./]/ }, ({ path: specifier, resolveDir, importer, kind }) => {
      const name = /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0];
      if (isBuiltin(specifier) || !isKeptOut(name, importer)) return undefined;
      if (kind === "require-call") return { path: specifier, external: true };
      const file = importedFile(resolveDir, name, specifier);
      return file ? { path: pathToFileURL(file).href, external: true } : undefined;
    });
  };
  return names.length > 0 ? [{ name: "kept-out", setup }] : [];
}

function isNodeFile(file) {
  if (/\bnode_modules\b/.test(file) || !fs.existsSync(file)) return false;
  return /^(?:\s|\/\/[^\n]*\n|\/\*(?:(?!\*\/)[^])*\*\/)*["']use node["']/.test(fs.readFileSync(file, "utf8"));
}

/** One copy of convex for the project's code and for convex-test: the project's own. */
function sameConvex({ convex }) {
  return {
    name: "same-convex",
    setup(build) {
      build.onResolve({ filter: /^convex(\/|$)/ }, ({ path: specifier }) => {
        const file = exportedFile(convex, specifier.slice("convex/".length).replace(/\.js$/, ""));
        return file ? { path: pathToFileURL(file).href, external: true } : undefined;
      });
    },
  };
}

function entryOf(components, auth) {
  const imports = [];
  const bind = (file) => {
    const name = `m${imports.length}`;
    imports.push(`import * as ${name} from ${JSON.stringify(file)};`);
    return name;
  };
  const parts = components.map(({ path: component, folder }) => {
    const modules = listModules(folder).map(
      (file) => `${JSON.stringify(moduleName(file))}: ${bind(path.join(folder, file))}`,
    );
    const schema = findSchema(folder);
    const schemaName = schema ? `${bind(schema)}.default` : "undefined";
    return `${JSON.stringify(component)}: { modules: { ${modules.join(", ")} }, schema: ${schemaName} }`;
  });
  const authName = auth ? `${bind(auth)}.default` : "undefined";
  return `${imports.join("\n")}\nexport default { components: { ${parts.join(", ")} }, authConfig: ${authName} };`;
}

export function authConfig(functions) {
  return firstFile(functions, ["auth.config.ts", "auth.config.js"]);
}

/** Run esbuild; what it finds wrong with the project's code is the user's to read. */
export async function build(esbuild, options) {
  try {
    return await esbuild.build(options);
  } catch (error) {
    if (!error.errors) throw error;
    const problems = error.errors.map(({ text, location }) =>
      location ? `${location.file}:${location.line}:${location.column + 1}: ${text}` : text,
    );
    throw new StartError("code", problems[0], { problems });
  }
}

/**
 * Show `use` the code as a file, which is gone afterwards: Node.js imports only files. Should this
 * process be killed meanwhile, the one that started it knows the folder by its name.
 */
export async function asFile(code, use) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `convex-scaffold-serve-${process.pid}-`));
  folders.add(folder);
  try {
    const file = path.join(folder, "functions.mjs");
    fs.writeFileSync(file, code);
    return await use(pathToFileURL(file).href);
  } finally {
    folders.delete(folder);
    remove(folder);
  }
}

const folders = new Set(); // of code that is being loaded
process.once("exit", () => folders.forEach(remove));

function remove(folder) {
  fs.rmSync(folder, { recursive: true, force: true });
}
