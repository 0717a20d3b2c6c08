// Noticing that the project's files have changed.
//
// By looking at them, several times a second: it finds every change on every file system, and costs
// about a millisecond for a few hundred files.
import fs from "node:fs";
import path from "node:path";

const INTERVAL = 150; // milliseconds

/**
 * Call `onChange` when a file in `folder`, or one of `files`, has changed. It returns the files to
 * look at from then on, or null to keep them.
 */
export function watch(folder, files, onChange) {
  let loaded = stateOf(folder, files);
  let before = loaded;
  const look = async () => {
    const now = stateOf(folder, files);
    // Twice the same: whoever writes has finished, or at least paused.
    if (now !== loaded && now === before) {
      files = (await onChange()) ?? files;
      // What changed while it was read shows in the files that were there before, not in new ones.
      loaded = stateOf(folder, files);
    }
    before = now;
    setTimeout(look, INTERVAL).unref();
  };
  setTimeout(look, INTERVAL).unref();
}

function stateOf(folder, files) {
  const all = new Set([...list(folder), ...files]);
  return [...all].map((file) => `${file} ${stamp(file)}`).join("\n");
}

function list(folder) {
  try {
    return fs
      .readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name))
      .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
  } catch {
    return []; // it is being replaced
  }
}

function stamp(file) {
  const found = fs.statSync(file, { throwIfNoEntry: false });
  return found ? `${found.mtimeMs} ${found.size}` : "gone";
}
