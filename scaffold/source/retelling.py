"""What is right, and the grammar does not know, told in words that it knows, byte for byte as long.

tree-sitter's grammar for TypeScript has no types of imported modules with arguments, `import("./x").Id<"t">`
and `f<typeof import("./x")>()`; no `export type * from`; no types for a template, ``sql<Row>`…` ``; no NUL in
a string; no `|` in front of a union behind `as`; no fields that are an `accessor`, types that go `in` or
`out`, resources `using` which a loop runs, deferred imports and `override abstract`; no members of a type on
lines of their own without a `;`, where the second begins with `<` or is called `in_stock`; and no `&` in the
text and the attributes of JSX. It takes some names for words of its own, as `unique` in `i < unique.length`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.source.syntax import parse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from re import Match

    from tree_sitter import Node

_STRING = rb"(?:\"[^\"\n]*\"|'[^'\n]*')"
_MODULE = rb"import\([ \t]*" + _STRING + rb"[ \t]*\)"
# Of a module as a value there is a promise, which has no part that starts with a capital.
_TYPE = regex(rb"(?<=typeof )" + _MODULE + rb"|\b" + _MODULE + rb"(?=\s*\.\s*[A-Z])")
_BLANK = regex(
    rb"\bexport[ \t]+type[ \t]+\*(?:[ \t]+as[ \t]+\w+)?[ \t]+from[ \t]*"
    + _STRING
    + rb"|(?<=\w)<(?:[^<>`;={}]|\{[^`{}=]*\}|<[^<>`;=]*>)+>(?=`)|(?<=\bas)\s+\||(?<=\bsatisfies)\s+\||\0"
)
_MODIFIER = regex(
    rb"\baccessor(?=[ \t]+[\w$#\[\"'])|\boverride(?=\s+abstract\b)|(?<=\bimport)\s+defer(?=\s+\*)"
    rb"|(?<=[<,])\s*(?:in\s+out|in|out)(?=\s+[A-Za-z_$])"
)
# Two members of a type without a `;` between them: the second one begins with what could belong to the first.
_MEMBER = regex(
    rb"(?<=[\w>\])}\"'])(?<!=>)[ \t]*\r?\n(?=\s*(?:<(?:const\s|\s*[A-Za-z_$])|in(?:[_$\d]|\??\s*:)))"
)
_RESOURCE = regex(rb"(?<=\()\s*(?:await\s+)?using(?=\s+[A-Za-z_$][\w$]*\s+of\b)")
# Words that begin a type or a declaration, where nothing stands behind them that they could belong to.
_WORD = regex(
    rb"\b(?:abstract|accessor|as|infer|keyof|never|satisfies|unique|unknown|using)\b(?=[(\[]|\s*[.,;:)?!=<>&|+*/%\]}-])"
)
_ATTRIBUTE = regex(rb"(?<==)(?:\"[^\"\n]*\"|'[^'\n]*')")
_TEXT = regex(rb"&[^\"'<>{}\n]*")
_BEFORE = 100  # bytes before a place that does not parse where the sign that broke it may stand
_ROUNDS = 8  # the next sign is often found only when the one before it is no error


def understood(source: bytes, *, jsx: bool = False) -> Node:
    """The root of the syntax tree, with as few errors as can be had.

    The tree's places are those of the source; the text of its nodes may not be.
    """
    root = parse(source, jsx=jsx)
    if not root.has_error:
        return root
    told = source
    for pattern, instead in _RETOLD:
        changed = pattern.sub(instead, told)
        tried = _better(root, changed, jsx=jsx) if changed != told else root
        if tried is not root:
            root, told = tried, changed
    if root.has_error:  # one may help only beside another
        changed = _all_told(source)
        tried = _better(root, changed, jsx=jsx)
        root, told = (root, told) if tried is root else (tried, changed)
    for _ in range(_ROUNDS if jsx else 0):
        before, told = told, _without_signs(told, root)
        tried = _better(root, told, jsx=jsx) if told != before else root
        if tried is root:
            break
        root = tried
    return root


def _all_told(source: bytes) -> bytes:
    for pattern, instead in _RETOLD:
        source = pattern.sub(instead, source)
    return source


def errors(root: Node) -> Iterator[Node]:
    """The outermost places that do not parse."""
    pending = [root]
    while pending:
        node = pending.pop()
        if node.is_error or node.is_missing:
            yield node
        elif node.has_error:
            pending.extend(reversed(node.children))


def _better(root: Node, told: bytes, *, jsx: bool) -> Node:
    """The tree of what is told, if less of it is broken; else the one before."""
    tried = parse(told, jsx=jsx)
    return tried if _broken(tried) < _broken(root) else root


def _broken(root: Node) -> int:
    """How many bytes stand in places that do not parse; what is missing counts one."""
    return sum(node.end_byte - node.start_byte or 1 for node in errors(root))


def _name(match: Match[bytes]) -> bytes:
    return b"m".ljust(len(match[0]), b"_")


def _word(match: Match[bytes]) -> bytes:
    return b"w".ljust(len(match[0]), b"_")


def _blank(match: Match[bytes]) -> bytes:
    return b" " * len(match[0])


def _constant(match: Match[bytes]) -> bytes:
    return b"const".ljust(len(match[0]))


def _end(match: Match[bytes]) -> bytes:
    return b";".rjust(len(match[0]))


def _without_sign(match: Match[bytes]) -> bytes:
    return match[0].replace(b"&", b"_")


def _without_signs(source: bytes, root: Node) -> bytes:
    """The source with another sign for the first `&` where something does not parse, or the one before it.

    With it those that follow in the same text or attribute: an address may have dozens.
    """
    told = bytearray(source)
    for node in errors(root):
        start, end = node.start_byte, node.end_byte
        at = source.find(b"&", start, end)
        at = at if at >= 0 else source.rfind(b"&", max(0, start - _BEFORE), start)
        if at >= 0 and (text := _TEXT.match(source, at)):
            told[at : text.end()] = text[0].replace(b"&", b"_")
    return bytes(told)


_RETOLD = (
    (_MEMBER, _end),
    (_TYPE, _name),
    (_BLANK, _blank),
    (_MODIFIER, _blank),
    (_RESOURCE, _constant),
    (_WORD, _word),
    (_ATTRIBUTE, _without_sign),
)
