// Prints the functions of a project as the deployed code describes itself: node spec.mjs PROJECT MODULE…
import { build } from "esbuild";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [project, ...modules] = process.argv.slice(2);
const outdir = mkdtempSync(join(project, ".spec-"));
try {
  await build({
    entryPoints: modules.map((module) => join(project, "convex", module)),
    outbase: join(project, "convex"),
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    outExtension: { ".js": ".mjs" },
    external: ["convex/*"],
    logLevel: "error",
  });
  const found = [];
  for (const module of modules) {
    const name = module.replace(/\.\w+$/, "");
    const loaded = await import(pathToFileURL(join(outdir, `${name}.mjs`)).href);
    for (const [key, value] of Object.entries(loaded)) {
      const functionType = value?.isQuery ? "Query" : value?.isMutation ? "Mutation" : value?.isAction ? "Action" : null;
      if (!functionType) continue;
      found.push({
        args: JSON.parse(value.exportArgs()),
        functionType,
        identifier: `${name}.js:${key}`,
        returns: JSON.parse(value.exportReturns()) ?? { type: "any" },
        visibility: { kind: value.isPublic ? "public" : "internal" },
      });
    }
  }
  found.sort((a, b) => (a.identifier < b.identifier ? -1 : 1));
  process.stdout.write(JSON.stringify(found));
} finally {
  rmSync(outdir, { recursive: true });
}
