// What functions ask of the backend that convex-test answers otherwise than a deployment, or not at all.
import { currentCall, currentFunction } from "./context.mjs";
import { tableOf } from "./validators.mjs";

/** Put our answers in front of those of a convex-test instance. */
export function extendSyscalls(state, runtime) {
  const { syscall, asyncSyscall, jsSyscall } = state;
  const answers = { ...storageAnswers(runtime), ...metadataAnswers(asyncSyscall, runtime) };
  answers["1.0/schedule"] = (args) => runtime.jobs.schedule(args);
  answers["1.0/cancel_job"] = (args) => runtime.jobs.cancel(args);
  state.syscall = (op, args) => {
    noteReads(op, args);
    return syscall(op, args);
  };
  state.asyncSyscall = async (op, args) => {
    noteReads(op, args);
    if (op === "1.0/queryPage") return await pinnedPage(args, (pinned) => asyncSyscall(op, pinned));
    const answer = answers[op];
    return answer
      ? JSON.stringify((await answer(JSON.parse(args), args)) ?? null)
      : await asyncSyscall(op, args);
  };
  state.jsSyscall = async (op, args) => {
    if (op === "storage/storeBlob") return await runtime.files.store(args.blob);
    return await jsSyscall(op, args);
  };
}

/**
 * A page of a query that is watched goes on ending where it first ended, however many documents it has
 * then: the next page begins there. The journal of the call remembers where that is, for the first page
 * that it reads; functions that it calls may read others.
 */
async function pinnedPage(text, load) {
  const call = currentCall.getStore();
  if (!call || call.hasReadPage) return await load(text);
  call.hasReadPage = true;
  const args = JSON.parse(text);
  const answer = await load(JSON.stringify({ ...args, endCursor: args.endCursor ?? call.journal }));
  call.journal = JSON.parse(answer).continueCursor;
  return answer;
}

/** Remember which tables a call has read: their next change runs its subscription again. */
function noteReads(op, text) {
  const reads = currentCall.getStore()?.reads;
  if (!reads) return;
  const args = JSON.parse(text);
  if (op === "1.0/queryStream" || op === "1.0/queryPage") {
    const { tableName, indexName } = args.query.source;
    reads.add(tableName ?? indexName.split(".")[0]);
  } else if (op === "1.0/get" || op === "1.0/count") {
    reads.add(args.table ?? tableOf(args.id));
  } else if (op.startsWith("1.0/storageGet")) {
    reads.add("_storage");
  }
}

function metadataAnswers(original, runtime) {
  return {
    "1.0/getRequestMetadata": async (_args, text) => {
      const call = currentCall.getStore();
      const isKnown = call !== undefined && currentFunction.getStore()?.type !== "query";
      return isKnown ? call.meta : JSON.parse(await original("1.0/getRequestMetadata", text));
    },
    "1.0/getFunctionMetadata": async (_args, text) => {
      const running = currentFunction.getStore();
      if (!running) return JSON.parse(await original("1.0/getFunctionMetadata", text));
      const { path, component, type, visibility } = running;
      return { name: path, componentPath: component, type, visibility };
    },
    "1.0/signJwt": async (args) => await runtime.signJwt(args),
  };
}

function storageAnswers({ files }) {
  return {
    "1.0/storageDelete": async ({ storageId }) => await files.delete(storageId),
    "1.0/storageGetUrl": ({ storageId }) => files.urlOf(storageId),
    "1.0/storageGenerateUploadUrl": () => files.newUploadUrl(),
    "1.0/storageStore": async ({ blob, contentType }) =>
      await files.store(new Blob([Buffer.from(blob, "base64")], { type: contentType ?? "" })),
    "1.0/storageGet": async ({ storageId }) => {
      const blob = files.blobOf(currentFunction.getStore()?.component ?? "", storageId);
      if (!blob) return null;
      const bytes = Buffer.from(await blob.arrayBuffer());
      return { blob: bytes.toString("base64"), contentType: blob.type || null };
    },
  };
}
