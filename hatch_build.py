"""What an editable installation needs besides its link: compiled modules.

pip compiles what it copies, but not a checkout that it only links to. Where PYTHONDONTWRITEBYTECODE is set,
as in many images of containers, Python would then compile some hundred modules anew at every run, a fifth
of a second each time.
"""

from __future__ import annotations

import compileall
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledCheckout(BuildHookInterface[Any]):
    """Compile the package in place, for the Python that installs it."""

    PLUGIN_NAME = "custom"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Do so for editable installations only; a folder that cannot be written to is left as it is."""
        if version == "editable":
            compileall.compile_dir(Path(self.root, "scaffold"), quiet=2)
