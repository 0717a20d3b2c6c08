"""Several values as one, and one as several."""

from __future__ import annotations

from scaffold.model.values import Computed, Mixed, Result, Unknown, Value


def mixed(*values: Value) -> Value:
    """One value for several; what is the same counts once."""
    if len(values) == 1:
        return values[0]
    found: dict[object, Value] = {}
    for value in values:
        for part in alternatives(value):
            found.setdefault(_identity(part), part)
    distinct = tuple(found.values())
    if len(distinct) == 1:
        return distinct[0]
    return Mixed(distinct) if distinct else Unknown("it is given no value")


def alternatives(value: Value) -> tuple[Value, ...]:
    """What a value may be: each of several, or itself alone."""
    return value.values if isinstance(value, Mixed) else (value,)


def _identity(value: Value) -> object:
    """What values that are the same have in common."""
    if isinstance(value, Result):
        return id(value.step), value.path
    return id(value.node) if isinstance(value, Computed) else value
