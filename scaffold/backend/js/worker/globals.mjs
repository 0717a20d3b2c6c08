// Global names, which all functions share here. In a deployment each call has its own, and packages make use
// of that: a workflow engine deletes `process` and `crypto`, so that no step depends on them.

const known = new Map(); // name -> descriptor

/** Remember which there are. */
export function noteGlobals() {
  const found = Object.getOwnPropertyDescriptors(globalThis);
  for (const [name, descriptor] of Object.entries(found)) known.set(name, descriptor);
}

/** Bring back what functions have deleted. */
export function restoreGlobals() {
  for (const [name, descriptor] of known) {
    if (!Object.hasOwn(globalThis, name)) Object.defineProperty(globalThis, name, descriptor);
  }
}
