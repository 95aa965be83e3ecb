"""Demand: the laws of the method, on small worlds with known answers and on made ones."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import demand as room
from recommender.demand import (
    EXPECTED,
    HALF_LIFE_DAYS,
    HIRED,
    HIRES_GROWING,
    KIND_WEIGHTS,
    PROFILES_GROWING,
    SEARCHED,
    USED,
    Appearances,
    Demand,
    Lists,
    positions,
)
from recommender.errors import DataError, NotFittedError
from recommender.trends import KIND_OF, WHATS

NAN = float("nan")
Line = tuple[int, int, float, float]  # skill, list, rank, growth
Fact = tuple[int, float, int, float, bool]  # kind, age, length, grade, scoped


def fitted(lines: list[Line], facts: list[Fact], skills: int = 6, **words: float) -> Demand:
    """Fit a small world."""
    return Demand(**words).fit(*columns(lines, facts), skills)  # type: ignore[arg-type]


def columns(lines: list[Line], facts: list[Fact]) -> tuple[Appearances, Lists]:
    """Turn rows into the columns that the room takes."""
    types = (np.int64, np.int64, np.float64, np.float64)
    appearances = Appearances(*(np.array([row[i] for row in lines], dtype=t) for i, t in enumerate(types)))  # type: ignore[arg-type]
    types = (np.int64, np.float64, np.int64, np.float64, np.bool_)
    return appearances, Lists(*(np.array([row[i] for row in facts], dtype=t) for i, t in enumerate(types)))  # type: ignore[arg-type]


def test_kind_numbers_are_those_of_trends() -> None:
    """The numbers of the kinds of measure are the places of their names in `trends.WHATS`, and supply weighs nothing."""
    for number, what in enumerate(WHATS):
        assert getattr(room, what.upper().replace("-", "_")) == number
        assert (KIND_WEIGHTS[number] == 0) == (KIND_OF[what] == "supply")
    assert len(KIND_WEIGHTS) == len(WHATS)


def test_a_small_world_by_hand() -> None:
    """One fresh list: the figures are the discounted places, saturated, over the best."""
    model = fitted([(0, 0, 1, NAN), (1, 0, 2, NAN), (2, 0, 3, NAN)], [(HIRED, 0, 3, 1.0, False)])
    raw = [1 / 2, (1 / math.log2(3)) / (1 / math.log2(3) + 1), 0.5 / 1.5]
    assert model.demand_[:3] == pytest.approx([x / raw[0] for x in raw])
    assert model.demand_[3:].tolist() == [0, 0, 0]


def test_falls_with_rank() -> None:
    """On one list a better rank gives more demand, strictly."""
    model = fitted([(skill, 0, skill + 1, NAN) for skill in range(6)], [(SEARCHED, 10, 6, 0.8, False)])
    assert np.all(np.diff(model.demand_) < 0)


def test_older_weighs_less() -> None:
    """The same place on an older list gives less; after one half-life, half of what it adds before saturation."""
    facts: list[Fact] = [(HIRED, 0, 1, 1.0, False), (HIRED, HALF_LIFE_DAYS, 1, 1.0, False)]
    model = fitted([(0, 0, 1, NAN), (1, 1, 1, NAN)], facts)
    assert model.demand_[1] / model.demand_[0] == pytest.approx((0.5 / 1.5) / 0.5)


def test_future_scoped_and_supply_lists_give_no_demand() -> None:
    """Lists of the future, of one role family, and of supply add nothing to demand."""
    facts: list[Fact] = [
        (HIRED, 5, 1, 1.0, False), (HIRED, -1, 1, 1.0, False), (HIRED, 0, 1, 1.0, True), (PROFILES_GROWING, 0, 1, 1.0, False),
        (USED, 0, 1, 1.0, False),
    ]  # fmt: skip
    model = fitted([(skill, skill, 1, NAN) for skill in range(5)], facts)
    assert model.demand_[0] > 0
    assert model.demand_[1:].tolist() == [0] * 5
    assert model.supply_[3] > 0
    assert np.count_nonzero(model.supply_) == 1


def test_tiny_base_growth_is_capped() -> None:
    """Growth beyond the cap is one place, however large; below it the order counts; falling growth gives nothing."""
    lines = [(0, 0, 1.0, 18347.0), (1, 0, 2.0, 400.0), (2, 0, 3.0, 120.0), (3, 0, 4.0, -20.0)]
    place = positions(*columns(lines, [(HIRES_GROWING, 0, 4, 1.0, False)]))
    assert place[0] == place[1] == 1.0
    assert place[2] == pytest.approx(0.5)  # third place: two are above
    assert place[3] == 0.0
    far = positions(*columns([(0, 0, 1.0, 1e9), *lines[1:]], [(HIRES_GROWING, 0, 4, 1.0, False)]))
    assert np.array_equal(place, far)


def test_figures_without_growth_are_no_growth() -> None:
    """On a list of volume a rank is the place, whatever figure stands beside it."""
    place = positions(*columns([(0, 0, 1.0, 5.0), (1, 0, 2.0, 900.0)], [(HIRED, 0, 2, 1.0, False)]))
    assert place[0] > place[1]


def test_a_list_without_order_shares_the_mean() -> None:
    """Names without ranks all get the mean of the places of their list; an unranked one on a ranked list comes last."""
    place = positions(*columns([(0, 0, NAN, NAN), (1, 0, NAN, NAN)], [(HIRED, 0, 3, 1.0, False)]))
    assert place.tolist() == pytest.approx([(1 + 1 / math.log2(3) + 0.5) / 3] * 2)
    mixed = positions(*columns([(0, 0, 1, NAN), (1, 0, NAN, NAN)], [(HIRED, 0, 3, 1.0, False)]))
    assert mixed.tolist() == pytest.approx([1.0, 0.5])


def test_a_skill_counts_once_per_list() -> None:
    """A skill that a list names twice ("llm", "llms") has the figure of its better line alone."""
    facts: list[Fact] = [(HIRED, 0, 9, 1.0, False)]
    once = fitted([(0, 0, 2, NAN), (1, 0, 1, NAN)], facts)
    twice = fitted([(0, 0, 5, NAN), (0, 0, 2, NAN), (1, 0, 1, NAN)], facts)
    assert np.array_equal(once.demand_, twice.demand_)
    assert twice.parts(0)[0].tolist() == [1]


def test_kinds_weigh_differently() -> None:
    """The same place says more on a list of hires than on a list of opinions."""
    model = fitted([(0, 0, 1, NAN), (1, 1, 1, NAN)], [(HIRED, 0, 1, 1.0, False), (EXPECTED, 0, 1, 1.0, False)])
    assert model.demand_[1] / model.demand_[0] == pytest.approx(KIND_WEIGHTS[EXPECTED] / KIND_WEIGHTS[HIRED])


def test_supply_and_growth_share_a_scale() -> None:
    """The same place on a list of growing demand and on one of growing supply gives equal figures."""
    facts: list[Fact] = [(HIRES_GROWING, 0, 2, 1.0, False), (PROFILES_GROWING, 0, 2, 1.0, False)]
    model = fitted([(0, 0, 1, NAN), (0, 1, 1, NAN), (1, 1, 2, NAN)], facts)
    assert model.growth_[0] == model.supply_[0]
    assert model.supply_[1] > model.growth_[1] == 0
    rows, given = model.supply_parts(0)
    assert rows.tolist() == [1]
    assert given.sum() == model.supply_[0]


lines_ = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.integers(0, 3),
        st.one_of(st.just(NAN), st.integers(1, 40).map(float)),
        st.floats(-90, 900),
    ),
    max_size=40,
)
facts_ = st.lists(
    st.tuples(st.integers(0, 9), st.floats(-100, 3000), st.integers(1, 40), st.sampled_from([0.5, 0.8, 1.0]), st.booleans()),
    min_size=4, max_size=4,
)  # fmt: skip


@settings(max_examples=120, derandomize=True, deadline=None)
@given(lines_, facts_)
def test_parts_sum_exactly(lines: list[Line], facts: list[Fact]) -> None:
    """Figures lie in [0, 1], and the parts of every skill sum to its figure exactly."""
    model = fitted(lines, facts)
    for figures in (model.demand_, model.growth_, model.supply_):
        assert figures.shape == (6,)
        assert np.all((figures >= 0) & (figures <= 1))
    for skill in range(6):
        rows, given = model.parts(skill)
        assert math.fsum(given) == model.demand_[skill]
        assert all(lines[row][0] == skill for row in rows)
        assert np.all(np.diff(given) <= 0)
        assert math.fsum(model.supply_parts(skill)[1]) == model.supply_[skill]


@settings(max_examples=60, derandomize=True, deadline=None)
@given(lines_, facts_, st.randoms(use_true_random=False))
def test_order_of_appearances_does_not_matter(lines: list[Line], facts: list[Fact], chance: object) -> None:
    """Shuffled appearances give bit-equal figures."""
    mixed = list(lines)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    one, two = fitted(lines, facts), fitted(mixed, facts)
    assert np.array_equal(one.demand_, two.demand_)
    assert np.array_equal(one.supply_, two.supply_)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.integers(1, 30), st.integers(1, 30), st.floats(0, 2000), st.floats(0, 2000))
def test_monotone_in_rank_and_age(first: int, second: int, young: float, old: float) -> None:
    """Of two skills on like lists, the one with the better rank, or the younger list, never has less."""
    facts: list[Fact] = [(HIRED, min(young, old), 30, 1.0, False), (HIRED, max(young, old), 30, 1.0, False)]
    model = fitted([(0, 0, min(first, second), NAN), (1, 1, max(first, second), NAN)], facts)
    assert model.demand_[0] >= model.demand_[1]


def test_nothing_gives_zeros() -> None:
    """No appearances, or no lists, give zeros, not errors."""
    assert fitted([], []).demand_.tolist() == [0.0] * 6
    assert fitted([], [], 0).demand_.shape == (0,)


def test_wrong_use_is_refused() -> None:
    """Unfitted use, numbers out of range and columns of unequal length are told, all faults at once."""
    with pytest.raises(NotFittedError, match="Call fit"):
        Demand().parts(0)
    with pytest.raises(DataError, match="no skill 9"):
        fitted([], []).parts(9)
    with pytest.raises(DataError, match=r"skill numbers reach.*list numbers reach.*kind numbers reach.*a rank is 0"):
        fitted([(7, 3, 0, NAN)], [(99, 0, 1, 1.0, False)])
    lines, facts = columns([(0, 0, 1, NAN)], [(HIRED, 0, 1, 1.0, False)])
    with pytest.raises(DataError, match=r"columns of appearances have \[1, 1, 0, 1\] rows"):
        Demand().fit(lines._replace(rank=np.zeros(0)), facts, 1)
    with pytest.raises(DataError, match="half-life"):
        fitted([], [], half_life_days=0)
