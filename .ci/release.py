"""Add the committed template as a version to the released history: `make release VERSION=0.2.0`.

The history is a git bundle with one synthetic commit and one tag a version. Author, dates and packing
are fixed, so that the same template under the same version gives the same bytes. Released again, the
newest version is replaced, as long as the repository has no tag of it; older ones never are.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from pathlib import Path

from packaging.version import Version

from scaffold.core import git
from scaffold.templates import notes
from scaffold.templates.history import BUNDLE, VERSIONS
from scaffold.templates.notes import NOTES

ROOT = Path(__file__).resolve().parent.parent
CONTENT = ("copier.yml", "scaffold-manifest.yml", "template")
_FIRST_DAY = 1_760_000_000  # seconds; version n is dated n days later, so that no clock is involved
_DAY = 86_400


def main() -> None:
    """Read the version from the command line, and write the history and the package's version."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("version", help="as in 0.2.0")
    version = parser.parse_args().version
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise SystemExit(f"{version!r} is not of the form 1.2.3")
    if git.run("status", "--porcelain", "--", *CONTENT, cwd=ROOT):
        raise SystemExit("commit the template first: a version is made of what is committed")
    tag = f"v{version}"
    older = _older_versions(tag)
    BUNDLE.parent.mkdir(exist_ok=True)
    BUNDLE.write_bytes(bundle(older, tag))
    VERSIONS.write_text(json.dumps([*older, tag], indent=2) + "\n")
    NOTES.write_text(json.dumps(change_notes([*older, tag]), indent=2, ensure_ascii=False) + "\n")
    _set_package_version(version)
    print(f"{tag}: {BUNDLE.stat().st_size // 1024} KiB, {len(older) + 1} versions; then: git tag {tag}")


def change_notes(tags: list[str]) -> dict[str, str]:
    """What CHANGELOG.md tells owners of projects about each version."""
    sections = notes.of_changelog((ROOT / "CHANGELOG.md").read_text())
    missing = [tag for tag in tags if not sections.get(tag.lstrip("v"))]
    if missing:
        raise SystemExit(f"write in CHANGELOG.md what changes for projects in {', '.join(missing)}")
    return {tag: sections[tag.lstrip("v")] for tag in tags}


def bundle(older: list[str], tag: str) -> bytes:
    """The bundle of the older versions, as they are, and the committed template as `tag`."""
    with tempfile.TemporaryDirectory() as temporary:
        repository, tree = Path(temporary, "repository"), Path(temporary, "tree")
        tree.mkdir()
        git.run("init", "--quiet", "--bare", str(repository), cwd=Path(temporary))
        if older:
            refs = [f"refs/tags/{name}:refs/tags/{name}" for name in older]
            git.run("fetch", "--quiet", "--no-tags", str(BUNDLE), *refs, cwd=repository)
            _unpack(repository)
        _export(tree)
        _commit(repository, tree, older, tag)
        out = Path(temporary, "bundle")
        names = [f"refs/tags/{name}" for name in [*older, tag]]
        git.run("-c", "pack.threads=1", "bundle", "create", "--quiet", str(out), *names, cwd=repository)
        return out.read_bytes()


def _unpack(repository: Path) -> None:
    """Loose objects only: deltas taken over from another pack would depend on how that was made."""
    for pack in (repository / "objects" / "pack").glob("*.pack"):
        content = pack.read_bytes()
        for part in pack.parent.glob(f"{pack.stem}.*"):
            part.unlink()
        git.read("unpack-objects", "-q", cwd=repository, data=content)


def _export(tree: Path) -> None:
    archive = tree.parent / "archive.tar"
    git.run("-c", "tar.umask=0022", "archive", "--output", str(archive), "HEAD", *CONTENT, cwd=ROOT)
    import tarfile  # noqa: PLC0415

    with tarfile.open(archive) as tar:
        tar.extraction_filter = getattr(tarfile, "fully_trusted_filter", None)  # from Python 3.11.4 on
        tar.extractall(tree)  # noqa: S202 - our own commit


def _commit(repository: Path, tree: Path, older: list[str], tag: str) -> None:
    date = f"{_FIRST_DAY + len(older) * _DAY} +0000"
    env = {
        "GIT_DIR": str(repository),
        "GIT_WORK_TREE": str(tree),
        "GIT_INDEX_FILE": str(repository / "release-index"),
        **{f"GIT_{who}_NAME": "convex-scaffold" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_EMAIL": "template@convex-scaffold.invalid" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_DATE": date for who in ("AUTHOR", "COMMITTER")},
    }
    git.run("-c", "core.autocrlf=false", "add", "--force", "--all", cwd=tree, env=env)
    written = git.run("write-tree", cwd=tree, env=env).strip()
    parents = ["-p", older[-1]] if older else []
    commit = git.run(
        "commit-tree", written, *parents, "-m", f"convex-scaffold {tag}", cwd=tree, env=env
    ).strip()
    git.run("update-ref", f"refs/tags/{tag}", commit, cwd=repository)


def _older_versions(tag: str) -> list[str]:
    """The versions that stay as they are."""
    known: list[str] = json.loads(VERSIONS.read_text()) if VERSIONS.exists() else []
    if known and known[-1] == tag and not git.run("tag", "--list", tag, cwd=ROOT).strip():
        return known[:-1]
    if known and Version(known[-1]) >= Version(tag):
        raise SystemExit(f"{tag} is not newer than {known[-1]}, which is released")
    return known


def _set_package_version(version: str) -> None:
    path = ROOT / "scaffold" / "__init__.py"
    path.write_text(re.sub(r'__version__ = ".*"', f'__version__ = "{version}"', path.read_text()))


if __name__ == "__main__":
    main()
