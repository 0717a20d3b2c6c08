"""`convex-scaffold explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scaffold.cli import console

if TYPE_CHECKING:
    from scaffold.rules.registry import Registry
    from scaffold.rules.rule import Rule


@click.command(
    epilog="""\b
Examples:
  convex-scaffold explain            all rules, one a line
  convex-scaffold explain CX201      what it finds, why, Bad and Good, the way out
  convex-scaffold explain CX2        the rules of one family
"""
)
@click.argument("words", metavar="[CODE]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print the pages as JSON.")
def command(words: tuple[str, ...], *, as_json: bool) -> None:
    """Print the page of a rule, or list the rules. Works without a network.

    A rule is named by its code (CX201) or its name (filter-scan); a family (CX2) lists its rules. The Bad and
    Good examples of a page are the first tests of its rule. A team's own rules are there too.
    """
    from scaffold.check import config, pages, rulebook  # noqa: PLC0415
    from scaffold.cli.check import request_for  # noqa: PLC0415
    from scaffold.rules import registry  # noqa: PLC0415

    request = request_for(())
    rules = rulebook.completed(registry.load(), config.load(request.start, request.cache))
    found = {word: _named(word, rules) for word in words}
    chosen = list(dict.fromkeys(rule for each in found.values() for rule in each)) if words else list(rules)
    if as_json:
        console.data({"schemaVersion": 1, "rules": [pages.document(rule) for rule in chosen]})
        return
    style, width = console.style(), console.width()
    if words and all(len(each) == 1 for each in found.values()):
        text = "\n\n".join(pages.terminal(rule, style, width) for rule in chosen)
    else:
        text = pages.overview(chosen, style, width)
    console.out(text.rstrip("\n"), colour=style.colour)


def _named(word: str, rules: Registry) -> list[Rule]:
    """The rules that a word names: one by its code or name, several by their family."""
    from scaffold.rules.registry import names  # noqa: PLC0415

    code = next((rule.code for rule in rules if rule.name == word.lower()), word.upper())
    found = [rule for rule in rules if code in names(rule.code)]
    if not found:
        rules.check_words([word], "explain")
    return found
