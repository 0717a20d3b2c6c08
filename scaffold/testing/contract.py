"""What every public function is held to, whatever it does: `convex-scaffold stubs` writes tests of it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from convex import ConvexError
from convex.http_client import ConvexExecutionError

from scaffold.testing import making, shapes
from scaffold.testing.outcomes import Outcome, failed, has_code, outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from hypothesis.strategies import DataObject

    from scaffold.testing.client import AsUser, Client
    from scaffold.testing.documents import Documents
    from scaffold.testing.target import Target

_EXAMPLES = 20  # calls of a property test
_TRIES = 60  # calls until one succeeds
_FRESH = 15  # of them with the same data


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
        arguments = self._arguments(name, self._functions.get(name, {}).get("args"))
        is_query = self._functions[name]["type"] == "query"
        caller: list[Client] = []

        def check(data: DataObject) -> None:
            if not (caller and is_query):  # a query leaves all as it was
                self._target.reset()
                caller[:] = [self._sign_in(subject, claims)]
                arguments.prepare(caller[0])
            args = data.draw(arguments.strategy, label=f"{name} with")
            found = self.call(caller[0], name, args)
            if found.failure:
                raise AssertionError(f"{name} answers a valid call with {found}")
            if found.refusal and not has_code(found):
                raise AssertionError(f"{name} throws data without a code: {found.data!r}")

        making.run(check, _EXAMPLES)

    def replays(
        self, name: str, key: str, subject: str = "", *, args: Mapping[str, Any] | None = None, **claims: Any
    ) -> None:
        """Fail if a call that is repeated with its `key` changes data once more, or gives another result.

        Arguments that `args` does not have are made up, of what the sources give to fields of their name,
        until a call succeeds and writes something.
        """
        caller, made, first = self._first_success(name, key, subject, args or {}, claims)
        once = self._documents.snapshot()
        second = self.call(caller, name, made)
        if self._documents.snapshot() != once:
            pytest.fail(f"{name} acts twice when a call is repeated with its {key}: {made}")
        if not second.same_as(first):
            pytest.fail(f"{name} gives {first}, and when the call is repeated {second}: {made}")

    @contextmanager
    def tells_watchers(
        self, watcher: Client, name: str, args: Mapping[str, Any] | None = None, *, if_shown: bool = False
    ) -> Iterator[None]:
        """Fail unless who watches the query is told of what the block changes.

        With `if_shown` a change that does not show in what the query gives is none to be told of.
        """
        before = self.call(watcher, name, args or {})
        if before.is_error:
            pytest.skip(f"{name} gives its watcher {before}; let the test set up what it needs")
        with watcher.subscribe(name, args) as watched:
            watched.next()
            try:
                yield
            except (ConvexError, ConvexExecutionError) as error:
                why = f"what {name} shows cannot be changed: {failed(error)}"
                pytest.skip(f"{why}; let the test set up what it needs")
            if if_shown and self.call(watcher, name, args or {}).same_as(before):
                pytest.skip(f"{name} shows nothing of the change; let the test make one that it shows")
            try:
                watched.next()
            except TimeoutError:
                pytest.fail(f"{name} does not tell its watchers of the change: they see {before}")
            except Exception:  # noqa: BLE001, S110 - they are told that it fails now
                pass

    def call(self, caller: Client, name: str, args: Mapping[str, Any]) -> Outcome:
        """Call a function of any type."""
        kind = self._functions.get(name, {}).get("type", "query")
        callers: dict[str, Callable[..., Any]] = {"mutation": caller.mutation, "action": caller.action}
        return outcome(callers.get(kind, caller.query), name, args)

    def _first_success(
        self, name: str, key: str, subject: str, given_: Mapping[str, Any], claims: Mapping[str, Any]
    ) -> tuple[Client, dict[str, Any], Outcome]:
        """A call that succeeded and wrote something: who made it, with what, and its result."""
        shape = self._declared(name, "args")
        if key not in shape["value"]:
            pytest.fail(f"{name} takes no argument {key}")
        arguments = self._arguments(name, shape, plausible=True)
        caller, tries = self._target.anonymous(), 0
        before: list[object] = []
        found: list[tuple[Client, dict[str, Any], Outcome]] = []

        def check(data: DataObject) -> None:
            nonlocal caller, tries
            if tries % _FRESH == 0 and not found:  # limits on how often may be asked would end the search
                self._target.reset()
                caller = self._sign_in(subject, claims)
                arguments.prepare(caller)
                before[:] = [self._documents.snapshot()]
            args = {**data.draw(arguments.strategy), key: f"key-{tries}", **given_}
            if found:
                return
            tries += 1
            first = self.call(caller, name, args)
            if not first.is_error:
                before.append(self._documents.snapshot())
                if before[-1] != before[-2]:
                    found.append((caller, args, first))

        making.run(check, _TRIES)
        if not found:
            pytest.skip(f"no made-up call of {name} succeeds and writes; give the test `args` that do")
        return found[0]

    def _arguments(
        self, name: str, shape: shapes.Shape | None, *, plausible: bool = False
    ) -> making.Arguments:
        known = shape or self._declared(name, "args")
        hints = making.hints(self._folder, name, plausible=plausible)
        return making.Arguments(known, self._documents, hints)

    def _must_differ(
        self, name: str, args: Mapping[str, Any], found: Outcome, caller: Client, unlike: Client
    ) -> None:
        before = self._state(name)
        allowed = self.call(unlike, name, args)
        if not found.same_as(allowed) or self._state(name) != before:
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
        if not subject:
            return self._target.anonymous()
        known = {
            "name": subject,
            "email": f"{subject}@example.com",
        }  # as tokens of identity providers have them
        return self._as_user(subject, **{**known, **claims})

    def _state(self, name: str) -> object:
        """All data, where the function could change it."""
        kind = self._functions.get(name, {}).get("type")
        return None if kind == "query" else self._documents.snapshot()


_UNCHECKED = {"args": "takes", "returns": "may return"}
