"""Import statements: what they bring in, and how more is added to them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.source.edits import WIDTH, Edit, end_of_line
from scaffold.source.syntax import children, string_value, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node


@dataclass(frozen=True, kw_only=True)
class Import:
    """One import statement. `names` are its specifiers as written, `local` the names it declares."""

    node: Node
    module: str
    type_only: bool
    names: tuple[str, ...]
    local: frozenset[str]
    exported: tuple[str, ...]
    list_node: Node | None

    @property
    def key(self) -> tuple[str, bool]:
        """What two statements that can be one have in common."""
        return re.sub(r"\.[jt]s$", "", self.module), self.type_only


def imports(root: Node) -> list[Import]:
    """The import statements of a module, in order."""
    return [_read(node) for node in root.named_children if node.type == "import_statement"]


def _read(node: Node) -> Import:
    clause = next((child for child in children(node) if child.type == "import_clause"), None)
    parts = list(children(clause)) if clause is not None else []
    list_node = next((part for part in parts if part.type == "named_imports"), None)
    specifiers = list(children(list_node)) if list_node is not None else []
    others = [text_of(part).rpartition(" ")[2] for part in parts if part is not list_node]
    return Import(
        node=node,
        module=string_value(node.child_by_field_name("source")) or "",
        type_only=any(child.type == "type" for child in node.children),
        names=tuple(text_of(specifier) for specifier in specifiers),
        local=frozenset([*others, *(_local(specifier) for specifier in specifiers)]),
        exported=tuple(text_of(name) for name in map(_name, specifiers)),
        list_node=list_node,
    )


def _name(specifier: Node) -> Node:
    return specifier.child_by_field_name("name") or specifier


def _local(specifier: Node) -> str:
    return text_of(specifier.child_by_field_name("alias") or _name(specifier))


def added(source: bytes, root: Node, wanted: Sequence[Import]) -> Iterator[Edit]:
    """The edits that give a module these imports as well."""
    present = imports(root)
    known = {(one.key[0], name) for one in present for name in one.local}
    into: dict[int, list[str]] = {}
    fresh: list[tuple[Import, list[str]]] = []
    for one in wanted:
        names = [
            name for name in one.names if (one.key[0], name.removeprefix("type ").split()[-1]) not in known
        ]
        if not names and (one.names or all((one.key[0], name) in known for name in one.local)):
            continue
        home = next((i for i, p in enumerate(present) if p.key == one.key and p.list_node), None)
        if home is not None and one.list_node is not None:
            into.setdefault(home, []).extend(names)
        else:
            fresh.append((one, names))
    for home, names in into.items():
        yield _extended(source, present[home], names)
    yield from _inserted(source, root, present, fresh)


def _extended(source: bytes, home: Import, more: list[str]) -> Edit:
    node = home.list_node
    assert node is not None  # noqa: S101 - chosen for it
    if any(child.type == "comment" for child in node.named_children):
        last = list(children(node))[-1]
        return Edit(start=last.end_byte, end=last.end_byte, text="".join(f", {name}" for name in more))
    names = [*home.names, *more]
    if list(home.names) == sorted(home.names, key=_sort_key):
        names.sort(key=_sort_key)
    before = source[home.node.start_byte : node.start_byte].decode()
    after = source[node.end_byte : home.node.end_byte].decode()
    return Edit(start=node.start_byte, end=node.end_byte, text=_list(names, len(before) + len(after)))


def _inserted(
    source: bytes, root: Node, present: Sequence[Import], fresh: Sequence[tuple[Import, list[str]]]
) -> Iterator[Edit]:
    for one, names in sorted(fresh, key=lambda item: _order(item[0].module)):
        text = statement(one, names)
        above = [p for p in present if _order(p.module) <= _order(one.module)]
        if above:
            place = end_of_line(above[-1].node)
            yield Edit(start=place, end=place, text=f"\n{text}")
        elif present:
            place = present[0].node.start_byte
            yield Edit(start=place, end=place, text=f"{text}\n")
        else:
            yield _first(source, root, text)


def _first(source: bytes, root: Node, text: str) -> Edit:
    """The first import of a module: below its header, above its code."""
    head = root.named_children[0] if root.named_children else None
    follower = head.next_named_sibling if head is not None else None
    if head is None or head.type != "comment":
        return Edit(start=0, end=0, text=f"{text}\n\n" if head is not None else f"{text}\n")
    if follower is not None and follower.start_point.row == head.end_point.row:
        return Edit(start=0, end=0, text=f"{text}\n\n")
    is_apart = re.match(rb"\s*\n\s*\n", source[head.end_byte :]) or follower is None
    return Edit(start=head.end_byte, end=head.end_byte, text=f"\n{text}" if is_apart else f"\n{text}\n")


def statement(one: Import, names: Sequence[str]) -> str:
    """An import statement as the formatter writes it."""
    text = text_of(one.node)
    if one.list_node is None:
        return text
    head = text[: one.list_node.start_byte - one.node.start_byte]
    tail = text[one.list_node.end_byte - one.node.start_byte :]
    return f"{head}{_list(names, len(head) + len(tail))}{tail}"


def _list(names: Sequence[str], around: int) -> str:
    line = f"{{ {', '.join(names)} }}"
    if len(names) == 1 or around + len(line) <= WIDTH:
        return line
    return "\n".join(["{", *(f"  {name}," for name in names), "}"])


def _sort_key(name: str) -> tuple[bool, str]:
    return name.startswith("type "), name.removeprefix("type ").casefold()


def _order(module: str) -> tuple[int, str]:
    rank = 0 if not module.startswith(".") else 1 if module.startswith("..") else 2
    return rank, module
