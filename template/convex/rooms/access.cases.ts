/**
 * Who must not get what from this domain. Run by access.test.ts.
 *
 * Rooms are open to everybody who has signed in, so a stranger gets what members get: the cases say
 * so, and see to it that nobody passes for somebody else.
 */
import { api } from "../_generated/api";
import type { AccessCases } from "../access.setup";
import { firstPage } from "../test.setup";
import { foreignRoom, room, said } from "./test.fixtures";

const { beat, get, leave, list, messageCount, messages, present, remove } = api.rooms.public;

export const cases: AccessCases = {
  "rooms/public:create": {
    // The same request id as the owner's must not find the owner's room.
    attempt: async (visitor, t) => (await room(visitor)) === (await foreignRoom(t)).roomId,
    wrongCaller: { answer: false },
  },
  "rooms/public:list": {
    attempt: async (visitor, t) => {
      await foreignRoom(t);
      return (await visitor.query(list, firstPage())).page.map(({ name }) => name);
    },
    wrongCaller: { answer: ["Foyer"] },
  },
  "rooms/public:get": {
    attempt: async (visitor, t) => {
      const { roomId } = await foreignRoom(t);
      return (await visitor.query(get, { roomId })).name;
    },
    wrongCaller: { answer: "Foyer" },
  },
  "rooms/public:send": {
    // The same request id as the owner's must not find the owner's message.
    attempt: async (visitor, t) => {
      const { roomId, messageId } = await foreignRoom(t);
      return (await said(visitor, roomId, "hello")) === messageId;
    },
    wrongCaller: { answer: false },
  },
  "rooms/public:remove": {
    attempt: async (visitor, t) => {
      const { messageId } = await foreignRoom(t);
      await visitor.mutation(remove, { messageId });
    },
    wrongCaller: "NOT_FOUND",
  },
  "rooms/public:messages": {
    attempt: async (visitor, t) => {
      const { roomId } = await foreignRoom(t);
      const { page } = await visitor.query(messages, { roomId, ...firstPage() });
      return page.map(({ body, isMine }) => ({ body, isMine }));
    },
    wrongCaller: { answer: [{ body: "hello", isMine: false }] },
  },
  "rooms/public:messageCount": {
    attempt: async (visitor, t) => {
      const { roomId } = await foreignRoom(t);
      return await visitor.query(messageCount, { roomId });
    },
    wrongCaller: { answer: 1 },
  },
  "rooms/public:present": {
    attempt: async (visitor, t) => {
      const { roomId } = await foreignRoom(t);
      return await visitor.query(present, { roomId });
    },
    wrongCaller: { answer: [{ name: "owner", isMe: false }] },
  },
  "rooms/public:beat": {
    // A beat is for oneself only.
    attempt: async (visitor, t) => {
      const { roomId } = await foreignRoom(t);
      await visitor.mutation(beat, { roomId });
      return await visitor.query(present, { roomId });
    },
    wrongCaller: {
      answer: [
        { name: "owner", isMe: false },
        { name: "stranger", isMe: true },
      ],
    },
  },
  "rooms/public:leave": {
    // Nobody can be made to leave.
    attempt: async (visitor, t) => {
      const { roomId } = await foreignRoom(t);
      await visitor.mutation(leave, { roomId });
      return await visitor.query(present, { roomId });
    },
    wrongCaller: { answer: [{ name: "owner", isMe: false }] },
  },
};
