/**
 * Who is signed in: the one file to change when sign-in is connected.
 *
 * Until then there is a stand-in, for development only: whoever types a name is that person, with a
 * token of the backend in memory (`pipx run convex-scaffold serve`). A deployment gives nobody a
 * token for a name, and a built page says that sign-in is missing.
 *
 * To connect a provider, put its own pair around the page instead of SessionProvider, for instance
 * <ClerkProvider> and <ConvexProviderWithClerk useAuth={useAuth}>, and its button into SignIn and
 * SignOut.
 */
import { ConvexProviderWithAuth, type ConvexReactClient } from "convex/react";
import {
  createContext,
  use,
  useCallback,
  useMemo,
  useState,
  type ReactNode,
  type SubmitEvent,
} from "react";
import { Notice } from "./Notice";

interface Session {
  /** Null for somebody who has not signed in. */
  name: string | null;
  /** Why signing in did not work. */
  problem: string | null;
  signIn: (name: string) => void;
  signOut: (problem?: string) => void;
}

const SessionContext = createContext<Session | null>(null);

/** In the storage of the tab, so that two tabs can be two people. */
const KEY = "development name";

export function SessionProvider(props: { client: ConvexReactClient; children: ReactNode }) {
  const [name, setName] = useState(() => sessionStorage.getItem(KEY));
  const [problem, setProblem] = useState<string | null>(null);
  const session = useMemo(
    () => ({
      name,
      problem,
      signIn: (name: string) => {
        sessionStorage.setItem(KEY, name);
        setName(name);
        setProblem(null);
      },
      signOut: (problem?: string) => {
        sessionStorage.removeItem(KEY);
        setName(null);
        setProblem(problem ?? null);
      },
    }),
    [name, problem],
  );
  return (
    <SessionContext value={session}>
      <ConvexProviderWithAuth client={props.client} useAuth={useDevelopmentAuth}>
        {props.children}
      </ConvexProviderWithAuth>
    </SessionContext>
  );
}

function useSession(): Session {
  const session = use(SessionContext);
  if (session === null) throw new Error("Put a SessionProvider around it.");
  return session;
}

function useDevelopmentAuth() {
  const { name, signOut } = useSession();
  const fetchAccessToken = useCallback(async () => {
    if (name === null) return null;
    try {
      return await mintToken(name);
    } catch {
      signOut("This backend gives out no tokens for names. Start it with convex-scaffold serve.");
      return null;
    }
    // `signOut` is another one after each change; a new function here would sign in anew.
  }, [name]);
  return { isLoading: false, isAuthenticated: name !== null, fetchAccessToken };
}

/** The development server passes this on to the backend (vite.config.mjs). */
async function mintToken(name: string): Promise<string> {
  const response = await fetch("/_scaffold/tokens", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ subject: name, claims: { name } }),
  });
  const { token } = (await response.json()) as { token: string };
  return token;
}

export function SignIn() {
  const { problem, signIn } = useSession();
  if (!import.meta.env.DEV) {
    return <Notice title="Sign-in is not connected">See web/src/session.tsx.</Notice>;
  }
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = (new FormData(event.currentTarget).get("name") as string).trim();
    if (name !== "") signIn(name);
  };
  return (
    <Notice title="Who are you?">
      <form onSubmit={submit} className="line">
        <label className="visually-hidden" htmlFor="name">
          Name
        </label>
        <input
          id="name"
          name="name"
          placeholder="Name"
          autoComplete="off"
          maxLength={40}
          required
        />
        <button type="submit">Sign in</button>
      </form>
      {problem !== null && <p role="alert">{problem}</p>}
      <p className="quiet">A stand-in for development: any name will do.</p>
    </Notice>
  );
}

export function SignOut() {
  const { name, signOut } = useSession();
  return (
    <p className="person">
      <span>{name}</span>
      <button type="button" className="plain" onClick={() => signOut()}>
        Sign out
      </button>
    </p>
  );
}
