from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import variety
from recommender.neighbours import Neighbours
from recommender.variety import LEAST, STEPS, Families

SIZES = st.integers(1, 12)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[list[int]], Families]:
    """Rows of whole scores, some of them barred (None is written as LEAST), and families among the candidates."""
    size = draw(SIZES)
    score = st.one_of(st.integers(-4, 9), st.just(LEAST))
    rows = draw(st.lists(st.lists(score, min_size=size, max_size=size), min_size=1, max_size=6))
    place = st.integers(0, size - 1)
    pairs = draw(st.lists(st.tuples(place, place, st.integers(1, 128)), max_size=8))
    return rows, Families(size, [pair for pair in pairs if pair[0] != pair[1]])


def slowly(row: list[int], families: Families, n: int) -> list[tuple[int, int, int]]:
    """Choose one at a time, looking at all candidates and all chosen: place, value in 256ths, what was lost."""
    chosen: list[tuple[int, int, int]] = []
    for _ in range(min(n, sum(score > LEAST for score in row))):
        left = []
        for place in sorted(set(range(len(row))) - {c[0] for c in chosen}):
            lost = max((families.taken.get(c[0], {}).get(place, 0) for c in chosen), default=0)
            left.append((row[place] * STEPS - max(row[place], 0) * lost, -place, lost))
        value, place, lost = max(left)
        chosen.append((-place, value, lost))
    return chosen


@settings(max_examples=200, derandomize=True)
@given(worlds(), st.integers(0, 12))
def test_choosing_equals_a_slow_greedy_choice(world: tuple[list[list[int]], Families], n: int) -> None:
    """One row and many rows choose what a search over all pairs chooses, and lose what it says."""
    rows, families = world
    for row in rows:
        total = np.where(np.array(row) == LEAST, -np.inf, np.array(row, np.float64))
        wanted = slowly(row, families, n)
        assert variety.choose(total, families, n) == ([c[0] for c in wanted], [c[2] for c in wanted])
    within = min(n, families.size)
    places, values = variety.choose_rows(np.array(rows, np.int64), families, within)
    for row, own, found in zip(rows, places.tolist(), values.tolist(), strict=True):
        there = [(p, v) for p, v in zip(own, found, strict=True) if v > LEAST * STEPS]
        assert there == [c[:2] for c in slowly(row, families, within)]


@settings(max_examples=200, derandomize=True)
@given(worlds(), st.integers(1, 12))
def test_rows_that_are_not_touched_keep_their_order(world: tuple[list[list[int]], Families], n: int) -> None:
    """Where no two of the best are of one family, variety changes nothing, so such rows need no second look."""
    rows, families = world
    n = min(n, families.size)
    order = np.argsort(-np.array(rows), axis=1, kind="stable")[:, :n]
    held = np.ones(len(rows), np.int64)
    held[-1] = 0
    again = set(variety.touched(order, families, held).tolist())
    assert len(rows) - 1 not in again
    for at in set(range(len(rows) - 1)) - again:
        wanted = slowly(rows[at], families, n)
        assert [c[0] for c in wanted] == order[at, : len(wanted)].tolist()


def test_families_are_found_in_either_direction() -> None:
    """Two skills are of one family if one of them is close to the other; the larger likeness counts, others are far."""
    weights = np.zeros((4, 4))
    weights[0, 1], weights[1, 0], weights[2, 3], weights[0, 2] = 0.5, 0.75, 0.4, 0.3
    found = variety.families_of(Neighbours.strongest(weights, 4), np.arange(4))
    assert found.taken[0] == {1: round(0.75 * variety.VARIETY * STEPS)} == {1: found.taken[1][0]}
    assert set(found.taken[2]) == {3}
    assert found.clans.tolist() == [0, 0, 2, 2]
