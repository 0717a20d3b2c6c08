"""Work in copies of the process: results in order, and exceptions where they can be seen."""

from __future__ import annotations

import os
import threading
from threading import Lock

import pytest

from scaffold.core import forks

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system makes no copies of processes")


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # xdist keeps a thread
def test_results_come_in_order_from_copies() -> None:
    here = os.getpid()

    results = forks.each(lambda number: (number, os.getpid() == here), 3)

    assert results == [(0, True), (1, False), (2, False)]


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_what_a_copy_cannot_hand_back_is_done_here() -> None:
    here = os.getpid()

    results = forks.each(lambda number: (number, os.getpid() == here, Lock()), 2)

    assert [(number, local) for number, local, _ in results] == [(0, True), (1, True)]


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_an_exception_is_raised_here() -> None:
    def work(number: int) -> int:
        return 1 // (1 - number)

    with pytest.raises(ZeroDivisionError):
        forks.each(work, 2)


def test_no_copies_beside_threads() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert forks.workers() == 1
    finally:
        done.set()
        thread.join()
