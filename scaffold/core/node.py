"""Where Node.js is, and which package managers it brings."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core.errors import ToolMissingError

if TYPE_CHECKING:
    from collections.abc import Iterator

MINIMUM = (20, 19)  # what Vite 7, and so vitest 4, asks for

_REMEDY = (
    "install Node.js 20.19 or newer from https://nodejs.org, "
    "or let Python bring it: pip install 'convex-scaffold[node]' (or create without checks: --no-verify)"
)
_MANAGER_REMEDY = {
    "npm": "npm comes with Node.js: " + _REMEDY,
    "pnpm": "npm install --global pnpm",
    "yarn": "npm install --global yarn",
    "bun": "npm install --global bun",
}


@dataclass(frozen=True, kw_only=True)
class Toolchain:
    """A Node.js that is new enough. `path` is the PATH under which `node` is it."""

    version: str
    path: str

    def environment(self) -> dict[str, str]:
        """The environment for programs that run on this Node.js."""
        return {**os.environ, "PATH": self.path, "NO_UPDATE_NOTIFIER": "1", "FORCE_COLOR": "0"}

    def manager(self, name: str) -> str:
        """The absolute path of a package manager.

        Raises:
            ToolMissingError: it is not installed.
        """
        found = shutil.which(name, path=self.path)
        if found is None:
            raise ToolMissingError(name, "to install the project's packages", _MANAGER_REMEDY[name])
        return found


def find() -> Toolchain:
    """The machine's Node.js; where that is missing or too old, the one installed beside us by pip.

    Raises:
        ToolMissingError: there is none, or none that is new enough.
    """
    seen: list[str] = []
    for path in _search_paths():
        version = _version(path)
        if version is None:
            continue
        if _numbers(version) >= MINIMUM:
            return Toolchain(version=version, path=path)
        seen.append(version)
    wanted = f"Node.js {MINIMUM[0]}.{MINIMUM[1]} or newer"
    why = "to check the project" + (f", and {seen[0]} is what was found" if seen else "")
    raise ToolMissingError(wanted, why, _REMEDY)


def _search_paths() -> Iterator[str]:
    path = os.environ.get("PATH", os.defpath)
    yield path
    yield os.pathsep.join([sysconfig.get_path("scripts"), path])


def _version(path: str) -> str | None:
    node = shutil.which("node", path=path)
    if node is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603
            [node, "--version"], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip().removeprefix("v") or None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])
