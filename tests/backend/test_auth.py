"""Tokens: ignored, believed, or verified."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from support.backends import CHAT, copy_project, running
from support.websockets import connect

from scaffold.backend.options import Options
from scaffold.backend.server import Server
from scaffold.core.errors import ServeError
from scaffold.model import layout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.backends import Backend

_ISSUER = "https://login.example.com"


@pytest.fixture(scope="module")
def strict(chat_project: Path) -> Iterator[Backend]:
    with running(chat_project, Options(auth="verify")) as backend:
        yield backend


def _whoami(backend: Backend, token: str) -> tuple[int, dict[str, Any]]:
    body = {"path": "people:whoami", "args": {}}
    return backend.post("/api/query", body, headers={"authorization": f"Bearer {token}"})


def _part(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def _unsigned(claims: dict[str, Any]) -> str:
    return f"{_part({'alg': 'none'})}.{_part(claims)}."


def test_trust_believes_what_a_token_says(chat: Backend) -> None:
    claims = {
        "iss": "https://a.example",
        "sub": "u1",
        "given_name": "Ada",
        "email_verified": True,
        "aud": "x",
        "exp": 1,
        "role": "admin",
        "org": {"id": 7, "tags": ["a"]},
    }

    _, answer = _whoami(chat, _unsigned(claims))

    assert answer["value"] == {
        "tokenIdentifier": "https://a.example|u1",
        "issuer": "https://a.example",
        "subject": "u1",
        "givenName": "Ada",
        "emailVerified": True,
        "role": "admin",
        "org.id": 7,
        "org.tags": ["a"],
    }


@pytest.mark.parametrize(
    ("token", "message"),
    [
        ("nonsense", "Could not parse JWT payload."),
        ("a.b.c", "Could not parse JWT payload."),
        (_unsigned({"iss": "x"}), "Missing subject claim ('sub')"),
    ],
)
def test_what_is_no_token_is_refused(chat: Backend, token: str, message: str) -> None:
    status, answer = _whoami(chat, token)

    assert (status, answer["code"]) == (401, "InvalidAuthHeader")
    assert answer["message"].startswith(message)


def test_other_kinds_of_authorization_are_refused(chat: Backend) -> None:
    body = {"path": "people:whoami", "args": {}}

    basic = chat.post("/api/query", body, headers={"authorization": "Basic x"})
    wrong_key = chat.post("/api/query", body, headers={"authorization": "Convex x"})

    message = "Header must begin with `bearer `"
    assert basic == (401, {"code": "InvalidAuthHeader", "message": message})
    assert (wrong_key[0], wrong_key[1]["code"]) == (401, "BadDeployKey")


def test_verify_accepts_its_own_tokens(strict: Backend) -> None:
    _, answer = _whoami(strict, strict.server.control.token("ada", claims={"email": "ada@example.com"}))

    assert answer["value"] == {
        "tokenIdentifier": f"{_ISSUER}|ada",
        "issuer": _ISSUER,
        "subject": "ada",
        "email": "ada@example.com",
    }


@pytest.mark.parametrize(
    ("request_", "code", "message"),
    [
        ({"issuer": "https://evil.example"}, "NoAuthProvider", "No auth provider found matching"),
        ({"audience": "other"}, "NoAuthProvider", "No auth provider found matching"),
        ({"expires_in": -60}, "Unauthenticated", "Could not verify OIDC token claim."),
    ],
)
def test_verify_refuses_what_does_not_fit(
    strict: Backend, request_: dict[str, Any], code: str, message: str
) -> None:
    status, answer = _whoami(strict, strict.server.control.token("ada", **request_))

    assert (status, answer["code"]) == (401, code)
    assert answer["message"].startswith(message)


def test_verify_refuses_a_changed_and_an_unsigned_token(strict: Backend) -> None:
    header, _, signature = strict.server.control.token("ada").split(".")
    claims = {"iss": _ISSUER, "aud": "chat", "sub": "eve", "exp": 4e9}

    assert _whoami(strict, f"{header}.{_part(claims)}.{signature}")[0] == 401
    assert _whoami(strict, _unsigned(claims))[0] == 401
    assert _whoami(strict, f"{_part({'alg': 'HS256'})}.{_part(claims)}.{signature}")[0] == 401


def test_a_token_expires_on_the_servers_clock(strict: Backend) -> None:
    token = strict.server.control.token("ada", expires_in=60)
    assert _whoami(strict, token)[0] == 200

    strict.server.control.advance(120_000)

    assert _whoami(strict, token)[0] == 401
    strict.server.control.reset()


def test_a_client_whose_token_has_expired_is_sent_to_sign_in_again(strict: Backend) -> None:
    with connect(strict.url) as client:
        token = strict.server.control.token("ada", expires_in=60)
        client.send({"type": "Authenticate", "tokenType": "User", "value": token, "baseVersion": 0})
        add = {"type": "Add", "queryId": 0, "udfPath": "people:whoami", "args": [{}]}
        client.send({"type": "ModifyQuerySet", "baseVersion": 0, "newVersion": 1, "modifications": [add]})
        assert client.receive()["endVersion"]["identity"] == 1
        assert client.receive()["modifications"][0]["value"]["subject"] == "ada"

        strict.server.control.advance(120_000)
        client.send({"type": "Mutation", "requestId": 0, "udfPath": "people:meta", "args": [{}]})

        assert client.receive() == {
            "type": "AuthError",
            "error": "Convex token identity expired",
            "baseVersion": 1,
            "authUpdateAttempted": False,
        }
    strict.server.control.reset()


def test_mutations_are_whose_who_sent_them(chat: Backend) -> None:
    """Not whose the client is by the time that they run: it may have signed out."""
    token = chat.server.control.token("ada")
    meta = {"type": "Mutation", "udfPath": "people:meta", "args": [{}]}
    with connect(chat.url) as client:
        client.send({"type": "Authenticate", "tokenType": "User", "value": token, "baseVersion": 0})
        for request in range(3):
            client.send({**meta, "requestId": request})
        client.send({"type": "Authenticate", "tokenType": "None", "baseVersion": 1})
        client.send({**meta, "requestId": 3})
        answers: dict[int, object] = {}
        while len(answers) < 4:
            message = client.receive()
            if message["type"] == "MutationResponse":
                answers[message["requestId"]] = message["result"]["authToken"]

    assert answers == {0: token, 1: token, 2: token, 3: None}


def test_verify_needs_issuers(tmp_path: Path, template_modules: Path) -> None:
    project = copy_project(CHAT, tmp_path / "chat", template_modules)
    config = "export default { providers: [{ domain: process.env.ISSUER, applicationID: 'x' }] };"
    (project / "convex" / "auth.config.ts").write_text(config)
    declared = "export default defineApp({ env: { ISSUER: v.string() } });"
    imports = 'import { defineApp } from "convex/server"; import { v } from "convex/values"; '
    (project / "convex" / "convex.config.ts").write_text(imports + declared)

    with pytest.raises(ServeError) as caught:
        Server.start(layout.read(project), Options(auth="verify"))

    assert caught.value.hint == "convex-scaffold serve --auth verify --env ISSUER=…"


def test_none_knows_nobody(chat_project: Path) -> None:
    with running(chat_project, Options(auth="none")) as backend:
        assert _whoami(backend, _unsigned({"sub": "ada"})) == (200, {"status": "success", "value": None})


def test_signed_tokens_have_a_published_key(chat: Backend) -> None:
    token = chat.value("mutation", "people:sign")
    header, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in token.split(".")[:2])
    _, keys = chat.request("GET", "/.well-known/jwks.json")

    assert (claims["iss"], claims["sub"], claims["exp"] - claims["iat"]) == (chat.url, "service", 60)
    assert header["kid"] in [key["kid"] for key in json.loads(keys)["keys"]]


def test_functions_know_the_request(chat: Backend) -> None:
    meta = chat.value("mutation", "people:meta")

    assert meta | {"userAgent": ""} == {
        "ip": "127.0.0.1",
        "userAgent": "",
        "hasRequestId": True,
        "authToken": None,
        "name": "people:meta",
        "type": "mutation",
        "visibility": "public",
    }


def test_variables_are_set_at_start_and_later(chat: Backend) -> None:
    assert chat.value("query", "people:variable", {"name": "CONVEX_CLOUD_URL"}) == chat.url
    chat.server.control.set_variables({"PAYMENTS_URL": "http://x"})
    assert chat.value("query", "people:variable", {"name": "PAYMENTS_URL"}) == "http://x"
    chat.server.control.set_variables({"PAYMENTS_URL": None})
    assert chat.value("query", "people:variable", {"name": "PAYMENTS_URL"}) is None


def test_control_runs_internal_functions_as_anybody(chat: Backend) -> None:
    control = chat.server.control
    control.seed({"messages": [{"author": "a", "body": "b"}]})

    assert control.run("messages:count") == 1
    assert control.run("people:whoami", identity={"subject": "ada"})["subject"] == "ada"
    assert [row["author"] for row in control.table("messages")] == ["a"]


def test_pages_from_elsewhere_cannot_use_the_control_endpoint(chat: Backend) -> None:
    status, text = chat.request("GET", "/_scaffold/status", headers={"origin": "http://evil.example"})

    assert (status, json.loads(text)["code"]) == (403, "NotForBrowsers")
