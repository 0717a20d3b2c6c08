"""`serve` as its users run it: in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

import pytest
from support import cli
from support.backends import CHAT, copy_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SAID = """\
56 functions; auth trust: the claims of any token are believed, unsigned ones too
In memory: for tests and demos. It is no deployment: no write conflicts and no retries of them,
no real limits of time, nothing is kept.
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, template_modules: Path) -> Path:
    return copy_project(CHAT, tmp_path_factory.mktemp("serve") / "chat", template_modules)


@contextmanager
def serving(project: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "scaffold", "serve", str(project), "--port", "0", *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def first_line(stream: IO[str] | None) -> str:
    assert stream is not None
    return stream.readline().strip()


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as response:  # noqa: S310
        body: bytes = response.read()
    return body.decode()


def wait_until_gone(pid: int) -> None:
    for _ in range(200):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.02)
    pytest.fail("the backend outlived the command")


def backend_of(url: str) -> int:
    return int(json.loads(get(f"{url}/_scaffold/status"))["pid"])


def test_it_prints_its_url_and_what_it_is_not(project: Path) -> None:
    with serving(project) as process:
        url = first_line(process.stdout)
        assert get(f"{url}/version") == "unknown"
        backend = backend_of(url)
        process.send_signal(signal.SIGINT)

        out, err = process.communicate(timeout=10)

    assert (process.returncode, out, err) == (0, "", _SAID)
    wait_until_gone(backend)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_the_backend_ends_with_the_command_however_that_ends(project: Path, number: signal.Signals) -> None:
    with serving(project) as process:
        backend = backend_of(first_line(process.stdout))
        process.send_signal(number)
        process.wait(10)
        wait_until_gone(backend)
        assert process.returncode == (-number if number == signal.SIGKILL else 0)


def test_functions_log_to_stderr(project: Path) -> None:
    with serving(project) as process:
        url = first_line(process.stdout)
        body = b'{"path": "messages:send", "args": {"author": "ada", "body": "hi"}}'
        request = urllib.request.Request(  # noqa: S310
            f"{url}/api/mutation", body, {"content-type": "application/json"}
        )
        urllib.request.urlopen(request).close()  # noqa: S310
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=10)

    assert err == _SAID + "messages:send [LOG] 'sending' { to: 'all' } 1\n"


def test_events_as_json(project: Path) -> None:
    with serving(project, "--json") as process:
        ready = json.loads(first_line(process.stdout))
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=10) == ("", "")

    assert (ready["schemaVersion"], ready["event"], ready["functions"]) == (1, "ready", 56)


def test_when_the_backend_dies_the_command_says_so(project: Path) -> None:
    with serving(project) as process:
        os.kill(backend_of(first_line(process.stdout)), signal.SIGKILL)
        _, err = process.communicate(timeout=10)

    assert process.returncode == 5
    assert err == _SAID + ("error: the backend ended by itself\ntry: start it again: convex-scaffold serve\n")


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (["--env", "x"], 2, "error: --env 'x' is not of the form NAME=value\n"),
        (["--seed", "missing.json"], 2, "error: --seed missing.json: No such file or directory\n"),
        (["--auth", "some"], 2, "error: Invalid value for '--auth': 'some' is not one of"),
        (["--port", "70000"], 2, "error: Invalid value for '--port'"),
    ],
)
def test_options_that_make_no_sense(folder: Path, arguments: list[str], code: int, expected: str) -> None:
    (folder / "convex").mkdir()

    result = cli.run("serve", *arguments)

    assert result.code == code
    assert result.err.startswith(expected)


@pytest.mark.parametrize("text", ["[]", '{"users": {}}', '{"users": [1]}', "{"])
def test_a_seed_of_another_shape(folder: Path, text: str) -> None:
    (folder / "convex").mkdir()
    (folder / "seed.json").write_text(text)

    result = cli.run("serve", "--seed", "seed.json")

    assert result.code == 2
    assert result.err.startswith("error: --seed seed.json: is no ")


def test_where_there_is_no_project(folder: Path) -> None:
    assert cli.run("serve").code == 3
    assert list(folder.iterdir()) == []


def test_packages_that_are_missing_or_old(folder: Path) -> None:
    (folder / "convex").mkdir()
    missing = cli.run("serve")
    for name, version in (("convex", "1.48.0"), ("convex-test", "0.0.35")):
        package = folder / "node_modules" / name
        package.mkdir(parents=True)
        (package / "package.json").write_text(json.dumps({"name": name, "version": version}))
    old = cli.run("serve")

    assert (missing.code, missing.err) == (
        5,
        "error: not installed, and needed to run the functions of @CWD@: convex and convex-test\n"
        "try: npm install convex convex-test\n",
    )
    assert (old.code, old.err) == (
        5,
        "error: convex-test 0.0.50 or newer is needed to run the functions of @CWD@; "
        "convex-test 0.0.35 is installed\ntry: npm install --save-dev convex-test@latest\n",
    )
