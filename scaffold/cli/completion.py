"""`convex-scaffold completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from scaffold.cli import console

_SHELLS = ("bash", "zsh", "fish")


@click.command(
    epilog="""\b
Examples:
  bash  echo 'eval "$(convex-scaffold completion bash)"' >> ~/.bashrc
  zsh   echo 'eval "$(convex-scaffold completion zsh)"' >> ~/.zshrc
  fish  convex-scaffold completion fish > ~/.config/fish/completions/convex-scaffold.fish
"""
)
@click.argument("shell", type=click.Choice(_SHELLS))
def command(shell: str) -> None:
    """Print the completion script for a shell; it completes commands, options and their values."""
    from scaffold.cli.app import cli  # noqa: PLC0415 - the table of commands imports us

    kind = get_completion_class(shell)
    if kind is None:
        raise RuntimeError(shell)  # click has all three
    console.out(kind(cli, {}, "convex-scaffold", "_CONVEX_SCAFFOLD_COMPLETE").source())
