"""Write the files that are made from the code: `python .ci/docs.py [--check]`."""

from __future__ import annotations

import argparse
import inspect
import json
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.check import pages as rule_pages
from scaffold.check.select import thresholds_of
from scaffold.cli.app import COMMANDS
from scaffold.core.errors import ExitCode
from scaffold.core.settings import SETTINGS
from scaffold.core.spec import Key, ListOf, MapOf, Table, json_schema
from scaffold.report.budgets import BUDGETS, LIMITS
from scaffold.rules import registry

if TYPE_CHECKING:
    from scaffold.rules.registry import Registry
    from scaffold.rules.rule import Rule

ROOT = Path(__file__).resolve().parent.parent
_BY = "<!-- Written by .ci/docs.py. Do not edit. -->\n\n"


def main() -> None:
    """Write the files, or with --check name those that are behind and fail."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    known = pages()
    behind = [name for name, text in known.items() if not _is_current(name, text)]
    stale = _stale(known)
    for name in behind:
        if not check:
            (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / name).write_text(known[name], "utf-8")
        print(f"{'behind' if check else 'wrote'}  {name}")
    for name in stale:
        if not check:
            (ROOT / name).unlink()
        print(f"{'stale' if check else 'removed'}  {name}")
    if check and (behind or stale):
        raise SystemExit("write them: python .ci/docs.py")


def pages() -> dict[str, str]:
    """The generated files, by path."""
    rules = registry.load()
    return {
        "docs/reference/rules.md": f"{_BY}{_RULES}\n{rule_pages.index(rules)}",
        **{f"docs/reference/rules/{rule.code}.md": _BY + rule_pages.markdown(rule) for rule in rules},
        "docs/reference/commands.md": _commands(),
        "docs/reference/exit-codes.md": _exit_codes(),
        "docs/reference/scaffold-toml.md": _settings() + _thresholds(rules),
        "docs/reference/budgets-toml.md": _budgets(),
        "scaffold/data/scaffold.schema.json": _schema(SETTINGS, "scaffold.toml"),
        "scaffold/data/budgets.schema.json": _schema(BUDGETS, "budgets.toml"),
    }


def _stale(known: dict[str, str]) -> list[str]:
    """Pages of rules that there are no more."""
    found = (path.relative_to(ROOT).as_posix() for path in (ROOT / "docs/reference/rules").glob("*.md"))
    return sorted(path for path in found if path not in known)


def _is_current(name: str, text: str) -> bool:
    path = ROOT / name
    return path.is_file() and path.read_text("utf-8") == text


def _settings() -> str:
    parts = [f"{_BY}# Keys of scaffold.toml\n", "\n", *_table(SETTINGS)]
    for key in SETTINGS.keys:
        inner = key.shape
        title = f"[{key.name}]"
        if isinstance(inner, MapOf):
            inner, title = inner.value, f"[{key.name}.NAME]"
        elif isinstance(inner, ListOf):
            inner, title = inner.item, f"[[{key.name}]]"
        if isinstance(inner, Table):
            parts += [f"\n## {title}\n\n{key.doc}\n\n", *_table(inner)]
    return "".join(parts)


def _thresholds(rules: Registry) -> str:
    rows = [
        f"| {_link(rule)} | `{name}` | `{json.dumps(default)}` |\n"
        for rule in rules
        for name, default in thresholds_of(rule).items()
    ]
    head = "\n## Thresholds\n\nWhat `[rules.CODE]` may set.\n\n| rule | setting | default |\n"
    return "".join([head, "| --- | --- | --- |\n", *rows])


def _link(rule: Rule) -> str:
    return f"[{rule.code} {rule.name}](rules/{rule.code}.md)"


def _table(table: Table) -> list[str]:
    rows = [f"| `{key.name}` | {_default(key)} | {_cell(key.doc)} |\n" for key in table.keys]
    return ["| key | default | meaning |\n| --- | --- | --- |\n", *rows]


def _default(key: Key) -> str:
    if key.required:
        return "required"
    return "" if key.default is None else f"`{json.dumps(key.default)}`"


def _budgets() -> str:
    parts = [f"{_BY}# Keys of budgets.toml\n", "\n", *_table(BUDGETS), _CLASSES_INTRO, *_table(LIMITS)]
    return "".join(parts)


def _schema(table: Table, title: str) -> str:
    return json.dumps(json_schema(table, title=title), indent=2, ensure_ascii=False) + "\n"


def _commands() -> str:
    parts = [f"{_BY}# Commands\n"]
    for name, (module, _) in COMMANDS.items():
        command: click.Command = import_module(module).command
        context = click.Context(command, info_name=f"convex-scaffold {name}")
        parts.append(
            f"\n## {name}\n\n{_usage(command, context)}\n{_prose(command.help)}\n{_options(command, context)}"
        )
        if command.epilog:
            parts.append(f"\n{_examples(command.epilog)}")
    return "".join(parts)


def _usage(command: click.Command, context: click.Context) -> str:
    return f"```text\n{command.get_usage(context).removeprefix('Usage: ')}\n```\n"


def _prose(text: str | None) -> str:
    return inspect.cleandoc(text or "").replace("\b\n", "") + "\n"


def _options(command: click.Command, context: click.Context) -> str:
    rows = [
        record
        for parameter in command.get_params(context)
        if (record := parameter.get_help_record(context)) is not None and record[1]
    ]
    lines = [f"| `{_cell(name)}` | {_cell(text)} |" for name, text in rows]
    return "\n".join(["| option | meaning |", "| --- | --- |", *lines, ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _examples(epilog: str) -> str:
    title, _, body = epilog.replace("\b\n", "").strip().partition("\n")
    lines = [line.removeprefix("  ") for line in body.splitlines()]
    return "\n".join([title, "", "```sh", *lines, "```", ""])


def _exit_codes() -> str:
    rows = [f"| {code.value} | {code.meaning} |" for code in ExitCode]
    return "\n".join([f"{_BY}# Exit codes\n", "| code | meaning |", "| --- | --- |", *rows, "", _FOOTNOTE])


_RULES = """\
# Rules

Each page is printed by `convex-scaffold explain CODE` too, without a network. Its Bad and Good examples are
the first tests of the rule: every Bad is reported on its marked lines and nowhere else, every Good is not.

Profile `recommended` is the default; `strict` adds to it, and `pedantic` to that. Codes are stable: one that
is retired is not used again.
"""

_CLASSES_INTRO = """
## [class.NAME] and [function."NAME"]

Classes are `query`, `mutation`, `action`, `internalQuery`, `internalMutation`, `internalAction` and
`httpAction`. A function is named as reports name it: `[function."orders/public:place"]`,
`[function."POST /payments/webhook"]`.

"""

_FOOTNOTE = """\
A failed command leaves nothing half-made. Every error says on stderr what is wrong, where, and what to type
next; with `--json`, stdout holds the document and nothing else.
"""


if __name__ == "__main__":
    main()
