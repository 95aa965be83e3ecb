from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from recommender import fixedpoint
from recommender.errors import ModelFileError
from recommender.neighbours import Neighbours

SQUARES = st.integers(1, 9).flatmap(lambda n: arrays(np.float64, (n, n), elements=st.floats(-2, 2)))


@given(SQUARES, st.integers(1, 9))
def test_only_the_strongest_of_each_row_are_kept(weights: np.ndarray, most: int) -> None:
    """Each row keeps its largest absolute weights, ties by number, the diagonal never (against a plain sort)."""
    kept = Neighbours.strongest(weights, most).dense()
    for row, values in enumerate(fixedpoint.on_grid(weights, fixedpoint.WEIGHT_STEP)):
        order = sorted((i for i, v in enumerate(values) if v and i != row), key=lambda i: (-abs(values[i]), i))
        expected = np.zeros(len(values))
        expected[order[:most]] = values[order[:most]]
        assert (kept[row] == expected).all()


@given(SQUARES, st.data())
def test_contributions_add_up_to_the_scores(weights: np.ndarray, data: st.DataObject) -> None:
    """What the held skills give adds up to the score of every candidate, exactly; the slow twin is the dense matrix."""
    n = len(weights)
    neighbours = Neighbours.strongest(weights, n)
    held = data.draw(st.lists(st.integers(0, n - 1), unique=True))
    items = data.draw(st.lists(st.integers(0, n - 1), unique=True))
    scores = neighbours.scores(held)
    assert (scores == neighbours.dense()[held].sum(0)).all()
    assert (neighbours.contributions(held, items).sum(0) == scores[items]).all()


@given(SQUARES, st.integers(1, 4))
def test_blocks_give_the_same_rows_as_the_whole(weights: np.ndarray, size: int) -> None:
    """Cutting the matrix into blocks changes nothing."""
    whole = Neighbours.strongest(weights, 3).arrays()
    blocks = (weights[i : i + size] for i in range(0, len(weights), size))
    cut = Neighbours.strongest_in_blocks(blocks, 3).arrays()
    assert all((whole[name] == cut[name]).all() for name in whole)


@given(SQUARES)
def test_arrays_make_the_round_trip_bit_equal(weights: np.ndarray) -> None:
    """Saved and loaded rows are the same bytes."""
    before = Neighbours.strongest(weights, 5).arrays()
    after = Neighbours.from_arrays(before).arrays()
    assert all(before[name].tobytes() == after[name].tobytes() for name in before)


@pytest.mark.parametrize(
    "fault",
    [{"indptr": np.array([0, 9])}, {"indptr": np.array([0, 2, 1])}, {"indices": np.array([7], np.int32)}],
)
def test_rows_that_do_not_fit_are_refused(fault: dict[str, np.ndarray]) -> None:
    """Arrays that cannot be rows of one square matrix raise ModelFileError, not an IndexError later."""
    good = Neighbours.strongest(np.array([[0.0, 1.0], [0.0, 0.0]]), 1).arrays()
    with pytest.raises(ModelFileError, match="make model"):
        Neighbours.from_arrays({**good, **fault})
