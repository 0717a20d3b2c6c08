// Global names, which all functions share here. In a deployment each call has its own, and packages make use
// of that: a workflow engine deletes `process` and `crypto`, and puts a `Math` without `random` in its place.

const known = new Map(); // name -> descriptor

/** Remember which there are. */
export function noteGlobals() {
  const found = Object.getOwnPropertyDescriptors(globalThis);
  for (const [name, descriptor] of Object.entries(found)) known.set(name, descriptor);
}

/** Bring back what functions have deleted, or replaced. */
export function restoreGlobals() {
  for (const [name, descriptor] of known) {
    const now = Object.getOwnPropertyDescriptor(globalThis, name);
    const isReplaced = now && "value" in now && !Object.is(now.value, descriptor.value);
    if (!now || isReplaced) Object.defineProperty(globalThis, name, descriptor);
  }
}
