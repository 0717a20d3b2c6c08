"""Scheduled functions, crons, and the clock that tests move."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest
from support.backends import running

from scaffold.backend.control import ControlError
from scaffold.backend.options import Options

if TYPE_CHECKING:
    from pathlib import Path

    from support.backends import Backend

_START = 1_800_000_000_000  # Friday, 15 January 2027, 08:00 UTC
_MINUTE = 60_000
_HOUR = 60 * _MINUTE


@pytest.fixture
def frozen(chat: Backend) -> Backend:
    """The chat project at a fixed time."""
    chat.server.control.freeze()
    chat.server.control.set_time(_START)
    return chat


def _notes(chat: Backend) -> list[str]:
    return [re.sub(r"\d{13}", lambda time: str(int(time[0]) - _START), note) for note in _all(chat)]


def _all(chat: Backend) -> list[str]:
    notes: list[str] = chat.value("query", "timing:notes")
    return notes


def test_a_scheduled_function_runs_when_its_time_has_come(frozen: Backend) -> None:
    frozen.value("mutation", "timing:later", {"text": "scheduled", "delay": 5 * _MINUTE})

    assert frozen.server.control.advance(5 * _MINUTE - 1) == 0
    assert _notes(frozen) == []
    assert frozen.server.control.advance(1) == 1
    assert _notes(frozen) == ["scheduled at 300000"]
    assert frozen.value("query", "timing:jobs") == [{"name": "timing.js:write", "state": {"kind": "success"}}]


def test_what_is_due_at_once_runs_by_itself(chat: Backend) -> None:
    chat.value("mutation", "timing:later", {"text": "now", "delay": 0})

    assert chat.server.control.settle() is True
    assert [note.split()[0] for note in _all(chat)] == ["now"]


def test_what_follows_at_once_is_waited_for(chat: Backend) -> None:
    chat.value("mutation", "timing:startChain")

    assert chat.server.control.settle() is True
    assert [note.split(" at ")[0] for note in _all(chat)] == ["3 left", "2 left", "1 left", "0 left"]

    chat.value("mutation", "timing:startChain", {"delay": _MINUTE})
    assert chat.server.control.advance(_MINUTE) == 4
    assert len(_all(chat)) == 8


def test_several_run_in_the_order_of_their_times(frozen: Backend) -> None:
    for text, delay in (("second", 2000), ("first", 1000), ("third", 3000)):
        frozen.value("mutation", "timing:later", {"text": text, "delay": delay})

    assert frozen.server.control.advance(_MINUTE) == 3
    assert _notes(frozen) == ["first at 1000", "second at 2000", "third at 3000"]


def test_what_functions_schedule_on_the_way_runs_too(frozen: Backend) -> None:
    frozen.value("action", "timing:startRepeat")

    assert frozen.server.control.advance(3 * _MINUTE) == 3
    assert _notes(frozen) == ["2 left at 60000", "1 left at 120000", "0 left at 180000"]


def test_nothing_is_scheduled_by_what_was_rolled_back(frozen: Backend) -> None:
    frozen.call("mutation", "timing:laterNot")

    assert frozen.server.control.advance(_MINUTE) == 0
    assert frozen.value("query", "timing:jobs") == []


def test_what_was_canceled_does_not_run(frozen: Backend) -> None:
    job = frozen.value("mutation", "timing:later", {"text": "never", "delay": 1000})
    frozen.value("mutation", "timing:cancel", {"id": job})

    assert frozen.server.control.advance(_MINUTE) == 0
    assert frozen.value("query", "timing:jobs")[0]["state"] == {"kind": "canceled"}


def test_what_is_over_or_gone_cannot_be_canceled(frozen: Backend) -> None:
    job = frozen.value("mutation", "timing:later", {"text": "done", "delay": 0})
    frozen.server.control.settle()
    frozen.value("mutation", "timing:cancel", {"id": job})
    assert frozen.value("query", "timing:jobs")[0]["state"] == {"kind": "success"}

    assert frozen.value("mutation", "timing:cancel", {"id": "000000009999_scheduled_functions"}) is None


def test_a_scheduled_function_that_fails_says_why(chat: Backend) -> None:
    chat.value("mutation", "timing:failLater")
    chat.server.control.settle()

    (job,) = chat.value("query", "timing:jobs")
    assert job["name"] == "failing.js:fails"
    assert job["state"]["kind"] == "failed"
    assert job["state"]["error"].startswith("Uncaught Error: failed on schedule\n    at handler (../convex/")


def test_crons_run_on_their_schedule(frozen: Backend) -> None:
    runs = frozen.server.control.advance(24 * _HOUR)

    notes = _notes(frozen)
    assert runs == 24 * 6 + 1
    assert notes[:2] == ["tick at 600000", "tick at 1200000"]
    assert [note for note in notes if note.startswith("nightly")] == [
        f"nightly at {19 * _HOUR + 30 * _MINUTE}"
    ]


def test_a_cron_runs_on_demand(frozen: Backend) -> None:
    assert [cron["name"] for cron in frozen.server.control.crons()] == ["tick", "nightly", "broken"]

    frozen.server.control.run_cron("nightly")

    assert _notes(frozen) == ["nightly at 0"]
    with pytest.raises(ControlError, match="there is no cron"):
        frozen.server.control.run_cron("weekly")
    with pytest.raises(ControlError, match="failed on schedule"):
        frozen.server.control.run_cron("broken")


def test_a_frozen_clock_stands_and_a_freed_one_goes_on(frozen: Backend) -> None:
    control = frozen.server.control

    assert control.now() == control.now() == _START
    control.freeze(frozen=False)
    time.sleep(0.01)  # a clock of milliseconds may be read twice in one
    assert _START < control.now() < _START + _MINUTE
    control.reset()
    assert control.now() < _START  # the machine's time again


def test_jobs_and_the_clock_outlive_a_stopped_function(chat_project: Path) -> None:
    with running(chat_project, Options(time_limit=1)) as backend:
        control = backend.server.control
        control.freeze()
        control.set_time(_START)
        backend.value("mutation", "timing:later", {"text": "kept", "delay": 1000})

        backend.call("mutation", "failing:loops")

        assert control.now() == _START
        assert control.advance(1000) == 1
        assert _notes(backend) == ["kept at 1000"]
