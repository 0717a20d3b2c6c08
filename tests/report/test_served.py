"""From call to report: the template, served and called with faults, and what its lines say of that."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from support import cli, expected
from support.backends import copy_project, running

from scaffold.backend.options import Options
from scaffold.core.package import TEMPLATE_ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from support.backends import Backend

pytestmark = pytest.mark.slow

_FAULTS = """\
import { v } from "convex/values";
import { internal } from "../_generated/api";
import { internalAction, internalMutation, openAction } from "../lib/functions";
import * as retry from "../reliability/retry";

export const bug = openAction("A test.")({
  args: { email: v.string() },
  returns: v.null(),
  handler: async (_ctx, { email }): Promise<null> => {
    throw new RangeError(`of ${email}`);
  },
});

export const down = internalAction({
  args: {},
  returns: v.null(),
  handler: async (): Promise<null> => {
    throw new TypeError("fetch failed");
  },
});

export const begin = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    await retry.start(ctx, internal.faults.public.down, {}, { maxFailures: 3 });
    return null;
  },
});
"""


@pytest.fixture
def project(tmp_path: Path, template_modules: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = copy_project(TEMPLATE_ROOT / "template", tmp_path / "shop", template_modules)
    (made / "convex" / "faults").mkdir()
    (made / "convex" / "faults" / "public.ts").write_text(_FAULTS, "utf-8")
    monkeypatch.chdir(made)
    assert cli.run("codegen").code == 0
    return made


def _load(backend: Backend) -> None:
    """Some calls that go well, and one of every way in which they do not."""
    control = backend.server.control
    token = control.token("ada", claims={"name": "Ada", "email": "ada@example.com"})
    ada = {"Authorization": f"Bearer {token}"}

    def call(kind: str, path: str, **args: Any) -> dict[str, Any]:
        return backend.post(f"/api/{kind}", {"path": path, "args": args}, headers=ada)[1]

    assert call("mutation", "users/public:store")["status"] == "success"
    for _ in range(3):
        assert call("query", "users/public:me")["status"] == "success"
    assert backend.call("query", "users/public:me")["status"] == "error"  # nobody is signed in
    assert call("query", "users/public:nobody")["status"] == "error"  # no such function: no line
    items = [{"sku": "mug", "quantity": 1}]
    request_id = "request-1"
    order = call("mutation", "orders/public:place", requestId=request_id, currency="EUR", items=items)
    assert order["status"] == "success", order
    quote = call("action", "orders/public:quoteShipping", orderId=order["value"], country="NL")
    assert "UPSTREAM_FAILED" in quote["errorMessage"]  # there is no carrier
    assert call("action", "faults/public:bug", email="ada@example.com")["status"] == "error"
    assert backend.request("GET", "/me")[0] == 401
    control.run("faults/public:begin", {})
    control.advance(120_000)


def test_the_report_of_served_calls_is_whole(project: Path) -> None:
    variables = {"CLERK_JWT_ISSUER_DOMAIN": "https://x.example.com"}
    with running(project, Options(variables=variables)) as backend:
        _load(backend)
    # All of them are there once it has ended: they come by another way than the answers.
    events = [{"schemaVersion": 1, **event} for event in backend.events]
    log = "\n".join(json.dumps(event) for event in events)
    (project / "events.jsonl").write_text(log, "utf-8")

    assert "ada@example.com" not in "".join(re.findall(r'\{"schema.*?\}', log.replace('\\"', '"')))
    globs = [word for glob in ("users/*", "orders/*", "faults/*", "GET *") for word in ("--function", glob)]
    done = cli.run("report", "events.jsonl", *globs, "--json")
    assert done.code == 0
    expected.check(TEMPLATE_ROOT / "tests/report/expected/served.txt", _essence(json.loads(done.out)))


def _essence(document: dict[str, Any]) -> str:
    """What is the same on every machine: all but durations."""
    lines = [f"broken {document['read']['broken']}, unknown {document['read']['unknown']}"]
    for group in sorted(document["functions"], key=lambda group: str(group["function"])):
        counts = (f"{key} {group[key]}" for key in ("calls", "errors", "refusals", "retried", "gaveUp"))
        errors = [
            f"{each['kind']} {each['type']} {each['code']} x{each['count']}" for each in group["errorTypes"]
        ]
        timed = "timed" if group["latencyMs"]["count"] else "untimed"
        lines.append(", ".join([f"{group['class']} {group['function']}: {timed}", *counts, *errors]))
    return "\n".join(lines) + "\n"
