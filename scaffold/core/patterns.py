"""Regular expressions that are compiled when they are first used.

Modules hold many of them, and a run uses few: compiling them all took a sixth of a short run.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, Generic, cast


def regex(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` gives, but later. A mistake in it comes to light when it is used, so test each."""
    return cast("re.Pattern[AnyStr]", _Pattern(text, flags))


class _Pattern(Generic[AnyStr]):
    """Stands for a pattern: whatever is asked of it, the pattern is asked."""

    def __init__(self, text: AnyStr, flags: int) -> None:
        self._source: tuple[AnyStr, int] = text, flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(*self._source), name)
        setattr(self, name, found)  # the next time it is found at once
        return found
