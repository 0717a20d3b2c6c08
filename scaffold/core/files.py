"""Writing files so that nobody ever sees half of one."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from scaffold.core.errors import CannotWriteError
from scaffold.core.patterns import regex
from scaffold.core.text import printable

_PREFIX = ".convex-scaffold-"
_LEFTOVER = regex(r"\.convex-scaffold-[a-z0-9_]{8}")  # as `mkstemp` names them
_LONG = 60 * 60  # seconds


def replace(
    path: Path, content: str | bytes, *, through: Path | None = None, mode_of: Path | None = None
) -> None:
    """Write a file beside its place and move it there: readers see the old one or the new one.

    The permissions of a file that is replaced are kept; `mode_of` names another one that has them. `through`
    is a folder to write it in before it is moved, if that can be: of one that its owner clears, a kill leaves
    nothing.

    Raises:
        CannotWriteError: the file system refuses; the old file is untouched.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, content, through or path.parent, mode_of or path)
    except OSError as error:
        if through is not None and error.errno == errno.EXDEV:  # it is on another file system
            replace(path, content, mode_of=mode_of)
            return
        raise CannotWriteError(path, error.strerror or str(error)) from error


def _replace(path: Path, content: str | bytes, folder: Path, mode_of: Path) -> None:
    _remove_leftovers(folder)
    handle, temporary = tempfile.mkstemp(prefix=_PREFIX, dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        Path(temporary).chmod(_mode(mode_of))
        Path(temporary).replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise


@lru_cache(maxsize=1024)
def _remove_leftovers(folder: Path) -> None:
    """Remove what runs that were killed left here: files that nobody writes for that long.

    Once in a folder: thousands of files may be written to it.
    """
    with os.scandir(folder) as entries:
        names = [entry for entry in entries if _LEFTOVER.fullmatch(entry.name)]
    for entry in names:
        with suppress(OSError):
            if (
                entry.is_file(follow_symlinks=False)
                and time.time() - entry.stat(follow_symlinks=False).st_mtime > _LONG
            ):
                Path(entry.path).unlink()


def below(root: Path) -> list[str]:
    """The paths of all files and links below a folder, with forward slashes, but for what git keeps there."""
    return sorted(
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if (not path.is_dir() or path.is_symlink()) and ".git" not in path.relative_to(root).parts
    )


def read(path: Path) -> bytes:
    """The bytes of a regular file. A pipe or a device of its name would keep us waiting, or never end.

    Raises:
        OSError: it cannot be read, or is no such file.
    """
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise OSError(errno.EINVAL, "it is a pipe, a socket or a device", str(path))
    return path.read_bytes()


def text(path: Path, errors: str = "strict") -> str:
    """The UTF-8 text of a regular file, its line ends as one character and without a byte order mark.

    Raises:
        OSError: it cannot be read, or is no such file.
        UnicodeDecodeError: it is no UTF-8, and `errors` is strict.
    """
    return read(path).decode("utf-8-sig", errors).replace("\r\n", "\n").replace("\r", "\n")


def write_output(path: Path, content: str) -> None:
    """Write where the user said to: through links, and into what is no file, such as /dev/stdout.

    Names of files in it that are no UTF-8 are written as they are printed, with what stands for other bytes.

    Raises:
        CannotWriteError: the file system refuses; a file that was there is untouched.
    """
    # These do not raise where a folder may not be entered, or a name is too long: `replace` says so.
    if not os.path.exists(path) or os.path.isfile(path):  # noqa: PTH110, PTH113
        replace(Path(os.path.realpath(path)), printable(content))
        return
    try:
        with path.open("w", encoding="utf-8") as file:
            file.write(printable(content))
    except OSError as error:
        raise CannotWriteError(path, error.strerror or str(error)) from error


def cache_folder() -> Path:
    """Where the user's machine keeps what can be made again; nowhere to be written, if nobody has a home."""
    if asked_for := os.environ.get("CONVEX_SCAFFOLD_CACHE_DIR"):
        return Path(asked_for)
    import platformdirs  # noqa: PLC0415 - few commands have a cache

    try:
        return Path(platformdirs.user_cache_dir("convex-scaffold"))
    except RuntimeError:  # a user that the machine does not know, without HOME: a container's, for instance
        return Path(os.devnull) / "cache"


def _mode(path: Path) -> int:
    """The mode of a file, or what `open` would give a new one."""
    try:
        return path.stat().st_mode & 0o7777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
