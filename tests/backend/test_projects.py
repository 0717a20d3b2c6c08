"""Projects that are not laid out as ours."""

from __future__ import annotations

import http.client
import json
import socket
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from support.backends import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.backends import Backend

_FILES = {
    "package.json": '{"name": "odd", "private": true}',
    "convex.json": '{"functions": "src/backend/"}',
    "tsconfig.json": '{"compilerOptions": {"paths": {"@shared/*": ["./shared/*"]}}}',
    "shared/text.ts": """\
export const greet = (name: string) => `hi ${name}`;
export enum Color { Red = "red" }
""",
    "src/backend/old-forms.ts": """\
import { mutationGeneric, queryGeneric } from "convex/server";
import { Color, greet } from "@shared/text";
import { literals } from "convex-helpers/validators";

export const hello = queryGeneric(() => greet(Color.Red));
export const anything = queryGeneric(async (_ctx, args) => args);
export const insert = mutationGeneric(async ({ db }, { x }) => {
  const id = await db.insert("unknown", { x });
  return (await db.get(id)).x;
});
export default queryGeneric({ args: { c: literals("a", "b") }, handler: (_, { c }) => c });
export const noFunction = 5;
if (typeof Convex === "undefined") throw new Error("packages ask this way where they are");
""",
    "src/backend/deep/inside.ts": """\
"use node";
import { createHash } from "crypto";
import path from "node:path";
import { actionGeneric } from "convex/server";

export const run = actionGeneric(async () => {
  const { greet } = await import("../../../shared/text");
  return [createHash("md5").update("x").digest("hex"), path.sep, greet("later")];
});
""",
    "src/backend/plain.js": """\
import { queryGeneric } from "convex/server";
export const values = queryGeneric(() => [1n, new ArrayBuffer(2)]);
""",
    "src/backend/http.js": """\
import { httpActionGeneric, httpRouter } from "convex/server";
const http = httpRouter();
const handler = httpActionGeneric(async (_ctx, request) => new Response(request.url));
http.route({ pathPrefix: "/api/users/", method: "GET", handler });
const mine = { "access-control-allow-origin": "https://mine.test" };
const answer = (text) => httpActionGeneric(async () => new Response(text, { headers: mine }));
http.route({ pathPrefix: "/api/auth/", method: "OPTIONS", handler: answer("who may ask") });
http.route({ path: "/.well-known/jwks.json", method: "GET", handler: answer("the project's keys") });
export default http;
""",
    "src/backend/notes.ts": "this is no module, and no TypeScript either\n",
}


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory, packages: Path) -> Iterator[Backend]:
    project = tmp_path_factory.mktemp("odd")
    for name, text in _FILES.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    (project / "node_modules").symlink_to(packages)
    with running(project) as backend:
        yield backend


def test_old_forms_of_functions_and_names(odd: Backend) -> None:
    assert odd.value("query", "old-forms:hello") == "hi red"
    assert odd.value("query", "old-forms.js:anything", {"x": [1]}) == {"x": [1]}
    assert odd.value("mutation", "old-forms:insert", {"x": {"deep": None}}) == {"deep": None}
    assert odd.value("query", "old-forms", {"c": "b"}) == "b"


def test_node_modules_and_imports_while_running(odd: Backend) -> None:
    assert odd.value("action", "deep/inside:run") == ["9dd4e461268c8034f5c8564e155c67a6", "/", "hi later"]


def test_plain_javascript(odd: Backend) -> None:
    assert odd.value("query", "plain:values") == ["1", "AAA="]


@pytest.mark.parametrize(
    "path", ["old-forms:noFunction", "notes:x", "http", "plain:__proto__", "constructor:name"]
)
def test_what_is_no_function(odd: Backend, path: str) -> None:
    assert "Could not find public function for" in odd.call("query", path)["errorMessage"]


@pytest.mark.parametrize("kept_out", [["new", "@acme/old"], ["*"]])
def test_packages_may_be_kept_out_of_the_bundle(tmp_path: Path, packages: Path, kept_out: list[str]) -> None:
    exports = {".": {"import": "./index.mjs"}, "./more": "./more.mjs"}
    where = "import path from 'node:path';\nexport default path.basename(import.meta.url);\n"
    files = {
        "convex.json": json.dumps({"node": {"externalPackages": kept_out}}),
        "convex/node_modules/new/package.json": json.dumps({"name": "new", "exports": exports}),
        "convex/node_modules/new/index.mjs": where,
        "convex/node_modules/new/more.mjs": where,
        "convex/node_modules/@acme/old/package.json": '{"name": "@acme/old", "main": "./lib/main.js"}',
        "convex/node_modules/@acme/old/lib/main.js": "exports.where = __filename;\n",
        "convex/all.ts": f"""\
{"/" * 80}\r
// what needs Node.js\r
/* it has /* files */ /* and paths */
"use node";
import {{ where }} from "@acme/old";
import {{ actionGeneric }} from "convex/server";
import path from "path";
import index from "new";
import {{ two }} from "./two";

export const files = actionGeneric(async () => {{
  const {{ default: more }} = await import("new/more");
  return [index, more, path.basename(where), two];
}});
""",
        "convex/two.ts": "export const two = 2;\n",
        "convex/light.ts": f"""\
{"/" * 80}
import {{ queryGeneric }} from "convex/server";
import {{ literals }} from "convex-helpers/validators";

export const kind = queryGeneric(() => literals("a", "b").kind);
""",
        "package.json": '{"name": "kept", "private": true}',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "node_modules").symlink_to(packages)

    with running(tmp_path) as backend:
        assert backend.value("action", "all:files") == ["index.mjs", "more.mjs", "main.js", 2.0]
        assert backend.value("query", "light:kind") == "union"


def test_routes_may_lie_below_api(odd: Backend) -> None:
    assert odd.request("GET", "/api/users/7?x=1") == (200, f"{odd.url}/api/users/7?x=1")


@pytest.mark.parametrize(
    ("method", "path", "origin", "text"),
    [
        ("OPTIONS", "/api/auth/session", "https://mine.test", "who may ask"),
        ("GET", "/.well-known/jwks.json", "https://mine.test", "the project's keys"),
        ("GET", "/api/users/7", None, "/api/users/7"),
        ("OPTIONS", "/api/users/7", None, "No matching routes found"),
        ("OPTIONS", "/api/query", "*", ""),
        ("GET", "/api/query", "*", "BadQueryArgs"),
        ("GET", "/.well-known/openid-configuration", "*", "jwks_uri"),
    ],
)
def test_routes_say_themselves_who_may_ask(
    odd: Backend, method: str, path: str, origin: str | None, text: str
) -> None:
    address = odd.url.rpartition("/")[2]
    with closing(http.client.HTTPConnection(address, timeout=10)) as connection:
        connection.request(method, path)
        response = connection.getresponse()

        assert response.headers["access-control-allow-origin"] == origin
        assert text in response.read().decode()


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (b"GET // HTTP/1.1", "404"),
        (b"GET /%E0%A4%A HTTP/1.1", "404"),
        (b"GET /api/storage/%E0%A4%A/x HTTP/1.1", "400"),
        (b"GET http://elsewhere/ HTTP/1.1", "404"),
        (b"OPTIONS * HTTP/1.1", "404"),
        (b"NONSENSE", "400"),
        (b"GET /api/sync HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket", "400"),
        (b"GET /other HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket", "404"),
    ],
)
def test_what_is_no_proper_request_does_no_harm(odd: Backend, request_: bytes, expected: str) -> None:
    address = ("127.0.0.1", int(odd.url.rpartition(":")[2]))
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(request_ + b"\r\nHost: localhost\r\n\r\n")
        assert connection.recv(100).split()[1].decode() == expected

    assert odd.value("query", "old-forms:hello") == "hi red"
