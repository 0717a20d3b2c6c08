"""Running the command in this process, and reading all that it said."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from scaffold.cli.app import main


@dataclass(frozen=True)
class Result:
    """What a run printed and how it ended, with this machine's paths, ids and durations scrubbed."""

    code: int
    out: str
    err: str


def run(*arguments: str | Path) -> Result:
    """Run `convex-scaffold` with these arguments in the current folder."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([str(argument) for argument in arguments])
    return Result(int(code), scrub(out.getvalue()), scrub(err.getvalue()))


def scrub(text: str) -> str:
    """What differs from machine to machine and from run to run, as placeholders."""
    text = text.replace(str(Path.cwd()), "@CWD@")
    text = re.sub(r"\bfirst commit [0-9a-f]{7,}", "first commit @COMMIT@", text)
    return re.sub(r"\d+\.\d+ s\b", "@S@ s", text)
