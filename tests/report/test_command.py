"""The command: its whole outputs, its inputs, and how it ends."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from support import cli, expected
from support.events import START, Deployment

_EXPECTED = Path(__file__).parent / "expected"
_COMMAND = [sys.executable, "-m", "scaffold", "report"]


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two files: one as `convex logs` prints it, one as a log stream sends it, compressed."""
    monkeypatch.chdir(tmp_path)
    stats = {
        "topic": "scheduler_stats",
        "timestamp": START * 1000,
        "lag_seconds": 2.25,
        "num_running_jobs": 3,
    }
    deployment = Deployment(7, span=7200)
    events = [json.dumps(stats), *deployment.lines(600), "npx: warning", '{"kind": "Compl']
    (tmp_path / "events.jsonl").write_text("\n".join(events), "utf-8")
    webhook = json.dumps(list(Deployment(8, span=7200).events(400, "stream")))
    (tmp_path / "stream.json.gz").write_bytes(gzip.compress(webhook.encode()))
    return tmp_path


_BUDGETS = "minimum-calls = 20\n[class.query]\np95-ms = 10\n[class.mutation]\np95-ms = 500\n"


@pytest.mark.usefixtures("logs")
@pytest.mark.parametrize("columns", [80, 120])
def test_terminal(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    Path("budgets.toml").write_text(_BUDGETS, "utf-8")
    done = cli.run("report", "events.jsonl", "stream.json.gz", "--top", "8", "--budget", "budgets.toml")

    assert (done.code, done.err) == (1, "")
    expected.check(_EXPECTED / f"terminal-{columns}.txt", done.out)
    wide = [line for line in done.out.splitlines() if len(line) > columns and "budgets.toml:" not in line]
    assert wide == []


@pytest.mark.usefixtures("logs")
def test_colours_are_for_those_who_want_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in cli.run("report", "events.jsonl").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in cli.run("report", "events.jsonl").out


@pytest.mark.usefixtures("logs")
def test_json() -> None:
    done = cli.run("report", "events.jsonl", "stream.json.gz", "--class", "mutation", "--json")
    assert (done.code, done.err) == (0, "")
    expected.check(_EXPECTED / "mutations.json", done.out)


_STATS = {
    "type": "object",
    "required": ["calls", "errorRate", "latencyMs", "errorTypes", "buckets", "gaveUp", "conflictRate"],
}


@pytest.mark.usefixtures("logs")
def test_json_has_every_class_and_function() -> None:
    document: dict[str, Any] = json.loads(cli.run("report", "events.jsonl", "stream.json.gz", "--json").out)
    assert document["version"] == 1
    for group in [document["total"], *document["classes"], *document["functions"]]:
        jsonschema.validate(group, _STATS)
    assert document["total"]["calls"] == 1000
    assert sum(group["calls"] for group in document["functions"]) == 1000
    assert document["read"]["broken"] == 2


@pytest.mark.usefixtures("logs")
def test_functions_asked_for() -> None:
    done = cli.run("report", "events.jsonl", "--function", "users/*", "--function", "GET *", "--json")
    names = {group["function"] for group in json.loads(done.out)["functions"]}
    assert names == {"users/public:me", "users/public:store", "users/internal:caller", "GET /me"}


@pytest.mark.usefixtures("logs")
def test_time_asked_for() -> None:
    middle = datetime.fromtimestamp(START + 3600, UTC)
    halves = [
        json.loads(cli.run("report", "events.jsonl", option, f"{middle:%Y-%m-%dT%H:%M:%SZ}", "--json").out)
        for option in ("--since", "--until")
    ]
    assert [half["total"]["calls"] for half in halves] == [300, 300]


@pytest.mark.usefixtures("logs")
def test_a_file_named_twice_is_read_once() -> None:
    once, twice = (cli.run("report", *(["events.jsonl"] * times), "--json").out for times in (1, 2))
    assert once == twice


_HOW = "try: npx convex logs --prod --history --jsonl > events.jsonl (Ctrl-C ends it), then name that file\n"
_REFUSED: dict[str, tuple[list[str], int, str]] = {
    "empty": (
        ["empty.jsonl"],
        3,
        "error: empty.jsonl: no call of a function in it; it is empty\n" + _HOW,
    ),
    "something else": (
        ["other.txt"],
        3,
        "error: other.txt: no call of a function in it; "
        "1 JSON document of another kind and 2 lines without JSON\n" + _HOW,
    ),
    "blank": (
        ["blank.txt"],
        3,
        "error: blank.txt: no call of a function in it; only blank lines\n" + _HOW,
    ),
    "another time": (
        ["events.jsonl", "--until", "2020-01-01"],
        3,
        "error: events.jsonl: no call of a function in it; 683 events outside of --since and --until\n"
        "try: widen them\n",
    ),
    "other functions": (
        ["events.jsonl", "--function", "nope"],
        3,
        "error: events.jsonl: no call of a function in it; 12 other functions in it\n"
        "try: leave out --class and --function to see them\n",
    ),
    "missing": (
        ["none.jsonl"],
        2,
        "error: cannot read none.jsonl: No such file or directory\n"
        "try: check that it is a file and may be read\n",
    ),
    "a folder": (
        ["folder"],
        2,
        "error: cannot read folder: Is a directory\ntry: check that it is a file and may be read\n",
    ),
    "no time": (
        ["events.jsonl", "--since", "yesterday"],
        2,
        "error: --since 'yesterday' is no point in time\n"
        "try: --since 24h (30m, 7d: that long ago), or --since 2026-11-20T09:00Z\n",
    ),
}


@pytest.mark.parametrize("case", _REFUSED)
def test_nothing_to_report(case: str, logs: Path) -> None:
    (logs / "empty.jsonl").touch()
    (logs / "other.txt").write_text('hello\n{"a": 1}\nthere', "utf-8")
    (logs / "blank.txt").write_text("\n \n", "utf-8")
    (logs / "folder").mkdir()
    arguments, code, message = _REFUSED[case]
    done = cli.run("report", *arguments, "--json")
    assert (done.code, done.out, done.err) == (code, "", message)


def test_stdin(logs: Path) -> None:
    data = (logs / "events.jsonl").read_bytes()
    done = subprocess.run([*_COMMAND, "-", "--json"], input=data, capture_output=True, check=True)
    document = json.loads(done.stdout)
    assert (document["sources"], document["total"]["calls"]) == (["stdin"], 600)


def test_ctrl_c_ends_the_reading_and_not_the_report(logs: Path) -> None:
    process = subprocess.Popen([*_COMMAND, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    process.stdin.write((logs / "events.jsonl").read_text("utf-8") + "\n")
    process.stdin.flush()
    _wait_until_it_waits(process.pid)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "600 calls" in out
    assert "note: interrupted; this is what had been read" in out


def _wait_until_it_waits(pid: int) -> None:
    """Until the process sleeps in a read of its stdin, having used some time of the processor."""
    for _ in range(600):
        time.sleep(0.05)
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        where = Path(f"/proc/{pid}/wchan")
        blocked = fields[0] == "S" and "pipe" in (where.read_text() if os.access(where, os.R_OK) else "pipe")
        if blocked and int(fields[11]) > 5:
            return


def test_a_reader_that_goes_away_is_no_error(logs: Path) -> None:
    command = f"{' '.join(_COMMAND)} {logs / 'events.jsonl'} --json | head -c 10"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
