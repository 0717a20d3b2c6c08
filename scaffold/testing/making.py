"""Made-up calls of one function, for property tests and searches."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaffold.testing import shapes
from scaffold.testing.shapes import Hints

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hypothesis.strategies import SearchStrategy

    from scaffold.testing.client import Client
    from scaffold.testing.documents import Documents
    from scaffold.testing.shapes import Shape

_WORD = re.compile(r"[\"'`]([A-Za-z0-9][\w .:/@+-]{0,39})[\"'`]|\b([A-Za-z]\w*):")
_GIVEN = re.compile(r"\b([A-Za-z_]\w*): (?:[\"'`]([^\"'`\n$]{0,60})[\"'`]|(-?\d[\d_]*(?:\.\d+)?)\b)")
_NO_SOURCE = (".test.ts", ".spec.ts", ".d.ts", ".test.js", ".spec.js")
_PICKS = 7


class Arguments:
    """The arguments of made-up calls. Ids are those of documents that are there when `prepare` is called."""

    def __init__(self, shape: Shape, documents: Documents, hints: Hints) -> None:
        self._documents = documents
        self._tables = shapes.tables(shape)
        self._ids: dict[str, list[str]] = {}
        is_open = shape["type"] != "object"
        self.strategy: SearchStrategy[dict[str, Any]] = (
            st.just({}) if is_open else shapes.values(shape, self._id, hints)
        )

    def prepare(self, owner: Client) -> None:
        """See to it that there are documents, of this user where they are somebody's, and take their ids."""
        self._ids = {table: self._documents.ids(table, owner) for table in self._tables}

    def _id(self, table: str) -> SearchStrategy[str]:
        return st.integers(0, _PICKS).map(lambda pick: self._ids[table][pick % len(self._ids[table])])


def hints(functions: Path, name: str, *, plausible: bool) -> Hints:
    """What the project's sources say of values: texts around a function, what fields are given anywhere.

    Keys of a table of prices, countries in a test: what code knows, and made-up texts never hit.
    """
    module = functions / name.partition(":")[0]
    is_alone = module.parent == functions  # what stands beside it has nothing to do with it
    sources = _sources(functions)
    words: set[str] = set()
    for file, text in sources.items():
        is_near = file.with_suffix("") == module if is_alone else file.parent == module.parent
        if is_near and not file.name.endswith(_NO_SOURCE):
            words |= {word or key for word, key in _WORD.findall(text)}
    return Hints(sorted(words), _given(functions), plausible)


@lru_cache(maxsize=1)
def _sources(functions: Path) -> dict[Path, str]:
    """The project's sources, read once a run."""
    skipped = {"_generated", "node_modules"}
    files = (file for file in sorted(functions.rglob("*.[jt]s")) if skipped.isdisjoint(file.parts))
    return {file: file.read_text("utf-8", "replace") for file in files}


@lru_cache(maxsize=1)
def _given(functions: Path) -> dict[str, list[str | float]]:
    """What fields are given anywhere in the sources, by name."""
    found: dict[str, set[str | float]] = defaultdict(set)
    for text in _sources(functions).values():
        for field, quoted, number in _GIVEN.findall(text):
            found[field].add(float(number.replace("_", "")) if number else quoted)
    return {field: sorted(values, key=str) for field, values in found.items()}


def run(check: Callable[[st.DataObject], None], examples: int) -> None:
    """A property test within a test, whose fixtures all examples use. In CI examples are always the same."""

    def example(data: st.DataObject) -> None:
        check(data)

    chosen = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=bool(os.environ.get("CI")),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    chosen(given(data=st.data())(example))()
