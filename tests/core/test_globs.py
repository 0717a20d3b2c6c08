from __future__ import annotations

import pytest

from scaffold.core.globs import matches


@pytest.mark.parametrize(
    ("pattern", "fits", "others"),
    [
        ("convex/**", "convex/a.ts convex/b/c.ts", "src/convex/a.ts convexa.ts"),
        ("convex", "convex/a.ts packages/x/convex/b.ts", "myconvex/a.ts"),
        ("convex/", "convex/a.ts packages/x/convex/b.ts", "convex.ts"),
        ("/convex", "convex/a.ts", "packages/x/convex/b.ts"),
        ("./convex/a.ts", "convex/a.ts", "b/convex/a.ts"),
        ("*.test.ts", "a.test.ts x/y/b.test.ts", "a.test.tsx atestts"),
        ("convex/*.ts", "convex/a.ts", "convex/b/a.ts"),
        ("convex/**/*.ts", "convex/a.ts convex/b/c/a.ts", "convex/a.tsx"),
        ("**/legacy", "legacy/a.ts x/legacy/y/a.ts", "xlegacy/a.ts"),
        ("a?.ts", "ab.ts", "a/.ts a.ts"),
        ("[ab]x.ts", "ax.ts bx.ts", "cx.ts"),
        ("[!ab]x.ts", "cx.ts", "ax.ts"),
        ("src/{a,b*}/x.{ts,tsx}", "src/a/x.ts src/bcd/x.tsx", "src/c/x.ts"),
        ("a+(b).ts", "a+(b).ts", "aab.ts"),
        ("[x", "[x", "x"),
        ("[x\\]", "x \\", "]"),
    ],
)
def test_patterns(pattern: str, fits: str, others: str) -> None:
    assert {path: matches(path, [pattern]) for path in (fits + " " + others).split()} == {
        **dict.fromkeys(fits.split(), True),
        **dict.fromkeys(others.split(), False),
    }


def test_no_pattern_fits_nothing() -> None:
    assert not matches("a", [])
