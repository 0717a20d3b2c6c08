// Checking values against validators, with the words of the real backend.
//
// convex-test checks too, but not the contents of records, and not before a mutation is committed.
import { display } from "./values.mjs";

/** What is wrong with a value: `path` leads to it, `text` says it. */
class Mismatch {
  constructor(text, details = null) {
    this.text = text;
    this.details = details;
    this.path = "";
  }

  /** The same mismatch, seen from one level up. */
  under(step) {
    this.path = step + this.path;
    return this;
  }

  toString() {
    const path = this.path && `Path: ${this.path}`;
    return this.details === null ? `${this.text}${path}` : `${this.text}\n${path}\n${this.details}`;
  }
}

/** Null when `value` fits the exported validator, else what is wrong as the backend would say it. */
export function explainMismatch(validator, value) {
  const found = check(validator, value);
  return found === null ? null : String(found);
}

const TYPES = {
  null: (value) => value === null,
  number: (value) => typeof value === "number",
  bigint: (value) => typeof value === "bigint",
  // A commit's time is unknown until it commits; until then an object stands in for it.
  commitTs: (value) => typeof value === "bigint" || isPlaceholder(value),
  boolean: (value) => typeof value === "boolean",
  string: (value) => typeof value === "string",
  bytes: (value) => value instanceof ArrayBuffer,
  any: () => true,
};

const CHECKS = {
  literal: checkLiteral,
  id: checkId,
  array: checkArray,
  record: checkRecord,
  object: checkObject,
  union: checkUnion,
};

function check(validator, value) {
  const checkPart = CHECKS[validator.type];
  if (checkPart) return checkPart(validator, value);
  const fits = TYPES[validator.type];
  return !fits || fits(value) ? null : noMatch(validator, value);
}

function checkLiteral(validator, value) {
  if (value === literalOf(validator)) return null;
  return new Mismatch(`\`${display(value)}\` does not match literal validator \`${describe(validator)}\`.`);
}

function checkId(validator, value) {
  const table = typeof value === "string" ? tableOf(value) : null;
  if (table === validator.tableName) return null;
  if (table === null) return noMatch(validator, value);
  const where = table.startsWith("_") ? "a system table" : `table \`${table}\``;
  const wanted = describe(validator);
  return new Mismatch(
    `Found ID "${value}" from ${where}, which does not match the table name in validator \`${wanted}\`.`,
  );
}

function checkArray(validator, value) {
  if (!Array.isArray(value)) return noMatch(validator, value);
  for (const [index, item] of value.entries()) {
    const found = check(validator.value, item);
    if (found) return found.under(`[${index}]`);
  }
  return null;
}

function checkRecord(validator, value) {
  if (!isPlainObject(value)) return noMatch(validator, value);
  for (const [key, field] of Object.entries(value)) {
    const found =
      check(validator.keys, key)?.under(".keys()") ??
      check(validator.values.fieldType, field)?.under(".values()");
    if (found) return found;
  }
  return null;
}

function checkObject(validator, value) {
  if (!isPlainObject(value)) return noMatch(validator, value);
  const shown = `Object: ${display(value)}\nValidator: ${describe(validator)}`;
  for (const [name, { fieldType, optional }] of Object.entries(validator.value)) {
    const field = Object.hasOwn(value, name) ? value[name] : undefined;
    if (field !== undefined) {
      const found = check(fieldType, field);
      if (found) return found.under(`.${name}`);
    } else if (!optional) {
      const advice = "Consider wrapping the field validator in `v.optional(...)` if this is expected.";
      return new Mismatch(`Object is missing the required field \`${name}\`. ${advice}`, shown);
    }
  }
  const extra = Object.keys(value).find((name) => !Object.hasOwn(validator.value, name));
  if (extra === undefined) return null;
  return new Mismatch(`Object contains extra field \`${extra}\` that is not in the validator.`, shown);
}

function checkUnion(validator, value) {
  if (validator.value.length === 1) return check(validator.value[0], value);
  const fits = validator.value.some((member) => check(member, value) === null);
  return fits ? null : noMatch(validator, value);
}

function noMatch(validator, value) {
  return new Mismatch(
    "Value does not match validator.",
    `Value: ${display(value)}\nValidator: ${describe(validator)}`,
  );
}

const NAMES = { number: "float64", bigint: "int64" };

/** A validator as one would write it. */
export function describe(validator) {
  const { type, value } = validator;
  switch (type) {
    case "id":
      return `v.id("${validator.tableName}")`;
    case "literal":
      return `v.literal(${display(literalOf(validator))})`;
    case "array":
      return `v.array(${describe(value)})`;
    case "record":
      return `v.record(${describe(validator.keys)}, ${describe(validator.values.fieldType)})`;
    case "union":
      return `v.union(${value.map(describe).join(", ")})`;
    case "object":
      return `v.object({${Object.entries(value).map(describeField).join(", ")}})`;
    default:
      return `v.${NAMES[type] ?? type}()`;
  }
}

function describeField([name, { fieldType, optional }]) {
  const text = describe(fieldType);
  return `${name}: ${optional ? `v.optional(${text})` : text}`;
}

/** The value of a literal; 64-bit integers are encoded where validators are exported. */
function literalOf({ value }) {
  if (value === null || typeof value !== "object") return value;
  return Buffer.from(value.$integer, "base64").readBigInt64LE();
}

/** The table in an id of convex-test (`10001;users` without the semicolon), or null. */
export function tableOf(id) {
  return /^\d+(?<table>\D.*)$/.exec(id)?.groups.table ?? null;
}

function isPlainObject(value) {
  if (value === null || typeof value !== "object" || isPlaceholder(value)) return false;
  return !Array.isArray(value) && !(value instanceof ArrayBuffer);
}

function isPlaceholder(value) {
  return value?.constructor?.name === "CommitTsPlaceholder";
}
