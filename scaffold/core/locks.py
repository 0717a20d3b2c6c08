"""Locks that the kernel drops when their holder ends, however it ends."""

from __future__ import annotations

import fcntl
import time

_WAIT = 10.0  # seconds for another run, or for a git that a killed one has left behind
_LOOK = 0.05  # seconds


def taken(descriptor: int) -> bool:
    """Take the lock of an open file or folder, or wait for it for a while; whether it is ours now."""
    end = time.monotonic() + _WAIT
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                return False
            time.sleep(_LOOK)
        except OSError:  # a file system without locks, of the network: better without one than never
            return True
        else:
            return True
