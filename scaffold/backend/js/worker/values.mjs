// Convex values as JSON text, in each of the formats that clients ask for.
//
// Numbers are printed as floats ("1.0"), as the real backend does: the Python client refuses whole
// numbers, because in its protocol those would be 64-bit integers.

/** What may stand in `format`, by the kind of JSON it means. */
const FORMATS = {
  json: "clean",
  convex_clean_json: "clean",
  convex_encoded_json: "encoded",
  convex_json: "encoded",
  export_json: "export",
};

/** The kind of JSON that `format` names, or null. Without one it is the clean kind. */
export function formatOf(name) {
  return name === undefined || name === null ? "clean" : (FORMATS[name] ?? null);
}

/** A printer for `convexToJson`, the project's own encoder. */
export function valuePrinter(convexToJson) {
  return function print(value, format) {
    const encoded = convexToJson(value ?? null); // refuses what is no Convex value
    if (format === "encoded") return printEncoded(encoded);
    return printPlain(value ?? null, format);
  };
}

function printEncoded(json) {
  if (typeof json === "number") return printFloat(json);
  if (json === null || typeof json !== "object") return JSON.stringify(json);
  if (Array.isArray(json)) return `[${json.map(printEncoded).join(",")}]`;
  const fields = Object.entries(json).map(([key, field]) => `${JSON.stringify(key)}:${printEncoded(field)}`);
  return `{${fields.join(",")}}`;
}

function printPlain(value, format) {
  switch (typeof value) {
    case "bigint":
      return format === "export" ? String(value) : `"${value}"`;
    case "number":
      if (Number.isFinite(value)) return printFloat(value);
      return format === "export" ? `{"$float":"${base64OfFloat(value)}"}` : `"${value}"`;
    case "object":
      return printComposite(value, format);
    default:
      return JSON.stringify(value);
  }
}

function printComposite(value, format) {
  if (value === null) return "null";
  if (value instanceof ArrayBuffer) {
    const text = `"${Buffer.from(value).toString("base64")}"`;
    return format === "export" ? `{"$bytes":${text}}` : text;
  }
  if (Array.isArray(value)) return `[${value.map((item) => printPlain(item, format)).join(",")}]`;
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${printPlain(field, format)}`);
  return `{${fields.join(",")}}`;
}

function printFloat(number) {
  if (Object.is(number, -0)) return "-0.0";
  const text = String(number);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

function base64OfFloat(number) {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(number);
  return bytes.toString("base64");
}

/** A value as the backend's error messages show it. */
export function display(value) {
  if (value === undefined || value === null) return "null";
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return displayFloat(value);
  if (typeof value !== "object") return String(value);
  if (value instanceof ArrayBuffer) return `<${value.byteLength} bytes>`;
  if (Array.isArray(value)) return `[${value.map(display).join(", ")}]`;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([key, field]) => `${key}: ${display(field)}`).join(", ")}}`;
}

function displayFloat(number) {
  if (Number.isNaN(number)) return "NaN";
  if (!Number.isFinite(number)) return number > 0 ? "inf" : "-inf";
  return printFloat(number);
}
