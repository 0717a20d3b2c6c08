import type { OptimisticLocalStore } from "convex/browser";
import { getFunctionName, type FunctionReturnType } from "convex/server";
import { expect, test } from "vitest";
import { api } from "../../../convex/_generated/api";
import type { Id } from "../../../convex/_generated/dataModel";
import { hideRemoved, isPending, showSent } from "./optimistic";

const { messageCount, messages } = api.rooms.public;

const roomId = "foyer" as Id<"rooms">;
const elsewhere = "kitchen" as Id<"rooms">;

type Page = FunctionReturnType<typeof messages>;

const message = (body: string) => ({
  messageId: body as Id<"roomMessages">,
  authorName: "ann",
  isMine: true,
  body,
  sentAt: 1,
});

const page = (...bodies: string[]): Page => ({
  page: bodies.map(message),
  isDone: true,
  continueCursor: "",
});

const pageOf = (room: Id<"rooms">, cursor: string | null = null) => ({
  roomId: room,
  paginationOpts: { numItems: 2, cursor },
});

/** What a page watches, and what it has got. */
class Watched {
  readonly #entries: { name: string; args: object; value: unknown }[] = [];

  add(query: typeof messages | typeof messageCount, args: object, value: unknown): this {
    this.#entries.push({ name: getFunctionName(query), args, value });
    return this;
  }

  get(query: typeof messages | typeof messageCount, args: object): unknown {
    return this.#find(query, args)?.value;
  }

  /** The three methods of Convex's own store that optimistic updates have. */
  asStore(): OptimisticLocalStore {
    const store = {
      getQuery: (query: typeof messages, args: object) => this.get(query, args),
      getAllQueries: (query: typeof messages) =>
        this.#entries.filter(({ name }) => name === getFunctionName(query)),
      setQuery: (query: typeof messages, args: object, value: unknown) => {
        const entry = this.#find(query, args);
        if (entry !== undefined) entry.value = value;
      },
    };
    return store as unknown as OptimisticLocalStore;
  }

  #find(query: typeof messages | typeof messageCount, args: object) {
    const [name, key] = [getFunctionName(query), JSON.stringify(args)];
    return this.#entries.find((one) => one.name === name && JSON.stringify(one.args) === key);
  }

  bodies(room: Id<"rooms">, cursor: string | null = null) {
    return (this.get(messages, pageOf(room, cursor)) as Page).page.map(({ body }) => body);
  }
}

const twoRooms = () =>
  new Watched()
    .add(messages, pageOf(roomId), page("2", "1"))
    .add(messages, pageOf(roomId, "next"), page("0"))
    .add(messageCount, { roomId }, 3)
    .add(messages, pageOf(elsewhere), page("x"))
    .add(messageCount, { roomId: elsewhere }, 1);

test("a sent message is on top of its room, pending, and counted", () => {
  const watched = twoRooms();
  showSent(watched.asStore(), { roomId, requestId: "request", body: " hello " });
  expect(watched.bodies(roomId)).toEqual(["hello", "2", "1"]);
  expect(watched.bodies(roomId, "next")).toEqual(["0"]);
  expect(watched.bodies(elsewhere)).toEqual(["x"]);
  expect(watched.get(messageCount, { roomId })).toBe(4);
  expect(watched.get(messageCount, { roomId: elsewhere })).toBe(1);
  const { page: shown } = watched.get(messages, pageOf(roomId)) as Page;
  expect(shown.map(({ messageId }) => isPending(messageId))).toEqual([true, false, false]);
});

test("the same message gives the same page, however often it is computed", () => {
  const [once, again] = [twoRooms(), twoRooms()];
  const sent = { roomId, requestId: "request", body: "hello" };
  for (const watched of [once, again]) showSent(watched.asStore(), sent);
  expect(again.get(messages, pageOf(roomId))).toEqual(once.get(messages, pageOf(roomId)));
});

test("a removed message is gone from the page it is on, and counted off its room", () => {
  const watched = twoRooms();
  hideRemoved(watched.asStore(), { messageId: "0" as Id<"roomMessages"> });
  expect(watched.bodies(roomId)).toEqual(["2", "1"]);
  expect(watched.bodies(roomId, "next")).toEqual([]);
  expect(watched.get(messageCount, { roomId })).toBe(2);
  expect(watched.get(messageCount, { roomId: elsewhere })).toBe(1);
});

test("what is still loading is left alone", () => {
  const watched = new Watched()
    .add(messages, pageOf(roomId), undefined)
    .add(messageCount, { roomId }, undefined);
  showSent(watched.asStore(), { roomId, requestId: "request", body: "hello" });
  hideRemoved(watched.asStore(), { messageId: "0" as Id<"roomMessages"> });
  expect(watched.get(messages, pageOf(roomId))).toBeUndefined();
  expect(watched.get(messageCount, { roomId })).toBeUndefined();
});
