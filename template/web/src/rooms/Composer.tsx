import { useMutation } from "convex/react";
import { useState, type KeyboardEvent } from "react";
import { api } from "../../../convex/_generated/api";
import type { Id } from "../../../convex/_generated/dataModel";
import { explain } from "../errors";
import { showSent } from "./optimistic";

/** The message is in the list at once. Should it fail, its text comes back, so that none is lost. */
export function Composer({ roomId }: { roomId: Id<"rooms"> }) {
  const send = useMutation(api.rooms.public.send).withOptimisticUpdate(showSent);
  const [body, setBody] = useState("");
  const [problem, setProblem] = useState<string | null>(null);

  const submit = async () => {
    if (body.trim() === "") return;
    setBody("");
    setProblem(null);
    try {
      await send({ roomId, requestId: crypto.randomUUID(), body });
    } catch (error) {
      setBody((typedSince) => (typedSince === "" ? body : `${body}\n${typedSince}`));
      setProblem(explain(error));
    }
  };
  const sendOnEnter = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void submit();
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {problem !== null && <p role="alert">{problem}</p>}
      <label className="visually-hidden" htmlFor="message">
        Message
      </label>
      <textarea
        id="message"
        rows={1}
        placeholder="Say something"
        maxLength={2000}
        value={body}
        onChange={(event) => setBody(event.target.value)}
        onKeyDown={sendOnEnter}
      />
      <button type="submit">Send</button>
    </form>
  );
}
