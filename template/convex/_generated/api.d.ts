/* eslint-disable */
/**
 * Generated `api` utility.
 *
 * THIS CODE IS AUTOMATICALLY GENERATED.
 *
 * To regenerate, run `npx convex dev`.
 * @module
 */

import type * as crons from "../crons.js";
import type * as http from "../http.js";
import type * as lib_auth from "../lib/auth.js";
import type * as lib_digest from "../lib/digest.js";
import type * as lib_env from "../lib/env.js";
import type * as lib_errors from "../lib/errors.js";
import type * as lib_functions from "../lib/functions.js";
import type * as lib_http from "../lib/http.js";
import type * as lib_pagination from "../lib/pagination.js";
import type * as lib_permissions from "../lib/permissions.js";
import type * as lib_rateLimits from "../lib/rateLimits.js";
import type * as lib_recentSignIn from "../lib/recentSignIn.js";
import type * as lib_recorded from "../lib/recorded.js";
import type * as lib_rowRules from "../lib/rowRules.js";
import type * as lib_services from "../lib/services.js";
import type * as lib_telemetry from "../lib/telemetry.js";
import type * as lib_webhooks from "../lib/webhooks.js";
import type * as notifications_admin from "../notifications/admin.js";
import type * as notifications_internal from "../notifications/internal.js";
import type * as notifications_model from "../notifications/model.js";
import type * as notifications_public from "../notifications/public.js";
import type * as notifications_tables from "../notifications/tables.js";
import type * as notifications_upstream from "../notifications/upstream.js";
import type * as notifications_views from "../notifications/views.js";
import type * as orders_admin from "../orders/admin.js";
import type * as orders_http from "../orders/http.js";
import type * as orders_internal from "../orders/internal.js";
import type * as orders_model from "../orders/model.js";
import type * as orders_pricing from "../orders/pricing.js";
import type * as orders_public from "../orders/public.js";
import type * as orders_tables from "../orders/tables.js";
import type * as orders_upstream from "../orders/upstream.js";
import type * as orders_views from "../orders/views.js";
import type * as organizations_access from "../organizations/access.js";
import type * as organizations_model from "../organizations/model.js";
import type * as organizations_public from "../organizations/public.js";
import type * as organizations_tables from "../organizations/tables.js";
import type * as organizations_views from "../organizations/views.js";
import type * as payments_admin from "../payments/admin.js";
import type * as payments_charges from "../payments/charges.js";
import type * as payments_http from "../payments/http.js";
import type * as payments_internal from "../payments/internal.js";
import type * as payments_model from "../payments/model.js";
import type * as payments_products from "../payments/products.js";
import type * as payments_public from "../payments/public.js";
import type * as payments_tables from "../payments/tables.js";
import type * as payments_upstream from "../payments/upstream.js";
import type * as payments_views from "../payments/views.js";
import type * as reliability_admin from "../reliability/admin.js";
import type * as reliability_backoff from "../reliability/backoff.js";
import type * as reliability_cleaning from "../reliability/cleaning.js";
import type * as reliability_engine from "../reliability/engine.js";
import type * as reliability_engines_actionRetrier from "../reliability/engines/actionRetrier.js";
import type * as reliability_engines_interface from "../reliability/engines/interface.js";
import type * as reliability_engines_own from "../reliability/engines/own.js";
import type * as reliability_engines_workpool from "../reliability/engines/workpool.js";
import type * as reliability_errors from "../reliability/errors.js";
import type * as reliability_fingerprint from "../reliability/fingerprint.js";
import type * as reliability_idempotency from "../reliability/idempotency.js";
import type * as reliability_internal from "../reliability/internal.js";
import type * as reliability_replaying from "../reliability/replaying.js";
import type * as reliability_retry from "../reliability/retry.js";
import type * as reliability_runs from "../reliability/runs.js";
import type * as reliability_tables from "../reliability/tables.js";
import type * as reliability_views from "../reliability/views.js";
import type * as rooms_counters from "../rooms/counters.js";
import type * as rooms_internal from "../rooms/internal.js";
import type * as rooms_model from "../rooms/model.js";
import type * as rooms_presence from "../rooms/presence.js";
import type * as rooms_public from "../rooms/public.js";
import type * as rooms_tables from "../rooms/tables.js";
import type * as rooms_views from "../rooms/views.js";
import type * as users_admin from "../users/admin.js";
import type * as users_http from "../users/http.js";
import type * as users_internal from "../users/internal.js";
import type * as users_model from "../users/model.js";
import type * as users_provider from "../users/provider.js";
import type * as users_public from "../users/public.js";
import type * as users_tables from "../users/tables.js";
import type * as users_views from "../users/views.js";

import type {
  ApiFromModules,
  FilterApi,
  FunctionReference,
} from "convex/server";

declare const fullApi: ApiFromModules<{
  crons: typeof crons;
  http: typeof http;
  "lib/auth": typeof lib_auth;
  "lib/digest": typeof lib_digest;
  "lib/env": typeof lib_env;
  "lib/errors": typeof lib_errors;
  "lib/functions": typeof lib_functions;
  "lib/http": typeof lib_http;
  "lib/pagination": typeof lib_pagination;
  "lib/permissions": typeof lib_permissions;
  "lib/rateLimits": typeof lib_rateLimits;
  "lib/recentSignIn": typeof lib_recentSignIn;
  "lib/recorded": typeof lib_recorded;
  "lib/rowRules": typeof lib_rowRules;
  "lib/services": typeof lib_services;
  "lib/telemetry": typeof lib_telemetry;
  "lib/webhooks": typeof lib_webhooks;
  "notifications/admin": typeof notifications_admin;
  "notifications/internal": typeof notifications_internal;
  "notifications/model": typeof notifications_model;
  "notifications/public": typeof notifications_public;
  "notifications/tables": typeof notifications_tables;
  "notifications/upstream": typeof notifications_upstream;
  "notifications/views": typeof notifications_views;
  "orders/admin": typeof orders_admin;
  "orders/http": typeof orders_http;
  "orders/internal": typeof orders_internal;
  "orders/model": typeof orders_model;
  "orders/pricing": typeof orders_pricing;
  "orders/public": typeof orders_public;
  "orders/tables": typeof orders_tables;
  "orders/upstream": typeof orders_upstream;
  "orders/views": typeof orders_views;
  "organizations/access": typeof organizations_access;
  "organizations/model": typeof organizations_model;
  "organizations/public": typeof organizations_public;
  "organizations/tables": typeof organizations_tables;
  "organizations/views": typeof organizations_views;
  "payments/admin": typeof payments_admin;
  "payments/charges": typeof payments_charges;
  "payments/http": typeof payments_http;
  "payments/internal": typeof payments_internal;
  "payments/model": typeof payments_model;
  "payments/products": typeof payments_products;
  "payments/public": typeof payments_public;
  "payments/tables": typeof payments_tables;
  "payments/upstream": typeof payments_upstream;
  "payments/views": typeof payments_views;
  "reliability/admin": typeof reliability_admin;
  "reliability/backoff": typeof reliability_backoff;
  "reliability/cleaning": typeof reliability_cleaning;
  "reliability/engine": typeof reliability_engine;
  "reliability/engines/actionRetrier": typeof reliability_engines_actionRetrier;
  "reliability/engines/interface": typeof reliability_engines_interface;
  "reliability/engines/own": typeof reliability_engines_own;
  "reliability/engines/workpool": typeof reliability_engines_workpool;
  "reliability/errors": typeof reliability_errors;
  "reliability/fingerprint": typeof reliability_fingerprint;
  "reliability/idempotency": typeof reliability_idempotency;
  "reliability/internal": typeof reliability_internal;
  "reliability/replaying": typeof reliability_replaying;
  "reliability/retry": typeof reliability_retry;
  "reliability/runs": typeof reliability_runs;
  "reliability/tables": typeof reliability_tables;
  "reliability/views": typeof reliability_views;
  "rooms/counters": typeof rooms_counters;
  "rooms/internal": typeof rooms_internal;
  "rooms/model": typeof rooms_model;
  "rooms/presence": typeof rooms_presence;
  "rooms/public": typeof rooms_public;
  "rooms/tables": typeof rooms_tables;
  "rooms/views": typeof rooms_views;
  "users/admin": typeof users_admin;
  "users/http": typeof users_http;
  "users/internal": typeof users_internal;
  "users/model": typeof users_model;
  "users/provider": typeof users_provider;
  "users/public": typeof users_public;
  "users/tables": typeof users_tables;
  "users/views": typeof users_views;
}>;

/**
 * A utility for referencing Convex functions in your app's public API.
 *
 * Usage:
 * ```js
 * const myFunctionReference = api.myModule.myFunction;
 * ```
 */
export declare const api: FilterApi<
  typeof fullApi,
  FunctionReference<any, "public">
>;

/**
 * A utility for referencing Convex functions in your app's internal API.
 *
 * Usage:
 * ```js
 * const myFunctionReference = internal.myModule.myFunction;
 * ```
 */
export declare const internal: FilterApi<
  typeof fullApi,
  FunctionReference<any, "internal">
>;

export declare const components: {
  rateLimiter: import("@convex-dev/rate-limiter/_generated/component.js").ComponentApi<"rateLimiter">;
  actionRetrier: import("@convex-dev/action-retrier/_generated/component.js").ComponentApi<"actionRetrier">;
  workpool: import("@convex-dev/workpool/_generated/component.js").ComponentApi<"workpool">;
};
