"""Percentiles are within the stated error of the true ones, and adding sketches is counting all of it."""

from __future__ import annotations

import math

from hypothesis import example, given
from hypothesis import strategies as st

from scaffold.report.sketch import RELATIVE_ERROR, Sketch

_VALUES = st.lists(st.floats(min_value=0.001, max_value=1e8), min_size=1, max_size=300)


def _of(values: list[float]) -> Sketch:
    sketch = Sketch()
    for value in values:
        sketch.add(value)
    return sketch


@given(_VALUES, st.sampled_from([0.01, 0.5, 0.95, 0.99, 1.0]))
@example([5.0] * 100, 0.99)
def test_quantiles_are_within_the_error(values: list[float], part: float) -> None:
    true = sorted(values)[max(1, math.ceil(round(part * len(values), 6))) - 1]
    found = _of(values).quantile(part)
    assert found is not None
    assert abs(found - true) <= true * RELATIVE_ERROR * 1.000001


@given(_VALUES, _VALUES)
def test_merging_is_counting_all(one: list[float], other: list[float]) -> None:
    merged, whole = _of(one), _of(one + other)
    merged.merge(_of(other))
    assert (merged.bins, merged.count, merged.lowest, merged.highest) == (
        whole.bins,
        whole.count,
        whole.lowest,
        whole.highest,
    )


def test_the_number_of_bins_is_bounded() -> None:
    sketch = _of([0.0, 1e-300, 1e300, *(1.0001**power for power in range(100_000))])
    assert len(sketch.bins) < 1400
    assert sketch.quantile(1) == 1e300


def test_nothing_has_no_percentile() -> None:
    assert (Sketch().quantile(0.5), Sketch().mean) == (None, None)
