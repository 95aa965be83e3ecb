"""Choosing, naming and holding: compiled code gives what the plain code gives, to the last bit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from recommender import SkillRecommender
from recommender.kernels import PLAIN, kernel
from recommender.neighbours import Neighbours
from recommender.scoring import Scorer, held_rows
from recommender.variety import Families

compiled = pytest.mark.skipif(
    any(kernel(name) is None for name in ("choosing", "naming", "rows")), reason="kernels are not built, or not wanted"
)

SIZES = st.integers(1, 40)  # more than two blocks of candidates
LOUD = st.sampled_from([1.0, 8.0, 77 / 256, 200 + 1 / 256])  # the last needs 64 bits


class World(NamedTuple):
    """What a scorer is made of, but for the grid."""

    rooms: list[tuple[Neighbours, float]]
    items: np.ndarray
    demand: np.ndarray
    fixed: np.ndarray
    pairs: np.ndarray
    twins: np.ndarray
    families: Families | None

    def scorer(self) -> Scorer:
        return Scorer(self.rooms, self.items, self.demand, self.fixed, 1.0, self.pairs, self.twins, self.families)


def plain(make: Callable[[], Any]) -> Any:
    """Do something without compiled code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PLAIN, "1")
        return make()


def couples(size: int, most: int) -> st.SearchStrategy[list[tuple[int, int]]]:
    place = st.integers(0, size - 1)
    return st.lists(st.tuples(place, place).filter(lambda pair: pair[0] != pair[1]), max_size=most if size > 1 else 0)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Few distinct weights, so that much ties; halves of the gate's steps; pairs, twins and families that overlap."""
    size = draw(SIZES)
    pairs = np.array(draw(couples(size, 6)), np.int32).reshape(-1, 2)
    step = draw(st.sampled_from([1, 8, 64, 3000]))
    weights = st.sampled_from([0, 0, 1, 2, -1, 5, -7, 10])
    rooms = []
    for height in (size + len(pairs), size):
        steps = draw(arrays(np.int16, (height, size), elements=weights, fill=weights)) * np.int16(step)
        rooms.append((Neighbours.from_rows([(np.flatnonzero(row), row[row != 0]) for row in steps]), draw(LOUD)))
    items = np.array(
        sorted(draw(st.sets(st.integers(0, size - 1), min_size=1 if draw(st.booleans()) else size))), np.int64
    )
    width = len(items)
    demand = draw(arrays(np.int64, width, elements=st.integers(0, 300))) * draw(st.sampled_from([0.0, 2.0**-10, 1.0]))
    fixed = draw(arrays(np.int64, width, elements=st.integers(-9, 9))) * draw(st.sampled_from([0.0, 2.0**-12]))
    taken = [(*pair, draw(st.integers(1, 128))) for pair in draw(couples(width, 10))]
    families = Families(width, taken) if draw(st.booleans()) else None
    twins = np.array(draw(couples(size, 4)), np.int32).reshape(-1, 2)
    return World(rooms, items, demand, fixed, pairs, twins, families)


def rows_of(lists: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    return np.cumsum([0, *map(len, lists)]), np.array([number for row in lists for number in row], np.int64)


def answers(scorer: Scorer, rows: tuple[np.ndarray, np.ndarray], n: int, threads: int = 1) -> list[np.ndarray]:
    best = scorer.best(*rows, n, threads)
    return [best.items, best.scores, scorer.loudest(*rows, best.items, 2), scorer.loudest(*rows, best.items, 30)]


def alike(found: list[np.ndarray], wanted: list[np.ndarray]) -> bool:
    return [(a.dtype, a.shape, a.tobytes()) for a in found] == [(a.dtype, a.shape, a.tobytes()) for a in wanted]


@compiled
@settings(max_examples=300)
@given(worlds(), st.data())
def test_compiled_and_plain_choose_and_name_alike(world: World, data: st.DataObject) -> None:
    """Items, scores and reasons are the same bytes: empty and full rows, ties, twins, pairs, families, 32 and 64 bits."""
    size = len(world.rooms[1][0])
    held = st.lists(st.integers(0, size - 1), unique=True, max_size=size)
    lists = data.draw(st.lists(held | st.just(list(range(size))), max_size=6))
    n = data.draw(st.integers(0, 6) | st.just(size))
    scorer = world.scorer()
    slow: Scorer = world.scorer()
    assert plain(lambda: slow._native) is plain(lambda: slow._voices._native) is None
    wanted = answers(slow, rows_of(lists), n)
    assert alike(answers(scorer, rows_of(lists), n), wanted)
    assert scorer._native is not None


@compiled
@settings(max_examples=200)
@given(st.lists(st.lists(st.integers(-3, 5), max_size=12), max_size=8), st.sampled_from([np.int32, np.int64]))
def test_compiled_and_plain_hold_alike(lists: list[list[int]], dtype: type) -> None:
    """Each skill once, in the order of its first mention, nothing below 0, whatever the dtype."""
    indptr, numbers = rows_of(lists)
    found = list(held_rows(indptr, numbers.astype(dtype), 6))
    assert alike(found, plain(lambda: list(held_rows(indptr, numbers.astype(dtype), 6))))


def test_rows_of_a_world_without_skills_hold_nothing() -> None:
    """Where there are no skills, every row is empty, compiled or not."""
    indptr, numbers = np.array([0, 2, 2], np.int64), np.array([-1, -1], np.int64)
    for ends, held in (held_rows(indptr, numbers, 0), plain(lambda: held_rows(indptr, numbers, 0))):
        assert (ends.tolist(), held.tolist()) == ([0, 0, 0], [])


@compiled
def test_the_shipped_model_long_rows_and_threads() -> None:
    """Profiles of up to a thousand skills, asked by one thread or three, get what the plain code gives."""
    rng = np.random.default_rng(5)
    model = SkillRecommender.load()
    size = len(model.vocabulary_)
    popular = model.outlook_.in_demand
    lists = [rng.permutation(size)[: rng.integers(0, 12)].tolist() for _ in range(6000)]
    lists += [rng.permutation(popular)[: rng.integers(0, 12)].tolist() for _ in range(500)]
    lists += [rng.permutation(size)[:1000].tolist(), popular.tolist(), [], list(range(size))]
    rows = rows_of(lists)
    scorer = model.scorer("in-demand")
    assert scorer._native is not None
    slow = SkillRecommender.load().scorer("in-demand")
    for n in (5, 30, 1000):
        some = rows if n == 5 else rows_of(lists[-60:])
        wanted = plain(lambda n=n, some=some: answers(slow, some, n))
        assert alike(answers(scorer, some, n), wanted)
        assert alike(answers(scorer, some, n, threads=3), wanted)


@compiled
def test_weights_too_loud_for_the_kernel_are_summed_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where weights exceed 32 bits, or the table is kept sparse, the plain code answers, compiled or not."""
    one = Neighbours.from_rows([(np.array([1]), np.array([32767], np.int16)), (np.array([0]), np.array([1], np.int16))])
    world = World([(one, 1.0), (one, 4000 + 1 / 256)], np.arange(2), np.ones(2), np.zeros(2),
                  np.zeros((0, 2), np.int32), np.zeros((0, 2), np.int32), None)  # fmt: skip
    assert world.scorer()._native is None
    best = world.scorer().best(np.array([0, 1]), np.array([0]), 2)
    assert best.items.tolist() == [[1, -1]]
    assert best.scores[0, 0] == 32767 / 4096 * (4001 + 1 / 256) + 1
    quiet = world._replace(rooms=[(one, 1.0), (one, 1.0)])
    assert quiet.scorer()._native is not None
    monkeypatch.setattr("recommender.voices.DENSE_CELLS", 3)
    assert quiet.scorer()._native is None


def test_fewer_left_than_asked_for() -> None:
    """With families too, the first candidate keeps its score where the list runs out of candidates."""
    room = Neighbours.from_rows([(np.array([0, 2]), np.array([4096, 8192], np.int16))] * 4)
    none = np.zeros((0, 2), np.int32)
    world = World([(room, 1.0)], np.arange(3), np.zeros(3), np.zeros(3), none, none, Families(3, [(0, 2, 64)]))
    for found in (
        answers(world.scorer(), rows_of([[1]]), 3),
        plain(lambda: answers(world.scorer(), rows_of([[1]]), 3)),
    ):
        assert found[0].tolist() == [[2, 0, -1]]
        assert found[1].tolist() == [[2.0, 0.75, -np.inf]]


def test_an_empty_model_counts_demand() -> None:
    """Where no skill says anything and demand is in whole numbers there still is a grid: what is in demand leads."""
    nothing = Neighbours.from_rows([(np.zeros(0, np.int64), np.zeros(0, np.int16))] * 3)
    none = np.zeros((0, 2), np.int32)
    world = World([(nothing, 1.0)] * 2, np.arange(3), np.array([1.0, 3.0, 2.0]), np.zeros(3), none, none, None)
    rows = rows_of([[], [1]])
    for found in (answers(world.scorer(), rows, 3), plain(lambda: answers(world.scorer(), rows, 3))):
        assert found[0].tolist() == [[1, 2, 0], [0, 2, -1]]
        assert found[1].tolist() == [[3.0, 2.0, 1.0], [0.0, 0.0, -np.inf]]


@compiled
@pytest.mark.parametrize(
    ("indptr", "numbers"),
    [([0, 1], [3]), ([0, 2], [1]), ([0, 2, 1], [1, 2]), ([-1, 1], [1, 2]), ([], [1]), ([0, 2**62], [1])],
)
def test_rows_that_cannot_be_are_refused(indptr: list[int], numbers: list[int]) -> None:
    """Numbers beyond the skills, and rows beyond the numbers, raise ValueError before anything is read."""
    ends, held = np.array(indptr, np.int64), np.array(numbers, np.int64)
    rows = max(len(ends) - 1, 0)
    items = np.zeros((rows, 2), np.int64)
    scorer = small()
    with pytest.raises(ValueError, match="rows"):
        kernel("rows").held_once(ends, held, 3)
    with pytest.raises(ValueError, match="rows"):
        scorer._native.best(ends, held, np.ones(rows, np.int64), items, np.zeros((rows, 2)))
    with pytest.raises(ValueError, match="rows"):
        scorer._voices._native.loudest(ends, held, items, np.zeros((rows, 2, 2), np.int64))


@compiled
def test_skills_below_0_and_arrays_of_other_sizes_are_refused() -> None:
    """A held skill is no -1; outputs have a row for each row; what is no candidate has no reasons."""
    native, ends = small()._native, np.array([0, 1])
    for held, rows, n in (([-1], 1, 2), ([1], 2, 2), ([1], 1, 3)):
        with pytest.raises(ValueError, match="rows"):
            native.best(ends, np.array(held), np.ones(1, np.int64), np.zeros((rows, 2), np.int64), np.zeros((rows, n)))
    out = np.full((1, 3, 1), -1)
    small()._voices._native.loudest(ends, np.array([1]), np.array([[-5, 2**40, 3]]), out)
    assert out.ravel().tolist() == [-1, -1, -1]


def small() -> Scorer:
    room = Neighbours.from_rows([(np.array([1, 2]), np.array([5, 6], np.int16))] * 3)
    none = np.zeros((0, 2), np.int32)
    return World([(room, 1.0)] * 2, np.arange(3), np.ones(3), np.zeros(3), none, none, None).scorer()
