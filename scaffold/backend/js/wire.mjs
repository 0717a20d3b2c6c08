// JSON as the server writes it: around values that the worker has printed already.

/** JSON text that goes out as it is. */
export class Raw {
  constructor(text) {
    this.text = text;
  }
}

export const raw = (text) => new Raw(text);

/** `JSON.stringify`, for data that may hold `Raw` parts. */
export function stringify(data) {
  if (data instanceof Raw) return data.text;
  if (data === null || typeof data !== "object") return JSON.stringify(data);
  if (Array.isArray(data)) return `[${data.map((item) => stringify(item ?? null)).join(",")}]`;
  const fields = Object.entries(data).filter(([, field]) => field !== undefined);
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${stringify(field)}`).join(",")}}`;
}

/** A timestamp (nanoseconds, a bigint) as the protocol writes it. */
export function encodeTimestamp(time) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(time);
  return bytes.toString("base64");
}

let lastTimestamp = 0n;

/** A timestamp above all before it. */
export function nextTimestamp() {
  const now = BigInt(Date.now()) * 1_000_000n;
  lastTimestamp = now > lastTimestamp ? now : lastTimestamp + 1n;
  return lastTimestamp;
}

/** The answer to an HTTP call of a function. */
export function functionResponse({ ok, value, message, data, logLines }) {
  const lines = logLines.length > 0 ? logLines : undefined;
  if (ok) return { status: "success", value: raw(value), logLines: lines };
  return { status: "error", errorMessage: message, errorData: data && raw(data), logLines: lines };
}
