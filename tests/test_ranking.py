from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender import ranking
from recommender.errors import InputError

VALUES = st.lists(st.integers(-8, 8).map(lambda i: i / 8), min_size=0, max_size=30)


@given(VALUES, st.integers(0, 40))
def test_best_equals_a_plain_sort(values: list[float], n: int) -> None:
    """The n best are those of a full stable sort: falling, ties by number."""
    expected = sorted(range(len(values)), key=lambda i: (-values[i], i))[:n]
    assert ranking.best(np.array(values), n).tolist() == expected


@given(VALUES, st.data(), st.integers(0, 40))
def test_laws_of_a_ranking(values: list[float], data: st.DataObject, n: int) -> None:
    """Length is min(n, available), scores fall, ties go by place, what is barred never comes, nothing is lost."""
    total = np.array(values)
    barred = data.draw(st.sets(st.integers(0, len(values) - 1))) if values else set()
    total[list(barred)] = -np.inf
    ranked, lost = ranking.rank(total, n)
    assert len(ranked) == len(lost) == min(n, len(values) - len(barred))
    keys = [(-values[place], place) for place in ranked]
    assert keys == sorted(keys)
    assert not set(ranked) & barred
    rest = set(range(len(values))) - set(ranked) - barred
    assert not rest or not ranked or min(values[i] for i in ranked) >= max(values[i] for i in rest)
    assert not any(lost)


@given(st.lists(st.integers(-16, 16).map(lambda i: i / 8), min_size=1, max_size=20))
def test_relatedness_rises_in_steps_from_none_to_one(values: list[float]) -> None:
    """The gate of demand is 0 up to no relevance, 1 from the full one on, and rises between on the grid of factors."""
    gate = ranking.relatedness(np.array(sorted(values)), 0.5)
    assert (np.diff(gate) >= 0).all()
    assert gate.min() >= 0.0
    assert gate.max() <= 1.0
    assert all(g == min(max(v / 0.5, 0.0), 1.0) for v, g in zip(sorted(values), gate.tolist(), strict=True))


def test_a_negative_number_of_suggestions_is_refused() -> None:
    """Asking for fewer than none is an error that says so."""
    with pytest.raises(InputError, match="0 or more"):
        ranking.rank(np.zeros(0), -1)
