"""Functions that only servers call, though anyone could."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model.steps import EnvRead
from scaffold.model.validators import Validator

if TYPE_CHECKING:
    from scaffold.model.function import Function

_SECRET = regex(r"secret$|^(?:api|service|server|internal)_?key$", re.IGNORECASE)


def is_for_servers(function: Function) -> bool:
    """Whether callers show a secret of the deployment, which a server has and no page."""
    fields = function.args.fields if isinstance(function.args, Validator) else {}
    return any(map(_SECRET.search, fields)) and any(True for _ in function.steps(EnvRead))
