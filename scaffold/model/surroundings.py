"""What an existing project is built with, and what says so: package manager, sign-in, framework, domains."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from scaffold.model.layout import Layout

LOCKFILES = {
    "package-lock.json": "npm",
    "pnpm-lock.yaml": "pnpm",
    "yarn.lock": "yarn",
    "bun.lock": "bun",
    "bun.lockb": "bun",
}

# The first that fits counts: a framework before what it is built on.
_FRAMEWORKS = {
    "next": "Next.js",
    "expo": "Expo",
    "@tanstack/react-start": "TanStack Start",
    "@remix-run/react": "Remix",
    "react-router": "React Router",
    "astro": "Astro",
    "@sveltejs/kit": "SvelteKit",
    "nuxt": "Nuxt",
    "svelte": "Svelte",
    "vue": "Vue",
    "react-native": "React Native",
    "react": "React",
}

# What an auth.config says, or else a package, and the provider it stands for. The first that fits counts.
_SIGNS = (
    (r"clerk", r"@clerk/.+", "clerk"),
    (r"auth0", r"@auth0/.+", "auth0"),
    (r"workos", r"@workos-inc/.+", "workos"),
    (r"CONVEX_SITE_URL", r"@convex-dev/auth", "convex-auth"),
    (r"better-?auth", r"@convex-dev/better-auth", "better-auth"),
    (r"customJwt", None, "jwt"),
    (r"domain", None, "oidc"),
)

_NO_DOMAINS = frozenset({"_generated", "_deps", "lib", "node_modules", "test", "tests", "utils", "helpers"})


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that was found out, and what says so. `value` is empty where nothing was found."""

    value: str
    because: str


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What is known of a project without being told. `dependencies` are ranges by package."""

    name: Fact
    package_manager: Fact
    auth: Fact
    framework: Fact
    ci: Fact
    domains: tuple[str, ...]
    dependencies: Mapping[str, str]


def survey(layout: Layout, top: Path) -> Surroundings:
    """Look at a project whose repository starts at `top`; nothing is run."""
    folders = [folder for folder in (layout.root, *layout.root.parents) if folder.is_relative_to(top)]
    manifest = _manifest(layout.root)
    dependencies = {**_table(manifest, "devDependencies"), **_table(manifest, "dependencies")}
    name = manifest.get("name")
    return Surroundings(
        name=Fact(value=name, because="package.json") if isinstance(name, str) else _folder_name(layout.root),
        package_manager=_package_manager(folders, top),
        auth=_auth(layout, dependencies),
        framework=_framework(dependencies),
        ci=_ci(layout.root, top),
        domains=tuple(_domains(layout.functions)),
        dependencies=dependencies,
    )


def _folder_name(root: Path) -> Fact:
    return Fact(value=root.name, because="the folder's name")


def _package_manager(folders: list[Path], top: Path) -> Fact:
    """What package.json pins, or whose lock file lies nearest."""
    for folder in folders:
        pinned = _manifest(folder).get("packageManager")
        if isinstance(pinned, str) and pinned.partition("@")[0] in LOCKFILES.values():
            return Fact(
                value=pinned.partition("@")[0], because=f"packageManager in {_show(folder, top)}package.json"
            )
        for lockfile, manager in LOCKFILES.items():
            if (folder / lockfile).is_file():
                return Fact(value=manager, because=f"{_show(folder, top)}{lockfile}")
    return Fact(value="", because="there is no lock file")


def _auth(layout: Layout, dependencies: Mapping[str, str]) -> Fact:
    for name in ("auth.config.ts", "auth.config.js"):
        path = layout.functions / name
        if path.is_file():
            text = path.read_text("utf-8", "replace")
            for pattern, _, provider in _SIGNS:
                if re.search(pattern, text, re.IGNORECASE):
                    return Fact(value=provider, because=layout.show(path))
    for _, package, provider in _SIGNS:
        for dependency in dependencies if package else ():
            if package and re.fullmatch(package, dependency):
                return Fact(value=provider, because=f"the package {dependency}")
    return Fact(value="", because="there is no auth.config.ts")


def _framework(dependencies: Mapping[str, str]) -> Fact:
    for package, name in _FRAMEWORKS.items():
        if package in dependencies:
            return Fact(value=name, because=f"the package {package}")
    return Fact(value="", because="no client framework among the packages")


def _ci(root: Path, top: Path) -> Fact:
    if root != top:
        return Fact(value="", because="workflows belong to the top of the repository")
    workflows = top / ".github" / "workflows"
    if workflows.is_dir() and any(workflows.iterdir()):
        return Fact(value="github", because=".github/workflows")
    return Fact(value="", because="there are no workflows")


def _domains(functions: Path) -> Iterator[str]:
    """Folders of the functions folder with code in them."""
    for entry in sorted(functions.iterdir()):
        is_domain = entry.is_dir() and entry.name not in _NO_DOMAINS and not entry.name.startswith((".", "_"))
        if is_domain and any(file.suffix in {".ts", ".tsx", ".js"} for file in entry.iterdir()):
            yield entry.name


def _show(folder: Path, top: Path) -> str:
    inside = folder.relative_to(top).as_posix()
    return "" if inside == "." else f"{inside}/"


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / "package.json").read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def _table(manifest: Mapping[str, Any], key: str) -> dict[str, str]:
    table = manifest.get(key)
    return {str(name): str(value) for name, value in table.items()} if isinstance(table, dict) else {}
