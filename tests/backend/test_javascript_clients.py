"""The npm clients in Node.js, curl, and a React page in a real browser."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from support.backends import Backend

_CLIENTS = Path(__file__).parent / "clients"


def _run(*command: str | Path) -> Any:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=90)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_npm_clients(chat: Backend) -> None:
    script = shutil.copy(_CLIENTS / "npm.mjs", chat.project)  # where it finds the project's packages
    token = chat.server.control.token("ada", expires_in=3600)

    seen = _run("node", script, chat.url, token)

    error = {"isConvexError": True, "data": {"code": "NO", "limit": 3, "big": "7"}}
    assert seen == {
        "values": {
            "bytes": "[object ArrayBuffer]",
            "half": "0.5",
            "infinity": "Infinity",
            "int64": "9007199254740993n",
            "large": "1e+21",
            "list": "1,true,",
            "minusInfinity": "-Infinity",
            "minusZero": "-0",
            "nan": "NaN",
            "text": 'a "quoted" text',
            "whole": "17",
        },
        "echo": "5n",
        "action": "x",
        "httpError": error,
        "httpIdentity": "ada",
        "afterOwnMutation": 2,
        "updates": [
            ["over http"],
            ["over http", "by this client"],
            ["over http", "by this client", "by the other"],
        ],
        "socketError": error,
        "socketAction": "y",
        "socketIdentity": "ada",
    }


def test_pages_that_are_watched_have_no_gaps(chat: Backend) -> None:
    script = shutil.copy(_CLIENTS / "pages.mjs", chat.project)
    chat.server.control.seed({"messages": [{"author": "a", "body": str(number)} for number in (1, 2, 3, 4)]})

    assert _run("node", script, chat.url) == [
        [["1", "2"], ["3", "4"]],
        [["2"], ["3", "4"]],  # the first page still ends where the second begins
        [["2"], ["3", "4", "5"]],
    ]


def test_curl(chat: Backend) -> None:
    body = json.dumps({"path": "values:echo", "args": {"value": 1}})

    assert _run(
        "curl", "-sS", f"{chat.url}/api/query", "-H", "Content-Type: application/json", "-d", body
    ) == {"status": "success", "value": 1.0}


@pytest.mark.slow
def test_two_browsers_see_each_others_changes(chat: Backend, packages: Path, tmp_path: Path) -> None:
    names = ("chromium", "chromium-browser", "google-chrome")
    chromium = next(filter(None, map(shutil.which, names)), None)
    if chromium is None:
        pytest.skip("chromium is not installed: apt-get install chromium")

    seen = _run("node", _CLIENTS / "browser.mjs", chromium, packages.parent, chat.url, tmp_path / "profile")

    assert seen == ["none", "none", "ada: hello", "ada: hello, bob: hello"]
