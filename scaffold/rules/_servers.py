"""Functions that only servers call, though anyone could."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model.steps import EnvRead

if TYPE_CHECKING:
    from scaffold.model.function import Function

_SECRET = regex(r"secret$|^(?:api|service|server|internal)_?key$", re.IGNORECASE)


def is_for_servers(function: Function) -> bool:
    """Whether callers show a secret of the deployment, which a server has and no page."""
    return any(map(_SECRET.search, function.arguments)) and any(function.steps(EnvRead))
