import { useMutation, usePaginatedQuery, useQuery } from "convex/react";
import { api } from "../../../convex/_generated/api";
import type { Id } from "../../../convex/_generated/dataModel";
import { Composer } from "./Composer";
import { MessageList } from "./MessageList";
import { hideRemoved } from "./optimistic";
import { Presence } from "./Presence";

/** More than fit on a screen, so that the next page is there before it is needed. */
const PAGE = 30;

/** Each part watches its own small query, and is drawn again when that one changes. */
export function Room({ roomId }: { roomId: Id<"rooms"> }) {
  const room = useQuery(api.rooms.public.get, { roomId });
  return (
    <article className="room">
      <header>
        <a href="#/" className="back">
          All rooms
        </a>
        <h2>{room?.name ?? "…"}</h2>
        <MessageCount roomId={roomId} />
        <Presence roomId={roomId} />
      </header>
      <Messages roomId={roomId} />
      <Composer roomId={roomId} />
    </article>
  );
}

function MessageCount({ roomId }: { roomId: Id<"rooms"> }) {
  const count = useQuery(api.rooms.public.messageCount, { roomId });
  if (count === undefined) return null;
  return <p className="count">{count === 1 ? "1 message" : `${count} messages`}</p>;
}

function Messages({ roomId }: { roomId: Id<"rooms"> }) {
  const { results, status, loadMore } = usePaginatedQuery(
    api.rooms.public.messages,
    { roomId },
    { initialNumItems: PAGE },
  );
  const remove = useMutation(api.rooms.public.remove).withOptimisticUpdate(hideRemoved);
  return (
    <MessageList
      newestFirst={results}
      status={status}
      onMore={() => loadMore(PAGE)}
      onRemove={async (messageId) => void (await remove({ messageId }))}
    />
  );
}
