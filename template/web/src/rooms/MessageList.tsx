import type { PaginationStatus } from "convex/react";
import type { FunctionReturnType } from "convex/server";
import { useEffect, useLayoutEffect, useRef, useState, type UIEvent } from "react";
import type { api } from "../../../convex/_generated/api";
import { explain } from "../errors";
import { isPending } from "./optimistic";

type Message = FunctionReturnType<typeof api.rooms.public.messages>["page"][number];

/** In pixels. Who is this close to the end wants to see what comes next. */
const NEAR_THE_END = 80;

/** Of a message, in characters: enough to know which one a button is for. */
const LABEL_LENGTH = 40;

interface Props {
  newestFirst: Message[];
  status: PaginationStatus;
  onMore: () => void;
  onRemove: (messageId: Message["messageId"]) => Promise<void>;
}

/** The newest message last, where one writes the next. */
export function MessageList({ newestFirst, status, onMore, onRemove }: Props) {
  const log = useLogAtItsEnd(newestFirst[0]);
  return (
    <div className="log" role="log" aria-label="Messages" tabIndex={0} {...log}>
      {status === "LoadingFirstPage" && <p className="empty">Loading…</p>}
      {status === "Exhausted" && newestFirst.length === 0 && (
        <p className="empty">Nobody has said anything yet.</p>
      )}
      {(status === "CanLoadMore" || status === "LoadingMore") && (
        <button
          type="button"
          className="plain"
          disabled={status === "LoadingMore"}
          onClick={onMore}
        >
          Earlier messages
        </button>
      )}
      <ol>
        {newestFirst.toReversed().map((message) => (
          <MessageItem key={message.messageId} message={message} onRemove={onRemove} />
        ))}
      </ol>
    </div>
  );
}

function MessageItem({ message, onRemove }: { message: Message } & Pick<Props, "onRemove">) {
  const [problem, setProblem] = useState<string | null>(null);
  const { messageId, authorName, isMine, body, sentAt } = message;
  const removed = () => onRemove(messageId).catch((error: unknown) => setProblem(explain(error)));
  return (
    <li className={isMine ? "mine" : undefined}>
      <p className="author">
        <b>{isMine ? "You" : authorName}</b>{" "}
        {isPending(messageId) ? <span>sending…</span> : <SentAt time={sentAt} />}
        {isMine && !isPending(messageId) && (
          <button
            type="button"
            className="plain"
            aria-label={`Remove: ${body.slice(0, LABEL_LENGTH)}`}
            onClick={() => void removed()}
          >
            Remove
          </button>
        )}
      </p>
      <p className="body">{body}</p>
      {problem !== null && <p role="alert">{problem}</p>}
    </li>
  );
}

function SentAt({ time }: { time: number }) {
  const date = new Date(time);
  return (
    <time dateTime={date.toISOString()} title={date.toLocaleString()}>
      {date.toLocaleTimeString([], { hour: "numeric", minute: "2-digit" })}
    </time>
  );
}

/** Follows new messages, unless somebody has gone up to read earlier ones. */
function useLogAtItsEnd(newest: Message | undefined) {
  const ref = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const size = useRef("");
  const isOwn = newest !== undefined && isPending(newest.messageId);

  useLayoutEffect(() => {
    if (isOwn) isAtEnd.current = true;
    if (isAtEnd.current) scrollToEnd(ref.current);
  }, [newest?.messageId, isOwn]);

  // The window is another size, or the keyboard of a phone came up.
  useEffect(() => {
    const log = ref.current;
    if (log === null) return;
    const observer = new ResizeObserver(() => {
      size.current = sizeOf(log);
      if (isAtEnd.current) scrollToEnd(log);
    });
    observer.observe(log);
    return () => observer.disconnect();
  }, []);

  // A scroll that comes with another size is not the reader's: where they were before it still counts.
  const onScroll = ({ currentTarget: log }: UIEvent<HTMLDivElement>) => {
    if (sizeOf(log) !== size.current) return;
    isAtEnd.current = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_THE_END;
  };
  return { ref, onScroll };
}

function sizeOf({ clientWidth, clientHeight }: HTMLElement): string {
  return `${clientWidth} x ${clientHeight}`;
}

function scrollToEnd(log: HTMLElement | null): void {
  if (log !== null) log.scrollTop = log.scrollHeight;
}
