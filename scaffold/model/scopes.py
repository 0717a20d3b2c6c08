"""The variables of a body: which name means what, where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from scaffold.model.values import UNSET
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.model.values import Value


class Binding(msgspec.Struct, eq=False):
    """A variable, valid from byte `start` to `end`.

    Each source is a value or an expression, and the way into it.
    """

    start: int
    end: int
    sources: list[tuple[n.Expression | Value, tuple[str, ...]]] = msgspec.field(default_factory=list)


class Scopes:
    """All variables of one body, found by name and place."""

    def __init__(self) -> None:
        self._bindings: dict[str, list[Binding]] = {}
        self._outer: dict[str, list[n.Expression]] = {}

    def find(self, name: str, offset: int) -> Binding | None:
        """The innermost variable of that name that is valid at a place."""
        found: Binding | None = None
        for binding in self._bindings.get(name, ()):
            inside = binding.start <= offset < binding.end
            if inside and (found is None or binding.end - binding.start <= found.end - found.start):
                found = binding
        return found

    def bind(
        self,
        pattern: n.Expression,
        source: n.Expression | Value,
        extent: tuple[int, int],
        prefix: tuple[str, ...] = (),
    ) -> None:
        """Declare the names of a pattern. `prefix` is the way into the source before the pattern's own."""
        for name, path, default in pattern_paths(pattern, prefix):
            binding = self._at(name, extent)
            binding.sources.append((source, path))
            if default is not None:
                binding.sources.append((default, ()))

    def assign(self, name: str, offset: int, value: n.Expression) -> None:
        """Note one more value of a variable."""
        binding = self.find(name, offset)
        if binding is not None:
            binding.sources = [*(source for source in binding.sources if source[0] is not UNSET), (value, ())]
        else:
            self._outer.setdefault(name, []).append(value)

    def outer(self, name: str) -> Sequence[n.Expression]:
        """What the body assigns to a variable of the module: `client = new Stripe(key)`."""
        return self._outer.get(name, ())

    def _at(self, name: str, extent: tuple[int, int]) -> Binding:
        known = self._bindings.setdefault(name, [])
        for binding in known:
            if (binding.start, binding.end) == extent:
                return binding
        binding = Binding(*extent)
        known.append(binding)
        return binding


def pattern_paths(
    pattern: n.Expression, path: tuple[str, ...] = ()
) -> Iterator[tuple[str, tuple[str, ...], n.Expression | None]]:
    """The names of a pattern, each with the way into what is taken apart, and its default."""
    match pattern:
        case n.Name(name=name):
            yield name, path, None
        case n.Assign(target=target, value=value):
            for name, way, default in pattern_paths(target, path):
                yield name, way, default or value
        case n.Object(properties=properties):
            for part in properties:
                inner = path if part.kind == "spread" else (*path, part.key or "*")
                yield from pattern_paths(part.value, inner)
        case n.Array(items=items):
            for number, item in enumerate(items):
                yield from pattern_paths(item, (*path, str(number)))
        case n.Spread(value=value):
            yield from pattern_paths(value, path)
        case _:
            return


def pattern_defaults(
    pattern: n.Expression, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], n.Expression]]:
    """The defaults of a pattern, each with the way into what is taken apart."""
    match pattern:
        case n.Assign(target=target, value=value):
            yield path, value
            yield from pattern_defaults(target, path)
        case n.Object(properties=properties):
            for part in properties:
                yield from pattern_defaults(part.value, (*path, part.key or "*"))
        case _:
            return
