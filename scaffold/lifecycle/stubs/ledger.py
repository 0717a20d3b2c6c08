"""What was generated, as it was: a test that still has this content is the tool's, any other somebody's.

The content is taken without layout, so that a formatter is nobody. It stands in `tests/python/stubs.json`,
one line a test, in order: branches that add functions merge.
"""

from __future__ import annotations

import hashlib
import io
import json
import tokenize
from typing import TYPE_CHECKING, TypeAlias

from scaffold.core.errors import UnreadableTestsError

if TYPE_CHECKING:
    from pathlib import Path

Ledger: TypeAlias = dict[str, dict[str, str]]
"""File name -> name of a test ("" is what stands above the tests) -> digest of what was generated."""

NAME = "stubs.json"
_LAYOUT = {tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
_CLOSING = {")", "]", "}"}
_DIGITS = 16


def digest(text: str) -> str:
    """The content of a piece of Python."""
    found = [
        token.string
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type not in _LAYOUT
    ]
    kept = [
        word
        for word, following in zip(found, [*found[1:], ""], strict=True)
        if not (word == "," and following in _CLOSING)
    ]
    return hashlib.sha256("\x00".join(kept).encode()).hexdigest()[:_DIGITS]


def read(path: Path) -> Ledger:
    """The ledger; empty where there is none.

    Raises:
        UnreadableTestsError: it is no ledger; an unfinished merge, say.
    """
    if not path.is_file():
        return {}
    try:
        files = json.loads(path.read_text("utf-8"))["files"]
        return {
            str(file): {str(name): str(value) for name, value in tests.items()}
            for file, tests in files.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError, UnicodeDecodeError) as error:
        raise UnreadableTestsError(path, f"it is not what this command wrote ({error})") from error


def write(ledger: Ledger) -> bytes:
    """The ledger as bytes."""
    files = {file: dict(sorted(tests.items())) for file, tests in sorted(ledger.items()) if tests}
    return (json.dumps({"schemaVersion": 1, "files": files}, indent=2, ensure_ascii=False) + "\n").encode()
