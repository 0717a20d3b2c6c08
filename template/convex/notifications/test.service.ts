/**
 * A message service for tests: a model of a real one, reached through `fetch`.
 *
 * It remembers its keys, as real ones do: of several requests with one key, one message is sent.
 */
import { vi } from "vitest";

export const MESSAGES_URL = "https://messages.test/v1";

export interface Message {
  id: string;
  to: string;
  subject: string;
  text: string;
}

export class MessageService {
  /** What left the house. Sending is what nobody can take back. */
  readonly sent: Message[] = [];
  private readonly byKey = new Map<string, Message>();

  answer(init: RequestInit): Response {
    const headers = new Headers(init.headers);
    if (headers.get("Authorization") !== "Bearer messages-key") return refused(401);
    if (typeof init.body !== "string") return refused(400);
    const key = headers.get("Idempotency-Key");
    const earlier = key === null ? undefined : this.byKey.get(key);
    if (earlier !== undefined) return Response.json({ id: earlier.id });
    const content = JSON.parse(init.body) as Omit<Message, "id">;
    if (!content.to.includes("@")) return refused(422);
    const message = { ...content, id: `msg_${this.sent.length + 1}` };
    this.sent.push(message);
    if (key !== null) this.byKey.set(key, message);
    return Response.json({ id: message.id });
  }
}

/** The deployment's side of it. */
export function useMessageService(): void {
  vi.stubEnv("NOTIFICATIONS_API_URL", MESSAGES_URL);
  vi.stubEnv("NOTIFICATIONS_API_KEY", "messages-key");
}

function refused(status: number): Response {
  return Response.json({ error: status }, { status });
}
