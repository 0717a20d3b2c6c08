"""Made-up calls of one function, for property tests and searches."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaffold.testing import shapes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hypothesis.strategies import SearchStrategy

    from scaffold.testing.client import Client
    from scaffold.testing.documents import Documents
    from scaffold.testing.shapes import Shape

_WORD = re.compile(r"[\"'`]([A-Za-z0-9][\w .:/@+-]{0,39})[\"'`]|\b([A-Za-z]\w*):")
_NO_SOURCE = (".test.ts", ".spec.ts", ".d.ts")
_PICKS = 7


class Arguments:
    """The arguments of made-up calls. Ids are those of documents that are there when `prepare` is called."""

    def __init__(self, shape: Shape, documents: Documents, words: list[str]) -> None:
        self._documents = documents
        self._tables = shapes.tables(shape)
        self._ids: dict[str, list[str]] = {}
        is_open = shape["type"] != "object"
        self.strategy: SearchStrategy[dict[str, Any]] = (
            st.just({}) if is_open else shapes.values(shape, self._id, words)
        )

    def prepare(self, owner: Client) -> None:
        """See to it that there are documents, of this user where they are somebody's, and take their ids."""
        self._ids = {table: self._documents.ids(table, owner) for table in self._tables}

    def _id(self, table: str) -> SearchStrategy[str]:
        return st.integers(0, _PICKS).map(lambda pick: self._ids[table][pick % len(self._ids[table])])


def words(functions: Path, name: str) -> list[str]:
    """The texts and keys in the sources around a function: what code knows, and made-up texts never hit."""
    module = functions / name.partition(":")[0]
    is_alone = module.parent == functions  # what stands beside it has nothing to do with it
    files = [module.with_suffix(".ts")] if is_alone else sorted(module.parent.glob("*.ts"))
    sources = (
        file.read_text("utf-8", "replace")
        for file in files
        if file.is_file() and not file.name.endswith(_NO_SOURCE)
    )
    return sorted({text or key for source in sources for text, key in _WORD.findall(source)})


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
