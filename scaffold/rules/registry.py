"""All rules there are, found by walking this package, and which of them a run wants."""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

import msgspec

from scaffold.core.errors import UnknownRuleError
from scaffold.core.findings import Profile
from scaffold.core.patterns import regex
from scaffold.core.text import nearest
from scaffold.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

_CODE = regex(r"([A-Z]+)(\d+)")
_RELEASE = regex(r"\d{1,9}(?:\.\d{1,9}){0,2}")
_FILE = regex(r"[a-z]+\d+_")
_PROFILES = tuple(Profile)  # each holds those before it


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """What a run wants: codes, families (`CX2`) or prefixes (`CX`).

    `select` replaces what the profile holds, `extend` adds to it, `ignore` takes away. Of two words that name
    the same rule the longer one counts, so that `select CX201` with `ignore CX2` leaves CX201.
    """

    profile: Profile = Profile.RECOMMENDED
    select: tuple[str, ...] = ()
    extend: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def wants(self, rule: Rule) -> bool:
        """Whether the rule runs."""
        named = closest(rule.code, (*self.select, *self.extend))
        ignored = closest(rule.code, self.ignore)
        if ignored and len(ignored) >= len(named or ""):
            return False
        in_profile = _PROFILES.index(rule.profile) <= _PROFILES.index(self.profile)
        return named is not None or (in_profile and not self.select)


@dataclass(frozen=True)
class Registry:
    """Rules with unique codes, in the order of their codes."""

    rules: tuple[Rule, ...]
    by_code: dict[str, Rule] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        ordered = sorted(self.rules, key=lambda rule: order(rule.code))
        object.__setattr__(self, "rules", tuple(ordered))
        object.__setattr__(self, "by_code", {rule.code: rule for rule in ordered})
        _check_unique(ordered)

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    def plus(self, rules: Iterable[Rule]) -> Registry:
        """These rules and others, as a team brings them.

        Raises:
            ValueError: two have one code or one name.
        """
        return Registry((*self.rules, *rules))

    def check_words(self, words: Iterable[str], where: str) -> None:
        """Refuse a word that names no rule; `where` is where it was written.

        Raises:
            UnknownRuleError: there is no such code, family or prefix.
        """
        known = {name for rule in self.rules for name in names(rule.code)}
        for word in words:
            if word not in known:
                raise UnknownRuleError(word, where, self._guess(word, known))

    def _guess(self, word: str, known: set[str]) -> str | None:
        """The word that was probably meant: of a rule called like that, in the same family, or any."""
        name = nearest(word.lower(), [rule.name for rule in self.rules])
        code = next((rule.code for rule in self.rules if rule.name == name), word.upper())
        if code.replace("O", "0") in known:  # the letter for the digit
            return code.replace("O", "0")
        if code in known or not _CODE.fullmatch(code):
            return nearest(code, known)
        return nearest(code, [each for each in self.by_code if names(code)[1] in names(each)]) or nearest(
            code, known
        )

    def selected(self, selection: Selection) -> tuple[Rule, ...]:
        """The rules that a run wants."""
        return tuple(rule for rule in self.rules if selection.wants(rule))

    def mapped(self) -> dict[str, tuple[Rule, ...]]:
        """The rules that mean the same as a rule of another tool, by the name of that."""
        found: dict[str, tuple[Rule, ...]] = {}
        for rule in self.rules:
            for name in rule.mapped:
                found[name] = (*found.get(name, ()), rule)
        return found


def load(package: str = "scaffold.rules") -> Registry:
    """The rules of a package: every module named like a code holds one.

    Raises:
        ValueError: a module holds none, its name is not the rule's, or a code is taken twice.
    """
    root = import_module(package)
    modules = pkgutil.walk_packages(root.__path__, f"{package}.")
    return Registry(
        tuple(_rule_of(each.name) for each in modules if _FILE.match(each.name.rpartition(".")[2]))
    )


def names(code: str) -> tuple[str, str, str]:
    """The words that name a rule, from short to long: prefix, family and code; `CX`, `CX2`, `CX201`."""
    match = _CODE.fullmatch(code)
    if match is None:
        raise ValueError(f"{code!r} is no code of a rule")
    return match[1], f"{match[1]}{int(match[2]) // 100}", code


def order(code: str) -> tuple[str, int]:
    """Sorts CX1001 after CX999."""
    prefix, _, _ = names(code)
    return prefix, int(code.removeprefix(prefix))


def closest(code: str, words: Collection[str]) -> str | None:
    """The longest of the words that names this code, or None."""
    return next((name for name in reversed(names(code)) if name in words), None)


def fits(rule: Rule, convex: str | None) -> bool:
    """Whether a rule makes sense for a version of convex; an unknown version is taken for the newest."""
    if not rule.needs or convex is None:
        return True
    if _RELEASE.fullmatch(convex) and _RELEASE.fullmatch(rule.needs):
        return _numbers(convex) >= _numbers(rule.needs)
    from packaging.version import Version  # noqa: PLC0415 - slow to import, for few versions

    try:
        return Version(convex) >= Version(rule.needs)
    except ValueError:  # it is no version, or its numbers have thousands of digits
        return True


def _numbers(release: str) -> list[int]:
    return [*map(int, release.split(".")), 0, 0][:3]


def _rule_of(module: str) -> Rule:
    found = [value for value in vars(import_module(module)).values() if isinstance(value, Rule)]
    stem = module.rpartition(".")[2]
    if len(found) != 1:
        raise ValueError(f"{module} holds {len(found)} rules instead of one")
    rule = found[0]
    expected = f"{rule.code.lower()}_{rule.name.replace('-', '_')}"
    if stem != expected:
        raise ValueError(f"{module} holds {rule.code} {rule.name}; its file should be {expected}.py")
    return rule


def _check_unique(rules: list[Rule]) -> None:
    for what, taken in (
        ("code", [rule.code for rule in rules]),
        ("name", [rule.name for rule in rules]),
    ):
        twice = sorted({each for each in taken if taken.count(each) > 1})
        if twice:
            raise ValueError(f"two rules have the {what} {twice[0]}")
