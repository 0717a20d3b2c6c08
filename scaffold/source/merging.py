"""One module added to another: imports, declarations, properties of objects, links of call chains.

What is added is a module of its own, whole and valid TypeScript; what it has in common with the target
says where the rest belongs. The target's own bytes stay as they are.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from scaffold.core.errors import NameTakenError, UnexpectedShapeError
from scaffold.source import imports
from scaffold.source.edits import (
    WIDTH,
    Edit,
    applied,
    end_of_line,
    indent_of,
    reindented,
    start_with_comments,
)
from scaffold.source.retelling import understood
from scaffold.source.syntax import arguments_of, children, line_of, parse, property_name, text_of, unwrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node


def merged(target: bytes, fragment: bytes, *, path: str) -> bytes:
    """The target with what the fragment has and it has not.

    `path` is what messages call the target.

    Raises:
        NameTakenError: both declare something of one name, and not the same.
        UnexpectedShapeError: the target does not parse, or has no place for what belongs into it.
    """
    try:
        target.decode("utf-8")
    except UnicodeDecodeError as error:
        line = target.count(b"\n", 0, error.start) + 1
        raise UnexpectedShapeError(
            f"{path}:{line}", "is not UTF-8 text", "save it as UTF-8, then repeat the command"
        ) from error
    mark = codecs.BOM_UTF8 if target.startswith(codecs.BOM_UTF8) else b""
    target = target.removeprefix(mark)
    result = mark + applied(target, _Merge(target, fragment, path).edits())
    if understood(result).has_error:
        raise UnexpectedShapeError(path, "is not TypeScript as add can extend it", _by_hand(fragment))
    return result


class _Module:
    """A parsed module and what it declares at its top level."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.root = understood(source)
        self.imports = imports.imports(self.root)
        self.declared = {name: node for node in children(self.root) for name in declared_names(node)}
        self.default = next((n for n in children(self.root) if _is_default_export(n)), None)

    @property
    def default_value(self) -> Node | None:
        """The expression that is exported as default."""
        return self.default.child_by_field_name("value") if self.default is not None else None

    @property
    def default_name(self) -> str | None:
        """The variable that is exported as default, if it is one."""
        value = self.default_value
        return text_of(value) if value is not None and value.type == "identifier" else None

    def resolved(self, node: Node) -> Node:
        """An expression, or what the top-level constant that it names stands for."""
        for _ in self.declared:
            node = unwrap(node)
            statement = self.declared.get(text_of(node)) if node.type == "identifier" else None
            value = value_of(statement, text_of(node)) if statement is not None else None
            if value is None:
                break
            node = value
        return unwrap(node)


class _Merge:
    def __init__(self, target: bytes, fragment: bytes, path: str) -> None:
        self._path = path
        self._target = _Module(target)
        self._fragment = _Module(fragment)
        if self._target.root.has_error:
            broken = next(_errors(self._target.root), self._target.root)
            raise UnexpectedShapeError(
                f"{path}:{line_of(broken)}", "does not parse", "mend it, then repeat the command"
            )

    def edits(self) -> Iterator[Edit]:
        self._refuse_foreign_names()
        wanted = self._fragment.imports
        yield from imports.added(self._target.source, self._target.root, wanted)
        calls, fresh = [], []
        for node in children(self._fragment.root):
            if node.type == "import_statement":
                continue
            if node.type == "expression_statement":
                calls.append(node)
            elif _is_default_export(node):
                yield from self._default(node)
            elif self._fragment.default_name not in declared_names(node):
                known = next((n for n in declared_names(node) if n in self._target.declared), None)
                if known is None:
                    fresh.append(node)
                else:
                    yield from self._known(node, known)
        if calls:
            yield self._called(calls)
        if fresh:
            yield self._appended(fresh)

    def _refuse_foreign_names(self) -> None:
        """A name that the fragment imports or declares must not mean something else in the target."""
        theirs = {(one.key[0], name) for one in self._target.imports for name in one.local}
        imported = {name for _, name in theirs}
        for one in self._fragment.imports:
            for name in sorted(one.local):
                if name in self._target.declared or (name in imported and (one.key[0], name) not in theirs):
                    raise self._taken(name)
        for name in self._fragment.declared:
            if name in imported:
                raise self._taken(name)

    def _default(self, node: Node) -> Iterator[Edit]:
        ours = node.child_by_field_name("value")
        theirs = self._target.default_value
        if ours is None or theirs is None:
            raise self._misshapen(self._target.root, "has no default export")
        yield from self._deep(self._target.resolved(theirs), self._fragment.resolved(ours))

    def _known(self, node: Node, name: str) -> Iterator[Edit]:
        ours, theirs = value_of(node, name), value_of(self._target.declared[name], name)
        if ours is not None and theirs is not None and ours.type == unwrap(theirs).type == "object":
            yield from self._object(unwrap(theirs), ours)
        elif _plain(node) != _plain(self._target.declared[name]):
            raise self._taken(name)

    def _deep(self, theirs: Node, ours: Node) -> Iterator[Edit]:
        """What `ours` adds to `theirs`: properties of objects, arguments and links of calls."""
        theirs, ours = self._target.resolved(theirs), unwrap(ours)
        if theirs.type == ours.type == "object":
            yield from self._object(theirs, ours)
        elif theirs.type == ours.type == "call_expression":
            yield from self._call(theirs, ours)
        elif _plain(theirs) != _plain(ours):
            raise self._misshapen(theirs, f"{_excerpt(ours)} was expected here")

    def _call(self, theirs: Node, ours: Node) -> Iterator[Edit]:
        our_root, our_links = _chain(ours)
        root, links = _chain(theirs)
        if _callee(root) != _callee(our_root):
            raise self._misshapen(theirs, f"a call of {_callee(our_root)} was expected here")
        argument = next(iter(arguments_of(our_root)), None)
        if argument is not None:
            known = next(iter(arguments_of(root)), None)
            if known is None:
                place = root.end_byte - 1
                yield Edit(start=place, end=place, text=text_of(argument))
            else:
                yield from self._deep(known, argument)
        present = {_link(link) for link in links}
        text = "".join(self._moved(link, theirs) for link in our_links if _link(link) not in present)
        if text:
            yield Edit(start=theirs.end_byte, end=theirs.end_byte, text=text)

    def _moved(self, link: Node, theirs: Node) -> str:
        """A link of a chain with the comments above it, indented as it must be where it goes."""
        function = link.child_by_field_name("function")
        receiver = function.child_by_field_name("object") if function is not None else None
        start = receiver.end_byte if receiver is not None else link.start_byte
        text = self._fragment.source[start : link.end_byte].decode()
        before = indent_of(self._fragment.source, link)
        return reindented(text, before, indent_of(self._target.source, theirs))

    def _object(self, theirs: Node, ours: Node) -> Iterator[Edit]:
        known = {_key(part): part for part in children(theirs)}
        missing = []
        for part in children(ours):
            present = known.get(_key(part))
            if present is None:
                missing.append(part)
                continue
            value, wanted = present.child_by_field_name("value"), part.child_by_field_name("value")
            if value is not None and wanted is not None and _plain(value) != _plain(wanted):
                yield from self._deep(value, wanted)
        if missing:
            yield self._inserted(theirs, missing)

    def _inserted(self, theirs: Node, parts: Sequence[Node]) -> Edit:
        source = self._target.source
        present = list(children(theirs))
        is_open = theirs.end_point.row > theirs.start_point.row
        outer = indent_of(source, theirs)
        inner = indent_of(source, present[0]) if is_open and present else f"{outer}  "
        texts = [self._with_comments(part, inner) for part in parts]
        if not is_open:
            return self._one_line(theirs, present, texts, inner)
        added = "".join(f"\n{inner}{text}," for text in texts)
        if not present:
            last = theirs.named_children[-1] if theirs.named_children else theirs.children[0]
            return Edit(start=last.end_byte, end=last.end_byte, text=added)
        last = present[-1]
        end = end_of_line(last)
        follower = last.next_sibling
        comma = "" if follower is not None and follower.type == "," else ","
        between = source[last.end_byte : end].decode()
        closing = f"\n{outer}" if last.end_point.row == theirs.end_point.row else ""
        stop = theirs.end_byte - 1 if closing else end
        return Edit(start=last.end_byte, end=stop, text=f"{comma}{between}{added}{closing}")

    def _one_line(self, theirs: Node, present: Sequence[Node], texts: Sequence[str], inner: str) -> Edit:
        """More properties for an object on one line, which it keeps as long as the line holds them."""
        source = self._target.source
        all_texts = [*map(text_of, present), *texts]
        line_start = source.rfind(b"\n", 0, theirs.start_byte) + 1
        line_end = source.find(b"\n", theirs.end_byte)
        rest = (line_end if line_end >= 0 else len(source)) - theirs.end_byte
        joined = f"{{ {', '.join(all_texts)} }}"
        fits = theirs.start_byte - line_start + len(joined) + rest <= WIDTH
        if present and fits and not any("\n" in text for text in texts):
            return Edit(start=theirs.start_byte, end=theirs.end_byte, text=joined)
        rows = "".join(f"\n{inner}{text}," for text in all_texts)
        outer = indent_of(source, theirs)
        return Edit(start=theirs.start_byte, end=theirs.end_byte, text=f"{{{rows}\n{outer}}}")

    def _with_comments(self, node: Node, indent: str) -> str:
        source = self._fragment.source
        text = source[start_with_comments(node) : node.end_byte].decode()
        return reindented(text, indent_of(source, node), indent)

    def _called(self, calls: Sequence[Node]) -> Edit:
        """Statements that call the default export: after the last of their kind, or above the export."""
        ours, theirs = self._fragment.default_name, self._target.default_name
        if ours is None or theirs is None:
            raise self._misshapen(self._target.root, "does not export a variable as default")
        pattern = re.compile(rf"(?m)^{re.escape(ours)}\b")
        texts = [pattern.sub(theirs, self._with_comments(node, "")) for node in calls]
        last = next((n for n in reversed(list(children(self._target.root))) if _calls(n, theirs)), None)
        if last is not None:
            blank = "\n" if texts[0].startswith("/") else ""
            place = end_of_line(last)
            return Edit(start=place, end=place, text="".join(f"\n{blank}{text}" for text in texts))
        assert self._target.default is not None  # noqa: S101 - it has a name
        place = start_with_comments(self._target.default)
        return Edit(start=place, end=place, text="".join(f"{text}\n\n" for text in texts))

    def _appended(self, nodes: Sequence[Node]) -> Edit:
        source = self._target.source
        end = len(source.rstrip())
        text = "".join(f"\n\n{self._with_comments(node, '')}" for node in nodes)
        return Edit(start=end, end=len(source), text=f"{text}\n".lstrip("\n" if end == 0 else ""))

    def _taken(self, name: str) -> NameTakenError:
        node = self._target.declared.get(name, self._target.root)
        return NameTakenError(name, f"{self._path}:{line_of(node)}")

    def _misshapen(self, node: Node, reason: str) -> UnexpectedShapeError:
        return UnexpectedShapeError(f"{self._path}:{line_of(node)}", reason, _by_hand(self._fragment.source))


def declared_names(statement: Node) -> list[str]:
    """The names that a top-level statement declares."""
    declaration = statement.child_by_field_name("declaration") or statement
    if declaration.type in {"lexical_declaration", "variable_declaration"}:
        names = [part.child_by_field_name("name") for part in children(declaration)]
        return [text_of(name) for name in names if name is not None and name.type == "identifier"]
    name = declaration.child_by_field_name("name")
    is_named = declaration.type.endswith("_declaration") and name is not None
    return [text_of(name)] if is_named and name is not None else []


def value_of(statement: Node, name: str) -> Node | None:
    """The initial value of a variable that a statement declares."""
    declaration = statement.child_by_field_name("declaration") or statement
    for part in children(declaration):
        label = part.child_by_field_name("name")
        if part.type == "variable_declarator" and label is not None and text_of(label) == name:
            return part.child_by_field_name("value")
    return None


def _is_default_export(node: Node) -> bool:
    return node.type == "export_statement" and any(child.type == "default" for child in node.children)


def _errors(node: Node) -> Iterator[Node]:
    if node.is_error or node.is_missing:
        yield node
    for child in node.children:
        if child.has_error:
            yield from _errors(child)


def _chain(call: Node) -> tuple[Node, list[Node]]:
    """The first call of `f(…).a(…).b(…)`, and those that follow."""
    links: list[Node] = []
    while True:
        function = call.child_by_field_name("function")
        receiver = function.child_by_field_name("object") if function is not None else None
        if receiver is None or receiver.type != "call_expression":
            return call, links
        links.insert(0, call)
        call = receiver


def _link(call: Node) -> str:
    """What a link of a chain does: `.method(arguments)`, without the receiver."""
    method = _callee(call).rpartition(".")[2]
    arguments = call.child_by_field_name("arguments")
    return f"{method}{_plain(arguments)}" if arguments is not None else method


def _callee(call: Node) -> str:
    function = call.child_by_field_name("function")
    return text_of(function) if function is not None else ""


def _calls(statement: Node, name: str) -> bool:
    """Whether a statement is `name.method(…)`."""
    call = next(children(statement), None) if statement.type == "expression_statement" else None
    return call is not None and call.type == "call_expression" and _callee(call).startswith(f"{name}.")


def _key(part: Node) -> str:
    """What two properties of one name have in common."""
    name = property_name(part.child_by_field_name("key") or part.child_by_field_name("name"))
    return name if name is not None else text_of(part)


def _plain(node: Node) -> str:
    """A node's text without the white space and commas that a formatter chooses."""
    return re.sub(r",(?=[)\]}])", "", re.sub(r"\s+", "", text_of(node)))


def _excerpt(node: Node) -> str:
    first, *more = text_of(node).splitlines()
    return f"{first} …" if more else first


def _by_hand(fragment: bytes) -> str:
    code = [node for node in children(parse(fragment)) if node.type != "import_statement"]
    return "write it by hand, in the file's own shape:\n" + "\n".join(text_of(node) for node in code)
