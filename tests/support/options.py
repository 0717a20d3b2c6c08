"""The answers that the template knows, and the sets of them that are worth a test."""

from __future__ import annotations

import itertools

AUTH = ("clerk", "auth0", "workos", "oidc", "jwt")
MANAGERS = ("npm", "pnpm", "yarn", "bun")
CI = ("github", "none")
UPDATES = ("renovate", "none")

# The folders that each choice of domains brings, and those that are always there.
FOLDERS = {
    "orders": {"convex/orders"},
    "organizations": {"convex/organizations"},
    "payments": {"convex/payments", "convex/notifications"},
    "notifications": {"convex/notifications"},
    "rooms": {"convex/rooms"},
    "web": {"convex/rooms", "web"},
}
ALWAYS = {"convex/_generated", "convex/lib", "convex/reliability", "convex/users"}

# The engines of retries that are a choice, and their files.
ENGINES = {"action-retrier": "actionRetrier", "workpool": "workpool"}

Domains = tuple[str, ...]

# None, each by itself, and all of them.
DOMAINS: tuple[Domains, ...] = (
    (),
    *((name,) for name in (*FOLDERS, *ENGINES)),
    (*FOLDERS, *ENGINES),
)

# Every choice of domains with one provider, and every provider with all domains: providers and domains
# meet in the files that list them, and nowhere else.
COVERING = [
    (auth, domains)
    for auth, domains in itertools.product(AUTH, DOMAINS)
    if auth == AUTH[0] or domains == DOMAINS[-1]
]


# Every provider and every choice of domains, each with another of the others: what takes minutes.
PAIRED = [(AUTH[number % len(AUTH)], domains) for number, domains in enumerate(DOMAINS)]


def shown(domains: Domains) -> str:
    """A choice of domains, for the name of a test."""
    return "+".join(domains) or "users"


COVERING_IDS = [f"{auth}-{shown(domains)}" for auth, domains in COVERING]
PAIRED_IDS = [f"{auth}-{shown(domains)}" for auth, domains in PAIRED]
