"""Programs that are needed, and the embedded backend."""

from __future__ import annotations

from scaffold.core.errors.base import ExitCode, ScaffoldError


class ToolMissingError(ScaffoldError):
    """A program that is needed is not installed."""

    exit_code = ExitCode.TOOL

    def __init__(self, tool: str, why: str, remedy: str) -> None:
        super().__init__(f"{tool} is needed {why}", hint=remedy)


class ToolFailedError(ScaffoldError):
    """A program that was needed ended with an error."""

    exit_code = ExitCode.TOOL

    def __init__(self, what: str, command: str, output: str, *, hint: str = "") -> None:
        super().__init__(
            f"{what} failed: {command}", detail=output, hint=hint or f"see for yourself: {command}"
        )


class ServeOptionError(ScaffoldError):
    """An option of `serve` that makes no sense."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message, hint=hint)


class ServeError(ScaffoldError):
    """The embedded backend cannot run the project as it is."""

    exit_code = ExitCode.TOOL
