"""Parameters that are a function's context, or a part of it, told from their types and names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model.values import Context
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from scaffold.model.values import Value

_PICKED = regex(r"(?:Pick|Omit|Partial|Required|Readonly)<.*Ctx\b", re.DOTALL)
_SHAPE = regex(r"^\{.*\b(?:db|auth|storage|scheduler|runQuery|runMutation|runAction)\b", re.DOTALL)
_WHOLE = regex(r"(?:Ctx|Context)(?:WithTable)?(?:<.*>)?(?:\s*&.*)?$", re.DOTALL)
_PARTS = (
    (regex(r"\b(?:Generic)?Database(?:Reader|Writer)\b"), ("db",)),
    (regex(r"\bStorage(?:Reader|Writer|ActionWriter)\b"), ("storage",)),
    (regex(r"\bScheduler\b"), ("scheduler",)),
    (regex(r"^Auth$"), ("auth",)),
)
_SAY_NOTHING = {"any", "unknown"}
_NAMES = {"ctx": (), "_ctx": (), "db": ("db",)}
_ACCESS = regex(r"\[\s*[\"'](\w+)[\"']\s*\]$")


def as_context(parameter: n.Parameter) -> Value | None:
    """The part of the context that a parameter is, or None.

    The type decides where there is one: `QueryCtx`, `GenericMutationCtx<…>`, `Pick<QueryCtx, "db">`,
    `{ db: DatabaseReader }`, `DatabaseReader`, `QueryCtx["db"]`. Without a type, or
    with `any`, the usual names do.
    """
    annotation = parameter.annotation.strip()
    if annotation and annotation not in _SAY_NOTHING:
        return _of_type(annotation)
    pattern = parameter.pattern
    if isinstance(pattern, n.Name) and pattern.name in _NAMES:
        return Context(_NAMES[pattern.name])
    return None


def _of_type(annotation: str) -> Value | None:
    if _PICKED.match(annotation) or _SHAPE.match(annotation):
        return Context()
    accessed = _ACCESS.search(annotation)
    if accessed and "Ctx" in annotation:
        return Context((accessed[1],))
    for pattern, path in _PARTS:
        if pattern.search(annotation):
            return Context(path)
    first = annotation.split("|", maxsplit=1)[0].strip()
    return Context() if "Ctx" in annotation and (_WHOLE.search(first) or "Ctx<" in first) else None
