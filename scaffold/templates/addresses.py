"""How templates are called: the short forms of an address, and the full one that is recorded."""

from __future__ import annotations

import re

from scaffold.templates.history import CANONICAL_URL

_SHORT = {"gh:": "https://github.com/", "gl:": "https://gitlab.com/"}
_HOSTS = tuple(_SHORT.values())


def is_url(text: str) -> bool:
    """Whether this is an address that git understands, or one of the short forms."""
    return bool(re.match(r"(git\+)?[a-z][a-z0-9+.-]*://|gh:|gl:|[\w.-]+@[\w.-]+:", text))


def canonical(url: str) -> str:
    """The full `https://….git` form of the short ones, which Renovate does not understand."""
    url = url.removeprefix("git+")
    for short, host in _SHORT.items():
        if url.startswith(short):
            url = host + url.removeprefix(short).lstrip("/")
    if url.startswith(_HOSTS) and not url.endswith(".git"):
        url = url.rstrip("/") + ".git"
    return url


def is_ours(url: str) -> bool:
    """Whether this is an address of our own template."""
    return canonical(url) == CANONICAL_URL
