"""`convex-scaffold serve`."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold.cli import console
from scaffold.core.errors import ExitCode, ServeError
from scaffold.core.text import count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.backend.options import AuthMode
    from scaffold.backend.server import Server

_IS_NOT = (
    "In memory: for tests and demos. It is no deployment: no write conflicts and no retries of them,",
    "no real limits of time, nothing is kept.",
)
_AUTH: Mapping[AuthMode, str] = {
    "none": "tokens are ignored: nobody is signed in",
    "trust": "the claims of any token are believed, unsigned ones too",
    "verify": "tokens need a signature, and an issuer and audience of auth.config.ts",
}


@click.command(
    epilog="""\b
Examples:
  convex-scaffold serve                              on http://127.0.0.1:3210
  convex-scaffold serve --port 0 --watch             on a free port; reload when a file changes
  convex-scaffold serve --seed demo.json --auth none
  convex-scaffold serve --env PAYMENTS_URL=http://127.0.0.1:9000
  curl localhost:3210/api/query --json '{"path": "tasks:list", "args": {}}'
"""
)
@click.argument("path", type=click.Path(path_type=Path, exists=True, file_okay=False), default=".")
@click.option("--port", type=click.IntRange(0, 65535), default=3210, show_default=True, help="0: a free one.")
@click.option(
    "--auth",
    type=click.Choice(list(_AUTH)),
    default="trust",
    show_default=True,
    help="What tokens are worth: nothing, all they claim, or what auth.config.ts says.",
)
@click.option("--watch", is_flag=True, help="Reload the functions when a file changes; the data stays.")
@click.option(
    "--seed", type=click.Path(path_type=Path), help="Load documents from a JSON file, {table: […]}."
)
@click.option(
    "--env", "assignments", multiple=True, metavar="NAME=VALUE", help="Set a variable of the functions."
)
@click.option(
    "--limits/--no-limits", default=True, help="Hold transactions to Convex's limits. On by default."
)
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0.1),
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    help="Stop queries and mutations that take longer.",
)
@click.option("--logs/--no-logs", default=True, help="Print what the functions log. On by default.")
@click.option("--json", "as_json", is_flag=True, help="Print events as JSON, one a line.")
def command(  # noqa: PLR0913 - one argument an option
    path: Path,
    *,
    port: int,
    auth: AuthMode,
    watch: bool,
    seed: Path | None,
    assignments: tuple[str, ...],
    limits: bool,
    time_limit: float,
    logs: bool,
    as_json: bool,
) -> int:
    """Run the functions of the project at PATH in memory, for any Convex client on this machine.

    Clients, browsers and curl talk to it as to a deployment: the HTTP API, HTTP actions, file storage, and
    the WebSocket protocol with its subscriptions. No account and no network are needed; what it runs on
    (convex, convex-test) are packages of the project. Ends with Ctrl-C.
    """
    from scaffold.backend.options import Options, read_seed, read_variables  # noqa: PLC0415
    from scaffold.backend.server import Server  # noqa: PLC0415
    from scaffold.model import layout  # noqa: PLC0415

    project = layout.find(path.resolve())
    options = Options(
        port=port,
        auth=auth,
        variables=read_variables(assignments),
        seed=read_seed(seed) if seed else None,
        watch=watch,
        limits=limits,
        time_limit=time_limit,
    )
    printer = _JsonPrinter() if as_json else _Printer(logs=logs)
    gc.enable()
    with Server.start(project, options, on_event=printer.event) as server:
        try:
            printer.ready(server, options.auth)
            server.wait()
        except KeyboardInterrupt:  # which is how it is meant to end
            return ExitCode.OK
    raise ServeError("the backend ended by itself", hint="start it again: convex-scaffold serve")


class _Printer:
    """What a person reads: the URL on stdout, the rest on stderr."""

    def __init__(self, *, logs: bool) -> None:
        self._logs = logs

    def ready(self, server: Server, auth: AuthMode) -> None:
        """The URL comes last: whoever waits for it finds the rest said, and may end the command."""
        details = server.details
        what = count(details["functions"], "function")
        if details["components"]:
            what += f", {count(details['components'], 'component')}"
        console.note(f"{what}; auth {auth}: {_AUTH[auth]}")
        for line in _IS_NOT:
            console.note(console.dim(line))
        if details["unset"]:
            names = ", ".join(details["unset"])
            console.warning(f"declared in convex.config.ts and not set: {names} (--env NAME=value)")
        console.out(server.url)

    def event(self, event: dict[str, Any]) -> None:
        kind = event["event"]
        if kind == "log" and self._logs:
            for line in event["lines"]:
                console.note(f"{console.dim(event['name'])} {line}".strip())
        elif kind == "reloaded":
            console.note(f"reloaded in {event['seconds']:.2f} s, {count(event['functions'], 'function')}")
        elif kind == "broken":
            console.warning(f"not reloaded: {event['message']}")
            for problem in event.get("problems", []):
                console.note(f"  {problem}")
        elif kind == "restarted":
            console.warning(f"a function was stopped: {event['reason']}; the data was kept")


class _JsonPrinter:
    """What a program reads: one event a line on stdout."""

    def ready(self, server: Server, _auth: AuthMode) -> None:
        self.event(server.details)

    def event(self, event: dict[str, Any]) -> None:
        import json  # noqa: PLC0415 - only --json needs it

        console.out(json.dumps({"schemaVersion": 1, **event}, ensure_ascii=False))
