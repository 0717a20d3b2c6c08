// Who is calling: JSON Web Tokens, believed or verified, and tokens made for tests.
import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { StartError, unauthenticated } from "./failures.mjs";
import { identityOf } from "./identity.mjs";

const LEEWAY = 5; // seconds that clocks may differ
const HASH = { RS256: "RSA-SHA256", ES256: "sha256", EdDSA: null };

export class Tokens {
  #mode;
  #url;
  #providers = [];
  #keys = new Map(); // algorithm -> key pair of this server

  constructor({ mode, url }) {
    this.#mode = mode;
    this.#url = url;
  }

  /** The providers of the project's auth.config.ts; null where it has none. */
  setProviders(providers) {
    const normal = (providers ?? []).map(normalProvider);
    if (normal.some(({ issuer }) => !issuer)) {
      throw new StartError("auth", "a provider in auth.config.ts has no issuer");
    }
    this.#providers = normal;
  }

  get providers() {
    return this.#providers;
  }

  /** The identity behind a token, or null. `now` is in milliseconds. */
  authenticate(token, now) {
    if (token === null || this.#mode === "none") return null;
    const parsed = parse(token);
    if (this.#mode === "verify") this.#verify(parsed, now);
    const { claims } = parsed;
    if (typeof claims.sub !== "string") throw invalid("Missing subject claim ('sub') in JWT payload.");
    return identityOf({ iss: "https://convex.test", ...claims });
  }

  /** Whether a token that was good is no longer. `now` is in milliseconds. */
  isExpired(token, now) {
    if (this.#mode !== "verify" || token === null) return false;
    return parse(token).claims.exp + LEEWAY < now / 1000;
  }

  #verify({ header, claims, signed, signature }, now) {
    const provider = this.#providerOf(claims);
    if (!provider.algorithms.includes(header.alg)) {
      throw invalid(
        `Could not decode token. Its algorithm is ${header.alg}, not ${provider.algorithms.join(" or ")}.`,
      );
    }
    const isSigned = this.#publicKeys(provider, header).some((key) =>
      verifies(key, header.alg, signed, signature),
    );
    if (!isSigned) throw invalid("Could not verify token claim. Check that the token signature is valid.");
    const seconds = now / 1000;
    if (typeof claims.exp !== "number") throw invalid("Could not validate token: it has no 'exp' claim.");
    if (claims.exp + LEEWAY < seconds) throw expired();
    if (claims.nbf !== undefined && claims.nbf - LEEWAY > seconds) {
      throw invalid("Could not validate token: it is not valid yet.");
    }
  }

  #providerOf(claims) {
    if (claims.iss === undefined) {
      throw invalid(
        "Missing issuer claim ('iss') in JWT payload. The JWT must include an 'iss' claim that matches one of your configured auth providers.",
      );
    }
    const audiences = [claims.aud ?? []].flat();
    const found = this.#providers.find(
      ({ issuer, audience }) =>
        sameIssuer(issuer, claims.iss) && (audience === undefined || audiences.includes(audience)),
    );
    if (!found) throw unauthenticated("NoAuthProvider", this.#noProvider());
    return found;
  }

  #noProvider() {
    const start = "No auth provider found matching the given token";
    if (this.#providers.length === 0)
      return `${start} (no providers configured). Check convex/auth.config.ts.`;
    const shown = this.#providers.map(({ issuer, audience }) => `${issuer} (${audience ?? "any audience"})`);
    const check = "Check that your JWT's issuer and audience match one of your configured providers";
    return `${start}. ${check}: [${shown.join(", ")}]`;
  }

  /** This server's own keys stand for those of the issuer; keys in a data: URL are the issuer's. */
  #publicKeys({ jwks }, { kid }) {
    const own = [...this.#keys.values()].map(({ publicKey }) => publicKey);
    if (!jwks?.startsWith("data:")) return own;
    const keys = readDataUrl(jwks).filter(
      (key) => kid === undefined || key.kid === undefined || key.kid === kid,
    );
    return [...own, ...keys.map((key) => createPublicKey({ key, format: "jwk" }))];
  }

  /**
   * Make a token that this server accepts. `issuer` and `audience` default to those of the project's
   * first provider; times are in seconds, `now` in milliseconds.
   */
  mint({ subject, claims = {}, issuer, audience, expiresIn = 3600, algorithm }, now) {
    const provider = this.#providers.find((one) => issuer === undefined || sameIssuer(one.issuer, issuer));
    const seconds = Math.floor(now / 1000);
    const payload = {
      iss: issuer ?? provider?.issuer ?? "https://convex.test",
      sub: subject,
      aud: audience ?? provider?.audience ?? "convex",
      iat: seconds,
      exp: seconds + expiresIn,
      ...claims,
    };
    return this.#encode(payload, algorithm ?? provider?.algorithms[0] ?? "RS256");
  }

  /** What `ctx.auth.signJwt` gives. */
  signJwt({ claims = {}, expiresInSeconds }, now) {
    const reserved = Object.keys(claims).find((name) => /^(iss|iat|exp|nbf|convex.*|cvx.*)$/.test(name));
    if (reserved) throw new Error(`signJwt: the claim "${reserved}" is reserved`);
    if (!(expiresInSeconds >= 1 && expiresInSeconds <= 3600)) {
      throw new Error("signJwt: expiresInSeconds must be between 1 and 3600");
    }
    const seconds = Math.floor(now / 1000);
    return this.#encode(
      { ...claims, iss: this.#url, iat: seconds, exp: seconds + expiresInSeconds },
      "ES256",
    );
  }

  /** The public keys, for /.well-known/jwks.json. */
  jwks() {
    const keys = ["RS256", "ES256"].map((algorithm) => {
      const jwk = this.#keyPair(algorithm).publicKey.export({ format: "jwk" });
      return { ...jwk, kid: this.#keyPair(algorithm).kid, alg: algorithm, use: "sig" };
    });
    return { keys };
  }

  #encode(payload, algorithm) {
    const { privateKey, kid } = this.#keyPair(algorithm);
    const signed = [{ alg: algorithm, typ: "JWT", kid }, payload]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    const key = algorithm === "ES256" ? { key: privateKey, dsaEncoding: "ieee-p1363" } : privateKey;
    return `${signed}.${sign(HASH[algorithm], Buffer.from(signed), key).toString("base64url")}`;
  }

  #keyPair(algorithm) {
    if (!this.#keys.has(algorithm)) this.#keys.set(algorithm, newKeyPair(algorithm));
    return this.#keys.get(algorithm);
  }
}

function newKeyPair(algorithm) {
  const pair =
    algorithm === "RS256"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : algorithm === "ES256"
        ? generateKeyPairSync("ec", { namedCurve: "P-256" })
        : generateKeyPairSync("ed25519");
  const der = pair.publicKey.export({ type: "spki", format: "der" });
  return { ...pair, kid: createHash("sha256").update(der).digest("base64url").slice(0, 16) };
}

function normalProvider({ type, domain, applicationID, issuer, jwks, algorithm }) {
  if (type === "customJwt") return { issuer, audience: applicationID, jwks, algorithms: [algorithm] };
  return { issuer: domain, audience: applicationID, algorithms: ["RS256", "EdDSA"] };
}

/** Issuers are compared as Convex does: a missing scheme is https, a last slash says nothing. */
function sameIssuer(one, other) {
  const normal = (text) => (/^https?:\/\//.test(text) ? text : `https://${text}`).replace(/\/+$/, "");
  return normal(String(one)) === normal(String(other));
}

function parse(token) {
  const parts = token.split(".");
  try {
    if (parts.length !== 3) throw new Error("not three parts");
    const [header, claims] = parts
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, "base64url").toString()));
    if (claims === null || typeof claims !== "object") throw new Error("no object");
    const signature = Buffer.from(parts[2], "base64url");
    return { header: header ?? {}, claims, signed: Buffer.from(`${parts[0]}.${parts[1]}`), signature };
  } catch {
    throw invalid(
      "Could not parse JWT payload. Check that the token is a valid JWT format with three base64-encoded parts separated by dots.",
    );
  }
}

function verifies(key, algorithm, signed, signature) {
  const wanted = { RS256: "rsa", ES256: "ec", EdDSA: "ed25519" }[algorithm];
  if (wanted === undefined || key.asymmetricKeyType !== wanted) return false;
  const options = algorithm === "ES256" ? { key, dsaEncoding: "ieee-p1363" } : key;
  return verify(HASH[algorithm], signed, options, signature);
}

function readDataUrl(url) {
  const [, encoding, data] = /^data:[^,]*?(;base64)?,(.*)$/s.exec(url) ?? [];
  try {
    const text = encoding ? Buffer.from(data, "base64").toString() : decodeURIComponent(data);
    return JSON.parse(text).keys;
  } catch {
    throw invalid(
      "Invalid JWKS data URL. Check that the data URL is properly formatted and contains valid base64-encoded JSON.",
    );
  }
}

const invalid = (message) => unauthenticated("InvalidAuthHeader", message);
const expired = () =>
  unauthenticated(
    "Unauthenticated",
    "Could not verify OIDC token claim. Check that the token signature is valid and the token hasn't expired.",
  );
