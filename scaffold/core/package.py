"""Where the files that come with the package are."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
"""The folder of the `scaffold` package."""

_PACKAGED = PACKAGE / "_template"

TEMPLATE_ROOT = _PACKAGED if _PACKAGED.is_dir() else PACKAGE.parent
"""What holds `copier.yml` and `template/`: in a wheel a folder of the package, in a checkout its root."""
