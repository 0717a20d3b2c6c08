/**
 * The tables of all domains, and nothing else: each domain describes its own in tables.ts.
 */
import { defineSchema } from "convex/server";
//% if "notifications" in domains or "payments" in domains
import { notificationTables } from "./notifications/tables";
//% endif
//% if "orders" in domains
import { orderTables } from "./orders/tables";
//% endif
//% if "organizations" in domains
import { organizationTables } from "./organizations/tables";
//% endif
//% if "rooms" in domains or "web" in domains
import { roomTables } from "./rooms/tables";
//% endif
//% if "payments" in domains
import { paymentTables } from "./payments/tables";
//% endif
import { reliabilityTables } from "./reliability/tables";
import { userTables } from "./users/tables";

export default defineSchema({
  //% if "notifications" in domains or "payments" in domains
  ...notificationTables,
  //% endif
  //% if "orders" in domains
  ...orderTables,
  //% endif
  //% if "organizations" in domains
  ...organizationTables,
  //% endif
  //% if "payments" in domains
  ...paymentTables,
  //% endif
  //% if "rooms" in domains or "web" in domains
  ...roomTables,
  //% endif
  ...reliabilityTables,
  ...userTables,
});
