"""Reports over logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.errors.base import ExitCode, ScaffoldError

if TYPE_CHECKING:
    from pathlib import Path


class NoEventsError(ScaffoldError):
    """Nothing that was read tells of a call."""

    exit_code = ExitCode.NOTHING_TO_DO

    def __init__(self, sources: str, found: str, hint: str) -> None:
        super().__init__(f"{sources}: no call of a function in it; {found}", hint=hint)


class UnreadableLogError(ScaffoldError):
    """A file of events cannot be read."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"cannot read {path}: {reason}", hint="check that it is a file and may be read")


class InvalidMomentError(ScaffoldError):
    """A point in time is none."""

    def __init__(self, option: str, text: str) -> None:
        super().__init__(
            f"{option} {text!r} is no point in time",
            hint=f"{option} 24h (30m, 7d: that long ago), or {option} 2026-11-20T09:00Z",
        )
