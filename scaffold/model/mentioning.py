"""Where functions are named by their addresses: in code that is parsed, and in text that is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scaffold.core.patterns import regex
from scaffold.core.text import address
from scaffold.model import files
from scaffold.model.wiring import Mention
from scaffold.source import nodes as n

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator

    from scaffold.model.module import Module
    from scaffold.model.wiring import Who
    from scaffold.source.module_facts import ModuleFacts

_ADDRESS = regex(rb"[\"'`]((?:[A-Za-z_]\w*/)*[A-Za-z_]\w*:[A-Za-z_]\w*)[\"'`]")
_ROOTS = {"api", "internal"}
_GENERATED = regex(r"_generated/api(?:\.[jt]s)?$")
_HANDED_ON = regex(r"^\.|_generated/api(?:\.[jt]s)?$")
_IN_MARKUP = regex(rb"(?:(?<![\w$.])api|(?<![\w$])anyApi)((?:\.[A-Za-z_$][\w$]*)+)")
_PYTHON_TEST = regex(r"(?:^|/)(?:test_\w*|\w+_test)\.py$")
_TYPED_CALL = regex(rb"(?<![\w.])([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)\(")
_OPEN = regex(rb"@pytest\.mark\.untested\(\s*$")


def references(module: Module, by: Who) -> Iterator[Mention]:
    """The references of a module: `api.messages.list`."""
    for reference in module.facts.references:
        yield Mention(module=module, node=reference, root=reference.root, path=reference.path, by=by)


def sources(facts: ModuleFacts) -> Iterator[str]:
    """The modules that a file takes addresses from: those with `api` in the import, or a generated one."""
    for statement in facts.links:
        match statement:
            case n.Import(specifier=specifier, names=names) if any(
                first in _ROOTS or (first == "*" and _GENERATED.search(specifier)) for first, _ in names
            ):
                yield specifier
            case n.ExportNames(specifier=str(specifier), names=names) if any(
                first in _ROOTS or (first == "*" and _HANDED_ON.search(specifier)) for first, _ in names
            ):
                yield specifier
            case n.Declare(
                value=n.Call(callee=n.Name(name="require"), arguments=(n.String(value=specifier),))
            ):
                if _GENERATED.search(specifier):
                    yield specifier
            case _:
                pass
    yield from (specifier for _, specifier in facts.dynamic_imports if _GENERATED.search(specifier))


def is_of_convex(facts: ModuleFacts) -> bool:
    """Whether a file imports something called convex: it may name functions in strings."""
    return any(isinstance(part, n.Import) and "convex" in part.specifier for part in facts.links)


class Named(NamedTuple):
    """A function that a string names. `open`: a test of it is marked as still to be written."""

    node: n.Node
    path: tuple[str, ...]
    open: bool


def strings(source: bytes) -> Iterator[Named]:
    """Functions that are named in a string: `client.query("messages:list")`."""
    marked = b"untested" in source
    for match in _ADDRESS.finditer(source):
        is_open = marked and _OPEN.search(source, 0, match.start()) is not None
        yield Named(n.Node(match.start(1), match.end(1)), address(match[1].decode()), is_open)


def named(module: Module, found: Iterable[Named], by: Who) -> Iterator[Mention]:
    """The mentions that the strings of a file are."""
    for each in found:
        who: Who = "untested" if by == "test" and each.open else by
        yield Mention(module=module, node=each.node, root="any", path=each.path, by=who)


class Spoken(NamedTuple):
    """An address in text, which is full of `a:b`: unless it is `certain`, it must be that of a function."""

    node: n.Node
    root: str
    path: tuple[str, ...]
    by: Who
    certain: bool


def in_text(path: str, source: bytes) -> Iterator[Spoken]:
    """The addresses in a file that is not parsed."""
    is_test = _PYTHON_TEST.search(path) is not None
    by: Who = "test" if is_test else "client"
    for each in strings(source):
        yield Spoken(each.node, "any", each.path, "untested" if is_test and each.open else by, certain=False)
    if is_test:
        for node, parts in _dotted(source, _TYPED_CALL):
            yield Spoken(node, "any", parts, by, certain=False)
    if path.endswith((*files.EMBEDDED, *files.PAGES)):
        certain = path.endswith(files.EMBEDDED)
        for node, parts in _dotted(source, _IN_MARKUP):
            yield Spoken(node, "api", parts, "client", certain=certain)


def spoken(module: Module, found: Iterable[Spoken]) -> Iterator[Mention]:
    """The mentions that addresses in text are."""
    for each in found:
        yield Mention(module=module, node=each.node, root=each.root, path=each.path, by=each.by)


def _dotted(source: bytes, pattern: re.Pattern[bytes]) -> Iterator[tuple[n.Node, tuple[str, ...]]]:
    """Addresses as `orders.public.place(`, through typed functions, or `api.orders.public.place`."""
    for match in pattern.finditer(source):
        parts = tuple(match[1].decode().lstrip(".").split("."))
        yield n.Node(match.start(), match.end()), parts
