"""A folder beside its destination, so that what is built in it appears there at once or not at all."""

from __future__ import annotations

import errno
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from scaffold.core import temporary
from scaffold.core.errors import CannotWriteError, TargetExistsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ELSEWHERE = "choose another folder with --in"


@contextmanager
def staged(target: Path, *, suggestion: str) -> Iterator[Path]:
    """Yield a path to build the folder `target` at; on success it is renamed into place.

    On a failure or an interruption it is removed. A kill cannot be caught: what it leaves is a hidden
    folder beside the target, which the next run beside it removes.

    Raises:
        TargetExistsError: something appeared at `target` meanwhile; it is left alone.
        CannotWriteError: the parent folder cannot be written to.
    """
    with ExitStack() as stack:
        try:
            place = stack.enter_context(temporary.folder(target.parent, prefix=f".{target.name}."))
        except OSError as error:
            raise CannotWriteError(target, error.strerror or str(error), otherwise=_ELSEWHERE) from error
        yield place / target.name
        _rename(place / target.name, target, suggestion)


def _rename(source: Path, target: Path, suggestion: str) -> None:
    try:
        source.rename(target)  # onto an empty folder this succeeds too
    except OSError as error:
        if error.errno in {errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR}:
            raise TargetExistsError(target, "appeared while the project was made", suggestion) from error
        raise CannotWriteError(target, error.strerror or str(error), otherwise=_ELSEWHERE) from error
