import assert from "node:assert/strict";
import { test } from "node:test";
import { describe, explainMismatch, tableOf } from "../../../scaffold/backend/js/worker/validators.mjs";

const number = { type: "number" };
const string = { type: "string" };
const object = (fields) => ({
  type: "object",
  value: Object.fromEntries(
    Object.entries(fields).map(([k, [fieldType, optional = false]]) => [k, { fieldType, optional }]),
  ),
});
const record = { type: "record", keys: string, values: { fieldType: number, optional: false } };
const five = { type: "literal", value: { $integer: "BQAAAAAAAAA=" } };

for (const [name, validator, value] of [
  ["null", { type: "null" }, null],
  ["a number that is none", number, NaN],
  ["a 64-bit integer", { type: "bigint" }, 5n],
  ["a literal of 64 bits", five, 5n],
  ["bytes", { type: "bytes" }, new ArrayBuffer(2)],
  ["a list", { type: "array", value: number }, [1, 2]],
  ["a record", record, { a: 1 }],
  ["a missing optional field", object({ a: [string, true] }), {}],
  ["an undefined optional field", object({ a: [string, true] }), { a: undefined }],
  ["the second of a union", { type: "union", value: [number, string] }, "x"],
  ["anything", { type: "any" }, { a: [1n] }],
  ["an id", { type: "id", tableName: "users" }, "0010users"],
  ["a type of tomorrow", { type: "not yet known" }, 1],
]) {
  test(`${name} fits`, () => assert.equal(explainMismatch(validator, value), null));
}

for (const [name, validator, value] of [
  ["a number where a 64-bit integer belongs", { type: "bigint" }, 5],
  ["a 64-bit integer where a number belongs", number, 5n],
  ["another literal", five, 6n],
  ["a list for an object", object({}), []],
  ["bytes for an object", object({}), new ArrayBuffer(1)],
  ["an inherited field", object({ toString: [string] }), {}],
  ["an empty union", { type: "union", value: [] }, 1],
  ["an id without a table", { type: "id", tableName: "users" }, "0010"],
]) {
  test(`${name} does not fit`, () => assert.notEqual(explainMismatch(validator, value), null));
}

test("validators are described as they are written", () => {
  const all = object({
    a: [record],
    b: [{ type: "union", value: [five, { type: "null" }] }, true],
    c: [{ type: "bigint" }],
  });
  assert.equal(
    describe(all),
    "v.object({a: v.record(v.string(), v.float64()), b: v.optional(v.union(v.literal(5), v.null())), c: v.int64()})",
  );
});

test("tables of ids", () =>
  assert.deepEqual(["01users", "7_storage", "x", "12"].map(tableOf), ["users", "_storage", null, null]));
