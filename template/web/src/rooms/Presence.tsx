import { useMutation, useQuery } from "convex/react";
import { useEffect } from "react";
import { api } from "../../../convex/_generated/api";
import type { Id } from "../../../convex/_generated/dataModel";

/** In milliseconds. The backend takes away who has not beaten for 90 seconds (TIME_TO_BEAT_MS). */
const BEAT_EVERY_MS = 20 * 1000;

export function Presence({ roomId }: { roomId: Id<"rooms"> }) {
  useHeartbeat(roomId);
  const people = useQuery(api.rooms.public.present, { roomId });
  return (
    <ul className="presence" aria-label="Who is here">
      {people?.map(({ name, isMe }, index) => (
        // Two people may have one name, and nobody's id leaves the backend.
        <li key={index}>{isMe ? "You" : name}</li>
      ))}
    </ul>
  );
}

/** A beat that fails is no matter: the next one follows. */
function useHeartbeat(roomId: Id<"rooms">): void {
  const beat = useMutation(api.rooms.public.beat);
  const leave = useMutation(api.rooms.public.leave);
  useEffect(() => {
    const tryTo = (call: typeof beat) => void call({ roomId }).catch(() => undefined);
    tryTo(beat);
    const timer = setInterval(() => tryTo(beat), BEAT_EVERY_MS);
    return () => {
      clearInterval(timer);
      tryTo(leave);
    };
  }, [roomId, beat, leave]);
}
