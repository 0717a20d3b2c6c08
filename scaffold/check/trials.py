"""The tests of a team's rules: snippets for those in YAML, the examples on the pages of those in Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core import temporary
from scaffold.rules import doc, team

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from scaffold.core.findings import Finding
    from scaffold.rules.doc import Example
    from scaffold.rules.rule import Rule
    from scaffold.rules.team import Trial, Written

# What every project has; an example may bring its own.
DEFAULTS = {
    "convex.json": "{}\n",
    "package.json": '{ "name": "example", "dependencies": { "convex": "1.48.0" } }\n',
}


@dataclass(frozen=True)
class Outcome:
    """One test: whose it is, and what is wrong, if anything is."""

    rule: str
    place: str
    problem: str = ""


def of_folder(folder: Path, prefix: str) -> Iterator[Outcome]:
    """Try the YAML rules of a folder. A rule without a test is a failed one: nobody knows whether it works.

    Raises:
        ConfigurationError: a rule or a test is not well-formed.
    """
    rules = team.from_folder(folder, prefix)
    trials = team.trials(folder)
    for trial in trials:
        if trial.id in rules:
            yield from _trial(trial, rules[trial.id])
        else:
            yield Outcome(trial.id, trial.place, "there is no such rule")
    tested = {trial.id for trial in trials if trial.invalid}
    for identity, written in rules.items():
        if identity not in tested:
            yield Outcome(written.rule.code, folder.name, f"{identity} has no test that it must report")


def of_pages(rules: Iterable[Rule], check: Callable[[Path], Iterable[Finding]]) -> Iterator[Outcome]:
    """Try rules on the Bad and Good examples of their pages; `check` says what is wrong in a folder."""
    for rule in rules:
        page = doc.parse(rule.doc)
        if not page.bad:
            yield Outcome(rule.code, "its page", "it has no Bad example")
        for title, examples in (("Bad", page.bad), ("Good", page.good)):
            for number, example in enumerate(examples, 1):
                yield Outcome(rule.code, f"{title} {number}", _example(rule, example, check))


def lay(root: Path, files: dict[str, str]) -> Path:
    """Write the files of an example, and those that every project has."""
    for name, content in (DEFAULTS | files).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode())
    return root


def _trial(trial: Trial, written: Written) -> Iterator[Outcome]:
    for code in trial.valid:
        found = list(written.pattern.matches(code))
        yield Outcome(trial.id, trial.place, f"reports what is valid: {_first(code)}" if found else "")
    for code in trial.invalid:
        found = list(written.pattern.matches(code))
        yield Outcome(trial.id, trial.place, "" if found else f"misses what is invalid: {_first(code)}")


def _example(rule: Rule, example: Example, check: Callable[[Path], Iterable[Finding]]) -> str:
    with temporary.folder() as folder:
        found = check(lay(folder.resolve(), example.files))
        reported = {(each.place.path, each.place.line) for each in found if each.code == rule.code}
    marked = {(mark.path, mark.line) for mark in example.marks if mark.code == rule.code}
    missed = ", ".join(f"{path}:{line}" for path, line in sorted(marked - reported))
    noisy = ", ".join(f"{path}:{line}" for path, line in sorted(reported - marked))
    return "; ".join(
        filter(None, [f"misses {missed}" if missed else "", f"reports {noisy}" if noisy else ""])
    )


def _first(code: str) -> str:
    line, _, more = code.strip().partition("\n")
    return f"{line} …" if more else line
