// Prints, as JSON, the files that the convex package's own template functions write for a project's root
// app, without a deployment: `node reference.cjs PROJECT`. The tests hold our generator against it.
//
// The package's CLI keeps those functions in dist/cjs. The packages they import (chalk, Babel, Sentry) are
// bundled into the real CLI and not installed; they only print, so an object that does nothing stands in.
"use strict";
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");

const project = path.resolve(process.argv[2]);
const settings = readJson(path.join(project, "convex.json")) ?? {};
const functions = path.join(project, settings.functions ?? "convex");
const convex = path.dirname(require.resolve("convex/package.json", { paths: [project] }));
const fromConvex = Module.createRequire(path.join(convex, "package.json"));

stubTheCommandLine();
const templates = (name) => require(path.join(convex, "dist/cjs/cli/codegen_templates", `${name}.js`));
const { componentApiDTS, componentApiJs, rootComponentApiCJS } = templates("component_api");
const { dynamicDataModelDTS, noSchemaDataModelDTS } = templates("dataModel");
const { serverCodegen } = templates("server");

main().then(
  (files) => process.stdout.write(JSON.stringify(files)),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);

async function main() {
  const { definition, components } = await evaluateApp();
  const root = { isRoot: true, path: functions, definitionPath: path.join(functions, "convex.config.ts") };
  const push = { analysis: { "": { definition, functions: {} } } };
  const options = { staticApi: false, useComponentApiImports: true };
  const server = serverCodegen({ useTypeScript: false, envVars: definition.envVars });
  const api = await componentApiDTS(context(), push, root, root, components, options);
  const files = {
    "api.d.ts": api,
    "api.js": componentApiJs(),
    "dataModel.d.ts": hasSchema() ? dynamicDataModelDTS() : noSchemaDataModelDTS(),
    "server.d.ts": server.DTS,
    "server.js": server.JS,
  };
  if (settings.generateCommonJSApi) {
    files["api_cjs.cjs"] = rootComponentApiCJS();
    files["api_cjs.d.cts"] = api;
  }
  const prettier = fromConvex("prettier");
  for (const [name, text] of Object.entries(files)) {
    files[name] = await prettier.format(text, { parser: "typescript" });
  }
  return files;
}

// What Convex's own evaluation of convex.config.ts gives: the app's variables and mounted components.
async function evaluateApp() {
  const components = new Map();
  const file = ["convex.config.ts", "convex.config.js"].map((name) => path.join(functions, name)).find(fs.existsSync);
  if (file === undefined) return { definition: { childComponents: [], envVars: [] }, components };
  const built = await fromConvex("esbuild").build({
    entryPoints: [file],
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    absWorkingDir: project,
    plugins: [{ name: "component definitions", setup: (build) => replaceDefinitions(build, components) }],
  });
  const module_ = { exports: {} };
  new Function("module", "exports", "require", built.outputFiles[0].text)(module_, module_.exports, fromConvex);
  return { definition: { envVars: [], ...module_.exports.default.export() }, components };
}

// At push, an imported component definition is its path and default name, not the definition itself.
function replaceDefinitions(build, components) {
  build.onResolve({ filter: /convex\.config/ }, async ({ path: specifier, kind, resolveDir, pluginData }) => {
    if (kind === "entry-point" || pluginData === "resolving") return undefined;
    const found = await build.resolve(specifier, { kind, resolveDir, pluginData: "resolving" });
    const directory = path.dirname(found.path);
    components.set(directory, {
      path: directory,
      importSpecifier: specifier.replace(/\/convex\.config(\.[jt]s)?$/, ""),
    });
    return { path: found.path, namespace: "definition" };
  });
  build.onLoad({ filter: /./, namespace: "definition" }, ({ path: file }) => {
    const [, name] = /defineComponent(?:<[^>]*>)?\(\s*["']([^"']+)/.exec(fs.readFileSync(file, "utf8"));
    const definitionPath = path.relative(functions, path.dirname(file));
    return { contents: `export default ${JSON.stringify({ componentDefinitionPath: definitionPath, defaultName: name })}` };
  });
}

function context() {
  return {
    fs: {
      exists: fs.existsSync,
      listDir: (folder) => fs.readdirSync(folder, { withFileTypes: true }),
      readUtf8File: (file) => fs.readFileSync(file, "utf8"),
    },
    crash: async ({ printedMessage }) => {
      throw new Error(printedMessage);
    },
  };
}

function hasSchema() {
  return ["schema.ts", "schema.js"].some((name) => fs.existsSync(path.join(functions, name)));
}

function stubTheCommandLine() {
  const nothing = new Proxy(() => undefined, {
    get: (_, key) => (key === Symbol.toPrimitive ? () => "" : nothing),
    apply: () => nothing,
    construct: () => nothing,
    getPrototypeOf: () => nothing, // bundlers copy a module into an object that inherits from it
  });
  const load = Module._load;
  Module._load = function (request, parent, isMain) {
    const isPackage = !request.startsWith(".") && !path.isAbsolute(request) && !Module.isBuiltin(request);
    const isFromConvex = parent?.filename?.startsWith(path.join(convex, "dist", "cjs"));
    return isPackage && isFromConvex ? nothing : load.call(this, request, parent, isMain);
  };
}

function readJson(file) {
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8")) : undefined;
}
