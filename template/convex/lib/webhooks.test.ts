import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { expectRefusal } from "../test.setup";
import { MAX_DELIVERY_BYTES, TOLERANCE_S, verifyDelivery, type Scheme } from "./webhooks";

/** A delivery as the sender made it; every test spoils a copy. */
interface Vector {
  scheme: Scheme;
  secret: string;
  body: string;
  /** When it was signed, in seconds since 1970. */
  sentAt: number;
  headers: Record<string, string>;
  eventId: string;
}

/** The example of Svix's documentation ("Verifying Webhooks Manually"). Clerk's are the same. */
const SVIX: Vector = {
  scheme: "standard",
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  body: '{"test": 2432232314}',
  sentAt: 1614265330,
  headers: {
    "svix-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "svix-timestamp": "1614265330",
    "svix-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  },
  eventId: "msg_p5jXN8AQM9LWM0D4loKWxJek",
};

/**
 * Stripe documents the scheme and no example. The signature is what Node says:
 *
 *     createHmac("sha256", secret).update(`${sentAt}.${body}`).digest("hex")
 */
const STRIPE: Vector = {
  scheme: "stripe",
  secret: "whsec_test_secret",
  body: '{"id":"evt_test","object":"event","type":"charge.succeeded"}',
  sentAt: 1492774577,
  headers: {
    "stripe-signature":
      "t=1492774577,v0=00,v1=6363d1247b7c712a4c1b2e75c76eec3fcd3d4a3cb8d84541ea040c9d494c92d0",
  },
  eventId: "evt_test",
};

/** The secret is that of GitHub's documentation, whose own example is below: its body is no JSON. */
const GITHUB: Vector = {
  scheme: "github",
  secret: "It's a Secret to Everybody",
  body: '{"zen":"Design for failure."}',
  sentAt: 1700000000,
  headers: {
    "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
    "x-hub-signature-256":
      "sha256=81a7433d2a01f5cc903dfe82dab32559f4fef3203a0e8c1da4eea0ff07ed701a",
  },
  eventId: "72d3162e-cc78-11e3-81ab-4c9367dc0958",
};

const VECTORS = [SVIX, STRIPE, GITHUB].map((vector) => [vector.scheme, vector] as const);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** What becomes of a delivery that arrives `late` seconds after it was signed. */
async function received(vector: Vector, late = 0, body: BodyInit = vector.body) {
  vi.setSystemTime((vector.sentAt + late) * 1000);
  const { headers } = vector;
  const request = new Request("https://site.test/hook", { method: "POST", headers, body });
  return await verifyDelivery(request, vector.scheme, vector.secret);
}

function withHeader(vector: Vector, name: string, change: (value: string) => string): Vector {
  const headers = { ...vector.headers, [name]: change(vector.headers[name] ?? "") };
  return { ...vector, headers };
}

const signatureOf = ({ headers }: Vector) =>
  Object.keys(headers).find((name) => name.includes("signature")) ?? "";

describe.each(VECTORS)("%s", (_, vector) => {
  test("a genuine delivery gives its event and the event's id", async () => {
    expect(await received(vector)).toEqual({
      eventId: vector.eventId,
      event: JSON.parse(vector.body) as unknown,
    });
  });

  test("the same JSON in other bytes is another body", async () => {
    await expectRefusal(received(vector, 0, `${vector.body} `), "UNAUTHENTICATED");
    await expectRefusal(received(vector, 0, `\uFEFF${vector.body}`), "UNAUTHENTICATED");
  });

  test("another secret is refused, and so is none", async () => {
    const other = { ...vector, secret: "whsec_AAAA" };
    await expectRefusal(received(other), "UNAUTHENTICATED");
    const { headers, body } = vector;
    const request = new Request("https://site.test", { method: "POST", headers, body });
    await expectRefusal(verifyDelivery(request, vector.scheme, null), "UNAUTHENTICATED");
  });

  test("an empty secret is a mistake of ours, and lets nobody in", async () => {
    await expect(received({ ...vector, secret: "" })).rejects.toThrow("empty");
  });

  test.each(Object.keys(vector.headers))("without %s it is refused", async (name) => {
    const left = Object.entries(vector.headers).filter(([other]) => other !== name);
    const headers = Object.fromEntries(left);
    await expectRefusal(received({ ...vector, headers }), "UNAUTHENTICATED");
  });

  test.each([
    ["empty", () => ""],
    ["cut short", (value: string) => value.slice(0, -4)],
    ["without its version", (value: string) => value.replace(/sha256=|v1[=,]/, "")],
    ["of another version", (value: string) => value.replace(/sha256|v1/, "v9")],
    ["no hex and no base64", (value: string) => value.replace(/.{6}$/, "!%!%!%")],
    [
      "that of another body",
      (value: string) => value.replace(/\w(?=\W*$)/, (last) => (last === "0" ? "1" : "0")),
    ],
  ])("a signature that is %s is refused", async (_name, change) => {
    const spoilt = withHeader(vector, signatureOf(vector), change);
    expect(spoilt.headers).not.toEqual(vector.headers);
    await expectRefusal(received(spoilt), "UNAUTHENTICATED");
  });
});

describe.each([SVIX, STRIPE])("clocks ($scheme)", (vector) => {
  test.each([TOLERANCE_S, -TOLERANCE_S])("%i seconds apart are near enough", async (late) => {
    expect(await received(vector, late)).toMatchObject({ eventId: vector.eventId });
  });

  test.each([TOLERANCE_S + 1, -TOLERANCE_S - 1])("%i seconds apart are not", async (late) => {
    await expectRefusal(received(vector, late), "UNAUTHENTICATED");
  });

  test("the time is signed as well", async () => {
    const later = (value: string) =>
      value.replace(String(vector.sentAt), `${vector.sentAt + 9999}`);
    const name = vector === SVIX ? "svix-timestamp" : "stripe-signature";
    await expectRefusal(received(withHeader(vector, name, later), 9999), "UNAUTHENTICATED");
  });

  test("during a change of keys, one right signature of several will do", async () => {
    const before = vector === SVIX ? "v1,AAAA " : "v1=00,";
    const both = withHeader(vector, signatureOf(vector), (value) => before + value);
    expect(await received(both)).toMatchObject({ eventId: vector.eventId });
  });
});

test("the names of Standard Webhooks mean the same as Svix's", async () => {
  const named = Object.entries(SVIX.headers).map(([name, value]) => [
    name.replace("svix", "webhook"),
    value,
  ]);
  const delivery = { ...SVIX, headers: Object.fromEntries(named) as Record<string, string> };
  expect(await received(delivery)).toMatchObject({ eventId: SVIX.eventId });
});

test("the id of a Svix message is signed as well", async () => {
  const other = withHeader(SVIX, "svix-id", () => "msg_another");
  await expectRefusal(received(other), "UNAUTHENTICATED");
});

test("the example of GitHub's documentation is genuine, and no JSON", async () => {
  const signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
  const hello = withHeader(GITHUB, "x-hub-signature-256", () => signature);
  await expectRefusal(received(hello, 0, "Hello, World!"), "INVALID_ARGUMENT");
  await expectRefusal(received(hello, 0, "Hello, World?"), "UNAUTHENTICATED");
});

test("a genuine event of Stripe without an id is refused", async () => {
  const signature =
    "t=1492774577,v1=53140ab8fa70c511cc40d5c9198af7dde7bbaee877038c056d8250c3bd3b2e11";
  const anonymous = withHeader(STRIPE, "stripe-signature", () => signature);
  await expectRefusal(received(anonymous, 0, "{}"), "INVALID_ARGUMENT");
});

test("a body that is too long is not even verified", async () => {
  const long = new Uint8Array(MAX_DELIVERY_BYTES + 1);
  await expectRefusal(received(GITHUB, 0, long), "INVALID_ARGUMENT");
});

test("a secret that is no base64 is a mistake of ours", async () => {
  await expect(received({ ...SVIX, secret: "whsec_%%%" })).rejects.toThrow("base64");
});
