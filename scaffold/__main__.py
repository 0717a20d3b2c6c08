"""The command `convex-scaffold`, and `python -m scaffold`: what stands before the first slow import."""

import os
import sys

_INTERRUPTED = 130  # as `ExitCode` has it, which is not there yet


def main() -> int:
    """Run the command line and return its exit code, that of Ctrl-C too in its first and last moments."""
    try:
        _speak_utf8()
        from scaffold.cli import app  # noqa: PLC0415

        return app.main()
    except KeyboardInterrupt:  # while it is still being imported, or says how it ended
        return _INTERRUPTED


def _speak_utf8() -> None:
    """Start anew where names of files would be taken for another encoding: git's and TypeScript's are UTF-8.

    Only what is printed keeps the encoding of the terminal.
    """
    if sys.getfilesystemencoding() == "utf-8" or os.environ.get("PYTHONUTF8") == "1":
        return
    out = sys.stdout  # None where it is closed
    printed = {} if out is None else {"PYTHONIOENCODING": f"{out.encoding}:{out.errors}"}
    command = [sys.executable, *sys.orig_argv[1:]]
    os.execve(sys.executable, command, {**printed, **os.environ, "PYTHONUTF8": "1"})  # noqa: S606


if __name__ == "__main__":
    raise SystemExit(main())
