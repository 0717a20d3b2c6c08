"""`convex-scaffold add`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import click

from scaffold.cli import console, plans
from scaffold.core.errors import ExitCode
from scaffold.core.text import count
from scaffold.lifecycle.adding.pieces import Access, Kind

if TYPE_CHECKING:
    from scaffold.lifecycle.adding.plan import AddPlan


@click.command(
    epilog="""\b
Examples:
  convex-scaffold add domain billing                     a folder with a table and its functions
  convex-scaffold add table billing/invoices             one more table, with its functions
  convex-scaffold add query billing/listOverdue --table invoices
  convex-scaffold add mutation billing/archiveInvoice --admin
  convex-scaffold add query billing/listOffers --open "Shown on the start page."
  convex-scaffold add http billing/exportInvoices --path /invoices
  convex-scaffold add cron billing/remindDebtors --preview --diff
  convex-scaffold add feature orders                     what the template offers and you left out
"""
)
@click.argument("kind", type=click.Choice([*get_args(Kind), "feature"]))
@click.argument("name", metavar="DOMAIN/NAME")
@click.option("--table", metavar="NAME", help="The table it works on; needed where the domain has several.")
@click.option("--admin", "access", flag_value="admin", help="For administrators.")
@click.option("--internal", "access", flag_value="internal", help="For this backend only.")
@click.option("--open", "reason", metavar="REASON", help="For anyone, for this reason.")
@click.option("--path", "route", metavar="PATH", default="", help="The exact path of an HTTP route.")
@click.option("--preview", is_flag=True, help="Show the changes; write nothing.")
@click.option("--diff", is_flag=True, help="Show the changes line by line.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(  # noqa: PLR0913 - one for each option
    *,
    kind: Kind | Literal["feature"],
    name: str,
    table: str | None,
    access: Access | None,
    reason: str | None,
    route: str,
    preview: bool,
    diff: bool,
    as_json: bool,
) -> int:
    """Add a function, a route, a cron, a table or a domain to the project here, with its tests.

    KIND is query, mutation, action, http, cron, table, domain or feature; the last two have a NAME alone.
    Without --admin, --internal or --open, the caller is a signed-in user. The files keep to the project's
    conventions, are wired into schema.ts, http.ts and crons.ts, and their generated code is written with
    them: all of it or, if something stands in the way, nothing.

    A feature is an option of the template that was left out when the project was made. It is merged as
    an update to the same version, and staged.
    """
    from scaffold.lifecycle import changes, codegen  # noqa: PLC0415
    from scaffold.lifecycle.adding import pieces, plan  # noqa: PLC0415
    from scaffold.model import layout  # noqa: PLC0415

    if kind == "feature":
        return _add_feature(name, preview=preview, diff=diff, as_json=as_json)
    if reason is not None:
        if access is not None:
            raise click.UsageError(f"--open and --{access} exclude each other")
        access = "open"
    piece = pieces.parse(kind, name, access=access, table=table, reason=reason or "", route=route)
    found = layout.find(Path.cwd())
    with plans.alone(found.root):
        if warning := codegen.version_note(found):
            console.warning(warning)
        todo = plan.plan(found, piece)
        if not preview:
            changes.apply(found.root, todo.changes)
    if as_json:
        console.data(_as_json(todo, written=not preview))
        return ExitCode.OK
    _print(todo, preview=preview, diff=diff)
    if not preview and (found.root / "tests" / "python" / "stubs.json").is_file():
        console.note("its Python tests: convex-scaffold stubs")
    return ExitCode.OK


def _add_feature(name: str, *, preview: bool, diff: bool, as_json: bool) -> int:
    """Answer one question of the template anew, and update to the version the project has."""
    from scaffold.cli import update  # noqa: PLC0415
    from scaffold.lifecycle.adding import features  # noqa: PLC0415

    feature = features.find(Path.cwd(), name)
    flags = {"--preview": preview, "--diff": diff, "--json": as_json}
    words = ["--to", feature.version, "--data", feature.data, "--defaults", "--no-verify"]
    words += [flag for flag, is_on in flags.items() if is_on]
    result = update.command.main(words, prog_name="convex-scaffold update", standalone_mode=False)
    return int(result or 0)


def _print(todo: AddPlan, *, preview: bool, diff: bool) -> None:
    for change in todo.changes:
        if diff:
            console.out(change.diff())
        else:
            console.out(f"{change.kind:<7}  {change.path}")
    done = "nothing was written" if preview else f"start with {todo.entry}, then: npm run check"
    console.note(f"{count(len(todo.changes), 'file')}; {done}")


def _as_json(todo: AddPlan, *, written: bool) -> dict[str, object]:
    return {
        "schemaVersion": 1,
        "added": {"kind": todo.piece.kind, "domain": todo.piece.domain, "name": todo.piece.name},
        "written": written,
        "files": [
            {"path": change.path, "change": change.kind, "diff": change.diff()} for change in todo.changes
        ],
        "entry": todo.entry,
    }
