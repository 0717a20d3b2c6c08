"""Which findings comments silence, and how those comments did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from scaffold.model import suppression
from scaffold.model.suppression import Foreign, Suppression, Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date

    from scaffold.check.config import CheckConfig
    from scaffold.core.findings import Finding
    from scaffold.core.places import Place
    from scaffold.model.module import Module
    from scaffold.model.suppression import Standing

_Comment = TypeVar("_Comment", bound=Suppression | Foreign)
_NARROW = 100  # lines


class Suppressions:
    """The comments of a run's files. It notes which of them silence something.

    `mapped` are the names that other tools have for a rule, by its code.
    """

    def __init__(self, modules: Iterable[Module], mapped: Mapping[str, tuple[str, ...]], today: date) -> None:
        self._modules = {module.path: module for module in modules if module.facts.comments}
        self._trees = {path: Tree(module) for path, module in self._modules.items()}
        self._ours = {path: tuple(suppression.ours(module)) for path, module in self._modules.items()}
        self._our_lines = {path: _ByLine(found) for path, found in self._ours.items()}
        self._foreign = {
            path: _ByLine(tuple(suppression.foreign(module))) for path, module in self._modules.items()
        }
        self._reasons: dict[tuple[str, str, int, int], str | None] = {}
        self._used: dict[Place, set[str]] = {}
        self._mapped = mapped
        self._today = today

    def reason(self, finding: Finding) -> str | None:
        """Why a finding is silenced, or None if it is not."""
        path = finding.place.path
        if path not in self._modules:
            return None
        lines = self._trees[path].lines_of(finding.place)
        key = (path, finding.code, *lines)
        if key not in self._reasons:
            self._reasons[key] = self._reason(path, finding.code, lines)
        return self._reasons[key]

    def _reason(self, path: str, code: str, lines: tuple[int, int]) -> str | None:
        holding = [each for each in self._our_lines[path].over(*lines) if self._holds(each, code)]
        for each in holding:
            self._used.setdefault(each.place, set()).add(code)
        if holding:
            return holding[0].reason
        names = self._mapped.get(code, ())
        heard = (each for each in self._foreign[path].over(*lines) if any(map(each.names, names)))
        return next((each.reason or "eslint-disable" for each in heard), None) if names else None

    def standings(
        self, ran: Callable[[str], frozenset[str]], known: Iterable[str], config: CheckConfig
    ) -> Iterator[Standing]:
        """How our comments did; `ran` gives the codes that ran to their end on a file."""
        codes = frozenset(known)
        for path, found in self._ours.items():
            for each in found:
                yield suppression.Standing(
                    suppression=each,
                    removal=suppression.removal(self._modules[path], each.place),
                    used=frozenset(self._used.get(each.place, ())),
                    ran=ran(path),
                    known=codes,
                    today=self._today,
                    require_until=config.require_until,
                    require_by=config.require_by,
                )

    def _holds(self, each: Suppression, code: str) -> bool:
        """A comment without a reason still holds, and is a finding itself; one past its date does not."""
        return (
            code in each.codes
            and each.directive in suppression.DIRECTIVES
            and not each.misplaced
            and (each.expiry is None or each.expiry >= self._today)
        )


class _ByLine(Generic[_Comment]):
    """Comments of a file, found by the lines that they speak for."""

    def __init__(self, comments: tuple[_Comment, ...]) -> None:
        self._comments = comments
        self._at: dict[int, list[int]] = {}
        self._wide: list[int] = []
        for number, each in enumerate(comments):
            if each.last - each.first > _NARROW:
                self._wide.append(number)
                continue
            for line in range(each.first, each.last + 1):
                self._at.setdefault(line, []).append(number)

    def over(self, first: int, last: int) -> Iterator[_Comment]:
        """Those that speak for something on these lines, in the order of the file."""
        if last - first > len(self._comments):
            yield from (each for each in self._comments if each.covers(first, last))
            return
        narrow = {number for line in range(first, last + 1) for number in self._at.get(line, ())}
        for number in sorted({*self._wide, *narrow}):
            if self._comments[number].covers(first, last):
                yield self._comments[number]
