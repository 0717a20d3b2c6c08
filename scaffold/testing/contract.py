"""What every public function is held to, whatever it does: the tests of `convex-scaffold stubs` ask for it."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaffold.testing import shapes
from scaffold.testing.outcomes import Outcome, has_code, outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from scaffold.testing.client import AsUser, Client
    from scaffold.testing.documents import Documents
    from scaffold.testing.target import Target

_EXAMPLES = 20  # calls of a property test
_TRIES = 150  # calls until one succeeds
_WORD = re.compile(r"[\"'`]([A-Za-z0-9][\w .:/@+-]{0,39})[\"'`]|\b([A-Za-z]\w*):")


class Contract:
    """Holds functions of the embedded backend to what their validators and their access checks promise."""

    def __init__(self, target: Target, documents: Documents, as_user: AsUser, functions: Path) -> None:
        self._target = target
        self._documents = documents
        self._as_user = as_user
        self._folder = functions
        self._functions = {each["path"]: each for each in target.control.functions()}

    def refuses(
        self, caller: Client, name: str, args: Mapping[str, Any], *, unlike: Client | None = None
    ) -> Outcome:
        """Fail unless the call is refused: by an error, or by a result without content and no write.

        `unlike` is somebody who is let in. The same answer to both shows nothing about the caller.
        """
        before = self._state(name)
        found = self.call(caller, name, args)
        who = caller.subject or "somebody who has not signed in"
        if found.is_misfit:
            pytest.fail(f"{name} does not take {args}: {found.failure}")
        if found.is_bug:
            pytest.fail(f"{name} breaks instead of refusing {who}: {found}")
        if self._state(name) != before:
            pytest.fail(f"{name} changes data for {who}")
        if not found.is_error and not found.is_empty:
            pytest.fail(f"{name} gives {who} {found}")
        if unlike is not None and not (found.speaks_of_identity and not caller.subject):
            self._must_differ(name, args, found, caller, unlike)
        return found

    def rejects_wrong_arguments(self, name: str) -> None:
        """Fail if a call gets past the validators with an argument missing, unknown or of another type."""
        shape = self._declared(name, "args")
        fitting = shapes.example(shape, self._documents.absent)
        caller = self._target.anonymous()
        for what, args in shapes.misfits(shape, fitting):
            if isinstance(args, dict) and not self.call(caller, name, args).is_misfit:
                pytest.fail(f"{name} takes wrong arguments ({what}): {args}")

    def answers_as_declared(self, name: str, subject: str = "", **claims: Any) -> None:
        """Fail if some valid call gets neither a result that fits `returns` nor a ConvexError with a code.

        The calls are made up. They are those of the user `subject`, or without one of nobody.
        """
        self._declared(name, "returns")
        self.answers_any_call(name, subject, **claims)

    def answers_any_call(self, name: str, subject: str = "", **claims: Any) -> None:
        """The same for a function that declares no `returns`: no call may cause an internal error."""
        shape = self._functions[name]["args"] if name in self._functions else self._declared(name, "args")
        words = self._words(name)

        def check(data: st.DataObject) -> None:
            self._target.reset()
            caller = self._sign_in(subject, claims)
            made = shapes.values(shape, lambda table: self._documents.ids(table, caller), words)
            args = data.draw(made if shape["type"] == "object" else st.just({}), label=f"{name} with")
            found = self.call(caller, name, args)
            assert not found.failure, f"{name} answers a valid call with {found}"  # noqa: S101 - it is a test
            assert not found.refusal or has_code(found), f"{name} throws data without a code: {found.data!r}"  # noqa: S101

        _run(check, _EXAMPLES)

    def call(self, caller: Client, name: str, args: Mapping[str, Any]) -> Outcome:
        """Call a function of any type."""
        kind = self._functions.get(name, {}).get("type", "query")
        callers: dict[str, Callable[..., Any]] = {"mutation": caller.mutation, "action": caller.action}
        return outcome(callers.get(kind, caller.query), name, args)

    def _must_differ(
        self, name: str, args: Mapping[str, Any], found: Outcome, caller: Client, unlike: Client
    ) -> None:
        allowed = self.call(unlike, name, args)
        if not found.same_as(allowed):
            return
        if caller.subject or found.is_empty:
            pytest.skip(f"{name} gives {unlike.subject} the same: {found}; let the test set up what it needs")
        pytest.fail(f"{name} gives anyone what it gives {unlike.subject}: {found}")

    def _declared(self, name: str, what: str) -> shapes.Shape:
        """The validator of a function.

        A function that is gone, or that declares none, fails the test.
        """
        if name not in self._functions:
            pytest.fail(f"there is no function {name}; if that is meant, remove its tests")
        shape: shapes.Shape | None = self._functions[name][what]
        if shape is None or shape["type"] == "any":
            pytest.fail(f"{name} declares no `{what}`: it {_UNCHECKED[what]} anything")
        return shape

    def _sign_in(self, subject: str, claims: Mapping[str, Any]) -> Client:
        return self._as_user(subject, **claims) if subject else self._target.anonymous()

    def _state(self, name: str) -> object:
        """All data, where the function could change it."""
        kind = self._functions.get(name, {}).get("type")
        return None if kind == "query" else self._documents.snapshot()

    def _words(self, name: str) -> list[str]:
        """The texts in the sources beside a function: keys and codes that a made-up text would not hit."""
        module = self._folder / name.partition(":")[0]
        files = sorted(module.parent.glob("*.ts")) if module.parent != self._folder else [module.with_suffix(".ts")]
        sources = (file.read_text("utf-8", "replace") for file in files if _is_source(file))
        found = (word or key for source in sources for word, key in _WORD.findall(source))
        return sorted(set(found))


_UNCHECKED = {"args": "takes", "returns": "may return"}


def _is_source(file: Path) -> bool:
    return file.is_file() and not file.name.endswith((".test.ts", ".d.ts", ".spec.ts"))


def _run(check: Callable[[st.DataObject], None], examples: int) -> None:
    """A property test within a test: what its fixtures gave is used by all examples."""
    chosen = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=bool(os.environ.get("CI")),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    chosen(given(data=st.data())(_named(check)))()


def _named(check: Callable[[st.DataObject], None]) -> Callable[..., None]:
    def example(data: st.DataObject) -> None:
        check(data)

    return example
