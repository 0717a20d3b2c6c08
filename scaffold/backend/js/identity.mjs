// What `ctx.auth.getUserIdentity()` gives for a token.

/** Claims of OpenID Connect and the names they have in `UserIdentity`. */
const ATTRIBUTES = {
  sub: "subject",
  iss: "issuer",
  name: "name",
  given_name: "givenName",
  family_name: "familyName",
  nickname: "nickname",
  preferred_username: "preferredUsername",
  profile: "profileUrl",
  picture: "pictureUrl",
  email: "email",
  email_verified: "emailVerified",
  gender: "gender",
  birthdate: "birthday",
  zoneinfo: "timezone",
  locale: "language",
  phone_number: "phoneNumber",
  phone_number_verified: "phoneNumberVerified",
  address: "address",
  updated_at: "updatedAt",
};
const NOT_IN_IDENTITY = new Set(["aud", "exp", "nbf", "iat", "jti"]);

/** The identity that a token's claims make. Nested custom claims become "outer.inner". */
export function identityOf(claims) {
  const identity = { tokenIdentifier: `${claims.iss}|${claims.sub}` };
  for (const [claim, value] of Object.entries(claims)) {
    if (NOT_IN_IDENTITY.has(claim) || value === null) continue;
    if (claim in ATTRIBUTES) identity[ATTRIBUTES[claim]] = value;
    else Object.assign(identity, flattened(claim, value));
  }
  return identity;
}

function flattened(name, value) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return { [name]: value };
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, inner]) => flattened(`${name}.${key}`, inner)),
  );
}
