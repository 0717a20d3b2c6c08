"""Which of the values that a variable was given it can still have at a place.

In `let rows = all; if (mine) { rows = ofUser } else { rows = ofTeam }` nothing is left of `all` behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from scaffold.model.steps import BranchFrame
from scaffold.source import nodes as n
from scaffold.source.leaving import leaves

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scaffold.model.steps import Frame

Frames: TypeAlias = "tuple[Frame, ...]"


def alive(given: Sequence[n.Expression], assigned: Mapping[int, Frames], here: Frames) -> list[n.Expression]:
    """Those of `given`, in order, that are not always given away before `here`.

    `assigned` tells of each value that was assigned, by where it begins, inside of what; the others came with
    the declaration.
    """
    found: list[n.Expression] = []
    for value in given:
        frames = assigned.get(value.start)
        if frames is None or _leads(frames, here):
            found = []
        found.append(value)
    while found[1:] and _always([assigned[value.start] for value in found[1:]], here):
        found = found[1:]
    return found


def _leads(frames: Frames, here: Frames) -> bool:
    """Whether all that one place stands in is around the other."""
    return frames == here[: len(frames)]


def _always(assigned: Sequence[Frames], here: Frames) -> bool:
    """Whether one of these assignments has run whenever one comes to a place."""
    for depth in range(len(here) + 1):
        inside = [frames for frames in assigned if _leads(here[:depth], frames)]
        if inside and _covered(inside, depth):
            return True
    return False


def _covered(inside: Sequence[Frames], depth: int) -> bool:
    """Whether one of the assignments inside of a block at this depth runs whenever it runs to its end."""
    if any(len(frames) == depth for frames in inside):
        return True
    choices: dict[int, tuple[n.If, dict[bool, list[Frames]]]] = {}
    for frames in inside:
        frame = frames[depth]
        if isinstance(frame, BranchFrame) and isinstance(frame.node, n.If):
            _, arms = choices.setdefault(frame.node.start, (frame.node, {True: [], False: []}))
            arms[frame.taken].append(frames)
    return any(
        all(
            _covered(arm, depth + 1) if arm else leaves(block)  # nobody comes out of a block that leaves
            for arm, block in ((arms[True], choice.then), (arms[False], choice.other))
        )
        for choice, arms in choices.values()
    )
