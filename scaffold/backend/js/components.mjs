// Which components an app uses, as its convex.config.ts and those of the components say.
import fs from "node:fs";
import path from "node:path";
import { asFile, build, commonOptions } from "./bundle.mjs";
import { StartError } from "./failures.mjs";
import { findConfig } from "./modules.mjs";
import { firstLine } from "./packages.mjs";

const CONFIG_IMPORT = /(^|\/)convex\.config(\.[jt]s)?$/;

/**
 * The app and everything below it: a list of `{ path, folder }`, where the app's path is empty and
 * a component's is made of the names it was given ("pool/batchWorker"). And a promise of the variables
 * that the app declares: most apps have no components, and then nobody has to wait for them.
 */
export async function readApp(source) {
  const app = { path: "", folder: source.project.functions };
  const config = findConfig(app.folder);
  if (!config) return { components: [app], variables: Promise.resolve([]) };
  const read = (file) => readDefinition(source, file);
  const reading = read(config);
  const variables = reading.then(variablesOf);
  variables.catch(() => {}); // it is reported where it is awaited
  if (!fs.readFileSync(config, "utf8").includes("convex.config")) return { components: [app], variables };
  return { components: [app, ...(await descend(read, await reading, ""))], variables };
}

async function descend(read, definition, parent) {
  const children = definition.childComponents ?? [];
  const nested = await Promise.all(
    children.map(async ({ name, path: config }) => {
      const below = parent ? `${parent}/${name}` : name;
      return [
        { path: below, folder: path.dirname(config) },
        ...(await descend(read, await read(config), below)),
      ];
    }),
  );
  return nested.flat();
}

/** Names of declared environment variables, and whether the app can do without. */
function variablesOf({ envVars }) {
  return (envVars ?? []).map(([name, declaration]) => {
    return { name, optional: Boolean(declaration?.optional ?? declaration?.validator?.optional) };
  });
}

/** Evaluate one convex.config.ts. */
async function readDefinition({ esbuild, packages, project }, config) {
  const common = commonOptions(packages, project);
  const result = await build(esbuild, {
    ...common,
    entryPoints: [config],
    plugins: [definitionImports(config), ...common.plugins],
    sourcemap: false,
  });
  try {
    const { default: definition } = await asFile(result.outputFiles[0].text, (url) => import(url));
    return definition.export();
  } catch (error) {
    const where = path.relative(project.root, config);
    throw new StartError("code", `${where}: ${firstLine(error)}`);
  }
}

/**
 * Importing a component's definition yields what Convex puts in its place: where the definition is,
 * and what the component calls itself.
 */
function definitionImports(config) {
  return {
    name: "component-definitions",
    setup(build) {
      build.onResolve(
        { filter: CONFIG_IMPORT },
        async ({ path: specifier, resolveDir, pluginData, kind }) => {
          if (kind === "entry-point" || pluginData === "resolving") return undefined;
          const options = { resolveDir, kind: "import-statement", pluginData: "resolving" };
          const resolved = await build.resolve(specifier, options);
          if (resolved.errors.length > 0) return { errors: resolved.errors };
          return resolved.path === config ? undefined : { path: resolved.path, namespace: "component" };
        },
      );
      build.onLoad({ filter: /.*/, namespace: "component" }, async ({ path: file }) => {
        const text = fs.readFileSync(file, "utf8");
        const name = /defineComponent(?:<[^(]*>)?\(\s*["'`]([^"'`]+)/.exec(text)?.[1];
        const definition = { componentDefinitionPath: file, defaultName: name };
        return { contents: `export default ${JSON.stringify(definition)};` };
      });
    },
  };
}
