"""Buckets of time, few enough to draw and to keep: their width grows with the span of the events."""

from __future__ import annotations

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
# Seconds. Each divides the next, so that buckets can be put together.
WIDTHS = (
    *(1, 5, 15, 30, _MINUTE, 5 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE),
    *(_HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR, _DAY, 7 * _DAY, 28 * _DAY, 364 * _DAY, 3640 * _DAY),
)
MAX_BUCKETS = 60
_EARLIEST, _LATEST = 1.4e9, 4.1e9  # before Convex was there, and after 2099: clocks that cannot be right


class Timeline:
    """The width of buckets, and the range of them that is in use."""

    def __init__(self) -> None:
        self._step = 0
        self.width = WIDTHS[0]
        self.first: int | None = None
        self.last: int | None = None

    def include(self, index: int) -> bool:
        """Extend the range to a bucket; False if it is too long now, and buckets must be put together."""
        self.first = index if self.first is None else min(self.first, index)
        self.last = index if self.last is None else max(self.last, index)
        return self.last - self.first < MAX_BUCKETS

    def coarsen(self) -> int:
        """Take the next width that is enough; the number of old buckets in a new one."""
        assert self.first is not None  # noqa: S101 - a range that is too long has ends
        assert self.last is not None  # noqa: S101
        old = self.width
        while self.last * old // self.width - self.first * old // self.width >= MAX_BUCKETS:
            self._step += 1
            self.width = WIDTHS[self._step]
        self.first = self.first * old // self.width
        self.last = self.last * old // self.width
        return self.width // old


def is_plausible(at: float) -> bool:
    """Whether a time, in seconds since 1970, can be one of an event."""
    return _EARLIEST < at < _LATEST
