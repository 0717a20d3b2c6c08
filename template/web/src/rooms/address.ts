/**
 * Which room is shown, in the address: so it can be sent to others, and the back button works.
 */
import { useSyncExternalStore } from "react";
import type { Id } from "../../../convex/_generated/dataModel";

/** Anybody can type an address: the backend says whether it is one of a room. */
export function roomIdOf(hash: string): Id<"rooms"> | null {
  const found = /^#\/rooms\/(\w+)$/.exec(hash);
  return found === null ? null : (found[1] as Id<"rooms">);
}

export function addressOf(roomId: Id<"rooms">): string {
  return `#/rooms/${roomId}`;
}

export function useRoomId(): Id<"rooms"> | null {
  return useSyncExternalStore(subscribe, () => roomIdOf(location.hash));
}

function subscribe(onChange: () => void) {
  addEventListener("hashchange", onChange);
  return () => removeEventListener("hashchange", onChange);
}
