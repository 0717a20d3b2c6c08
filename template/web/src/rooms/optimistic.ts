/**
 * What the page shows before the backend has answered.
 *
 * Convex runs these again after each change that arrives meanwhile, and takes their effect back when
 * the answer is there. So they only compute: the same arguments, the same result.
 */
import type { OptimisticLocalStore } from "convex/browser";
import { insertAtTop } from "convex/react";
import type { FunctionArgs } from "convex/server";
import { api } from "../../../convex/_generated/api";
import type { Id } from "../../../convex/_generated/dataModel";

type Rooms = typeof api.rooms.public;

const { messageCount, messages } = api.rooms.public;

/** Before the ids of messages that have none yet. */
const PENDING = "pending:";

export function isPending(messageId: Id<"roomMessages">): boolean {
  return messageId.startsWith(PENDING);
}

export function showSent(
  store: OptimisticLocalStore,
  { roomId, requestId, body }: FunctionArgs<Rooms["send"]>,
): void {
  insertAtTop({
    paginatedQuery: messages,
    argsToMatch: { roomId },
    localQueryStore: store,
    item: {
      messageId: `${PENDING}${requestId}` as Id<"roomMessages">,
      authorName: "",
      isMine: true,
      body: body.trim(),
      sentAt: 0,
    },
  });
  changeCount(store, roomId, 1);
}

export function hideRemoved(
  store: OptimisticLocalStore,
  { messageId }: FunctionArgs<Rooms["remove"]>,
): void {
  for (const { args, value } of store.getAllQueries(messages)) {
    const page = value?.page.filter((message) => message.messageId !== messageId);
    if (value === undefined || page?.length === value.page.length) continue;
    store.setQuery(messages, args, { ...value, page: page ?? [] });
    changeCount(store, args.roomId, -1);
  }
}

function changeCount(store: OptimisticLocalStore, roomId: Id<"rooms">, by: number): void {
  const count = store.getQuery(messageCount, { roomId });
  // Undefined while it is loading: then there is nothing to correct.
  if (count !== undefined) store.setQuery(messageCount, { roomId }, count + by);
}
