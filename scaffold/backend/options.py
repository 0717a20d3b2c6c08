"""What a backend is started with."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from scaffold.core.errors import ServeOptionError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

AuthMode = Literal["none", "trust", "verify"]

Documents = dict[str, list[dict[str, Any]]]
"""Documents by table, in Convex's encoded JSON. `{"$ref": "users/0"}` is the id of the first user above."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a backend behaves.

    `port` 0 takes any free one. `auth` says what a token is worth: "none" nothing, with "trust" its claims
    are believed, with "verify" signature, issuer, audience and expiry are checked. `variables` are
    environment variables of the functions, besides this process's own. `time_limit` (seconds) ends what
    keeps the backend busy for longer. `limits` are those of a deployment's transactions.
    """

    port: int = 0
    auth: AuthMode = "trust"
    variables: Mapping[str, str] = field(default_factory=dict)
    seed: Documents | None = None
    watch: bool = False
    limits: bool = True
    time_limit: float = 5.0


def read_seed(path: Path) -> Documents:
    """The documents in a seed file: `{"table": [document, …], …}`.

    Raises:
        ServeOptionError: the file cannot be read, or has another shape.
    """
    try:
        seed = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ServeOptionError(f"--seed {path}: {error.strerror}", f"ls {path.parent}") from error
    except ValueError as error:
        raise ServeOptionError(f"--seed {path}: is no JSON: {error}", _SEED_HINT) from error
    if not isinstance(seed, dict) or not all(_is_rows(rows) for rows in seed.values()):
        raise ServeOptionError(f"--seed {path}: is no object with a list of documents a table", _SEED_HINT)
    return seed


_SEED_HINT = 'write {"users": [{"name": "Ada"}]}, with the names of your tables'


def _is_rows(rows: object) -> bool:
    return isinstance(rows, list) and all(isinstance(row, dict) for row in rows)


def read_variables(assignments: Sequence[str]) -> dict[str, str]:
    """Environment variables from `NAME=value` texts.

    Raises:
        ServeOptionError: a text is no assignment.
    """
    variables = {}
    for text in assignments:
        name, equals, value = text.partition("=")
        if not equals or not name.isidentifier():
            raise ServeOptionError(
                f"--env {text!r} is not of the form NAME=value", "write for example --env LOG=all"
            )
        variables[name] = value
    return variables
