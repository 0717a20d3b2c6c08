"""The tallies of one function: over time, with its errors."""

from __future__ import annotations

from functools import lru_cache

from scaffold.report.failures import OTHER, Failure
from scaffold.report.tally import Tally

CLASSES = (
    "query",
    "mutation",
    "action",
    "internalQuery",
    "internalMutation",
    "internalAction",
    "httpAction",
)
MAX_ERRORS = 50
"""Different errors that are told apart in one function."""

_TYPES = {
    "Query": "query",
    "Mutation": "mutation",
    "Action": "action",
    "HttpAction": "httpAction",
    "query": "query",
    "mutation": "mutation",
    "action": "action",
    "http_action": "httpAction",
}


class Counted:
    """Tallies by bucket of time (None: without a time), and how often which error was."""

    __slots__ = ("buckets", "errors")

    def __init__(self) -> None:
        self.buckets: dict[int | None, Tally] = {}
        self.errors: dict[Failure, int] = {}

    def fail(self, tally: Tally, failure: Failure, step: int = 1) -> None:
        """Count a failed call, or with a step of -1 take it back."""
        if failure.kind == "refusal":
            tally.refusals += step
        else:
            tally.errors += step
        if failure not in self.errors and len(self.errors) >= MAX_ERRORS:
            failure = OTHER
        self.errors[failure] = max(0, self.errors.get(failure, 0) + step)

    def coarsen(self, factor: int) -> None:
        """Put buckets together, `factor` of them into one."""
        old, self.buckets = self.buckets, {}
        for index, tally in old.items():
            self._add(None if index is None else index // factor, tally)

    def merge(self, other: Counted) -> None:
        """Count all that another has counted, in the same buckets."""
        for index, tally in other.buckets.items():
            self._add(index, tally)
        for failure, count in other.errors.items():
            self.errors[failure] = self.errors.get(failure, 0) + count

    def _add(self, index: int | None, tally: Tally) -> None:
        self.buckets.setdefault(index, Tally()).merge(tally)

    def total(self) -> Tally:
        """All buckets in one."""
        total = Tally()
        for tally in self.buckets.values():
            total.merge(tally)
        return total


class Function:
    """A function, a route, or what all that do not fit have in common."""

    __slots__ = ("counted", "gave_up", "label", "loose", "name", "runs", "type")

    def __init__(self, name: str) -> None:
        self.name = name
        self.type: str | None = None  # of the platform
        self.label: str | None = None  # the class, as its own lines say
        self.runs = 0  # events of the platform
        self.gave_up = 0  # works that were retried in vain
        self.counted = Counted()
        self.loose = Counted()  # lines that cannot be matched with runs: they count where there are none

    @property
    def class_(self) -> str:
        """One of `CLASSES`. Without its own lines, nobody can tell an internal function from a public one."""
        return self.label or self.type or "internalAction"


def type_of(name: str | None) -> str | None:
    """Convex's type of a function, in our word."""
    return _TYPES.get(name or "")


@lru_cache(maxsize=4096)
def name_of(path: str, component: str | None) -> str:
    """A function's name as its own lines have it, with its component before it."""
    if " " not in path:  # no route
        module, _, export = path.partition(":")
        path = f"{module.removesuffix('.js')}:{export or 'default'}"
    return f"{component}/{path}" if component else path
