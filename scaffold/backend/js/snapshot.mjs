// A copy of all committed data, outside of the thread that runs functions.

export class Snapshot {
  #documents = new Map(); // component -> id -> document
  #targets = new Map(); // component -> id of a pending job -> the function it runs
  #blobs = new Map(); // component -> id -> blob
  #lastIds = new Map(); // component -> the highest number in an id: none is given twice

  /** Take over the writes of a commit. Returns the tables that changed. */
  apply(changes) {
    const tables = new Set();
    for (const [component, id, document, target] of changes) {
      tables.add(tableOf(id));
      this.#lastIds.set(component, Math.max(this.#lastIds.get(component) ?? 0, Number.parseInt(id, 10)));
      put(this.#documents, component, id, document);
      if (target) put(this.#targets, component, id, document && target);
      if (document === null) put(this.#blobs, component, id, null);
    }
    return tables;
  }

  addBlob(component, id, blob) {
    put(this.#blobs, component, id, blob);
  }

  clear() {
    this.#documents.clear();
    this.#targets.clear();
    this.#blobs.clear();
    this.#lastIds.clear();
  }

  /** All of it, for a new worker. Jobs that were running when the last one ended have failed. */
  export() {
    const documents = flat(this.#documents).map(([component, id, document]) => {
      const interrupted = document.state?.kind === "inProgress" && tableOf(id) === "_scheduled_functions";
      return [component, id, interrupted ? interruptedJob(document) : document];
    });
    const targets = flat(this.#targets).map(([component, id, target]) => [`${component} ${id}`, target]);
    return { documents, targets, blobs: flat(this.#blobs), lastIds: [...this.#lastIds] };
  }
}

function interruptedJob(document) {
  const state = { kind: "failed", error: "The function was stopped: it ran for too long." };
  return { ...document, state };
}

function put(map, component, id, value) {
  if (!map.has(component)) map.set(component, new Map());
  if (value === null) map.get(component).delete(id);
  else map.get(component).set(id, value);
}

function flat(map) {
  return [...map].flatMap(([component, entries]) =>
    [...entries].map(([id, value]) => [component, id, value]),
  );
}

export function tableOf(id) {
  return id.replace(/^\d+/, "");
}
