"""Work in copies of the process: results in order, and exceptions where they can be seen."""

from __future__ import annotations

import os
import threading
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


def test_no_copies_beside_threads() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert forks.workers() == 1
    finally:
        done.set()
        thread.join()
