import { beforeEach, expect, test, vi } from "vitest";
import { $api } from "../_generated/api";
import { $setup } from "../test.setup";

const { $name } = $api.$domain.$file;

const ANSWER = { answer: "forty-two" };

beforeEach(() => {
  vi.stubEnv("$ENV", "https://service.test/v1");
});

/** The service answers this to every question. */
function service(answer: () => Response | Promise<Response>) {
  const fetch = vi.fn<(url: URL, init: RequestInit) => Promise<Response>>(async () => answer());
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

test("the question is asked, and the answer handed on", async () => {
  const fetch = service(() => Response.json(ANSWER));
  const t = backend();
  const caller = $caller;
  const answer = await caller.action($name, { question: "why?" });
  expect(answer).toBe("forty-two");

  const [url, init] = fetch.mock.lastCall ?? [];
  expect(url?.pathname).toBe("/v1/$path");
  expect(url?.searchParams.get("question")).toBe("why?");
  expect(init?.signal).toBeInstanceOf(AbortSignal);
});

const json = (value: unknown) => () => Response.json(value);

test.each([
  ["is down", () => Promise.reject(new TypeError("fetch failed"))],
  ["is too slow", () => Promise.reject(new DOMException("", "TimeoutError"))],
  ["fails", () => Response.json(ANSWER, { status: 503 })],
  ["does not speak JSON", () => new Response("<html>")],
  ["answers nothing", json(null)],
  ["leaves out the answer", json({})],
  ["answers no text", json({ answer: 42 })],
  ["answers a novel", json({ answer: "x".repeat(1001) })],
])("when the service %s, so does the action", async (_, answer) => {
  service(answer);
  const t = backend();
  const caller = $caller;
  const call = caller.action($name, { question: "why?" });
  await expectRefusal(call, "UPSTREAM_FAILED");
});

test("without a service there are no answers", async () => {
  vi.stubEnv("$ENV", undefined);
  const t = backend();
  const caller = $caller;
  const call = caller.action($name, { question: "why?" });
  await expectRefusal(call, "UPSTREAM_FAILED");
});

test("the service is not bothered with an empty or an endless question", async () => {
  const fetch = service(json(ANSWER));
  const t = backend();
  const caller = $caller;
  for (const question of ["", "x".repeat(1001)]) {
    const call = caller.action($name, { question });
    await expectRefusal(call, "INVALID_ARGUMENT");
  }
  expect(fetch).not.toHaveBeenCalled();
});
