"""The conftest.py of the generated tests: what a signed-in user has in the project's tables."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from scaffold.lifecycle.stubs import literals
from scaffold.model import values as vs
from scaffold.model.steps import Auth, Read
from scaffold.rules._ways import origins

if TYPE_CHECKING:
    from scaffold.model.function import Reached
    from scaffold.model.project import Project
    from scaffold.model.validators import Validator

_CLAIMS = {"tokenIdentifier": "client.token_identifier", "subject": "client.subject"}
_TEXT = '''\
"""What the tests of this folder share. Written once; it is yours."""

from __future__ import annotations

from typing import Any

import pytest
from scaffold.testing import Client, Documents, OnSignIn


@pytest.fixture
def on_sign_in(documents: Documents) -> OnSignIn:
    """Who signs in has a document in `{table}`, as after their first visit."""

    def store(client: Client, claims: dict[str, Any]) -> None:
        documents.add({call})

    return store
'''


_BY_ID = '''\
"""What the tests of this folder share. Written once; it is yours."""

from __future__ import annotations

from typing import Any

import pytest
from scaffold.testing import AsUser, Client, Documents, Target


@pytest.fixture
def as_user(convex_backend: Target, documents: Documents) -> AsUser:
    """Users as @convex-dev/auth knows them: a token names their document, and the session."""

    def sign_in(subject: str, **claims: Any) -> Client:
        known = (user for user in documents.all("users") if user.get("name") == subject)
        user = next(known, None)
        user_id = user["_id"] if user else documents.add("users", name=subject)
        return convex_backend.as_user(f"{user_id}|session", claims)

    return sign_in
'''


def users_table(project: Project) -> str:
    """The table of users; empty where it cannot be told."""
    if _is_by_id(project):
        return "users"
    found = users(project)
    return found[0] if found else ""


def _is_by_id(project: Project) -> bool:
    """Whether tokens hold ids of documents, as those of @convex-dev/auth do."""
    return any(
        isinstance(reached.step, Auth) and reached.step.how == "getAuthUserId"
        for function in project.functions
        for reached in function.steps(Auth)
    )


def text(project: Project) -> str:
    """The file; empty where users have no table that can be told."""
    if _is_by_id(project):
        return _BY_ID
    found = users(project)
    if found is None:
        return ""
    table, field, claim = found
    entries = [literals.text(table), f"{field}={_CLAIMS[claim]}", *_role(project, table)]
    call = ", ".join(entries)
    if len(call) > 60:  # noqa: PLR2004 - what is left of a line
        call = "\n" + "".join(f"            {entry},\n" for entry in entries) + "        "
    body = _TEXT.format(table=table, call=call)
    return body if "claims.get" in body else body.replace("claims: dict", "_claims: dict")


def users(project: Project) -> tuple[str, str, str] | None:
    """The table in which most functions look the caller up, the field, and the claim in it."""
    found: Counter[tuple[str, str, str]] = Counter()
    for function in project.functions:
        found.update({each for reached in function.steps(Read) if (each := _looked_up(reached)) is not None})
    return max(found, key=lambda each: (found[each], each)) if found else None


def _looked_up(reached: Reached) -> tuple[str, str, str] | None:
    read = reached.step
    if not isinstance(read, Read) or not isinstance(read.table, str) or isinstance(read.range, vs.Unknown):
        return None
    if read.terminal not in {"first", "unique"} or len(read.range) != 1:
        return None
    field = read.range[0].field
    claims = {
        value.path[-1]
        for value in origins(read.range[0].value, read.body, reached.via)
        if isinstance(value, vs.Result) and value.path and value.path[-1] in _CLAIMS
    }
    if len(claims) != 1 or not isinstance(field, str) or not field.isidentifier():
        return None
    return read.table, field, claims.pop()


def _role(project: Project, table: str) -> list[str]:
    known = project.tables.get(table)
    role = known.document.at(("role",)) if known is not None else None
    plain = _first_literal(role) if role is not None and not isinstance(role, vs.Unknown) else None
    return [f'role=claims.get("role", {plain})'] if plain else []


def _first_literal(validator: Validator) -> str | None:
    members = [member for member in validator.members if member.kind == "literal"]
    return literals.literal(members[0].value) if members else None
