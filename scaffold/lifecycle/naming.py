"""Which names a project may have, and a better one for those it may not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath

from scaffold.core.errors import InvalidNameError, NameIsPathError

_LONGEST = 214  # characters, scope included; npm's own limit
_NAME = re.compile(r"(@[a-z0-9~-][a-z0-9._~-]*/)?[a-z0-9~-][a-z0-9._~-]*")

# npm refuses a package with the name of one of its dependencies, and of one of Node's own modules.
_DEPENDENCIES = frozenset(
    "convex convex-helpers convex-test eslint prettier typescript typescript-eslint vitest".split()
)
_NODE = frozenset(
    """assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns
    domain events favicon.ico fs http http2 https inspector module net node node_modules npm os path
    perf_hooks process punycode querystring readline repl stream string_decoder sys test timers tls
    trace_events tty url util v8 vm wasi worker_threads zlib""".split()
)
_WINDOWS = frozenset(
    {"aux", "con", "nul", "prn", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
)


@dataclass(frozen=True, kw_only=True)
class ProjectName:
    """`package` is the name in package.json; `folder` is it without the scope."""

    package: str
    folder: str


def parse(text: str) -> ProjectName:
    """Check a project's name as typed.

    Raises:
        NameIsPathError: it is a path; the message says how to name a folder to create it in.
        InvalidNameError: it is no npm package name, or one that npm or a file system reserves.
    """
    scoped = re.fullmatch(r"@[^/\\]+/[^/\\]+", text) is not None
    if not scoped and (re.search(r"[/\\]", text) or text in {".", ".."} or text.startswith("~")):
        raise _path_error(text)
    reason = complaint(text)
    if reason:
        raise InvalidNameError(text, reason, suggest(text))
    return ProjectName(package=text, folder=text.rpartition("/")[2])


def complaint(text: str) -> str | None:
    """Why `text` cannot be a project's name, or None if it can."""
    bare = text.rpartition("/")[2]
    complaints = {
        "it is empty": not text.strip(),
        f"it has {len(text)} characters, npm allows {_LONGEST}": len(text) > _LONGEST,
        "it starts with a dot or an underscore": bare.startswith((".", "_")),
        "package names are lower-case": text != text.lower(),
        "use lower-case letters, digits, hyphens, dots and underscores only": not _NAME.fullmatch(text),
        "it starts with a hyphen, as an option does": bare.startswith("-"),
        "it ends in a dot": bare.endswith("."),
        f"the project depends on the package {text}, and npm refuses one that depends on itself": (
            text in _DEPENDENCIES
        ),
        "Node.js or npm keeps that name for itself": text in _NODE,
        "Windows keeps that name for a device": bare.partition(".")[0] in _WINDOWS,
    }
    return next((reason for reason, applies in complaints.items() if applies), None)


def suggest(text: str) -> str:
    """A name that is allowed and as near to `text` as can be."""
    bare = PurePath(text.replace("\\", "/")).name
    slug = re.sub(r"[^a-z0-9._~-]+", "-", bare.lower()).strip("-._~")[:60].rstrip("-.")
    if not slug:
        return "my-backend"
    return slug if complaint(slug) is None else f"{slug.partition('.')[0]}-backend"


def _path_error(text: str) -> NameIsPathError:
    path = PurePath(text.replace("\\", "/"))
    if path.name in {"", ".", "..", "~"}:
        return NameIsPathError(text, "my-backend", None)
    parent = str(path.parent)
    return NameIsPathError(text, suggest(path.name), parent if parent != "." else None)
