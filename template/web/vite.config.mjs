/**
 * `npx vite web` serves the page while you work on it, `npx vite build web` makes web/dist.
 */
import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig, loadEnv } from "vite";

/** Where `npx convex dev` writes .env.local. */
const PROJECT = resolve(import.meta.dirname, "..");

/** Where `convex-scaffold serve` listens. */
const SERVED_IN_MEMORY = "http://127.0.0.1:3210";

export default defineConfig(({ mode }) => {
  const backend = loadEnv(mode, PROJECT, "VITE_").VITE_CONVEX_URL ?? SERVED_IN_MEMORY;
  return {
    plugins: [react()],
    envDir: PROJECT,
    server: {
      proxy: {
        // The tokens of the stand-in for sign-in (src/session.tsx), which a backend in memory gives to
        // programs and not to pages: so this server asks for them. Only while developing.
        "/_scaffold/tokens": {
          target: backend,
          changeOrigin: true,
          configure: (proxy) => {
            proxy.on("proxyReq", (request) => request.removeHeader("origin"));
          },
        },
      },
    },
  };
});
