from __future__ import annotations

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import SkillRecommender
from recommender.errors import InputError
from recommender.neighbours import Neighbours
from recommender.suggestions import Suggestion

SHIPPED = SkillRecommender.load()
SIZE = len(SHIPPED.vocabulary_)
SEED = 11


def made_up() -> SkillRecommender:
    """Give the shipped model pairs that speak, twins, and popularity, as a fit may learn them."""
    rng = np.random.default_rng(SEED)
    crowd = np.sort(rng.choice(SIZE, 40, replace=False))
    pairs = [(int(a), int(b)) for at, a in enumerate(crowd) for b in crowd[at + 1 :] if rng.random() < 0.3]
    rows = [SHIPPED.together_.row(number) for number in range(SIZE)]
    for _ in pairs:
        told = np.unique(np.concatenate([rng.choice(SIZE, 30), rng.choice(SHIPPED.outlook_.in_demand, 20)]))
        rows.append((told, (2 * rng.integers(-400, 900, len(told))).astype(np.int16)))  # halves stay on the grid
    model = copy.copy(SHIPPED)
    model.together_, model.pairs_ = Neighbours.from_rows(rows), np.array(pairs, np.int32)
    model.twins_ = rng.choice(SHIPPED.outlook_.in_demand, (8, 2), replace=False).astype(np.int32)
    model.popularity_ = rng.integers(-4096, 4096, SIZE) / 4096
    model.weights_ = SHIPPED.weights_._replace(popularity=0.5, demand_all=0.5)
    return model


MODEL = made_up()
CROWD = np.unique(MODEL.pairs_).tolist() + MODEL.twins_.ravel().tolist()
HELD = st.lists(st.sampled_from(CROWD) | st.integers(0, SIZE - 1), max_size=10, unique=True)
CANDIDATES = st.sampled_from(["in-demand", "all"])


def slow_score(held: list[int], item: int, candidates: str) -> float:
    """Add up one candidate's parts from the rows, one number at a time."""
    weights, relevance = MODEL.weights_, 0.0
    scale = round(256 / max(len(held), 1) ** 0.5) / 256
    pairs = [SIZE + at for at, pair in enumerate(MODEL.pairs_.tolist()) if set(pair) <= set(held)]
    for room, loud, numbers in (
        (MODEL.together_, weights.together, held + pairs), (MODEL.similar_, weights.similar, held),
    ):  # fmt: skip
        for number in numbers:
            told = dict(zip(*(array.tolist() for array in room.row(number)), strict=True))
            relevance += told.get(item, 0) / 4096 * loud * scale
    gate = round(min(max(relevance, 0.0), 1.0) * 256) / 256 if held else 1.0
    demand = MODEL.outlook_.demand[item] * (weights.demand if candidates == "in-demand" else weights.demand_all)
    return float(relevance + gate * demand + MODEL.popularity_[item] * weights.popularity)


@settings(max_examples=40, derandomize=True)
@given(HELD, CANDIDATES)
def test_scores_equal_a_sum_by_hand(held: list[int], candidates: str) -> None:
    """With pairs, twins and popularity too, a score is what the rows add up to; twins of what is held never come."""
    scores = MODEL.scores(held, candidates)  # type: ignore[arg-type]
    barred = {
        *held,
        *(b for a, b in MODEL.twins_.tolist() if a in held),
        *(a for a, b in MODEL.twins_.tolist() if b in held),
    }
    pool = set(range(SIZE)) if candidates == "all" else set(MODEL.outlook_.in_demand.tolist())
    assert set(np.flatnonzero(scores > -np.inf).tolist()) == pool - barred
    for item in sorted(pool - barred)[:: max(1, len(pool) // 25)]:
        assert scores[item] == slow_score(held, item, candidates)


def sums_hold(suggestion: Suggestion) -> bool:
    relevance = suggestion.parts["together"] + suggestion.parts["similar"]
    shares = sum(reason.share for reason in suggestion.because)
    return sum(suggestion.parts.values()) == suggestion.score and shares == relevance


@settings(max_examples=40, derandomize=True)
@given(st.lists(HELD, min_size=1, max_size=5), CANDIDATES, st.sampled_from([1, 5, 12, 40]))
def test_one_and_many_agree_with_pairs_and_twins(rows: list[list[int]], candidates: str, n: int) -> None:
    """The scorer of many chooses and scores as one profile's sums do, to the last bit, and names the same reasons."""
    indptr = np.cumsum([0, *map(len, rows)])
    indices = np.array([number for row in rows for number in row], np.int64)
    scorer = MODEL.scorer(candidates)  # type: ignore[arg-type]
    best = scorer.best(indptr, indices, n)
    loudest = scorer.loudest(indptr, indices, best.items, 2)
    names = MODEL.vocabulary_.names
    for at, held in enumerate(rows):
        answer = MODEL.suggest(held, n, candidates)  # type: ignore[arg-type]
        assert all(map(sums_hold, answer))
        assert [names[i] for i in best.items[at].tolist() if i >= 0] == [s.skill for s in answer]
        assert best.scores[at, : len(answer)].tolist() == [s.score for s in answer]
        assert answer == MODEL.explain(held, best.items[at].tolist(), candidates)  # type: ignore[arg-type]
        for k, suggestion in enumerate(answer):
            told = [names[i] for i in loudest[at, k].tolist() if i >= 0]
            assert told == [reason.skill for reason in suggestion.because if reason.share > 0][:2]


def test_an_exchanged_room_or_weight_is_noticed() -> None:
    """Sums are made anew when a weight is exchanged, and stay as they are otherwise."""
    model = copy.copy(SHIPPED)
    assert model.sums is model.sums
    before = model.suggest([1, 2, 3], 3)
    model.weights_ = model.weights_._replace(demand=0.0)
    assert all(s.parts["demand"] == 0.0 for s in model.suggest([1, 2, 3], 3))
    assert SHIPPED.suggest([1, 2, 3], 3) == before


def test_unknown_candidates_are_refused() -> None:
    """Neither of the two choices is an InputError that names both, for one profile and for many."""
    for ask in (lambda: MODEL.sums.answer([1], 1, "some"), lambda: MODEL.scorer("some")):  # type: ignore[arg-type]
        with pytest.raises(InputError, match="'in-demand' or 'all'"):
            ask()
