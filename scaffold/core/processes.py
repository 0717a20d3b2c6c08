"""Programs that are not git, whose output is kept and none of which outlives us; and our own process."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from concurrent.futures import ThreadPoolExecutor
    from pathlib import Path

_running: set[subprocess.Popen[str]] = set()  # of all threads; `side_by_side` ends what is left
_GRACE = 2.0  # seconds a child gets to end by itself before it is killed


@dataclass(frozen=True, kw_only=True)
class Completed:
    """How a program ended. `output` is what it wrote to both streams, in order; `seconds` is wall time."""

    returncode: int
    output: str
    seconds: float

    def tail(self, lines: int) -> str:
        """The last `lines` lines of the output."""
        return "\n".join(self.output.rstrip().splitlines()[-lines:])


@contextmanager
def stdout_as_stderr() -> Iterator[None]:
    """Give programs that are started meanwhile, and write where we do, our stderr for their stdout."""
    try:
        kept = os.dup(1)
    except OSError:  # it is closed, and so it is for them
        yield
        return
    try:
        with suppress(OSError):
            os.dup2(2, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def now() -> float:
    """A clock for durations, in seconds."""
    return time.perf_counter()


def run(command: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> Completed:
    """Run a program to its end, or end it with everything it started when we are interrupted.

    Raises:
        FileNotFoundError: there is no such program.
    """
    start = now()
    # A session of its own, so that Ctrl-C reaches only us and one signal reaches all that it started.
    with subprocess.Popen(  # noqa: S603
        command,
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    ) as process:
        _running.add(process)
        try:
            output, _ = process.communicate()
        except BaseException:
            _end(process)
            raise
        finally:
            _running.discard(process)
    return Completed(returncode=process.returncode, output=output, seconds=now() - start)


@contextmanager
def side_by_side() -> Iterator[ThreadPoolExecutor]:
    """Threads to call `run` in, one a core; leaving early ends the programs that still run."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - slow to import, for few runs

    pool = ThreadPoolExecutor(os.cpu_count() or 1)
    try:
        yield pool
    except BaseException:  # an interruption, which only this thread hears of
        pool.shutdown(wait=False, cancel_futures=True)
        for process in list(_running):
            _end(process)
        raise
    finally:
        pool.shutdown()


def _end(process: subprocess.Popen[str]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
            return


@contextmanager
def without_collector() -> Iterator[None]:
    """Leave out the collection of cycles, a third of the time of a run that keeps all it makes."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
