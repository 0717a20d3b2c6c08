"""Mending findings: fixes are made in memory, proved, and only then handed on to be written.

A fix is proved if the files it touches parse no worse than before, and if its finding is gone. One that is
not is taken back, and told of.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scaffold.check import edits
from scaffold.core.fingerprints import fingerprints
from scaffold.core.sources import Sources
from scaffold.source.syntax import count_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from scaffold.core.findings import Edit, Finding

_ROUNDS = 50  # a fix may make room for another; more than this is two rules at odds


@dataclass(kw_only=True)
class Mended:
    """What came of it: contents of the files that changed, what was fixed, and what could not be, and why."""

    before: dict[str, bytes] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    fixed: list[Finding] = field(default_factory=list)
    refused: dict[str, tuple[Finding, str]] = field(default_factory=dict)

    @property
    def changed(self) -> dict[str, bytes]:
        """The files whose bytes differ in the end."""
        return {path: new for path, new in sorted(self.contents.items()) if new != self.before[path]}


def mend(
    check: Callable[[Mapping[str, bytes]], Sequence[Finding]],
    sources: Sources,
    wanted: Callable[[Finding], bool],
) -> Mended:
    """Fix what is wanted until nothing is left to fix.

    `check` finds what is wrong if the files given have other contents than on disk; `sources` are on disk.
    """
    return _Mending(check, sources, wanted).run()


class _Mending:
    def __init__(
        self,
        check: Callable[[Mapping[str, bytes]], Sequence[Finding]],
        sources: Sources,
        wanted: Callable[[Finding], bool],
    ) -> None:
        self.check = check
        self.sources = sources
        self.wanted = wanted
        self.mended = Mended()
        self.findings: Sequence[Finding] = ()
        self.alone: set[str] = set()  # fingerprints of what failed in company, to be tried one by one

    def run(self) -> Mended:
        self.findings = self.check({})
        for _ in range(_ROUNDS):
            todo = self._todo()
            if not todo:
                break
            self._make(todo)
        for name, finding in self._todo().items():
            self.mended.refused[name] = (finding, "fixes undo each other")
        return self.mended

    def _todo(self) -> dict[str, Finding]:
        """The findings to fix, by fingerprint, without those that were tried in vain."""
        names = fingerprints(self.findings, self._sources())
        return {
            name: finding
            for name, finding in zip(names, self.findings, strict=True)
            if finding.fix and self.wanted(finding) and name not in self.mended.refused
        }

    def _make(self, todo: dict[str, Finding]) -> None:
        """Fix as many as go together; those that failed in company are tried alone, after the others."""
        todo = self._sound(todo)
        company = {name: finding for name, finding in todo.items() if name not in self.alone}
        if company:
            chosen = edits.together(company.values())
            names = [name for name, finding in company.items() if finding in chosen]
            guilty = self._try(chosen)
            if guilty is not None:
                self.alone.update(name for name in names if _group(company[name]) in guilty)
        elif todo:
            name, finding = next(iter(todo.items()))
            if self._try([finding]) is not None:
                self.mended.refused[name] = (finding, "the code would not parse, or the finding would stay")

    def _sound(self, todo: dict[str, Finding]) -> dict[str, Finding]:
        sound = {}
        for name, finding in todo.items():
            asked = finding.fix.edits if finding.fix else ()
            if asked and edits.is_sound(asked, {edit.path: len(self._content(edit.path)) for edit in asked}):
                sound[name] = finding
            else:
                self.mended.refused[name] = (finding, "its edits do not fit the file")
        return sound

    def _try(self, chosen: list[Finding]) -> set[tuple[str, str, str]] | None:
        """Make fixes, and keep them if they prove good: None; else the groups of findings to blame."""
        asked = {edit for finding in chosen if finding.fix for edit in finding.fix.edits}
        new = {
            path: edits.apply(self._content(path), _of(asked, path)) for path in {edit.path for edit in asked}
        }
        broken = {path for path, content in new.items() if self._parses_worse(path, content)}
        if broken:
            return {_group(finding) for finding in chosen if finding.fix and _touches(finding, broken)}
        contents = self.mended.contents | new
        findings = self.check(contents)
        staying = _staying(chosen, self.findings, findings)
        if staying:
            return staying
        for path in new:
            self.mended.before.setdefault(path, self._content(path))
        self.mended.contents = contents
        self.mended.fixed += chosen
        self.findings = findings
        return None

    def _content(self, path: str) -> bytes:
        return self.mended.contents.get(path, self.sources.lines(path).source)

    def _sources(self) -> Sources:
        return Sources(self.sources.root, {path: self._content(path) for path in _paths(self.findings)})

    def _parses_worse(self, path: str, content: bytes) -> bool:
        if not path.endswith((".ts", ".tsx", ".js", ".jsx", ".mts", ".mjs", ".cts", ".cjs")):
            return False
        jsx = path.endswith(("x", ".js"))
        return count_errors(content, jsx=jsx) > count_errors(self._content(path), jsx=jsx)


def _staying(
    chosen: Iterable[Finding], before: Iterable[Finding], after: Iterable[Finding]
) -> set[tuple[str, str, str]]:
    """The groups of which more is left than the fixes should have left."""
    gone, old, new = (Counter(map(_group, findings)) for findings in (chosen, before, after))
    return {group for group, number in gone.items() if new[group] > old[group] - number}


def _group(finding: Finding) -> tuple[str, str, str]:
    """What stays the same when lines move: the rule, the file and what it is about."""
    return finding.code, finding.place.path, finding.symbol


def _touches(finding: Finding, paths: set[str]) -> bool:
    return finding.fix is not None and any(edit.path in paths for edit in finding.fix.edits)


def _of(asked: Iterable[Edit], path: str) -> list[Edit]:
    return [edit for edit in asked if edit.path == path]


def _paths(findings: Iterable[Finding]) -> set[str]:
    return {finding.place.path for finding in findings}
