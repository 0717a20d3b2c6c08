"""What every failure has: an exit code, a message, and what to type next."""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What the shell sees. The table in docs/reference/exit-codes.md is made from this."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    NOTHING_TO_DO = 3
    CONFLICTS = 4
    TOOL = 5
    BUG = 70
    INTERRUPTED = 130

    @property
    def meaning(self) -> str:
        """The one-line meaning that help and docs print."""
        return _MEANINGS[self]


_MEANINGS = {
    ExitCode.OK: "done, nothing to report",
    ExitCode.FINDINGS: "findings, drift, or generated code that is behind",
    ExitCode.USAGE: "the command line, an answer or a configuration file is wrong",
    ExitCode.NOTHING_TO_DO: "nothing to work on: no Convex project here, or no events in a log",
    ExitCode.CONFLICTS: "an update left conflicts to resolve",
    ExitCode.TOOL: "a program that is needed is missing or failed, or the machine ran out of room",
    ExitCode.BUG: "a bug in convex-scaffold; a report was written",
    ExitCode.INTERRUPTED: "interrupted (Ctrl-C, or told to end)",
}


class ScaffoldError(Exception):
    """A failure the user can understand and act on.

    `message` says what is wrong and where; `hint` says what to do next, a command where there is one;
    `detail` is longer evidence (the end of a tool's output), printed between the two.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.USAGE

    def __init__(self, message: str, *, hint: str, detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.detail = detail
