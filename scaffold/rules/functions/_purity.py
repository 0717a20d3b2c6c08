"""Which steps only compute: what may stand between two calls that could be one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model.steps import (
    Clock,
    ClosureFrame,
    EnvRead,
    HelperCall,
    Log,
    OtherCall,
    Random,
    Return,
    Test,
    Throw,
)
from scaffold.model.values import Closure, Global
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from scaffold.model.body import Body
    from scaffold.model.steps import Step

_COMPUTING = (Clock, EnvRead, Log, Random, Return, Test, Throw)
_GLOBALS = {"Array", "Boolean", "Date", "JSON", "Map", "Math", "Number", "Object", "Promise", "RegExp", "Set"}
_GLOBALS |= {
    "BigInt",
    "FormData",
    "Headers",
    "Response",
    "String",
    "TextDecoder",
    "TextEncoder",
    "URL",
    "URLSearchParams",
    "decodeURIComponent",
    "encodeURIComponent",
    "isNaN",
    "parseFloat",
    "parseInt",
    "structuredClone",
}
_PARTS = "Date Day FullYear Hours Milliseconds Minutes Month Seconds".split()
_OF_DATES = {f"{verb}{zone}{part}" for verb in ("get", "set") for zone in ("", "UTC") for part in _PARTS}
_METHODS = _OF_DATES | set(
    "at charAt concat entries every filter find findIndex findLast flat flatMap forEach get getTime has"
    " includes indexOf join keys lastIndexOf localeCompare map match matchAll padEnd padStart pop push"
    " reduce replace replaceAll reverse set shift slice some sort split splice startsWith endsWith"
    " substring substr toFixed toISOString toLocaleLowerCase toLowerCase toString toUpperCase toSorted"
    " trim trimEnd trimStart unshift values add test charCodeAt codePointAt fill findLastIndex normalize"
    " reduceRight repeat search toDateString toJSON toLocaleDateString toLocaleString toLocaleTimeString"
    " toLocaleUpperCase toPrecision toReversed toSpliced toUTCString valueOf".split()
)
_DEPTH = 4


def only_computes(step: Step, depth: int = 0) -> bool:
    """Whether a step changes nothing outside of the function, and waits for nothing."""
    if isinstance(step, _COMPUTING):
        return True
    if isinstance(step, OtherCall):
        return _is_builtin(step)
    if isinstance(step, HelperCall) and depth < _DEPTH:
        steps = inside(step)
        return steps is not None and all(only_computes(inner, depth + 1) for inner in steps)
    return False


def inside(call: HelperCall) -> tuple[Step, ...] | None:
    """What a helper does; None if that is not in view. A closure's steps stand in the body around it."""
    if call.callee is not None:
        return call.callee.steps
    return inside_closure(call.body, call.target.node) if isinstance(call.target, Closure) else None


def inside_closure(body: Body, function: n.Function) -> tuple[Step, ...]:
    """The steps of a function within a function."""
    return tuple(
        step
        for step in body.steps
        if any(isinstance(frame, ClosureFrame) and frame.node is function for frame in step.frames)
    )


def _is_builtin(call: OtherCall) -> bool:
    if isinstance(call.node, n.Call) and call.node.new and call.name.endswith("Error"):
        return True
    if isinstance(call.value, Global):
        return call.value.path[0] in _GLOBALS
    return call.name.rpartition(".")[2] in _METHODS
