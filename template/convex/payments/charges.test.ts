import { describe, expect, test } from "vitest";
import { chargeOfEvent, reportOf, toCharge, toCharges, type Charge } from "./charges";

const RAW = {
  id: "ch_1",
  reference: "payment",
  status: "succeeded",
  amount: 9900,
  currency: "EUR",
  refunded: 0,
};
const CHARGE: Charge = {
  chargeId: "ch_1",
  reference: "payment",
  status: "succeeded",
  amount: 9900,
  currency: "EUR",
  refunded: 0,
};

describe("what the provider writes", () => {
  test("is a charge, whatever else stands in it", () => {
    expect(toCharge({ ...RAW, refunded: undefined, object: "charge" })).toEqual(CHARGE);
    expect(chargeOfEvent({ id: "evt_1", data: { object: RAW } })).toEqual(CHARGE);
    expect(toCharges({ data: [RAW] })).toEqual([CHARGE]);
  });

  test.each([
    null,
    "ch_1",
    {},
    { ...RAW, id: 1 },
    { ...RAW, reference: null },
    { ...RAW, status: "lost" },
    { ...RAW, amount: "9900" },
    { ...RAW, amount: 99.5 },
    { ...RAW, amount: -1 },
    { ...RAW, refunded: Infinity },
  ])("is no charge: %j", (value) => {
    expect(toCharge(value)).toBeNull();
    expect(chargeOfEvent({ data: { object: value } })).toBeNull();
    expect(toCharges({ data: [RAW, value] })).toBeNull();
  });

  test.each([null, "event", {}, { data: null }])("is no event with a charge: %j", (event) => {
    expect(chargeOfEvent(event)).toBeNull();
    expect(toCharges(event)).toBeNull();
  });
});

describe("what all charges of a payment mean together", () => {
  const declined: Charge = { ...CHARGE, chargeId: "ch_2", status: "declined" };
  const pending: Charge = { ...CHARGE, chargeId: "ch_3", status: "pending" };
  const refunded: Charge = { ...CHARGE, chargeId: "ch_4", refunded: 9900 };
  const second: Charge = { ...CHARGE, chargeId: "ch_5" };

  test.each([
    ["none", [], { status: "absent" }],
    ["one that succeeded", [declined, pending, CHARGE, refunded], CHARGE],
    ["two that succeeded", [CHARGE, second], { status: "chargedTwice" }],
    ["one of two given back", [refunded, second], second],
    ["one that may still succeed", [declined, pending], pending],
    ["one that was given back", [declined, refunded], refunded],
    ["one that was declined", [declined], declined],
  ])("%s", (_, charges, report) => {
    expect(reportOf(charges)).toEqual(report);
    expect(reportOf(charges.toReversed())).toEqual(report);
  });
});
