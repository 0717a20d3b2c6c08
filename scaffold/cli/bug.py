"""The end of a run that met a bug: one line for the user, a report for the issue tracker."""

from __future__ import annotations

import os
import platform
import shlex
import tempfile
import traceback
from typing import TYPE_CHECKING

from scaffold import __version__
from scaffold.cli import console
from scaffold.core.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

_ISSUES = "https://github.com/convex-scaffold/convex-scaffold/issues/new"

_REPORT = """\
### convex-scaffold {version} met a bug

- command: `convex-scaffold {command}`
- Python {python} on {system}

```
{traceback}
```
"""


def report(error: Exception, arguments: Sequence[str]) -> ExitCode:
    """Write a report that can be pasted into an issue as it is, and say where it is."""
    text = _REPORT.format(
        version=__version__,
        command=shlex.join(arguments),
        python=platform.python_version(),
        system=platform.platform(),
        traceback="".join(traceback.format_exception(error)).rstrip(),
    )
    place = _kept(text.replace(os.path.expanduser("~"), "~"))  # noqa: PTH111 - nobody need have a home
    console.failure(
        f"this is a bug in convex-scaffold: {type(error).__name__}: {error}",
        hint=f"paste {place} into {_ISSUES}",
    )
    return ExitCode.BUG


def _kept(text: str) -> str:
    """Where the report is: in a file, or where no file can be written, on stderr."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", prefix="convex-scaffold-bug-", suffix=".md", delete=False
        ) as file:
            file.write(text)
    except OSError:
        console.note(text)
        return "the report above"
    return file.name
