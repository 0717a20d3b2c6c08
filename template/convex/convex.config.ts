/**
 * The environment variables this app knows, and the components it uses. A push fails while a
 * required variable is missing.
 *
 * Set them with `npx convex env set NAME value`; .env.example says where to find each value.
 * lib/env.ts reads them.
 */
//% if "action-retrier" in domains
import actionRetrier from "@convex-dev/action-retrier/convex.config";
//% endif
import rateLimiter from "@convex-dev/rate-limiter/convex.config";
//% if "workpool" in domains
import workpool from "@convex-dev/workpool/convex.config";
//% endif
import { defineApp } from "convex/server";
import { v } from "convex/values";

const app = defineApp({
  env: {
    /** Which calls leave a line in the log. Default: "all". */
    LOGGED_CALLS: v.optional(v.union(v.literal("all"), v.literal("errors"))),
    /** Which services may call, and how to recognise them: see lib/services.ts. Default: none. */
    SERVICE_TOKENS: v.optional(v.string()),
    /** Of the provider's webhook about users, and the `iss` of its tokens. Default: no webhook. */
    USERS_WEBHOOK_SECRET: v.optional(v.string()),
    USERS_WEBHOOK_ISSUER: v.optional(v.string()),
    //% if auth == "clerk"
    CLERK_JWT_ISSUER_DOMAIN: v.string(),
    //% elif auth == "auth0"
    AUTH0_DOMAIN: v.string(),
    AUTH0_CLIENT_ID: v.string(),
    //% elif auth == "workos"
    WORKOS_CLIENT_ID: v.string(),
    //% elif auth == "oidc"
    OIDC_ISSUER: v.string(),
    OIDC_CLIENT_ID: v.string(),
    //% elif auth == "jwt"
    JWT_ISSUER: v.string(),
    JWT_AUDIENCE: v.string(),
    JWT_JWKS_URL: v.string(),
    //% endif
    //% if "notifications" in domains or "payments" in domains
    /** Base URL and key of the service that sends messages. Without it, they stay in the inbox. */
    NOTIFICATIONS_API_URL: v.optional(v.string()),
    NOTIFICATIONS_API_KEY: v.optional(v.string()),
    //% endif
    //% if "orders" in domains
    /** Base URL of the carrier that quotes shipping. Without it, there are no quotes. */
    SHIPPING_API_URL: v.optional(v.string()),
    //% endif
    //% if "payments" in domains
    /** Base URL and key of the payment provider. Without it, nobody can pay. */
    PAYMENTS_API_URL: v.optional(v.string()),
    PAYMENTS_API_KEY: v.optional(v.string()),
    /** What the provider signs its webhooks with. Without it, all of them are refused. */
    PAYMENTS_WEBHOOK_SECRET: v.optional(v.string()),
    //% endif
  },
});

// Used by lib/rateLimits.ts.
app.use(rateLimiter);
//% if "action-retrier" in domains
// Used by reliability/engines/actionRetrier.ts.
app.use(actionRetrier);
//% endif
//% if "workpool" in domains
// Used by reliability/engines/workpool.ts.
app.use(workpool);
//% endif

export default app;
