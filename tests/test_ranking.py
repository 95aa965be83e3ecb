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
    """Length is min(n, available), scores fall, ties go by number, nothing held comes back."""
    size = len(values)
    items = np.array(sorted(data.draw(st.sets(st.integers(0, 99), min_size=size, max_size=size))), dtype=np.int64)
    held = data.draw(st.lists(st.integers(0, 99), unique=True))
    parts = {"one": np.array(values), "two": np.array(values[::-1]) / 2}
    ranked = ranking.rank(parts, items, held, n)
    assert len(ranked) == min(n, len(set(items.tolist()) - set(held)))
    total = dict(zip(items.tolist(), (parts["one"] + parts["two"]).tolist(), strict=True))
    keys = [(-total[item], item) for item in ranked]
    assert keys == sorted(keys)
    assert not set(ranked) & set(held)
    rest = set(total) - set(ranked) - set(held)
    assert not rest or not ranked or min(total[i] for i in ranked) >= max(total[i] for i in rest)


def test_a_negative_number_of_suggestions_is_refused() -> None:
    """Asking for fewer than none is an error that says so."""
    with pytest.raises(InputError, match="0 or more"):
        ranking.rank({}, np.zeros(0, np.int64), [], -1)
