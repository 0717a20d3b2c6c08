// The one place that knows how convex-test keeps its state.
//
// convex-test offers calls, but no way to see a commit, to keep data across a restart, or to serve
// files. All of that is reached through the state object that it hands to its own functions.
import { AsyncLocalStorage } from "node:async_hooks";

/** The installed convex-test keeps its state in another way than this module knows. */
export class UnsupportedVersionError extends Error {
  name = "UnsupportedVersionError";
}

/** The state behind a convex-test instance. */
export function stateOf(t) {
  const { run } = AsyncLocalStorage.prototype;
  let state;
  AsyncLocalStorage.prototype.run = function runAndLook(store, ...rest) {
    if (store?.transactionManager && store.components) state = store;
    return run.call(this, store, ...rest);
  };
  try {
    t.finishInProgressScheduledFunctions();
  } finally {
    AsyncLocalStorage.prototype.run = run;
  }
  checkShape(t, state);
  return state;
}

function checkShape(t, state) {
  const database = state?.components[""]?.db;
  const isKnown =
    typeof state?.asyncSyscall === "function" &&
    typeof state.transactionManager.commit === "function" &&
    typeof t.runInComponent === "function" &&
    typeof t.fun === "function" &&
    Array.isArray(database?._writes) &&
    typeof database._documents === "object" &&
    typeof database._storage === "object";
  if (!isKnown)
    throw new UnsupportedVersionError("convex-test keeps its state in a way this server does not know");
}

/** Call `listener` with `[component, id, document or null]` for each write of every commit. */
export function onCommit(state, listener) {
  const manager = state.transactionManager;
  const commit = manager.commit.bind(manager);
  manager.commit = (isNested) => {
    const ids = isNested ? [] : pendingIds(state);
    const result = commit(isNested);
    if (ids.length > 0) {
      listener(ids.map(([component, id]) => [component, id, documentIn(state, component, id)]));
    }
    return result;
  };
}

function pendingIds(state) {
  return Object.entries(state.components).flatMap(([component, { db }]) =>
    Object.keys(db._writes.at(-1) ?? {}).map((id) => [component, id]),
  );
}

/** The committed document, or null. */
export function documentIn(state, component, id) {
  return state.components[component].db._documents[id] ?? null;
}

/** Put committed documents and files into a fresh instance. Returns those that do not fit its schema. */
export function restore(state, { documents, blobs, lastIds }) {
  const misfits = [];
  for (const [component, id, document] of documents) {
    const database = state.components[component]?.db;
    if (!database) continue; // of a component that is no longer installed
    const problem = misfit(database, id, document);
    if (problem) misfits.push(problem);
    database._documents[id] = document;
    database._lastCreationTime = Math.max(database._lastCreationTime, document._creationTime);
  }
  for (const [component, lastId] of lastIds) {
    const database = state.components[component]?.db;
    if (database) database._nextDocId = lastId + 1;
  }
  for (const [component, id, blob] of blobs) state.components[component]?.db.storeFile(id, blob);
  return misfits;
}

function misfit(database, id, document) {
  const table = /^\d+(.*)$/s.exec(id)[1];
  if (table.startsWith("_")) return null;
  const { _id, _creationTime, ...fields } = document;
  try {
    database._validate(table, fields);
    return null;
  } catch (error) {
    return `document ${id} of table "${table}": ${error.message}`;
  }
}

/** The database of a component, and what counts towards the limits of the transaction that runs now. */
export function openTransaction(state, component) {
  const manager = state.transactionManager;
  return { database: state.components[component].db, tracker: manager.getMetricsTracker?.() ?? null };
}
