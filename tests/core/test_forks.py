"""Work in copies of the process: results in order, and exceptions where they can be seen."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from threading import Lock

import pytest

from scaffold.core import forks

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system makes no copies of processes")


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # xdist keeps a thread
@pytest.mark.parametrize("processes", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, 3, 2500])
def test_results_come_in_order_from_copies(count: int, processes: int) -> None:
    results = forks.each(lambda number: number * number, count, processes)

    assert results == [number * number for number in range(count)]


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_who_is_free_takes_the_next() -> None:
    here, (reading, writing) = os.getpid(), os.pipe()
    waited = False

    def work(number: int) -> bool:
        nonlocal waited
        if os.getpid() == here and not waited:
            waited = True
            os.read(reading, 1)  # busy until the copy is about to be done
        elif os.getpid() != here and number >= 8:
            os.write(writing, b".")
        return os.getpid() == here

    assert forks.each(work, 10, 2).count(True) <= 2  # what it waited with, and perhaps the last one


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_what_a_copy_cannot_hand_back_is_done_here() -> None:
    here, lock = os.getpid(), Lock()

    results = forks.each(lambda number: (number, os.getpid() == here, lock), 20, 2)

    assert results == [(number, True, lock) for number in range(20)]


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_an_exception_is_raised_here() -> None:
    def work(number: int) -> int:
        return 1 // (1 - number)

    with pytest.raises(ZeroDivisionError):
        forks.each(work, 2, 2)


# Each of the three takes one piece of work: the copies go on when their parent has its own.
_PARENT = """\
import os, sys, time
from scaffold.core import forks
here, ready, go = os.getpid(), os.pipe(), os.pipe()
def work(number):
    if os.getpid() != here:
        os.write(1, b"%d\\n" % os.getpid())
        os.write(ready[1], b".")
        os.read(go[0], 1)
        time.sleep(600 if sys.argv[1] == "interrupted" else 0)
        return b"x" * 1_000_000  # more than a pipe holds
    for _ in range(2):
        os.read(ready[0], 1)
    os.write(go[1], b"..")
    time.sleep(600 if sys.argv[1] == "killed" else 0)
    raise KeyboardInterrupt
forks.each(work, 3, 3)
"""


@pytest.mark.parametrize("how", ["killed", "interrupted"])
def test_no_copy_outlives_its_parent(how: str) -> None:
    command = [sys.executable, "-c", _PARENT, how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as parent:
        assert parent.stdout is not None
        copies = [int(parent.stdout.readline()) for _ in range(2)]
        if how == "killed":
            time.sleep(0.5)  # both are blocked by now
            parent.kill()
        parent.wait(20)

    deadline = time.monotonic() + 20
    while any(map(_runs, copies)):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _runs(pid: int) -> bool:
    """Whether a process is there, and no more than waits to be collected."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text("utf-8")
    except FileNotFoundError:
        return False


def test_no_copies_beside_threads() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert forks.workers() == 1
    finally:
        done.set()
        thread.join()


_INTERRUPTED_AT_ONCE = """\
import os, signal
from scaffold.core import forks
real = os.fork
def fork():
    pid = real()
    if pid == 0:
        os.kill(os.getpid(), signal.SIGINT)
    return pid
os.fork = fork
try:
    print(forks.each(lambda number: number, 3, 3), flush=True)
finally:
    os.write(1, b"end\\n")
"""


def test_a_copy_that_is_interrupted_at_once_does_not_do_what_its_parent_does_in_the_end() -> None:
    command = [sys.executable, "-c", _INTERRUPTED_AT_ONCE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "[0, 1, 2]\nend\n")
