"""One file's bytes to its facts: the only door to the parser for the model."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from scaffold.core.patterns import regex
from scaffold.core.text import address
from scaffold.source import aliases
from scaffold.source import nodes as n
from scaffold.source.inserting import inserts
from scaffold.source.module_facts import ModuleFacts, encoded
from scaffold.source.retelling import errors, understood
from scaffold.source.statements import Statements
from scaffold.source.syntax import arguments_of, string_value

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence

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
_GENERATED = regex(r"_generated/api(?:\.[jt]s)?$")
_MANY = 500
_NAMES = {"identifier", "type_identifier", "shorthand_property_identifier"}
_NEAR = 20  # bytes
_BEFORE = b" \t\r\n("
_CAST = regex(rb"\s*(?:as|satisfies)\s")
_ALIASES = 3  # a variable of a variable
_DECLARING_WORDS = (b"const", b"let", b"var")
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
        references=(*sorted(_references(text, root, body), key=_start), *_named(text, root)),
        wires=_holds(text, _WIRING),
        inserts=tuple(inserts(text, root)),
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
    """Mentions of functions by their address, under whatever name the module imports `api` and its like.

    What a variable stands for is mentioned where the variable is, with the steps from there.
    """
    roots = [(local, _Way(name)) for local, name in _roots(source, body)]
    for _ in range(_ALIASES):
        roots = yield from _of_roots(source, root, roots)
    for _, way in roots:
        if way.reference is not None:
            yield way.reference


class _Way(NamedTuple):
    """What a local name stands for; `reference` is what made it a name, if it is a variable."""

    root: str
    path: tuple[str, ...] = ()
    reference: n.Reference | None = None


def _of_roots(
    source: bytes, root: Node, roots: list[tuple[bytes, _Way]]
) -> Generator[n.Reference, None, list[tuple[bytes, _Way]]]:
    """The mentions under names, the making of those that nobody uses, and what is named after them."""
    known: dict[bytes, list[_Way]] = {}
    for local, way in roots:
        known.setdefault(local, []).append(way)
    found: list[tuple[bytes, _Way]] = []
    used: set[bytes] = set()
    for local, node, end, path in _places(source, root, known):
        for way in known[local]:
            root_name, rest = _rooted(way.root, path)
            if not root_name:
                continue
            used.add(local)
            said = n.Reference(node.start_byte, end, root_name, (*way.path, *rest))
            is_kept = source[max(0, node.start_byte - _NEAR) : node.start_byte].rstrip(_BEFORE)[-1:] == b"="
            names = list(aliases.named(node, end)) if is_kept else []
            found += [(name, _Way(root_name, (*said.path, *on), _on(said, on))) for name, on in names]
            if not names and (said.path or not aliases.is_only_asked(node, end)):
                yield said
    for local, way in roots:
        if local not in used and way.reference is not None:
            yield way.reference
    return found


def _places(
    source: bytes, root: Node, known: dict[bytes, list[_Way]]
) -> Iterator[tuple[bytes, Node, int, tuple[str, ...]]]:
    """Where the names stand for what they are known for, to which end, and the steps from there."""
    matches = list(_mention(tuple(known)).finditer(source)) if known else []
    nodes = list(_nodes(root, [match.span(1) for match in matches]))
    bound = [node is not None and aliases.is_bound(node) for node in nodes]
    declared = {
        match[1]
        for match, node, is_bound in zip(matches, nodes, bound, strict=True)
        if is_bound or (node is not None and _is_declared(source, match.start()))
    }
    for match, node, is_bound in zip(matches, nodes, bound, strict=True):
        if node is None or is_bound or node.type not in _NAMES or _declares(node):
            continue
        is_variable = known[match[1]][0].reference is not None
        if is_variable or match[1] not in declared or not aliases.is_shadowed(node):
            path, end = tuple(_steps(match[2].decode("utf-8", "replace"))), match.end()
            if _CAST.match(source, end):
                end, behind = aliases.behind_casts(node, end)
                path = (*path, *behind)
            yield match[1], node, end, path


def _is_declared(source: bytes, name: int) -> bool:
    """Whether a variable is declared by a name: `const api = …`."""
    return source[max(0, name - _NEAR) : name].rstrip().endswith(_DECLARING_WORDS)


def _start(node: n.Node) -> int:
    return node.start


def _on(reference: n.Reference, way: tuple[str, ...]) -> n.Reference:
    return replace(reference, path=(*reference.path, *way))


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


def _rooted(root: str, path: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """An address without the name of the module that `import * as generated` gives: `generated.api.users`."""
    if root != "*":
        return root, path
    return (path[0], path[1:]) if path and path[0] in _ADDRESSES else ("", ())


def _declares(node: Node) -> bool:
    """Whether a name is declared, or stands in an import, a pattern or a type, where it hands on nothing."""
    around = node.parent
    if around is None or around.type in _DECLARING:
        return around is not None
    if around.type == "export_specifier":  # who imports it mentions what it takes of it
        return around.child_by_field_name("alias") is None
    return around.type == "variable_declarator" and around.child_by_field_name("name") == node


def _errors(root: Node) -> Iterator[tuple[int, int]]:
    """The outermost places that do not parse, at most ten: more tell nobody more."""
    for node in islice(errors(root), 10):
        yield node.start_byte, node.end_byte
