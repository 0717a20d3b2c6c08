"""Programs that are needed, the machine they run on, and the embedded backend."""

from __future__ import annotations

import errno
import os
import shlex

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


_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}
_MEMORY = {errno.ENOMEM, errno.EMFILE, errno.ENFILE}
_CLOSED = {errno.EACCES, errno.EPERM}


class MachineError(ScaffoldError):
    """The machine gave out: no space, no memory, no files to open, a disk that fails, a closed folder."""

    exit_code = ExitCode.TOOL

    def __init__(self, error: OSError) -> None:
        where = f"{error.filename}: " if error.filename else ""
        if error.errno == errno.ENOENT and _is_nowhere():
            where = "the current folder: "
            hint = "it was removed or renamed: go to one that is there, and run it again"
        elif error.errno in _CLOSED:
            hint = f"see who may read it, and the folders above: ls -ld {shlex.quote(str(error.filename))}"
        else:
            hint = "make room (df -h, ulimit -a; TMPDIR=FOLDER moves temporary files), and run it again"
        super().__init__(f"the machine cannot go on: {where}{error.strerror or error}", hint=hint)

    @classmethod
    def explains(cls, error: OSError) -> bool:
        """Whether nobody's code is to blame for this error."""
        no_temporary_folder = error.errno == errno.ENOENT and error.filename is None  # as tempfile says it
        closed = error.errno in _CLOSED and error.filename is not None
        return no_temporary_folder or closed or error.errno in _SPACE | _MEMORY


def _is_nowhere() -> bool:
    """Whether the current folder is gone."""
    try:
        os.getcwd()  # noqa: PTH109 - the same, without a path of it
    except FileNotFoundError:
        return True
    return False


class ServeOptionError(ScaffoldError):
    """An option of `serve` that makes no sense."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message, hint=hint)


class ServeError(ScaffoldError):
    """The embedded backend cannot run the project as it is."""

    exit_code = ExitCode.TOOL
