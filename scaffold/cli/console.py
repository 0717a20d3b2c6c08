"""What the user sees: data on stdout, everything else on stderr, colour only on a terminal."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO

import click

from scaffold.core.text import as_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scaffold.reporters.style import Style

_COLUMNS = 100  # of what no terminal shows
_COMFORTABLE = 120  # columns; longer lines are hard to read


def output_file(_context: click.Context, _parameter: click.Parameter, value: Path | None) -> Path | None:
    """The file that `--output` names; `-` is stdout, as for other programs."""
    return None if str(value) == "-" else value


def is_interactive() -> bool:
    """Whether there is somebody to ask: a terminal at both ends, and no CI."""
    return is_terminal(sys.stdin) and is_terminal(sys.stdout) and not os.environ.get("CI")


def is_terminal(stream: TextIO | None) -> bool:
    """Whether people look at it. Python has None for what was closed before it started (`>&-`)."""
    return stream is not None and stream.isatty()


def out(text: str = "", *, colour: bool | None = None) -> None:
    """Print to stdout. `colour` keeps or drops the colours of the text; by default a terminal has them."""
    _print(text, _colour() if colour is None else colour)


def _print(text: str, colour: bool | None) -> None:
    """Print to stdout. That nobody reads on, as of `| head -1`, does not end what a command does."""
    try:
        click.echo(_printable(text), color=colour)
    except BrokenPipeError:
        _discard(sys.stdout)


def note(text: str = "") -> None:
    """Print to stderr. Where that cannot be written, nobody is told; the exit code still tells."""
    try:
        click.echo(_printable(text), err=True, color=_colour())
    except OSError:
        _discard(sys.stderr)


def _colour() -> bool | None:
    """What click is told of colours: to drop them for who wants none (no-color.org), else nothing."""
    return False if os.environ.get("NO_COLOR") else None


def _printable(text: str) -> str:
    """The text with what is no UTF-8 in names of files replaced, or no terminal could take it."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def data(value: object) -> None:
    """Print a JSON document to stdout."""
    _print(as_json(value), None)


def failure(message: str, *, hint: str, detail: str = "") -> None:
    """Print what went wrong, the evidence, and what to do next."""
    note(f"{click.style('error:', fg='red', bold=True)} {message}")
    for line in detail.splitlines():
        note(f"  {click.style('│', dim=True)} {line}")
    if hint:
        note(f"{click.style('try:', fg='cyan', bold=True)} {hint}")


def warning(message: str) -> None:
    """Print something the user should know but need not act on."""
    note(f"{click.style('note:', fg='yellow', bold=True)} {message}")


def strong(text: str) -> str:
    """Bold on a terminal."""
    return click.style(text, bold=True)


def dim(text: str) -> str:
    """Faint on a terminal."""
    return click.style(text, dim=True)


def style() -> Style:
    """What stdout can show: colours on a terminal (NO_COLOR and FORCE_COLOR decide otherwise), Unicode."""
    from scaffold.reporters.style import Style  # noqa: PLC0415 - only pages and reports need it

    terminal = is_terminal(sys.stdout) and os.environ.get("TERM") != "dumb"
    colour = not os.environ.get("NO_COLOR") and (terminal or bool(os.environ.get("FORCE_COLOR")))
    return Style(colour=colour, unicode=_encoding(sys.stdout, "utf-8").startswith("utf"))


def _encoding(stream: TextIO | None, default: str) -> str:
    return ((stream.encoding if stream is not None else None) or default).lower()


def width() -> int:
    """The columns of what is printed: COLUMNS, else those of the terminal up to what is comfortable to read.

    A terminal at any end counts, so that it still does for `| less`. Without one it is 100.
    """
    return _asked_for() or min(_of_terminal() or _COLUMNS, _COMFORTABLE)


def width_of_file() -> int:
    """The columns of a report in a file: COLUMNS, or 100 on every machine."""
    return _asked_for() or _COLUMNS


def _asked_for() -> int:
    """What the environment asks for; 0 if nothing, or no number of columns."""
    try:
        return max(int(os.environ.get("COLUMNS", "")), 0)
    except ValueError:
        return 0


def _of_terminal() -> int:
    """The columns of the first stream that is a terminal; 0 if none is, or it does not know."""
    for stream in (sys.__stdout__, sys.__stderr__, sys.__stdin__):
        with suppress(AttributeError, ValueError, OSError):
            if columns := os.get_terminal_size(stream.fileno()).columns:  # type: ignore[union-attr]
                return columns
    return 0


def mark(*, passed: bool) -> str:
    """A tick or a cross, in characters the terminal has."""
    unicode = _encoding(sys.stderr, "").startswith("utf")
    if passed:
        return click.style("✓" if unicode else "ok", fg="green")
    return click.style("✗" if unicode else "failed", fg="red")


@contextmanager
def working(text: str) -> Iterator[None]:
    """Show, on a terminal, that something is under way; leave no trace of it."""
    if not is_terminal(sys.stderr):
        yield
        return
    from rich.console import Console  # noqa: PLC0415 - costs 60 ms, and only terminals need it

    with Console(stderr=True).status(text):
        yield


def close_quietly() -> None:
    """The reader of our output has gone; do not complain when Python flushes it."""
    _discard(sys.stdout)


def _discard(stream: TextIO | None) -> None:
    """Let what a stream still holds, which Python will try to write once more at its end, go nowhere."""
    if stream is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
