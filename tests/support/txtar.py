"""A folder as one text file: a line `-- path --` starts each file; before the first stands a comment."""

from __future__ import annotations

import re


def parse(text: str) -> dict[str, str]:
    """The files in an archive, by path."""
    parts = re.split(r"^-- (.+) --\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))
