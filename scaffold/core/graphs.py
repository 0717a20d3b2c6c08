"""Directed graphs of numbered places. Sets of places are integers, with a bit for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def transitive(direct: Iterable[int]) -> list[int]:
    """What each place reaches through any number of hops, by the sets of those that each leads to at once."""
    hops = [[*places(bits)] for bits in direct]
    reached = [0] * len(hops)
    for together in _components(hops):
        found = union(reached[hop] | 1 << hop for place in together for hop in hops[place])
        for place in together:
            reached[place] = found
    return reached


def _components(hops: list[list[int]]) -> Iterator[list[int]]:
    """Places that reach each other, after those that they reach besides (Tarjan, without recursion)."""
    entered: dict[int, int] = {}  # when each place was come to; past counting once its component is told
    earliest: dict[int, int] = {}  # the first of those still open that it leads back to
    still_open: list[int] = []
    for start in range(len(hops)):
        way = [] if start in entered else [(start, iter(hops[start]))]
        while way:
            place, rest = way[-1]
            if place not in entered:
                entered[place] = earliest[place] = len(entered)
                still_open.append(place)
            for hop in rest:
                if hop not in entered:
                    way.append((hop, iter(hops[hop])))
                    break
                earliest[place] = min(earliest[place], entered[hop])
            else:
                way.pop()
                if way:
                    before = way[-1][0]
                    earliest[before] = min(earliest[before], earliest[place])
                if earliest[place] == entered[place]:
                    together = _from_last(still_open, place)
                    entered.update(dict.fromkeys(together, len(hops)))
                    yield together


def _from_last(places: list[int], first: int) -> list[int]:
    """Take off a list what stands at its end from a place on."""
    taken = [places.pop()]
    while taken[-1] != first:
        taken.append(places.pop())
    return taken


def union(sets: Iterable[int]) -> int:
    """What any of the sets has."""
    found = 0
    for bits in sets:
        found |= bits
    return found


def places(bits: int) -> Iterator[int]:
    """The places of a set, in order."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
