"""Which findings comments silence, and how those comments did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model import suppression

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date

    from scaffold.check.config import CheckConfig
    from scaffold.core.findings import Finding
    from scaffold.core.places import Place
    from scaffold.model.module import Module
    from scaffold.model.suppression import Standing, Suppression


class Suppressions:
    """The comments of a run's files. It notes which of them silence something.

    `mapped` are the names that other tools have for a rule, by its code.
    """

    def __init__(self, modules: Iterable[Module], mapped: Mapping[str, tuple[str, ...]], today: date) -> None:
        self._modules = {module.path: module for module in modules if module.facts.comments}
        self._ours = {path: tuple(suppression.ours(module)) for path, module in self._modules.items()}
        self._foreign = {path: tuple(suppression.foreign(module)) for path, module in self._modules.items()}
        self._used: dict[Place, set[str]] = {}
        self._mapped = mapped
        self._today = today

    def reason(self, finding: Finding) -> str | None:
        """Why a finding is silenced, or None if it is not."""
        path = finding.place.path
        module = self._modules.get(path)
        if module is None:
            return None
        lines = suppression.lines_of(module, finding.place)
        holding = [
            each for each in self._ours[path] if self._holds(each, finding.code) and each.covers(*lines)
        ]
        for each in holding:
            self._used.setdefault(each.place, set()).add(finding.code)
        if holding:
            return holding[0].reason
        names = self._mapped.get(finding.code, ())
        heard = (each for each in self._foreign[path] if any(map(each.names, names)) and each.covers(*lines))
        return next((each.reason or "eslint-disable" for each in heard), None)

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
