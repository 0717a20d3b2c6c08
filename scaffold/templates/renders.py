"""What a version of a template gives for certain answers, as digests: enough to see what was changed since.

Rendering takes Copier, which takes half a second to import. So it is done once, in a process of its own, and
remembered in the user's cache folder.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.templates.manifest import FileClass

_FORMAT = 2  # of the files in the cache; raised when they or the digests change


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is to be rendered. `tag_id` changes when the tag is moved, `folder` is the project's own name."""

    url: str
    version: str
    tag_id: str
    answers: dict[str, object]
    folder: str
    answers_file: str
    trust: bool = False


@dataclass(frozen=True, kw_only=True)
class Expected:
    """A file as the template has it."""

    digest: str
    kind: FileClass


def expected(request: Request) -> dict[str, Expected]:
    """The files of a render by path, without the answers file.

    Raises:
        ScaffoldError: it cannot be rendered.
    """
    from scaffold.core import files  # noqa: PLC0415 - start-up

    path = files.cache_folder() / "renders" / f"{_key(request)}.json"
    content = _load(path)
    if content is None:
        content = _render(request)
        _save(path, content)
    return {name: Expected(digest=digest, kind=kind) for name, (digest, kind) in content.items()}


def digest(path: Path) -> str | None:
    """The digest of a file, or None where there is none; of a link, that of its target.

    Line ends do not count: git may give every machine its own.
    """
    try:
        if path.is_symlink():
            return f"link {path.readlink().as_posix()}"
        content = path.read_bytes()
    except OSError:
        return None
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def _key(request: Request) -> str:
    text = json.dumps([_FORMAT, vars(request)], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _load(path: Path) -> dict[str, Any] | None:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def _save(path: Path, content: dict[str, Any]) -> None:
    """Remember it, if the user's folder can be written to."""
    from scaffold.core import files  # noqa: PLC0415
    from scaffold.core.errors import CannotWriteError  # noqa: PLC0415

    with suppress(CannotWriteError):
        files.replace(path, json.dumps(content))


def _render(request: Request) -> dict[str, Any]:
    import subprocess  # noqa: PLC0415 - only what is not remembered yet needs another process
    import sys  # noqa: PLC0415

    done = subprocess.run(
        [sys.executable, "-m", "scaffold.templates.render_apart"],
        input=json.dumps(vars(request), default=str),
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(part for part in sys.path if part)},
        check=False,
    )
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        answer = {"message": done.stderr.strip().rpartition("\n")[2] or "cannot be rendered", "hint": ""}
    if "message" in answer:
        raise ScaffoldError(answer["message"], hint=answer["hint"])
    files: dict[str, Any] = answer["files"]
    return files
