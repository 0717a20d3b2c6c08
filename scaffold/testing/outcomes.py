"""What comes of a call, told apart as a client in production would see it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from convex import ConvexError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_IN_BACKEND = re.compile(r"^\[Request ID: \w+\] Server Error\n?")
_BUGS = re.compile(r"^Uncaught (Type|Reference|Range|Syntax|Aggregate)Error\b")
_OF_IDENTITY = re.compile(
    r"un-?auth|authenti|authori[sz]|(sign|log)(ed|ged)?[ _-]?in\b|login|unregistered|forbidden|permission"
    r"|denied|not[ _]allowed|credential|identity|\b40[13]\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Outcome:
    """A result, or one of two kinds of failure.

    `refusal` is what a ConvexError says: its code, or its text. `failure` is the message of any other error,
    of which a production client sees "Server Error" alone.
    """

    value: Any = None
    refusal: str = ""
    failure: str = ""
    data: Any = None

    def __str__(self) -> str:
        """For messages of tests."""
        if self.refusal:
            return f"the error {self.refusal}"
        return f"an internal error: {self.failure}" if self.failure else f"the result {_short(self.value)}"

    @property
    def is_error(self) -> bool:
        """Whether the function threw."""
        return bool(self.refusal or self.failure)

    @property
    def is_misfit(self) -> bool:
        """Whether the arguments were not let in."""
        return self.failure.startswith("ArgumentValidationError")

    @property
    def is_bug(self) -> bool:
        """Whether the code failed where it did not mean to."""
        return bool(_BUGS.match(self.failure)) or self.failure.startswith("ReturnsValidationError")

    @property
    def is_empty(self) -> bool:
        """Whether the result holds nothing: null, an empty list, an empty page."""
        if self.is_error:
            return False
        value = self.value["page"] if isinstance(self.value, dict) and "page" in self.value else self.value
        return value is None or value is False or value in ([], {}, "")

    @property
    def speaks_of_identity(self) -> bool:
        """Whether the error is about who is calling."""
        return bool(_OF_IDENTITY.search(f"{self.refusal} {self.failure.partition(chr(10))[0]} {self.data}"))

    def same_as(self, other: Outcome) -> bool:
        """Whether a client could not tell the two apart."""
        ours, theirs = self.failure.partition("\n")[0], other.failure.partition("\n")[0]
        if self.is_error or other.is_error:
            return (self.refusal, ours) == (other.refusal, theirs)
        return bool(self.value == other.value)


def outcome(call: Callable[[str, Mapping[str, Any]], Any], name: str, args: Mapping[str, Any]) -> Outcome:
    """Call a function, whatever comes of it."""
    try:
        return Outcome(value=call(name, args))
    except (ConnectionError, TimeoutError):
        raise
    except Exception as error:  # noqa: BLE001 - the client of PyPI raises bare ones for bad requests
        return failed(error)


def failed(error: Exception) -> Outcome:
    """What an error of the client says of a call."""
    if isinstance(error, ConvexError):
        return Outcome(refusal=_code(error), data=error.data)
    return Outcome(failure=_IN_BACKEND.sub("", str(error)) or type(error).__name__)


def has_code(found: Outcome) -> bool:
    """Whether a refusal can be told by a program: data with a `code`, or a text."""
    data = found.data
    return bool(isinstance(data, str) or (isinstance(data, dict) and isinstance(data.get("code"), str)))


def _code(error: ConvexError) -> str:
    data = error.data
    if isinstance(data, dict) and isinstance(data.get("code"), str):
        return str(data["code"])
    return str(data) or "ConvexError"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}…"  # noqa: PLR2004 - two lines
