"""Public functions with their Python types, in the folders and modules where they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scaffold.model.function import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.lifecycle.stubs.python_text import Expression
    from scaffold.model.function import Function

KINDS = {Kind.QUERY: "Query", Kind.MUTATION: "Mutation", Kind.ACTION: "Action"}


@dataclass(frozen=True)
class Typed:
    """A function with its types. `arguments` is a list of one or none; `notes` say what is Any, and why."""

    function: Function
    arguments: Expression
    result: Expression
    notes: tuple[str, ...] = ()


@dataclass
class Namespace:
    """A module, or a folder of modules. `path` is as in the names of functions, `told` as on disk."""

    path: str
    told: str
    functions: list[Typed] = field(default_factory=list)
    parts: dict[str, Namespace] = field(default_factory=dict)

    @classmethod
    def of(cls, typed: Iterable[Typed], folder: str) -> Namespace:
        """All of a project."""
        root = cls("", f"{folder or '.'}/")
        for each in typed:
            module = each.function.module
            space = root.at(module.name.split("/"))
            space.told = module.path
            space.functions.append(each)
        return root

    @property
    def name(self) -> str:
        """Its last part."""
        return self.path.rpartition("/")[2]

    def at(self, path: list[str]) -> Namespace:
        """The namespace at a path, made where it is missing."""
        if not path:
            return self
        name, *rest = path
        inner = Namespace("/".join(filter(None, (self.path, name))), f"{self.told}{name}/")
        return self.parts.setdefault(name, inner).at(rest)
