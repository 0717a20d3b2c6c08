"""The classes of files: what patterns match, and what a broken list says."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml
from support import tree

from scaffold.core.errors import TemplateError
from scaffold.core.package import TEMPLATE_ROOT
from scaffold.templates import manifest

if TYPE_CHECKING:
    from pathlib import Path

PATTERNS = {
    "/a.txt": (["a.txt"], ["b/a.txt", "a.txt.bak", "xa.txt"]),
    "a.txt": (["a.txt", "b/a.txt", "b/c/a.txt"], ["a.txt.bak", "b/xa.txt"]),
    "*.lock": (["bun.lock", "sub/yarn.lock"], ["lock", "bun.lock2"]),
    "/convex/orders/": (
        ["convex/orders/a.ts", "convex/orders/b/c.ts"],
        ["convex/orders", "x/convex/orders/a"],
    ),
    "_generated/": (["convex/_generated/api.js", "_generated/a"], ["convex/_generated"]),
    "/convex/lib/*.ts": (["convex/lib/a.ts"], ["convex/lib/b/a.ts", "convex/lib/a.js"]),
    "docs": (["docs/a.md", "x/docs/b/c.md", "docs"], ["docs2/a.md"]),
    "/src/**/test.ts": (["src/test.ts", "src/a/b/test.ts"], ["src/atest.ts"]),
    "/src/**": (["src/a", "src/b/c"], ["src", "asrc/a"]),
    "a?c": (["abc", "x/abc"], ["ac", "a/c"]),
    "[x](1).ts": (["[x](1).ts"], ["x"]),
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_patterns_are_those_of_gitignore(pattern: str, tmp_path: Path) -> None:
    matching, other = PATTERNS[pattern]
    classes = manifest.Manifest(managed=(pattern,), generated=())

    assert {path: classes.class_of(path) for path in (*matching, *other)} == (
        dict.fromkeys(matching, "managed") | dict.fromkeys(other, "merged")
    )
    if "[" not in pattern:  # brackets are plain characters here
        tree.repository(tmp_path, {".gitignore": pattern + "\n"})
        done = subprocess.run(
            ["git", "check-ignore", "--no-index", "--stdin"],
            cwd=tmp_path,
            input="\n".join([*matching, *other]),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout.split() == matching


def test_without_a_manifest_all_is_merged_but_generated_code(tmp_path: Path) -> None:
    classes = manifest.read(tmp_path, "pizza")

    assert classes.class_of("README.md") == "merged"
    assert classes.class_of("convex/_generated/api.js") == "generated"


def test_the_first_class_counts() -> None:
    classes = manifest.Manifest(managed=("*",), seeded=("/a/",), generated=("/a/b",))

    assert [classes.class_of(path) for path in ("a/b", "a/c", "c")] == ["generated", "seeded", "managed"]


BROKEN = {
    "managed: [a\n": "scaffold-manifest.yml:2: expected ',' or ']', but got '<stream end>'",
    "- a\n": "scaffold-manifest.yml: is no mapping",
    "owned: [a]\n": "scaffold-manifest.yml: there is no class 'owned'",
    "managed: a\n": "scaffold-manifest.yml: managed is no list of patterns",
    "managed: [/]\n": "scaffold-manifest.yml: managed is no list of patterns",
}


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_manifest_is_named_with_its_line(text: str, tmp_path: Path) -> None:
    tree.write(tmp_path, {manifest.FILE: text})

    with pytest.raises(TemplateError) as caught:
        manifest.read(tmp_path, "pizza")
    assert caught.value.message == f"template pizza: {BROKEN[text]}"


def test_every_pattern_of_ours_matches_a_file_of_the_template() -> None:
    listed = yaml.safe_load((TEMPLATE_ROOT / manifest.FILE).read_text())
    files = [
        path.relative_to(TEMPLATE_ROOT / "template").as_posix()
        for path in (TEMPLATE_ROOT / "template").rglob("*")
        if path.is_file()
    ]

    idle = [
        pattern
        for name, patterns in listed.items()
        for pattern in patterns
        if not any(manifest.Manifest(**{name: (pattern,)}).class_of(file) == name for file in files)
    ]
    assert idle == []


def test_what_is_seeded_is_left_alone_by_plain_copier_too() -> None:
    listed = yaml.safe_load((TEMPLATE_ROOT / manifest.FILE).read_text())
    settings = yaml.safe_load((TEMPLATE_ROOT / "copier.yml").read_text())

    assert settings["_skip_if_exists"] == listed["seeded"]
