"""The released versions of our own template: a git bundle in the package, and the list of its versions."""

from __future__ import annotations

import json

from scaffold import __version__
from scaffold.core.package import PACKAGE

CANONICAL_URL = "https://github.com/convex-scaffold/convex-scaffold.git"
"""What the answers file records: the full form, since Renovate understands no shorter one."""

NEWEST = f"v{__version__}"
"""Package version = template version = tag."""

BUNDLE = PACKAGE / "history" / "template.bundle"
VERSIONS = PACKAGE / "history" / "versions.json"


def versions() -> tuple[str, ...]:
    """The tags of all released versions, oldest first."""
    return tuple(json.loads(VERSIONS.read_text("utf-8")))
