import assert from "node:assert/strict";
import { test } from "node:test";
import { formatOf, valuePrinter } from "../../../scaffold/backend/js/worker/values.mjs";
import { raw, stringify } from "../../../scaffold/backend/js/wire.mjs";

const print = valuePrinter((value) => value); // what is no JSON is not tried in the encoded format here

test("numbers are floats, whatever their size", () => {
  const printed = [0, -0, 1, -1, 0.1, 1e20, 1e21, 1e-7, 2 ** 53].map((value) => print(value, "clean"));
  assert.deepEqual(printed, [
    "0.0",
    "-0.0",
    "1.0",
    "-1.0",
    "0.1",
    "100000000000000000000.0",
    "1e+21",
    "1e-7",
    "9007199254740992.0",
  ]);
  assert.deepEqual(printed.map(JSON.parse), [0, -0, 1, -1, 0.1, 1e20, 1e21, 1e-7, 2 ** 53]);
});

test("fields are sorted, and undefined ones left out", () => {
  assert.equal(print({ b: 1, a: "x", c: undefined }, "clean"), '{"a":"x","b":1.0}');
});

test("formats by name", () => {
  assert.deepEqual([undefined, "json", "convex_encoded_json", "export_json", "xml"].map(formatOf), [
    "clean",
    "clean",
    "encoded",
    "export",
    null,
  ]);
});

test("printed values go into envelopes as they are", () => {
  const envelope = {
    id: 1,
    value: raw("1.0"),
    list: [raw("2.0"), undefined],
    nothing: undefined,
    text: "a\n",
  };
  assert.equal(stringify(envelope), '{"id":1,"value":1.0,"list":[2.0,null],"text":"a\\n"}');
});
