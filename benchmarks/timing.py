"""Timing whole commands, in turn, so that a busy machine slows all of them alike."""

from __future__ import annotations

import statistics
import subprocess
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


def medians(
    commands: Mapping[str, Callable[[int], Sequence[str | Path]]], *, rounds: int, cwd: Path
) -> dict[str, float]:
    """The median wall time in seconds of each command; each is told the number of the round."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(-1, rounds):  # the first round warms up
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run(command(number), cwd=cwd, check=True, capture_output=True)
            if number >= 0:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in times.items()}
