"""Work shared out to copies of this process, which see all that it has read."""

from __future__ import annotations

import os
import pickle
import sys
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")


def workers() -> int:
    """How many copies work at the same time; 1 where a copy cannot be made safely."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return min(len(os.sched_getaffinity(0)), 8)


def each(work: Callable[[int], _T], count: int) -> list[_T]:
    """`work(0)` to `work(count - 1)`, the first here and the others each in a copy of this process.

    What a copy cannot do or hand back (its result must be picklable) is done again here, so that an
    exception is raised where it can be seen.
    """
    copies = [_start(work, number) for number in range(1, count)]
    results = [work(0)]
    for number, (pid, pipe) in enumerate(copies, start=1):
        with os.fdopen(pipe, "rb") as stream:
            data = stream.read()
        _, status = os.waitpid(pid, 0)
        results.append(pickle.loads(data) if status == 0 else work(number))  # noqa: S301 - our own copy wrote it
    return results


def _start(work: Callable[[int], _T], number: int) -> tuple[int, int]:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    status = 1
    try:
        with os.fdopen(writing, "wb") as stream:
            stream.write(pickle.dumps(work(number), pickle.HIGHEST_PROTOCOL))
        status = 0
    finally:
        os._exit(status)  # without the parent's clean-up, and whatever was raised
