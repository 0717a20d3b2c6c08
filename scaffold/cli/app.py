"""The command line: which commands there are, and how a failure of any of them ends."""

from __future__ import annotations

import atexit
import gc
import signal
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click

from scaffold import __version__
from scaffold.cli import console
from scaffold.core.errors import ExitCode, MachineError, ScaffoldError
from scaffold.core.text import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

# Name -> (module, one line of help). A command's module is imported when the command runs, not before:
# `--help` and `--version` stay fast.
COMMANDS = {
    "new": ("scaffold.cli.new", "Create a Convex backend, and prove that it works."),
    "status": ("scaffold.cli.status", "Say how far a project and its template are apart."),
    "update": ("scaffold.cli.update", "Bring a project to a newer template, and lose nothing."),
    "adopt": ("scaffold.cli.adopt", "Bring an existing project under the template, as far as you choose."),
    "add": ("scaffold.cli.add", "Add a function, a route, a cron, a table or a domain, with its tests."),
    "check": ("scaffold.cli.check", "Hold Convex code against the standards."),
    "fix": ("scaffold.cli.fix", "Make the fixes that rules offer, each proved first."),
    "explain": ("scaffold.cli.explain", "Say what a rule finds, why, and the way out."),
    "inspect": ("scaffold.cli.inspect", "Print what a project is made of, and what touches what."),
    "codegen": ("scaffold.cli.codegen", "Write convex/_generated, without a deployment."),
    "serve": ("scaffold.cli.serve", "Run a project's functions in memory, for tests and demos."),
    "stubs": ("scaffold.cli.stubs", "Write Python tests of every public function."),
    "report": ("scaffold.cli.report", "Say what a deployment's logs tell: latency, errors, retries."),
    "completion": ("scaffold.cli.completion", "Print the shell completion for bash, zsh or fish."),
}


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = import_module(COMMANDS[cmd_name][0])
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise _UnknownCommandError(args[0])
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


class _UnknownCommandError(ScaffoldError):
    def __init__(self, name: str) -> None:
        guess = nearest(name, COMMANDS)
        super().__init__(
            f"there is no command {name!r}",
            hint=f"convex-scaffold {guess}" if guess else "convex-scaffold --help",
        )


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: " + " · ".join(f"{code.value} {code.meaning}" for code in ExitCode) + ".",
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def cli() -> None:
    """Create Convex backends to a production standard, keep them level with it, and check any of them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code. Nothing else catches what commands raise.

    Without `arguments` the process is ours, and short: looking for cycles costs a third of it, and taking
    apart at its end what the system takes back whole another tenth. A command that stays turns it on.
    """
    if arguments is None:
        gc.disable()
        atexit.register(gc.freeze)
        _end_in_order()
    try:
        return _exit_code(cli.main(args=arguments, prog_name="convex-scaffold", standalone_mode=False))
    except ScaffoldError as error:
        return _failed(error)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return ExitCode.USAGE
    except click.ClickException as error:
        console.failure(error.format_message(), hint=_help_of(error))
        return ExitCode.USAGE
    except (KeyboardInterrupt, click.Abort):
        console.failure("interrupted", hint="")
        return ExitCode.INTERRUPTED
    except (BrokenPipeError, SystemExit):  # click makes the second of the first, and of nothing else
        console.close_quietly()
        return ExitCode.OK
    except Exception as error:  # noqa: BLE001 - the last line of defence, which makes the bug reportable
        if isinstance(error, OSError) and MachineError.explains(error):
            if error.filename is None:  # it may have been stdout, which Python would flush once more
                console.close_quietly()
            return _failed(MachineError(error))
        from scaffold.cli import bug  # noqa: PLC0415

        return bug.report(error, arguments if arguments is not None else sys.argv[1:])


def _end_in_order() -> None:
    """Take being told to end (SIGTERM), or left alone (SIGHUP), as Ctrl-C: what was begun is undone."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # else somebody wants it otherwise, as `nohup` does
            signal.signal(number, signal.default_int_handler)


def _failed(error: ScaffoldError) -> ExitCode:
    console.failure(error.message, hint=error.hint, detail=error.detail)
    return error.exit_code


def _exit_code(result: object) -> int:
    return int(result) if isinstance(result, int) else ExitCode.OK


def _help_of(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{context.command_path if context else 'convex-scaffold'} --help"
