/**
 * Every URL this backend answers, and nothing else: each domain has its handlers in http.ts.
 *
 * Exact paths only, no `pathPrefix`: calls are recorded by path, and a path with an id in it would
 * put the id into the log. Send ids in the query string.
 */
import { httpRouter } from "convex/server";
//% if "orders" in domains
import { listOrders } from "./orders/http";
//% endif
//% if "payments" in domains
import { receiveEvent } from "./payments/http";
//% endif
import { countUsers, receiveUserEvent, whoAmI } from "./users/http";

const http = httpRouter();

//% if "orders" in domains
http.route({ path: "/orders", method: "GET", handler: listOrders });
//% endif
//% if "payments" in domains
http.route({ path: "/webhooks/payments", method: "POST", handler: receiveEvent });
//% endif
http.route({ path: "/me", method: "GET", handler: whoAmI });
http.route({ path: "/users/counts", method: "GET", handler: countUsers });
http.route({ path: "/webhooks/users", method: "POST", handler: receiveUserEvent });

export default http;
