"""One file's bytes to its facts: the only door to the parser for the model."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from msgspec.structs import replace

from scaffold.core.patterns import regex
from scaffold.core.text import address
from scaffold.source import nodes as n
from scaffold.source.module_facts import ModuleFacts, encoded
from scaffold.source.retelling import errors, understood
from scaffold.source.statements import Statements
from scaffold.source.syntax import arguments_of, string_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tree_sitter import Node, TreeCursor

# Most files hold nothing of what is looked for here: words are looked for before patterns, and patterns begin
# with what is rare, for `re` tries those that begin with `\b` or `(?<!` at every byte.

# Comments that speak to a tool. Anything else in comments is nobody's fact.
_TOOLS = (b"scaffold-ignore", b"eslint-")
_TOOL_COMMENT = regex(rb"scaffold-ignore|eslint-(?:disable|enable)")
_ADDRESSES = {"api", "internal", "components", "anyApi"}
# A step of an address: `.messages`, `["my-module"]`.
_STEP = rb"(?:\s*[?!]?\.\s*[A-Za-z_$][\w$]*|\s*!?(?:\?\.)?\[\s*[\"'][^\"'\n]+[\"']\s*\])"
_PART = regex(r"([A-Za-z_$][\w$]*)(?![^\[]*\])|[\"']([^\"'\n]+)[\"']")
# `const { api } = require("../convex/_generated/api")`, and `await import(…)`, wherever they stand.
_LOADED = regex(rb"\(\s*[\"'][^\"'\n]*_generated/api")
_UNPACKED = regex(
    rb"\{([^{}]*)\}\s*=\s*(?:await\s+import|require)\s*\(\s*[\"'][^\"'\n]*_generated/api(?:\.[jt]s)?[\"']"
)
_CHAIN = {"call_expression", "member_expression", "subscript_expression"}
_CASTS = {"as_expression", "satisfies_expression"}
_DECLARING = {"import_specifier", "import_clause", "namespace_import", "pair_pattern", "type_query"}
_UNPACKED_NAME = regex(rb"([\w$]+)(?:\s*:\s*([\w$]+))?")
_TAKEN = regex(rb"\b(?:const|let|var)\s*\{([\w$\s,:.]*)\}\s*=\s*$")
_REQUIRED = regex(rb"require(?<!\wrequire)\s*\(\s*[\"']([^\"'\n]+)[\"']")
# `import("./large")`
_IMPORTING = regex(rb"(import)(?<![\w$.]import)\s*\(")
# `makeFunctionReference<"query">("messages:list")`
_NAMING = b"makeFunctionReference"
_NAMED = regex(rb"makeFunctionReference\s*(?:<[^()]*>)?\s*\(\s*[\"'`]([\w$/-]+:[\w$]+)[\"'`]")
# `ctx.runMutation("messages:send", …)`, `ctx.scheduler.runAfter(0, "messages:send")`
_RUN = regex(
    rb"\.run(?:(?:Query|Mutation|Action)\s*\(|A(?:fter|t)\s*\([^;\"'`]{0,200}?,)\s*[\"'`]([\w$/-]+:[\w$]+)[\"'`]"
)
_WIRING = (b"cronJobs", b"Crons", b"httpRouter", b"HttpRouter")
_PATTERN = 400  # bytes of a pattern that is looked into
_GENERATED = regex(r"_generated/api(?:\.[jt]s)?$")
_MANY = 500
_BOM = b"\xef\xbb\xbf"


def scan(source: bytes, *, jsx: bool = False) -> ModuleFacts:
    """The facts of a module. Never fails: what does not parse is listed in `errors`, as offsets."""
    text = _text(source)
    root = understood(text, jsx=jsx)
    lowering = Statements(text, jsx=jsx)
    body = lowering.program(root)
    try:
        code = encoded(body)
    except RecursionError:
        return ModuleFacts(errors=((0, len(source)),), size=len(source))
    loaded = tuple(lowering.dynamic_imports)
    facts = _facts(text, root, body, loaded)
    return replace(facts, code=code, errors=(*facts.errors, *lowering.too_deep))


def outline(source: bytes, *, jsx: bool = False) -> ModuleFacts:
    """The facts of a module without its code, which costs more than all others and is seldom asked for."""
    text = _text(source)
    root = understood(text, jsx=jsx)
    top = Statements(text, jsx=jsx).outline(root)
    return replace(_facts(text, root, top, tuple(_loaded(text, root))), whole=False)


def _facts(
    text: bytes, root: Node, body: tuple[n.Statement, ...], loaded: tuple[tuple[int, str], ...]
) -> ModuleFacts:
    """All but the code of a module, by its statements, or by those of an outline."""
    return ModuleFacts(
        links=tuple(_links(body)),
        required=tuple(match.decode("utf-8", "replace") for match in _REQUIRED.findall(text)),
        directives=tuple(_directives(body)),
        comments=tuple(_comments(text, root)) if _holds(text, _TOOLS) else (),
        errors=tuple(_errors(root)) if root.has_error else (),
        dynamic_imports=loaded,
        references=(*_references(text, root, body), *_named(text, root)),
        wires=_holds(text, _WIRING),
        size=len(text),
    )


def _loaded(text: bytes, root: Node) -> Iterator[tuple[int, str]]:
    """Where `import("…")` stands, and what it loads."""
    matches = list(_IMPORTING.finditer(text))
    for word in _nodes(root, [match.span(1) for match in matches]):
        callee = word.parent if word is not None and word.type == "import" else None
        call = callee.parent if callee is not None and callee.type == "import" else None
        if callee is None or call is None or _is_in_type(call):
            continue
        specifier = string_value(next(iter(arguments_of(call)), None))
        if specifier is not None:
            yield callee.start_byte, specifier


def _is_in_type(call: Node) -> bool:
    """Whether an expression stands for its type: `Promise<import("./x").Y>`, `value as import("./x").Y`."""
    around = call.parent
    while around is not None and around.type in _CHAIN:
        around = around.parent
    if around is None:
        return False
    cast = around.type in _CASTS and around.start_byte < call.start_byte
    return cast or "type" in around.type or around.type == "constraint"


def _text(source: bytes) -> bytes:
    """The source with spaces for its byte order mark, so that all offsets stay."""
    return b"   " + source[3:] if source.startswith(_BOM) else source


def _holds(source: bytes, words: Iterable[bytes]) -> bool:
    return any(word in source for word in words)


def _links(body: tuple[n.Statement, ...]) -> Iterator[n.Import | n.ExportNames | n.Declare]:
    """The statements that tie a file to others."""
    for statement in body:
        match statement:
            case n.Import() | n.ExportNames():
                yield statement
            case n.Declare(value=n.Call(callee=n.Name(name="require"))):
                yield statement
            case _:
                pass


def _directives(body: tuple[n.Statement, ...]) -> Iterator[n.String]:
    """Strings that stand alone; "use node" counts wherever a banner of comments let it slip to."""
    for statement in body:
        if isinstance(statement, n.Do) and isinstance(statement.value, n.String):
            yield statement.value


def _comments(source: bytes, root: Node) -> Iterator[n.Comment]:
    matches = (match.span() for match in _TOOL_COMMENT.finditer(source))
    for node in _nodes(root, list(matches)):
        if node is not None and node.type == "comment":
            yield n.Comment(
                node.start_byte,
                node.end_byte,
                source[node.start_byte : node.end_byte].decode("utf-8", "replace"),
            )


def _nodes(root: Node, spans: Sequence[tuple[int, int]]) -> Iterator[Node | None]:
    """The innermost node around each stretch of the source, in the order of the file.

    Each is looked for from the first statement on, which is quick; not so for thousands of them.
    """
    if len(spans) < _MANY:
        for start, end in spans:
            yield root.descendant_for_byte_range(start, end)
        return
    cursor = root.walk()
    for start, end in spans:
        yield _onward(cursor, start, end)


def _onward(cursor: TreeCursor, start: int, end: int) -> Node | None:
    """The innermost node around a stretch that does not lie before the cursor."""
    while (node := cursor.node) is not None:
        if node.start_byte > start:
            return node.parent
        if node.end_byte >= end:
            if not cursor.goto_first_child():
                return node
        elif not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return None
            around = cursor.node
            if around is not None and around.end_byte >= end:
                return around
    return None


def _references(source: bytes, root: Node, body: Iterable[n.Statement]) -> Iterator[n.Reference]:
    """Mentions of functions by their address, under whatever name the module imports `api` and its like."""
    roots = dict(_roots(source, body))
    if not roots:
        return
    matches = list(_mention(tuple(roots)).finditer(source))
    for match, node in zip(matches, _nodes(root, [match.span(1) for match in matches]), strict=True):
        if node is not None and node.type in {"identifier", "type_identifier"} and not _declares(node):
            path = tuple(_steps(match[2].decode("utf-8", "replace")))
            root_name, path = _rooted(roots[match[1]], path)
            for taken in _taken(source, match.start(1)) if root_name else ():
                yield n.Reference(match.start(1), match.end(), root_name, (*path, *taken))


def _steps(text: str) -> Iterator[str]:
    """The steps of an address; a key may stand for several: `api["shop/orders"].list`."""
    for word, key in _PART.findall(text):
        yield from (word or key).split("/")


def _named(source: bytes, root: Node) -> Iterator[n.Reference]:
    """Functions whose addresses are strings."""
    matches = [*_RUN.finditer(source), *(_NAMED.finditer(source) if _NAMING in source else ())]
    matches.sort(key=lambda match: match.start(1))
    for match, node in zip(matches, _nodes(root, [match.span(1) for match in matches]), strict=True):
        if node is not None and node.type == "string_fragment":
            yield n.Reference(match.start(1), match.end(1), "any", address(match[1].decode()))


@cache
def _mention(roots: tuple[bytes, ...]) -> re.Pattern[bytes]:
    """Finds the names of roots, and the steps from there."""
    names = b"|".join(rb"%b(?<![\w$.]%b)" % (name, name) for name in map(re.escape, roots))
    return re.compile(rb"(" + names + rb")(?![\w$])(?:\s+as\s+\w+\s*\))?(" + _STEP + rb"*)")


def _roots(source: bytes, body: Iterable[n.Statement]) -> Iterator[tuple[bytes, str]]:
    """The local names of `api` and its like; "*" is the name of all of the generated module."""
    for statement in body:
        if not isinstance(statement, n.Import):
            continue
        for imported, local in statement.names:
            if imported in _ADDRESSES or (imported == "*" and _GENERATED.search(statement.specifier)):
                yield local.encode(), imported
    for match in _UNPACKED.finditer(source) if _LOADED.search(source) else ():
        for name, renamed in _UNPACKED_NAME.findall(match[1]):
            if name.decode() in _ADDRESSES:
                yield renamed or name, name.decode()


def _taken(source: bytes, start: int) -> Iterator[tuple[str, ...]]:
    """The ways on from an address that a pattern takes: `const { list, get } = api.messages`."""
    pattern = _TAKEN.search(source, max(0, start - _PATTERN), start)
    if pattern is None or b"..." in pattern[1]:
        yield ()
        return
    for name, _ in _UNPACKED_NAME.findall(pattern[1]):
        yield (name.decode(),)


def _rooted(root: str, path: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """An address without the name of the module that `import * as generated` gives: `generated.api.users`."""
    if root != "*":
        return root, path
    return (path[0], path[1:]) if path and path[0] in _ADDRESSES else ("", ())


def _declares(node: Node) -> bool:
    """Whether a name stands in an import, in a pattern or in a type, where it hands on nothing."""
    return node.parent is not None and node.parent.type in _DECLARING


def _errors(root: Node) -> Iterator[tuple[int, int]]:
    """The outermost places that do not parse, at most ten: more tell nobody more."""
    for node in islice(errors(root), 10):
        yield node.start_byte, node.end_byte
