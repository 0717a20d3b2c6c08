"""budgets.toml: what it may say, what it complains of, and when a budget is over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import cli
from support.events import KINDS, Deployment, record


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "events.jsonl").write_text("\n".join(Deployment(7).lines(2000)), "utf-8")
    return tmp_path


def _run(budgets: str) -> cli.Result:
    Path("budgets.toml").write_text(budgets, "utf-8")
    return cli.run("report", "events.jsonl", "--budget", "budgets.toml", "--top", "1")


def _verdict(out: str) -> str:
    return out[out.index("budgets of") :]


@pytest.mark.usefixtures("logs")
def test_a_breach_fails_and_is_named() -> None:
    done = _run(
        """\
[class.query]
p95-ms = 10
p99-ms = 1000

[class.mutation]
retry-rate = 0.001

[function."POST /payments/webhook"]
p50-ms = 0.5
error-rate = 0
"""
    )
    assert done.code == 1
    assert (
        _verdict(done.out)
        == """\
budgets of budgets.toml: 1 kept, 2 over, 2 not judged
✗ budgets.toml:2: class query: p95-ms 23.8 ms > 10 ms (670 calls)
✗ budgets.toml:6: class mutation: retry-rate 1.94 % > 0.1 % (206 calls)
- budgets.toml:9: function POST /payments/webhook: p50-ms not judged, 86 calls of 100
- budgets.toml:10: function POST /payments/webhook: error-rate not judged, 86 calls of 100
"""
    )


@pytest.mark.usefixtures("logs")
def test_kept_budgets_pass() -> None:
    done = _run("[class.query]\np95-ms = 10000\nerror-rate = 0.5\nconflict-rate = 0\nrefusal-rate = 1")
    assert (done.code, _verdict(done.out)) == (0, "budgets of budgets.toml: 4 kept, 0 over, 0 not judged\n")


@pytest.mark.usefixtures("logs")
def test_too_few_calls_are_no_breach_unless_asked_for() -> None:
    limits = '[function."GET /me"]\np95-ms = 1\n'
    assert _run("minimum-calls = 1000\n" + limits).code == 0
    assert _run("minimum-calls = 1000\n" + limits + "minimum-calls = 10").code == 1


@pytest.mark.usefixtures("logs")
def test_a_function_that_was_not_called_is_not_judged() -> None:
    done = _run('[function."orders/public:plaec"]\np95-ms = 1')
    assert done.code == 0
    assert "orders/public:plaec: p95-ms not judged, 0 calls of 100" in done.out


_WRONG = {
    "[class.query]\np95 = 1": (
        "error: budgets.toml:2: unknown key 'p95' in class.query\ntry: did you mean p95-ms?\n"
    ),
    "[class.querry]\np95-ms = 1": (
        "error: budgets.toml:1: unknown key 'querry' in class\ntry: did you mean query?\n"
    ),
    "\n[class.query]\nerror-rate = 1.5": (
        "error: budgets.toml:3: class.query.error-rate is 1.5\n"
        "try: give it a part of all calls, from 0 to 1, as in 0.01 for 1 %\n"
    ),
    "[class.query]\np95-ms = 'fast'\np99-ms = nan": (
        "error: budgets.toml:2: class.query.p95-ms is 'fast'\n"
        "  │ and 1 more error:\n"
        "  │ budgets.toml:3: class.query.p99-ms is nan; give it milliseconds, 0 or more\n"
        "try: give it milliseconds, 0 or more\n"
    ),
    "minimum-calls = 0": (
        "error: budgets.toml:1: minimum-calls is 0\ntry: give it a whole number, 1 or greater\n"
    ),
    "class = [": (
        "error: budgets.toml:1: is no TOML: invalid value\ntry: see https://toml.io for the syntax\n"
    ),
}


@pytest.mark.usefixtures("logs")
@pytest.mark.parametrize("text", _WRONG)
def test_mistakes_are_named_with_their_line(text: str) -> None:
    done = _run(text)
    assert (done.code, done.out, done.err) == (2, "", _WRONG[text])


def test_a_missing_file_is_named_before_anything_is_read(logs: Path) -> None:
    done = cli.run("report", logs / "events.jsonl", "--budget", "none.toml")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: none.toml: cannot be read")


@pytest.mark.usefixtures("logs")
def test_json_has_the_verdict() -> None:
    _run('[class.query]\np95-ms = 10\n[function."no:ne"]\np95-ms = 1')
    done = cli.run("report", "events.jsonl", "--budget", "budgets.toml", "--json")
    assert done.code == 1
    assert json.loads(done.out)["budgets"] == {
        "file": "budgets.toml",
        "kept": 0,
        "breaches": [
            {
                "scope": "class",
                "name": "query",
                "metric": "p95-ms",
                "limit": 10,
                "actual": pytest.approx(23.8, rel=0.01),
                "calls": 670,
                "minimumCalls": 100,
                "place": "budgets.toml:2",
            }
        ],
        "notJudged": [
            {
                "scope": "function",
                "name": "no:ne",
                "metric": "p95-ms",
                "limit": 1,
                "actual": None,
                "calls": 0,
                "minimumCalls": 100,
                "place": "budgets.toml:4",
            }
        ],
    }


def test_latency_without_durations_is_not_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    calls = Deployment(1, kinds=(KINDS[0],)).calls(300)
    lines = "\n".join(json.dumps(record(call)) for call in calls)
    (tmp_path / "events.jsonl").write_text(lines, "utf-8")
    done = _run("[class.query]\np95-ms = 1")
    assert done.code == 0
    assert "class query: p95-ms not judged, its calls have no durations" in done.out
