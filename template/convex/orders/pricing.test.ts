import { expect, test } from "vitest";
import { isAppError } from "../lib/errors";
import { MAX_ITEMS, MAX_QUANTITY, piecesOf, priced, totalOf } from "./pricing";

const mug = (quantity: number) => ({ sku: "mug", quantity });

test("items get our prices, in the currency of the order", () => {
  const items = priced([mug(2), { sku: "poster", quantity: 1 }], "GBP");
  expect(items).toEqual([
    { sku: "mug", quantity: 2, unitPrice: 1050 },
    { sku: "poster", quantity: 1, unitPrice: 2200 },
  ]);
  expect(totalOf(items)).toBe(4300);
  expect(piecesOf(items)).toBe(3);
});

test("the largest order still has an exact total", () => {
  const items = priced(Array(MAX_ITEMS).fill(mug(MAX_QUANTITY)), "EUR");
  expect(totalOf(items)).toBe(MAX_ITEMS * MAX_QUANTITY * 1200);
  expect(Number.isSafeInteger(totalOf(items))).toBe(true);
});

test.each([
  ["no items", []],
  ["too many items", Array(MAX_ITEMS + 1).fill(mug(1))],
  ["an article we do not have", [{ sku: "yacht", quantity: 1 }]],
  ["a name every object has", [{ sku: "constructor", quantity: 1 }]],
  ["no pieces", [mug(0)]],
  ["minus one piece", [mug(-1)]],
  ["half a piece", [mug(0.5)]],
  ["too many pieces", [mug(MAX_QUANTITY + 1)]],
  ["no number of pieces", [mug(NaN)]],
])("%s cannot be ordered", (_, items) => {
  const order = () => priced(items, "EUR");
  expect(order).toThrow(
    expect.toSatisfy((error) => isAppError(error) && error.data.code === "INVALID_ARGUMENT"),
  );
});
