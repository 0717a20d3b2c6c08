"""What `convex.config.ts` declares: environment variables and components, read without running it.

Convex evaluates the file; we read the shapes that evaluate to themselves, and say where one does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core.errors import UnreadableConfigError, UnsupportedCodegenError
from scaffold.core.patterns import regex
from scaffold.model.installed import component_name
from scaffold.source.syntax import (
    Node,
    arguments_of,
    children,
    line_of,
    parse,
    property_name,
    string_value,
    text_of,
    unwrap,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from scaffold.model.layout import Layout

_CONFIG_IMPORT = regex(r"(?P<package>.+)/convex\.config(\.[cm]?[jt]s)?")


@dataclass(frozen=True, kw_only=True)
class EnvVar:
    """A declared environment variable. `members` are the TypeScript types its value may have."""

    name: str
    members: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Component:
    """A mounted component: its name in the app, and the package that `_generated/component.js` is in."""

    name: str
    package: str


@dataclass(frozen=True, kw_only=True)
class AppDefinition:
    """What the app declares, in source order."""

    env: tuple[EnvVar, ...] = ()
    components: tuple[Component, ...] = ()


def read_app_definition(
    layout: Layout, known_names: Mapping[str, str], *, overlay: Mapping[Path, bytes] | None = None
) -> AppDefinition:
    """The app definition of a project; an empty one where it has no convex.config.

    `known_names` gives the component names of packages that are not installed, by package; `overlay`
    holds files that are about to be written, by absolute path.

    Raises:
        UnreadableConfigError: the file computes what it declares, or names a package that is nowhere.
        UnsupportedCodegenError: it mounts a component of its own.
    """
    for name in ("convex.config.ts", "convex.config.js"):
        path = layout.functions / name
        content = (overlay or {}).get(path)
        if content is not None or path.is_file():
            return _Reader(layout, path, known_names, content).read()
    return AppDefinition()


class _Reader:
    """One convex.config file, and what its names stand for."""

    def __init__(
        self, layout: Layout, path: Path, known_names: Mapping[str, str], content: bytes | None
    ) -> None:
        self._layout = layout
        self._path = path
        self._known_names = known_names
        self._root = parse(path.read_bytes() if content is None else content)
        self._imports = dict(_default_imports(self._root))
        self._constants = dict(_constants(self._root))

    def read(self) -> AppDefinition:
        app = self._app()
        arguments = next(iter(arguments_of(app)), None)
        env: tuple[EnvVar, ...] = ()
        if arguments is not None:
            options = self._object(arguments)
            if "env" in options:
                env = tuple(self._env_var(name, node) for name, node in self._object(options["env"]).items())
        return AppDefinition(env=env, components=tuple(self._components()))

    def _app(self) -> Node:
        """The `defineApp(…)` call behind the default export."""
        for statement in children(self._root):
            if statement.type == "export_statement" and any(c.type == "default" for c in statement.children):
                value = statement.child_by_field_name("value")
                call = self._resolve(value) if value is not None else None
                if call is not None and _callee(call) == "defineApp":
                    return call
        raise self._unreadable(self._root, "its default export is no defineApp(…)")

    def _components(self) -> Iterator[Component]:
        calls = [call for call in _calls(self._root) if _callee(call).endswith(".use")]
        for call in calls:
            if self._resolve_receiver(call) != "defineApp":
                continue
            if not _is_top_level(call):
                raise self._unreadable(call, "mounts a component conditionally or in a loop")
            yield self._component(call)

    def _resolve_receiver(self, call: Node) -> str:
        function = call.child_by_field_name("function")
        receiver = function.child_by_field_name("object") if function is not None else None
        return _callee(self._resolve(receiver)) if receiver is not None else ""

    def _component(self, call: Node) -> Component:
        definition, *rest = arguments_of(call)
        specifier = self._imports.get(text_of(unwrap(definition)))
        match = _CONFIG_IMPORT.fullmatch(specifier or "")
        if match is None:
            raise self._unreadable(call, f"{text_of(definition)} is not imported from a convex.config")
        options = self._object(rest[0]) if rest else {}
        package = self._package(call, match["package"])
        if "name" not in options:
            return Component(name=self._default_name(call, match["package"]), package=package)
        name = string_value(self._resolve(options["name"]))
        if name is None:
            raise self._unreadable(options["name"], "the name of a component is computed")
        return Component(name=name, package=package)

    def _package(self, call: Node, specifier: str) -> str:
        if specifier.startswith("."):
            raise UnsupportedCodegenError(f"the local component {specifier}", self._place(call))
        return specifier

    def _default_name(self, call: Node, package: str) -> str:
        name = component_name(self._layout.functions, package) or self._known_names.get(package)
        if name is None:
            reason = f"the component package {package} is not installed"
            raise UnreadableConfigError(
                self._place(call), reason, "install the project's packages: npm install"
            )
        return name

    def _env_var(self, name: str, node: Node) -> EnvVar:
        members, optional = self._validator(node)
        return EnvVar(name=name, members=(*members, "undefined") if optional else members)

    def _validator(self, node: Node) -> tuple[tuple[str, ...], bool]:
        """The TypeScript types of a validator, and whether it is optional."""
        call = self._resolve(node)
        arguments = arguments_of(call)
        match _callee(call).rpartition("."):
            case (_, _, "string") if not arguments:
                return ("string",), False
            case (_, _, "literal") if len(arguments) == 1:
                value = string_value(self._resolve(arguments[0]))
                if value is not None:
                    return (f'"{value}"',), False
            case (_, _, "union"):
                return tuple(
                    member for argument in arguments for member in self._validator(argument)[0]
                ), False
            case (_, _, "optional") if len(arguments) == 1:
                return self._validator(arguments[0])[0], True
            case (inner, _, "optional") if inner and not arguments:
                function = call.child_by_field_name("function")
                receiver = function.child_by_field_name("object") if function is not None else None
                if receiver is not None:
                    return self._validator(receiver)[0], True
        raise self._unreadable(
            node, f"{text_of(node)} is no string validator that can be read without running it"
        )

    def _object(self, node: Node) -> dict[str, Node]:
        """The properties of an object literal, spreads included."""
        literal = self._resolve(node)
        if literal.type != "object":
            raise self._unreadable(node, f"{text_of(node)} is no object literal")
        properties: dict[str, Node] = {}
        for part in children(literal):
            if part.type == "spread_element":
                properties |= self._object(next(children(part)))
            elif part.type == "shorthand_property_identifier":
                properties[text_of(part)] = part
            else:
                name = property_name(part.child_by_field_name("key"))
                value = part.child_by_field_name("value")
                if name is None or value is None:
                    raise self._unreadable(part, f"{text_of(part)} is computed")
                properties[name] = value
        return properties

    def _resolve(self, node: Node) -> Node:
        """What a name of a top-level constant stands for, or the expression itself."""
        for _ in range(len(self._constants) + 1):  # a cycle cannot be longer
            node = unwrap(node)
            if node.type not in {"identifier", "shorthand_property_identifier"}:
                break
            value = self._constants.get(text_of(node))
            if value is None:
                break
            node = value
        return node

    def _place(self, node: Node) -> str:
        return f"{self._layout.show(self._path)}:{line_of(node)}"

    def _unreadable(self, node: Node, reason: str) -> UnreadableConfigError:
        hint = "write it as literals, or generate with a deployment: npx convex dev --once"
        return UnreadableConfigError(self._place(node), reason, hint)


def _default_imports(root: Node) -> Iterator[tuple[str, str]]:
    for statement in children(root):
        source = string_value(statement.child_by_field_name("source"))
        if statement.type != "import_statement" or source is None:
            continue
        for clause in children(statement):
            if clause.type == "import_clause":
                first = next(children(clause), None)
                if first is not None and first.type == "identifier":
                    yield text_of(first), source


def _constants(root: Node) -> Iterator[tuple[str, Node]]:
    for statement in children(root):
        declaration = statement.child_by_field_name("declaration") or statement
        if declaration.type not in {"lexical_declaration", "variable_declaration"}:
            continue
        for declarator in children(declaration):
            name = declarator.child_by_field_name("name")
            value = declarator.child_by_field_name("value")
            if name is not None and value is not None and name.type == "identifier":
                yield text_of(name), value


def _calls(node: Node) -> Iterator[Node]:
    if node.type == "call_expression":
        yield node
    for child in node.named_children:
        yield from _calls(child)


def _callee(node: Node) -> str:
    function = node.child_by_field_name("function") if node.type == "call_expression" else None
    return re.sub(r"\s+", "", text_of(function)) if function is not None else ""


def _is_top_level(call: Node) -> bool:
    """Whether a call runs exactly once: as a statement, or as the value of a top-level constant."""
    node = call.parent
    while node is not None and node.type in {
        "expression_statement",
        "variable_declarator",
        "lexical_declaration",
        "variable_declaration",
        "export_statement",
    }:
        node = node.parent
    return node is not None and node.type == "program"
