import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { listModules } from "../../../scaffold/backend/js/modules.mjs";
import { exportedFile, packageFolder } from "../../../scaffold/backend/js/packages.mjs";

function folderWith(files) {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "modules-")));
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

test("modules are what convex deploys", () => {
  const code = "export const a = 1;\n";
  const folder = folderWith({
    "a.ts": code,
    "b/c.js": "no module line",
    "b/d.ts": "const a = 1;",
    "schema.ts": code,
    "b/schema.ts": code,
    "_generated/api.js": code,
    "a.test.ts": code,
    "types.d.ts": code,
    ".hidden.ts": code,
    "#lock.ts": code,
    "with space.ts": code,
    "part/convex.config.ts": code,
    "part/public.ts": code,
    "README.md": code,
  });
  assert.deepEqual(listModules(folder), ["a.ts", "b/c.js"]);
  fs.rmSync(folder, { recursive: true });
});

test("files behind exports", () => {
  const manifest = {
    exports: {
      ".": { import: { types: "./x.d.ts", default: "./index.js" }, require: "./index.cjs" },
      "./part": [{ browser: "./browser.js" }, "./part.js"],
    },
  };
  const root = folderWith({ "node_modules/@a/b/package.json": JSON.stringify(manifest) });
  const folder = packageFolder(path.join(root, "deep", "inside"), "@a/b");
  assert.equal(folder, path.join(root, "node_modules/@a/b"));
  assert.equal(exportedFile(folder, ""), path.join(folder, "index.js"));
  assert.equal(exportedFile(folder, "part"), path.join(folder, "part.js"));
  assert.equal(exportedFile(folder, "other"), null);
  assert.equal(packageFolder(root, "missing"), null);
  fs.rmSync(root, { recursive: true });
});
