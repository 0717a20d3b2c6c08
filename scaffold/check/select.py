"""Which rules a run has, with which settings; and what its configuration makes of their findings."""

from __future__ import annotations

import ast
import inspect
import sys
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from scaffold.core.errors import ConfigurationError
from scaffold.core.globs import matches
from scaffold.core.spec import shown
from scaffold.core.text import listing, nearest
from scaffold.rules.registry import Selection, closest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType

    from scaffold.check.config import CheckConfig, PathSettings, Threshold
    from scaffold.core.findings import Finding, Level, Profile
    from scaffold.rules.registry import Registry
    from scaffold.rules.rule import Rule


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asks for, over the configuration; empty words leave it as it is."""

    profile: Profile | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


def wished(config: CheckConfig, wish: Wish, registry: Registry) -> CheckConfig:
    """The configuration with what the command line says instead.

    Naming a rule on the command line runs it, even if its level is "off".

    Raises:
        UnknownRuleError: a word of the command line names no rule.
    """
    registry.check_words(wish.select, "--select")
    registry.check_words(wish.ignore, "--ignore")
    selection = config.selection
    if wish.profile:
        selection = replace(selection, profile=wish.profile, select=())
    if wish.select:
        selection = Selection(profile=selection.profile, select=wish.select)
    selection = replace(selection, ignore=(*selection.ignore, *wish.ignore))
    named = [rule for rule in registry if closest(rule.code, wish.select)]
    on = {rule.code: rule.level for rule in named if _is_off(rule.code, config.levels)}
    return replace(config, selection=selection, levels={**config.levels, **on})


def rules_for(config: CheckConfig, registry: Registry) -> tuple[Rule, ...]:
    """The rules of a run, with their thresholds.

    Raises:
        UnknownRuleError: a word of the configuration names no rule.
        ConfigurationError: a threshold is not one of its rule's, or of the wrong type.
    """
    for word in config.words:
        registry.check_words([word.text], word.place)
    settings = _settings(config.thresholds, registry)
    return tuple(
        rule.configured(settings.get(rule.code, {}), level_of(rule.code, config.levels))
        for rule in registry.selected(config.selection)
        if not _is_off(rule.code, config.levels)
        or any(level_of(rule.code, each.levels) for each in config.paths)
    )


def settled(finding: Finding, config: CheckConfig) -> Finding | None:
    """The finding with the level that the configuration gives it in its file; None if it wants none of it."""
    if matches(finding.place.path, config.exclude):
        return None
    level: Level | None = finding.level
    if word := closest(finding.code, config.levels):
        level = config.levels[word]
    for settings in config.paths:
        if matches(finding.place.path, settings.globs):
            level = _level_there(finding.code, settings, level)
    return replace(finding, level=level) if level else None


def level_of(code: str, levels: Mapping[str, Level | None]) -> Level | None:
    """The level that the longest word for a code gives it, or None."""
    word = closest(code, levels)
    return levels[word] if word else None


def thresholds_of(rule: Rule) -> dict[str, Any]:
    """The settings a rule asks for, with their defaults (None where they are computed), from its code."""
    module = sys.modules.get(rule.check.__module__)
    found: dict[str, Any] = {}
    for each in _with_helpers(module) if module else ():
        for node in ast.walk(ast.parse(inspect.getsource(each))):
            found |= _asked(node, each)
    return found


def _level_there(code: str, settings: PathSettings, level: Level | None) -> Level | None:
    if closest(code, settings.ignore):
        return None
    word = closest(code, settings.levels)
    return settings.levels[word] if word else level


def _is_off(code: str, levels: Mapping[str, Level | None]) -> bool:
    word = closest(code, levels)
    return word is not None and levels[word] is None


def _settings(thresholds: tuple[Threshold, ...], registry: Registry) -> dict[str, dict[str, Any]]:
    settings: dict[str, dict[str, Any]] = {}
    for each in thresholds:
        rule = registry.by_code.get(each.code)
        if rule is None:
            raise ConfigurationError(
                each.place, f"{each.code} is no rule", "thresholds belong to one rule, as in [rules.CX405]"
            )
        _check(each, thresholds_of(rule))
        settings.setdefault(each.code, {})[each.name] = each.value
    return settings


def _check(threshold: Threshold, known: dict[str, Any]) -> None:
    if threshold.name not in known:
        guess = nearest(threshold.name, known)
        names = f"its settings are {listing(known)}" if known else "take it out: the rule has no settings"
        if threshold.name in {"level", "severity"}:
            names = f'levels have a table of their own: [levels] {threshold.code} = "warning"'
        raise ConfigurationError(
            threshold.place,
            f"{threshold.code} has no setting {threshold.name!r}",
            f"did you mean {guess}?" if guess else names,
        )
    default = known[threshold.name]
    if default is not None and type(threshold.value) is not type(default):
        raise ConfigurationError(
            threshold.place,
            f"{threshold.name} of {threshold.code} is {shown(threshold.value)}",
            f"give it a value like its default, {shown(default)}",
        )


def _with_helpers(module: ModuleType) -> Iterator[ModuleType]:
    """A rule's module, and those beside it that it takes from."""
    yield module
    family = module.__name__.rpartition(".")[0]
    taken = {getattr(value, "__module__", None) for value in vars(module).values()}
    for name in sorted(name for name in taken if name and name != module.__name__):
        if name.startswith(f"{family}.") and name in sys.modules:
            yield sys.modules[name]


def _asked(node: ast.AST, module: ModuleType) -> dict[str, Any]:
    match node:
        case ast.Call(func=ast.Attribute(attr="setting"), args=[ast.Constant(value=str(name)), default]):
            match default:
                case ast.Name(id=constant):
                    return {name: getattr(module, constant, None)}
                case ast.Constant(value=value):
                    return {name: value}
            return {name: None}
    return {}
