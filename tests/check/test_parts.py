from __future__ import annotations

from scaffold.check.parts import Part, bodies, by_path, entered_by

SHARED = {("convex/shared.ts", 0, 90), ("convex/shared.ts", 100, 170), ("convex/shared.ts", 180, 260)}


def test_what_any_part_comes_to_is_entered() -> None:
    first, second, third = sorted(SHARED)
    parts = [
        Part(entered=by_path({first, second, ("convex/one.ts", 7, 70)})),
        Part(entered=by_path({second, third, ("convex/two.ts", 7, 70)})),
        Part(),
    ]

    found = entered_by(parts)

    assert {path: bodies(path, stretches) for path, stretches in found.items()} == {
        "convex/one.ts": {("convex/one.ts", 7, 70)},
        "convex/shared.ts": SHARED,
        "convex/two.ts": {("convex/two.ts", 7, 70)},
    }
