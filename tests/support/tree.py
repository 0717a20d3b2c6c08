"""Folders from and to dictionaries."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files under `root`, which is made if need be."""
    root.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def read(root: Path, *, skip: tuple[str, ...] = (".git", "node_modules")) -> dict[str, str]:
    """Every file under `root` by its path, without the folders named in `skip`."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes().decode("utf-8", "surrogateescape")
        for path in sorted(root.rglob("*"))
        if path.is_file() and not set(path.relative_to(root).parts) & set(skip)
    }


def names(root: Path) -> list[str]:
    """What stands directly in `root`, hidden files included."""
    return sorted(path.name for path in root.iterdir())


def git(root: Path, *arguments: str) -> str:
    """Run git in `root` and return what it printed."""
    return subprocess.run(
        ["git", *arguments], cwd=root, check=True, capture_output=True, text=True
    ).stdout.strip()


def repository(root: Path, files: Mapping[str, str | bytes], *, tag: str = "") -> Path:
    """A git repository with one commit of these files."""
    write(root, files)
    git(root, "init", "--quiet", "--initial-branch", "main")
    git(root, "add", "--all", "--force")
    git(root, "commit", "--quiet", "--message", "first")
    if tag:
        git(root, "tag", tag)
    return root
