"""Every provider's tokens, on a backend that verifies them as a deployment would."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from support import fresh
from support.backends import running

from scaffold.backend.options import Options

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from support.backends import Backend

NOW = int(time.time())
HOUR = 3600


def _session(seconds: int) -> str:
    """The id of a WorkOS session that began then: a ULID, whose first ten digits are milliseconds."""
    left, digits = seconds * 1000, ""
    for _ in range(10):
        left, digit = divmod(left, 32)
        digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[digit] + digits
    return f"session_{digits}123456789ABCDEFG"


@dataclass(frozen=True, kw_only=True)
class Provider:
    """What a deployment is told of a provider, and what the provider's tokens hold."""

    name: str
    variables: Mapping[str, str]
    issuer: str
    subject: str
    claims: Mapping[str, Any]
    fresh: Mapping[str, Any]
    stale: Mapping[str, Any]
    # Claims of a token that the same issuer made for another application.
    foreign: Mapping[str, Any] = field(default_factory=lambda: {"aud": "another-application"})


WORKOS = {"WORKOS_CLIENT_ID": "client_01ABC"}
OPENID = {"fresh": {"auth_time": NOW}, "stale": {"auth_time": NOW - HOUR}}
WORKOS_SESSION = {"fresh": {"sid": _session(NOW)}, "stale": {"sid": _session(NOW - HOUR)}}

PROVIDERS = {
    "clerk": Provider(
        name="clerk",
        variables={"CLERK_JWT_ISSUER_DOMAIN": "https://verb-noun-00.clerk.accounts.dev"},
        issuer="https://verb-noun-00.clerk.accounts.dev",
        subject="user_2abc",
        claims={"aud": "convex", "azp": "https://app.test", "sid": "sess_2abc", "sts": "active", "v": 2},
        fresh={"fva": [0, -1]},
        stale={"fva": [60, -1]},
    ),
    "auth0": Provider(
        name="auth0",
        # Auth0 shows the domain without the scheme and the slash that its tokens have.
        variables={"AUTH0_DOMAIN": "tenant.eu.auth0.com", "AUTH0_CLIENT_ID": "client-of-the-app"},
        issuer="https://tenant.eu.auth0.com/",
        subject="auth0|64abc",
        claims={"aud": "client-of-the-app", "nickname": "ada", "sid": "abc", "email_verified": True},
        **OPENID,
    ),
    "workos": Provider(
        name="workos",
        variables=WORKOS,
        issuer="https://api.workos.com/user_management/client_01ABC",
        subject="user_01ABC",
        claims={"aud": None, "org_id": "org_01ABC", "jti": "01ABC", "permissions": ["users:setRole"]},
        # No `aud`: the issuer says whose application it is.
        foreign={"iss": "https://api.workos.com/user_management/client_01XYZ"},
        **WORKOS_SESSION,
    ),
    "workos-sso": Provider(
        name="workos",
        variables=WORKOS,
        issuer="https://api.workos.com/",
        subject="user_01ABC",
        claims={"aud": "client_01ABC"},
        **WORKOS_SESSION,
    ),
    "oidc": Provider(
        name="oidc",
        variables={"OIDC_ISSUER": "https://accounts.example.com", "OIDC_CLIENT_ID": "orders"},
        issuer="https://accounts.example.com",
        subject="248289761001",
        claims={"aud": "orders", "nonce": "n-0S6_WzA2Mj", "acr": "urn:mace:incommon:iap:silver"},
        **OPENID,
    ),
    "jwt": Provider(
        name="jwt",
        variables={
            "JWT_ISSUER": "https://auth.example.com",
            "JWT_AUDIENCE": "orders-backend",
            "JWT_JWKS_URL": "https://auth.example.com/.well-known/jwks.json",
        },
        issuer="https://auth.example.com",
        subject="42",
        claims={"aud": "orders-backend"},
        **OPENID,
    ),
}

REPORTS = "reports-0123456789"
SERVICES = {
    "reports": {"sha256": hashlib.sha256(REPORTS.encode()).hexdigest(), "permissions": ["users:read"]}
}


@dataclass
class Served:
    """A backend that verifies tokens of one provider."""

    provider: Provider
    backend: Backend

    def token(self, claims: Mapping[str, Any] | None = None) -> str:
        provider = self.provider
        # Roles and permissions of the provider are its own: here they mean nothing.
        pretended = {"role": "admin", "name": "Ada", "email": "ada@example.com"}
        given = {**pretended, **provider.claims, **provider.fresh, **(claims or {})}
        return self.backend.server.control.token(provider.subject, issuer=provider.issuer, claims=given)

    def call(self, function: str, args: Mapping[str, Any], token: str) -> tuple[int, dict[str, Any]]:
        body = {"path": function, "args": args}
        return self.backend.post("/api/mutation", body, headers={"authorization": f"Bearer {token}"})

    def get(self, path: str, token: str) -> tuple[int, dict[str, Any]]:
        status, text = self.backend.request("GET", path, headers={"authorization": f"Bearer {token}"})
        return status, json.loads(text)


@pytest.fixture(scope="module", params=list(PROVIDERS))
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, template_modules: Path
) -> Iterator[Served]:
    provider = PROVIDERS[request.param]
    project = fresh.generated(tmp_path_factory.mktemp("auth") / "shop", auth=provider.name, domains=[])
    (project / "node_modules").symlink_to(template_modules)
    variables = {**provider.variables, "SERVICE_TOKENS": json.dumps(SERVICES)}
    with running(project, Options(auth="verify", variables=variables)) as backend:
        yield Served(provider, backend)


@pytest.fixture
def user_id(served: Served) -> str:
    served.backend.server.control.reset()
    status, answer = served.call("users/public:store", {}, served.token())
    assert (status, answer["status"]) == (200, "success"), answer
    return str(answer["value"])


def test_a_token_of_the_provider_makes_a_user_without_privileges(served: Served, user_id: str) -> None:
    rows = served.backend.server.control.table("users")

    assert served.get("/me", served.token()) == (200, {"userId": user_id, "role": "member"})
    assert [(row["tokenIdentifier"], row["name"], row["role"]) for row in rows] == [
        (f"{served.provider.issuer}|{served.provider.subject}", "Ada", "member")
    ]


@pytest.mark.usefixtures("user_id")
def test_tokens_for_others_are_refused(served: Served) -> None:
    for claims in (served.provider.foreign, {"iss": "https://evil.example"}):
        status, answer = served.call("users/public:store", {}, served.token(claims))
        assert (status, answer["code"]) == (401, "NoAuthProvider"), claims
    assert len(served.backend.server.control.table("users")) == 1


def test_the_token_says_when_its_holder_signed_in(served: Served, user_id: str) -> None:
    served.backend.server.control.run("users/internal:grantAdmin", {"userId": user_id})
    args = {"userId": user_id, "role": "member"}
    codes = [
        served.call("users/admin:setRole", args, served.token(claims))[1]["errorData"]["code"]
        for claims in (served.provider.fresh, served.provider.stale)
    ]

    # Nobody changes their own role: who comes as far as that had signed in just now.
    assert codes == ["CONFLICT", "REAUTHENTICATION_REQUIRED"]


@pytest.mark.usefixtures("user_id")
def test_services_come_with_tokens_of_their_own(served: Served) -> None:
    counts = {"member": 1, "support": 0, "admin": 0}

    assert served.get("/users/counts", REPORTS) == (200, counts)
    assert [served.get("/users/counts", token)[0] for token in (served.token(), f"{REPORTS}x")] == [401, 401]


@pytest.mark.usefixtures("user_id")
def test_who_writes_too_often_is_sent_away_for_a_while(served: Served) -> None:
    # Twice what may be done at once: on a slow machine, some calls come back in the meantime.
    tokens = [served.token({"name": f"Ada {number}"}) for number in range(20)]
    answers = [served.call("users/public:store", {}, token)[1] for token in tokens]
    refused = [answer["errorData"] for answer in answers if answer["status"] == "error"]

    assert [answer["status"] for answer in answers[:9]] == ["success"] * 9
    assert {error["code"] for error in refused} == {"RATE_LIMITED"}
    assert all(0 < error["retryAfter"] <= 10_000 for error in refused)
