"""Percentiles in little memory: a histogram whose bins grow by a fixed factor."""

from __future__ import annotations

from math import ceil, log

RELATIVE_ERROR = 0.01
"""How far a percentile may be from the true one, as a part of it."""

_GROWTH = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
_SCALE = 1 / log(_GROWTH)
_FLOOR, _CEILING = 1e-3, 1e9  # milliseconds: a microsecond, eleven days; 1 382 bins at most


class Sketch:
    """The distribution of values above zero. Two of them add up to that of all values of both."""

    __slots__ = ("bins", "count", "highest", "lowest", "total")

    def __init__(self) -> None:
        self.bins: dict[int, int] = {}
        self.count = 0
        self.total = 0.0
        self.lowest = float("inf")
        self.highest = 0.0

    def add(self, value: float) -> None:
        """Count a value."""
        self.count += 1
        self.total += value
        self.lowest = min(self.lowest, value)
        self.highest = max(self.highest, value)
        if not _FLOOR <= value <= _CEILING:
            value = _FLOOR if value < _FLOOR else _CEILING
        at = ceil(log(value) * _SCALE)
        self.bins[at] = self.bins.get(at, 0) + 1

    def merge(self, other: Sketch) -> None:
        """Count all that another has counted."""
        self.count += other.count
        self.total += other.total
        self.lowest = min(self.lowest, other.lowest)
        self.highest = max(self.highest, other.highest)
        for at, count in other.bins.items():
            self.bins[at] = self.bins.get(at, 0) + count

    def quantile(self, part: float) -> float | None:
        """The value that `part` of all values do not exceed (nearest rank); None without any."""
        if not self.count:
            return None
        rank = max(1, ceil(round(part * self.count, 6)))
        if rank == self.count:
            return self.highest
        passed = 0
        for at in sorted(self.bins):
            passed += self.bins[at]
            if passed >= rank:
                break
        middle = 2 * _GROWTH**at / (_GROWTH + 1)
        return min(max(middle, self.lowest), self.highest)

    @property
    def mean(self) -> float | None:
        """The mean; None without values."""
        return self.total / self.count if self.count else None
