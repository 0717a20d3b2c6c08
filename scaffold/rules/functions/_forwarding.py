"""Helpers that hand on what they are given to be run: `later(ctx, api.mails.send)` schedules it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from scaffold.model.mixing import alternatives
from scaffold.model.steps import HelperCall, Run, Schedule
from scaffold.model.values import Definition, Parameter, Reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.places import Place
    from scaffold.model.body import Body
    from scaffold.model.project import Project

_HOPS = 3


class Slot(msgspec.Struct, frozen=True):
    """A parameter of a helper whose value, or the part of it that `path` leads to, is run or scheduled."""

    index: int
    path: tuple[str, ...]
    deferred: bool


class Forwarded(msgspec.Struct, frozen=True):
    """A function given to a helper that has it run; `place` is where it is given."""

    call: HelperCall
    place: Place
    target: Reference | Definition
    deferred: bool


def forwarded(project: Project) -> tuple[Forwarded, ...]:
    """The functions and addresses that are given to helpers of the project which have them run."""
    return project.derived(_all)


def _all(project: Project) -> tuple[Forwarded, ...]:
    return tuple(_forwarded(project))


def _forwarded(project: Project) -> Iterator[Forwarded]:
    known: dict[int, tuple[Slot, ...]] = {}
    for call in project.steps(HelperCall):
        for slot in slots(call.callee, known) if call.callee is not None else ():
            if slot.index < len(call.arguments):
                yield from _given(call, slot)


def _given(call: HelperCall, slot: Slot) -> Iterator[Forwarded]:
    argument = call.arguments[slot.index]
    value = call.body.source(call.body.value(argument), slot.path)
    for each in alternatives(value):
        if isinstance(each, Reference | Definition):
            yield Forwarded(call, call.body.module.at(argument), each, slot.deferred)


def slots(helper: Body, known: dict[int, tuple[Slot, ...]], hops: int = _HOPS) -> tuple[Slot, ...]:
    """The parameters that a helper has run, itself or through others; `known` are those of bodies seen."""
    found = known.get(id(helper))
    if found is None:
        known[id(helper)] = ()  # for helpers that call one another
        found = known[id(helper)] = tuple(dict.fromkeys(_slots(helper, known, hops)))
    return found


def _slots(helper: Body, known: dict[int, tuple[Slot, ...]], hops: int) -> Iterator[Slot]:
    for step in helper.steps:
        if isinstance(step, Run | Schedule):
            value = helper.value(step.target_node)
            if isinstance(value, Parameter):
                yield Slot(value.index, value.path, isinstance(step, Schedule))
    for call in helper.calls if hops else ():
        for slot in slots(call.callee, known, hops - 1) if call.callee is not None else ():
            if slot.index >= len(call.arguments):
                continue
            part = helper.source(helper.value(call.arguments[slot.index]), slot.path)
            if isinstance(part, Parameter):
                yield Slot(part.index, part.path, slot.deferred)
