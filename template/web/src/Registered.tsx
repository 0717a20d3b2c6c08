import { useMutation } from "convex/react";
import { useEffect, useState, type ReactNode } from "react";
import { api } from "../../convex/_generated/api";
import { explain } from "./errors";
import { Notice } from "./Notice";

/** Shows its children once the caller has a row in `users`, without which nothing can be called. */
export function Registered({ children }: { children: ReactNode }) {
  const store = useMutation(api.users.public.store);
  const [outcome, setOutcome] = useState<{ problem: string | null } | null>(null);
  useEffect(() => {
    let isShown = true;
    const settle = (problem: string | null) => {
      if (isShown) setOutcome({ problem });
    };
    store({}).then(
      () => settle(null),
      (error: unknown) => settle(explain(error)),
    );
    return () => {
      isShown = false;
    };
  }, [store]);

  if (outcome === null) return <Notice title="Signing in…" />;
  if (outcome.problem === null) return children;
  return (
    <Notice title="That did not work">
      <p role="alert">{outcome.problem}</p>
    </Notice>
  );
}
