import { expect, test } from "vitest";
import type { Id } from "../../../convex/_generated/dataModel";
import { addressOf, roomIdOf } from "./address";

test("the address of a room leads to it", () => {
  const roomId = "j57c3xa9" as Id<"rooms">;
  expect(roomIdOf(addressOf(roomId))).toBe(roomId);
});

test.each(["", "#", "#/", "#/rooms/", "#/rooms/a/b", "#/rooms/<b>"])(
  "%j leads to no room",
  (hash) => {
    expect(roomIdOf(hash)).toBeNull();
  },
);
