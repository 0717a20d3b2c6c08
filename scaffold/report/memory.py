"""What is remembered of late events, within bounds: two generations, of which the older one goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

Value = TypeVar("Value")


class Seen:
    """Which keys there have been, among the last `size` at least and twice as many at most."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._young: set[int] = set()
        self._old: set[int] = set()

    def is_new(self, key: int) -> bool:
        """Whether a key is seen for the first time; it is not, from now on."""
        young = self._young
        if key in young or key in self._old:
            return False
        young.add(key)
        if len(young) >= self._size:
            self._old, self._young = young, set()
        return True


class Waiting(Generic[Value]):
    """Values that wait for another event of the same key; several may wait for one, and go in their order."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._young: dict[int, list[Value]] = {}
        self._old: dict[int, list[Value]] = {}

    def put(self, key: int, value: Value) -> list[Value]:
        """Let a value wait. Returns those that have waited too long, and do so no longer."""
        young = self._young
        if key in young:
            young[key].append(value)
            return []
        young[key] = [value]
        if len(young) < self._size:
            return []
        gone = [each for values in self._old.values() for each in values]
        self._old, self._young = young, {}
        return gone

    def take(self, key: int) -> Value | None:
        """The value that has waited longest for this key; None if there is none."""
        for generation in (self._old, self._young):
            values = generation.get(key)
            if values is None:
                continue
            value = values.pop(0)
            if not values:
                del generation[key]
            return value
        return None

    def rest(self) -> Iterator[Value]:
        """All that still wait."""
        for generation in (self._old, self._young):
            for values in generation.values():
                yield from values
