"""ast-grep's rules over a text. The only importer of ast-grep, besides which nothing knows its types."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ast_grep_py import SgRoot

from scaffold.core.patterns import regex

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from ast_grep_py import SgNode

# As ast-grep spells a language -> (its name for the parser, the files it is the language of).
LANGUAGES = {
    "typescript": ("typescript", (".ts", ".mts", ".cts")),
    "ts": ("typescript", (".ts", ".mts", ".cts")),
    "tsx": ("tsx", (".tsx",)),
    "javascript": ("javascript", (".js", ".jsx", ".mjs", ".cjs")),
    "js": ("javascript", (".js", ".jsx", ".mjs", ".cjs")),
    "jsx": ("javascript", (".js", ".jsx", ".mjs", ".cjs")),
}
_VARIABLE = regex(r"\$\$\$([A-Z_][A-Z0-9_]*)|\$([A-Z_][A-Z0-9_]*)")


class PatternError(ValueError):
    """ast-grep does not accept a rule; the message is its reason."""


@dataclass(frozen=True)
class Match:
    """A place that a rule fits, as offsets in bytes, and texts with the rule's variables filled in."""

    start: int
    end: int
    message: str
    replacement: str | None


@dataclass(frozen=True)
class Pattern:
    """A rule of ast-grep: `matcher` holds its `rule`, `constraints` and `utils`."""

    language: str
    matcher: dict[str, Any]
    message: str
    fix: str | None = None

    def check(self) -> None:
        """Try the rule on nothing.

        Raises:
            PatternError: ast-grep does not accept it.
        """
        list(self.matches(""))

    def matches(self, text: str) -> Iterator[Match]:
        """Where the rule fits, in order.

        Raises:
            PatternError: ast-grep does not accept the rule.
        """
        try:
            found = _root(text, LANGUAGES[self.language][0]).find_all(self.matcher)  # type: ignore[call-overload]
        except Exception as error:
            raise PatternError(_reason(error)) from error
        for node in found:
            span = node.range()
            yield Match(
                start=_bytes(text, span.start.index),
                end=_bytes(text, span.end.index),
                message=_filled(self.message, node, text),
                replacement=None if self.fix is None else _filled(self.fix, node, text),
            )


@lru_cache(maxsize=4)  # a team's rules run one after the other over the same file
def _root(text: str, language: str) -> SgNode:
    return SgRoot(text, language).root()


def _bytes(text: str, index: int) -> int:
    return len(text[:index].encode())


def _filled(template: str, node: SgNode, text: str) -> str:
    def value(match: re.Match[str]) -> str:
        if match[1]:
            several = node.get_multiple_matches(match[1])
            return text[several[0].range().start.index : several[-1].range().end.index] if several else ""
        one = node.get_match(match[2])
        return one.text() if one else match[0]

    return _VARIABLE.sub(value, template)


def _reason(error: Exception) -> str:
    """The innermost cause that ast-grep names, without its stack."""
    lines = str(error).partition("\nStack backtrace")[0].splitlines()
    causes = [line.split(": ", 1)[-1].strip() for line in lines if line.strip() and line != "Caused by:"]
    return causes[-1] if causes else "ast-grep does not accept it"
