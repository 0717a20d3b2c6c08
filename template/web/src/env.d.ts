/// <reference types="vite/client" />

interface ImportMetaEnv {
  /** Address of the backend. `npx convex dev` writes it into .env.local. */
  readonly VITE_CONVEX_URL?: string;
}
