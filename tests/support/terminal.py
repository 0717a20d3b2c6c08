"""The command on a real terminal: what it shows, and keys typed at it."""

from __future__ import annotations

import sys
from pathlib import Path

import pexpect

DOWN, ENTER, SPACE, CTRL_C = "\x1b[B", "\r", " ", "\x03"


class Terminal:
    """The command on a terminal of its own, and what it shows."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        program = str(Path(sys.executable).with_name("convex-scaffold"))
        self._child = pexpect.spawn(
            program, list(arguments), cwd=str(folder), encoding="utf-8", timeout=20, dimensions=(40, 120)
        )
        # A prompt reads keys once it is drawn; what comes earlier the terminal would echo.
        self._child.delaybeforesend = 0.05

    def see(self, text: str) -> None:
        self._child.expect_exact(text)

    def type(self, *keys: str) -> None:
        for key in keys:
            self._child.send(key)

    def end(self) -> int | None:
        self._child.expect(pexpect.EOF)
        self._child.close()
        status: int | None = self._child.exitstatus
        return status

    def kill(self) -> None:
        self._child.close(force=True)
