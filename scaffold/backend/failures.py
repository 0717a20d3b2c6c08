"""What the backend's process reports when it cannot start, as errors of ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scaffold.core.errors import ScaffoldError, ServeError, ToolFailedError, ToolMissingError

if TYPE_CHECKING:
    from scaffold.model.layout import Layout

_SHOWN = 10  # problems


def failure(event: dict[str, Any], project: Layout) -> ScaffoldError:
    """The error that a "failed" event means."""
    kind, message = event["kind"], event["message"]
    if kind == "missing":
        return ServeError(
            f"not installed, and needed to run the functions of {project.root}: {message}",
            hint=_install(event["packages"]),
        )
    if kind == "old":
        return ToolMissingError(
            f"convex-test {event['needed']} or newer",
            f"to run the functions of {project.root}; {message}",
            "npm install --save-dev convex-test@latest",
        )
    if kind == "old-convex":
        return ToolMissingError(
            f"convex {event['needed']} or newer",
            f"for convex-test {event['convexTest']}, to run the functions of {project.root}; {message}",
            "npm install convex@latest",
        )
    if kind == "port":
        return ServeError(
            f"port {event['port']} cannot be used: {message}", hint="convex-scaffold serve --port 0"
        )
    if kind == "seed":
        return ServeError(f"the seed cannot be loaded: {message}", hint="compare it with the schema")
    if kind == "auth":
        names = event["unset"] or ["NAME"]
        assignments = " ".join(f"--env {name}=…" for name in names)
        return ServeError(
            f"--auth verify: {message}; is its environment variable set?",
            hint=f"convex-scaffold serve --auth verify {assignments}",
        )
    if kind == "code":
        return ServeError(
            f"the functions of {project.root} do not load: {message}",
            hint=_code_hint(message, project),
            detail="\n".join((event.get("problems") or _stack(event))[:_SHOWN]),
        )
    return ToolFailedError("the backend", "convex-scaffold serve", event.get("stack") or message)


def _code_hint(message: str, project: Layout) -> str:
    if "_generated" in message and not project.generated.is_dir():
        return "convex-scaffold codegen"
    if re.search(r'Could not resolve "[^./]', message):  # a package, not a file
        return "npm install"
    return "mend the code, then repeat the command"


def _install(packages: list[str]) -> str:
    """The command that brings what is missing; convex brings esbuild and ws itself."""
    if set(packages) <= {"esbuild", "ws"}:
        return "npm install"
    flag = "" if "convex" in packages else "--save-dev "
    return f"npm install {flag}{' '.join(packages)}"


def _stack(event: dict[str, Any]) -> list[str]:
    return [line for line in str(event.get("stack") or "").splitlines() if "node:internal" not in line]
