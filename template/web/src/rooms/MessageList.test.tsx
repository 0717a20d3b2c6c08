import type { ComponentProps } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { Id } from "../../../convex/_generated/dataModel";
import { MessageList } from "./MessageList";

const message = (body: string, isMine = false, id = body) => ({
  messageId: id as Id<"roomMessages">,
  authorName: "ann",
  isMine,
  body,
  sentAt: Date.UTC(2030, 0, 1),
});

/** Words, and the names of buttons in brackets. */
function shown(props: Partial<ComponentProps<typeof MessageList>>): string {
  const all = { newestFirst: [], onMore: () => undefined, onRemove: () => Promise.resolve() };
  const html = renderToStaticMarkup(<MessageList status="Exhausted" {...all} {...props} />);
  return html
    .replace(/<time[^>]*>.*?<\/time>/g, "")
    .replace(/<button[^>]*>(.*?)<\/button>/g, " [$1] ")
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

test("while the first page is loading, it says so", () => {
  expect(shown({ status: "LoadingFirstPage" })).toBe("Loading…");
});

test("an empty room says so", () => {
  expect(shown({})).toBe("Nobody has said anything yet.");
});

test("the newest message is last, and earlier ones can be asked for", () => {
  const newestFirst = [message("newer"), message("older")];
  expect(shown({ newestFirst, status: "CanLoadMore" })).toBe(
    "[Earlier messages] ann older ann newer",
  );
});

test("what is mine can be removed, once it has been sent", () => {
  const newestFirst = [message("new", true, "pending:1"), message("old", true)];
  expect(shown({ newestFirst })).toBe("You [Remove] old You sending… new");
});

test("what somebody typed is text, and never markup", () => {
  const html = renderToStaticMarkup(
    <MessageList
      newestFirst={[message("<img src=x onerror=alert(1)>")]}
      status="Exhausted"
      onMore={() => undefined}
      onRemove={() => Promise.resolve()}
    />,
  );
  expect(html).toContain("&lt;img src=x onerror=alert(1)&gt;");
});
