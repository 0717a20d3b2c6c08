/**
 * Whose tokens this deployment accepts. Convex checks signature and expiry itself; these settings
 * say which issuer (`iss`) must have made the token, and for which application (`aud`).
 *
 * Without the second check, a token that the same issuer made for somebody else's application would
 * let its holder in here.
 */
import type { AuthConfig } from "convex/server";
import { env } from "./_generated/server";

export default {
  providers: [
    //% if auth == "clerk"
    // Clerk's Convex integration puts `aud: "convex"` into the tokens.
    { domain: env.CLERK_JWT_ISSUER_DOMAIN, applicationID: "convex" },
    //% elif auth == "auth0"
    // Auth0 puts the client id of the application into `aud` of its ID tokens.
    { domain: env.AUTH0_DOMAIN, applicationID: env.AUTH0_CLIENT_ID },
    //% elif auth == "workos"
    // WorkOS has two kinds of token. This one names no application in its issuer, so `aud` must.
    {
      type: "customJwt",
      issuer: "https://api.workos.com/",
      applicationID: env.WORKOS_CLIENT_ID,
      algorithm: "RS256",
      jwks: `https://api.workos.com/sso/jwks/${env.WORKOS_CLIENT_ID}`,
    },
    // This one has no `aud`, but an issuer that is the application's own: the same check.
    {
      type: "customJwt",
      issuer: `https://api.workos.com/user_management/${env.WORKOS_CLIENT_ID}`,
      algorithm: "RS256",
      jwks: `https://api.workos.com/sso/jwks/${env.WORKOS_CLIENT_ID}`,
    },
    //% elif auth == "oidc"
    // Convex finds the keys at `<issuer>/.well-known/openid-configuration`.
    { domain: env.OIDC_ISSUER, applicationID: env.OIDC_CLIENT_ID },
    //% elif auth == "jwt"
    // For issuers that are not OpenID providers, so the address of the keys is spelled out.
    {
      type: "customJwt",
      issuer: env.JWT_ISSUER,
      applicationID: env.JWT_AUDIENCE,
      algorithm: "RS256",
      jwks: env.JWT_JWKS_URL,
    },
    //% endif
  ],
} satisfies AuthConfig;
