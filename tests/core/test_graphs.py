from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scaffold.core.graphs import places, transitive


def sets(count: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(0, 2**count - 1), min_size=count, max_size=count)


@given(st.integers(0, 9).flatmap(sets))
def test_what_is_reached_is_what_hops_come_to(direct: list[int]) -> None:
    expected = list(direct)
    for _ in direct:
        expected = [
            bits
            | sum(
                1 << place
                for place in range(len(direct))
                if any(expected[hop] >> place & 1 for hop in places(bits))
            )
            for bits in expected
        ]

    assert transitive(direct) == expected


def test_long_ways_need_no_recursion() -> None:
    count = 5000
    chain = transitive(1 << min(place + 1, count - 1) for place in range(count))
    circle = transitive(1 << (place + 1) % count for place in range(count))

    assert chain[0] == 2**count - 2
    assert set(circle) == {2**count - 1}
