import { useMutation, usePaginatedQuery } from "convex/react";
import { useState, type SubmitEvent } from "react";
import { api } from "../../../convex/_generated/api";
import type { Id } from "../../../convex/_generated/dataModel";
import { explain } from "../errors";
import { addressOf } from "./address";

/** As many as fit into a column. */
const PAGE = 20;

export function RoomList({ current }: { current: Id<"rooms"> | null }) {
  const { results, status, loadMore } = usePaginatedQuery(
    api.rooms.public.list,
    {},
    { initialNumItems: PAGE },
  );
  return (
    <>
      <NewRoom />
      <nav aria-label="Rooms">
        {status === "LoadingFirstPage" && <p className="quiet">Loading…</p>}
        {status === "Exhausted" && results.length === 0 && <p className="quiet">No rooms yet.</p>}
        <ul className="rooms">
          {results.map(({ roomId, name }) => (
            <li key={roomId}>
              <a href={addressOf(roomId)} aria-current={roomId === current ? "page" : undefined}>
                {name}
              </a>
            </li>
          ))}
        </ul>
        {(status === "CanLoadMore" || status === "LoadingMore") && (
          <button
            type="button"
            className="plain"
            disabled={status === "LoadingMore"}
            onClick={() => loadMore(PAGE)}
          >
            More rooms
          </button>
        )}
      </nav>
    </>
  );
}

function NewRoom() {
  const create = useMutation(api.rooms.public.create);
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [isOpening, setIsOpening] = useState(false);

  const open = async (event: SubmitEvent) => {
    event.preventDefault();
    if (name.trim() === "" || isOpening) return;
    setIsOpening(true);
    try {
      location.hash = addressOf(await create({ requestId: crypto.randomUUID(), name }));
      setName("");
      setProblem(null);
    } catch (error) {
      setProblem(explain(error));
    } finally {
      setIsOpening(false);
    }
  };
  return (
    <form onSubmit={(event) => void open(event)} className="line">
      <label className="visually-hidden" htmlFor="new-room">
        Name of a new room
      </label>
      <input
        id="new-room"
        placeholder="New room"
        autoComplete="off"
        maxLength={60}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <button type="submit" disabled={isOpening}>
        Open
      </button>
      {problem !== null && <p role="alert">{problem}</p>}
    </form>
  );
}
