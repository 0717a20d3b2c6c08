"""What a function does with data, in words, and how much each weighs."""

from __future__ import annotations

from scaffold.model import values as vs
from scaffold.model.steps import External, Get, Read, Run, Schedule, Step, Storage, Write


def weight_of(step: Step) -> int:
    """Writes weigh more than what sets something going, and that more than reads."""
    match step:
        case Write():
            return 3
        case Storage(operation="getUrl"):
            return 0
        case Schedule() | External() | Storage():
            return 2
        case Run(method="runMutation" | "runAction"):
            return 2
    return 1


def deed_of(step: Step) -> str:
    match step:
        case Write(operation=operation, table=table):
            verb = {"insert": "inserts into", "delete": "deletes from"}.get(operation, "changes")
            return f"{verb} {_named(table)}"
        case Read(table=table) | Get(table=table):
            return f"reads {_named(table)}"
        case Run(method=method):
            return f"calls `{method}`"
        case Schedule():
            return "schedules a function"
        case Storage(operation=operation):
            return f"calls `storage.{operation}`"
        case External(package=package):
            return f"calls `{package}`" if package else "calls `fetch`"
    return "uses the database"


def _named(table: str | vs.Unknown) -> str:
    return "documents" if isinstance(table, vs.Unknown) else f"`{table}`"
