from __future__ import annotations

import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender import fixedpoint

WEIGHTS = st.floats(-8, 7.99, allow_nan=False)


@given(st.lists(WEIGHTS, max_size=60), st.randoms(use_true_random=False))
def test_sums_do_not_depend_on_order(values: list[float], rng: random.Random) -> None:
    """Whatever the order of adding, the sum of weights on the grid is the same to the last bit."""
    grid = fixedpoint.on_grid(values, fixedpoint.WEIGHT_STEP).tolist()
    shuffled = list(grid)
    rng.shuffle(shuffled)
    assert sum(grid) == sum(shuffled)


@given(WEIGHTS)
def test_rounding_moves_at_most_half_a_step_and_only_once(value: float) -> None:
    """Rounding to the grid is near and idempotent."""
    once = float(fixedpoint.on_grid(value, fixedpoint.WEIGHT_STEP))
    assert abs(once - value) <= fixedpoint.WEIGHT_STEP / 2
    assert float(fixedpoint.on_grid(once, fixedpoint.WEIGHT_STEP)) == once


def test_what_int16_cannot_hold_is_clipped_not_wrapped() -> None:
    """A weight beyond the range becomes the largest one, never one of the other sign."""
    assert fixedpoint.to_int16([99.0, -99.0]).tolist() == [32767, -32768]


@given(st.lists(st.tuples(WEIGHTS, st.floats(0, 255)), max_size=40), st.randoms(use_true_random=False))
def test_products_of_weights_and_factors_add_exactly(pairs: list[tuple[float, float]], rng: random.Random) -> None:
    """A weight times a factor stays on a grid fine enough that sums stay exact."""
    weights = fixedpoint.on_grid([w for w, _ in pairs], fixedpoint.WEIGHT_STEP)
    factors = fixedpoint.on_grid([f for _, f in pairs], fixedpoint.FACTOR_STEP)
    products = (weights * factors).tolist()
    shuffled = list(products)
    rng.shuffle(shuffled)
    assert sum(products) == sum(shuffled) == float(np.dot(weights, factors))
