import type { ReactNode } from "react";

/** All there is on the page: a question, or what is wrong. */
export function Notice({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <main className="notice">
      <h1>{title}</h1>
      {children}
    </main>
  );
}
