"""Work shared out to copies of this process, which see all that it has read."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")
_TOKEN = 2  # bytes
_TOKENS = 1000  # as many as fit into any pipe


def workers() -> int:
    """How many copies work at the same time; 1 where a copy cannot be made safely."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return min(len(os.sched_getaffinity(0)), 8)


def each(work: Callable[[int], _T], count: int, processes: int) -> list[_T]:
    """`work(0)` to `work(count - 1)`, done here and in copies of this process by whoever is free.

    What a copy cannot do or hand back (its results must be picklable) is done again here, so that an
    exception is raised where it can be seen.
    """
    if min(processes, count) < 2:  # noqa: PLR2004 - nobody to share with
        return [work(number) for number in range(count)]
    queue = _queue(min(count, _TOKENS))
    copies = dict(_start(work, queue, count) for _ in range(min(processes, count) - 1))
    try:
        done = _taken(work, queue, count)
        for pid in list(copies):
            done |= _handed_back(pid, copies)
    finally:
        os.close(queue)
        for pid, pipe in copies.items():  # none is left, unless something was raised here
            _stop(pid, pipe)
    return [done[number] if number in done else work(number) for number in range(count)]


def _handed_back(pid: int, copies: dict[int, int]) -> dict[int, Any]:
    """The results of a copy, which is awaited and forgotten."""
    import pickle  # noqa: PLC0415 - most runs have little to do

    with os.fdopen(copies[pid], "rb", closefd=False) as stream:
        data = stream.read()
    os.close(copies.pop(pid))
    _, status = os.waitpid(pid, 0)
    results: dict[int, Any] = pickle.loads(data) if status == 0 else {}  # noqa: S301 - our own copy wrote it
    return results


def _stop(pid: int, pipe: int) -> None:
    """End a copy whose results nobody will ask for."""
    import signal  # noqa: PLC0415 - few runs are interrupted

    os.close(pipe)
    with suppress(ProcessLookupError, ChildProcessError):
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _queue(tokens: int) -> int:
    """A pipe that holds a token for each piece of work: every read takes one, whoever reads."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as stream:
        stream.write(b"".join(token.to_bytes(_TOKEN) for token in range(tokens)))
    return reading


def _taken(work: Callable[[int], _T], queue: int, count: int) -> dict[int, _T]:
    """The results of the work that this process gets hold of."""
    done: dict[int, _T] = {}
    while token := os.read(queue, _TOKEN):
        for number in range(int.from_bytes(token), count, _TOKENS):
            done[number] = work(number)
    return done


def _start(work: Callable[[int], _T], queue: int, count: int) -> tuple[int, int]:
    import pickle  # noqa: PLC0415
    import signal  # noqa: PLC0415

    reading, writing = os.pipe()
    # An interruption right after the fork would send the copy through all that its parent does in the end.
    unblocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP, signal.SIGINT, signal.SIGTERM})
    pid = os.fork()
    if pid:
        signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)
        os.close(writing)
        return pid, reading
    status = 1
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)
        os.close(reading)  # if it stayed open here, nobody would tell us that the parent was killed
        with os.fdopen(writing, "wb") as stream:
            stream.write(pickle.dumps(_taken(work, queue, count), pickle.HIGHEST_PROTOCOL))
        status = 0
    finally:
        os._exit(status)  # without the parent's clean-up, and whatever was raised
