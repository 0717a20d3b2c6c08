// A page as people write it, for the test that opens it twice.
import { ConvexProvider, ConvexReactClient, useMutation, useQuery } from "convex/react";
import { anyApi as api } from "convex/server";
import { createRoot } from "react-dom/client";

const client = new ConvexReactClient(new URLSearchParams(location.search).get("backend"));

function Messages() {
  const messages = useQuery(api.messages.list, {});
  const send = useMutation(api.messages.send);
  if (messages === undefined) return <p id="state">loading</p>;
  return (
    <>
      <p id="state">{messages.map(({ author, body }) => `${author}: ${body}`).join(", ") || "none"}</p>
      <button onClick={() => void send({ author: document.title, body: "hello" })}>Send</button>
    </>
  );
}

createRoot(document.getElementById("root")).render(
  <ConvexProvider client={client}>
    <Messages />
  </ConvexProvider>,
);
