import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { Notice } from "./Notice";
import { SessionProvider } from "./session";
import "./style.css";
import { CountingClient, SubscriptionCount } from "./subscriptions";

/** Where `convex-scaffold serve` listens. */
const SERVED_IN_MEMORY = "http://127.0.0.1:3210";

const address =
  import.meta.env.VITE_CONVEX_URL ?? (import.meta.env.DEV ? SERVED_IN_MEMORY : undefined);

function page() {
  if (address === undefined) {
    return <Notice title="No backend">This page was built without VITE_CONVEX_URL.</Notice>;
  }
  const client = new CountingClient(address);
  return (
    <SessionProvider client={client}>
      <App />
      {import.meta.env.DEV && <SubscriptionCount client={client} />}
    </SessionProvider>
  );
}

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root.");
createRoot(root).render(<StrictMode>{page()}</StrictMode>);
