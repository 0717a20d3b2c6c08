import { useConvexAuth, useConvexConnectionState } from "convex/react";
import { Failures } from "./Failures";
import { Notice } from "./Notice";
import { Registered } from "./Registered";
import { Room } from "./rooms/Room";
import { RoomList } from "./rooms/RoomList";
import { useRoomId } from "./rooms/address";
import { SignIn, SignOut } from "./session";

export function App() {
  const { isLoading, isAuthenticated } = useConvexAuth();
  if (isLoading) return <Notice title="Connecting…" />;
  if (!isAuthenticated) return <SignIn />;
  return (
    <Registered>
      <Rooms />
    </Registered>
  );
}

/** Two columns, or, where the window is narrow, one of them at a time. */
function Rooms() {
  const roomId = useRoomId();
  return (
    <div className="page" data-showing={roomId === null ? "rooms" : "room"}>
      <header className="side">
        <h1>
          <a href="#/">Rooms</a>
        </h1>
        <Failures words="The rooms cannot be shown.">
          <RoomList current={roomId} />
        </Failures>
        <SignOut />
      </header>
      <main>
        <Offline />
        {roomId === null ? (
          <p className="empty">Choose a room, or open a new one.</p>
        ) : (
          // With another key, React starts anew: nothing of the last room is left over.
          <Failures key={roomId} words="This room cannot be shown.">
            <Room roomId={roomId} />
          </Failures>
        )}
      </main>
    </div>
  );
}

/** Convex connects again by itself, and then sends what was not sent. */
function Offline() {
  const { isWebSocketConnected, hasEverConnected } = useConvexConnectionState();
  const isOffline = hasEverConnected && !isWebSocketConnected;
  return (
    <p role="status" className="offline">
      {isOffline && "The connection is lost. What you do now is sent when it is back."}
    </p>
  );
}
