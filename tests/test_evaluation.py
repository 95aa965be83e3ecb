"""What `evaluation` promises."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from recommender import baselines, evaluation, metrics
from recommender.errors import InputError

ITEMS = 10
PROFILES = st.lists(st.lists(st.integers(0, ITEMS - 1), max_size=6), min_size=1, max_size=30)
SCORES = st.lists(st.integers(-3, 3), min_size=ITEMS, max_size=ITEMS)
quick = settings(max_examples=60, deadline=None, derandomize=True)


def csr(lists):
    """Lists as CSR arrays."""
    return np.cumsum([0, *map(len, lists)]), np.array([i for row in lists for i in row], dtype=np.int64)


def cases_of(*cases):
    """Cases written as (held, hidden), each of a list of its own."""
    starts, held = csr([h for h, _ in cases])
    return evaluation.Cases(starts, held, np.array([t for _, t in cases]), np.arange(len(cases)))


# -- splits -------------------------------------------------------------------------------------------------------


@quick
@given(PROFILES)
def test_duplicates_never_stand_on_both_sides(lists):
    """No test list equals a training list, in whatever order or with whatever repeats; every list trains or is tested once."""
    lists = [*lists, *[row[::-1] + row[:1] for row in lists]]
    split = evaluation.split_lists(*csr(lists), ITEMS, 0.4)
    train, test = ({frozenset(lists[i]) for i in side} for side in (split.train, split.test))
    assert not train & test
    assert train | test == set(map(frozenset, lists))
    assert len(split.test) == len(test)


def test_a_split_is_the_same_each_time():
    """The split depends on the lists alone."""
    lists = csr([[i, j] for i in range(ITEMS) for j in range(i)])
    one, two = (evaluation.split_lists(*lists, ITEMS) for _ in range(2))
    assert np.array_equal(one.test, two.test)
    assert len(one.test) == int(0.2 * 45)


@pytest.mark.parametrize("share", [0.0, 1.0, -1.0, float("nan")])
def test_impossible_shares_are_refused(share):
    """A share that leaves nothing to train or test on is an `InputError`."""
    with pytest.raises(InputError, match="test_share"):
        evaluation.split_lists(*csr([[0, 1]]), ITEMS, share)


@quick
@given(PROFILES)
def test_cases_hide_one_known_item_of_their_list(lists):
    """Held and hidden items together are the known items of the list; nothing hidden is held; at most five per list."""
    known = np.arange(ITEMS) != 3
    cases = evaluation.hidden_cases(*csr(lists), ITEMS, np.arange(len(lists)), known)
    for case in range(len(cases)):
        held, hidden = cases.held(case).tolist(), int(cases.hidden[case])
        assert hidden not in held
        assert {*held, hidden} == set(lists[cases.lists[case]]) - {3}
    assert not len(cases) or np.bincount(cases.lists).max() <= 5


# -- metrics ------------------------------------------------------------------------------------------------------


def test_metrics_of_a_case_worked_out_by_hand():
    """Scores 5 4 3 2 1 with the first held: the hidden third is second of the rest, rank 1."""
    cases = cases_of(([0], 2), ([0, 1], 2), ([], 4))
    found = evaluation.ranks(lambda _: np.array([5.0, 4.0, 3.0, 2.0, 1.0]), cases)
    assert found.tolist() == [1.0, 0.0, 4.0]
    assert metrics.recall(found, 2).tolist() == [1.0, 1.0, 0.0]
    assert metrics.reciprocal_rank(found).tolist() == [0.5, 1.0, 0.2]
    assert metrics.discounted(found, 10) == pytest.approx([1 / np.log2(3), 1.0, 1 / np.log2(6)])


@quick
@given(st.permutations(range(ITEMS)), st.integers(0, ITEMS - 1), st.integers(1, ITEMS))
def test_ndcg_equals_scikit_learns(order, hidden, k):
    """nDCG@k of one hidden item is what `sklearn.metrics.ndcg_score` gives."""
    scores = np.array(order, dtype=float)
    found = evaluation.ranks(lambda _: scores, cases_of(([], hidden)))
    truth = np.eye(ITEMS)[[hidden]]
    assert metrics.discounted(found, k)[0] == pytest.approx(ndcg_score(truth, scores[None], k=k))


@quick
@given(SCORES, st.sets(st.integers(0, ITEMS - 2)))
def test_ranks_equal_sorting(scores, held):
    """The rank is the mean position over all orders of tied items; held items take no place."""
    found = evaluation.ranks(lambda _: np.array(scores), cases_of((sorted(held), ITEMS - 1)))[0]
    rest = sorted((s for i, s in enumerate(scores) if i not in held), reverse=True)
    assert found == np.mean([i for i, s in enumerate(rest) if s == scores[-1]])


def test_a_model_that_knows_nothing_gains_nothing():
    """Equal scores for all rank in the middle, not first."""
    assert evaluation.ranks(lambda _: np.zeros(ITEMS), cases_of(([0], 1))).tolist() == [(ITEMS - 2) / 2]


def test_top_passes_over_what_is_held():
    """The best come first, ties by number, held items never."""
    best = evaluation.top(lambda _: np.array([1.0, 3.0, 2.0, 2.0]), cases_of(([1], 0)), 2)
    assert best.tolist() == [[2, 3]]


def test_calibration_of_a_case_worked_out_by_hand():
    """Two bins: promised .2 and kept .5 (2 cases), promised .9 and kept 1 (1 case): (2 * .3 + 1 * .1) / 3."""
    assert metrics.calibration_error([0.2, 0.2, 0.9], [1, 0, 1]) == pytest.approx(0.7 / 3)
    promised, true, counts = metrics.reliability([0.2, 0.2, 0.9, 1.0], [1, 0, 1, 1])
    assert promised == pytest.approx([0.2, 0.95])
    assert true.tolist() == [0.5, 1.0]
    assert counts.tolist() == [2, 2]


@pytest.mark.parametrize(("promised", "true"), [([1.1], [1]), ([-0.1], [0]), ([0.5], [1, 0]), ([float("nan")], [1])])
def test_what_is_no_probability_is_refused(promised, true):
    """Probabilities lie in [0, 1] and come one per outcome."""
    with pytest.raises(InputError, match="probabilities"):
        metrics.calibration_error(promised, true)


# -- intervals ----------------------------------------------------------------------------------------------------


def test_an_interval_holds_its_mean_and_narrows():
    """The interval holds the mean, is about 2 x 1.96 standard errors wide, and narrows with more lists."""
    values = np.random.default_rng(1).normal(size=4000)
    few, many = (metrics.bootstrap(values[:n], np.arange(n)) for n in (100, 4000))
    assert few.low < few.mean < few.high
    assert many.high - many.low == pytest.approx(2 * 1.96 / np.sqrt(4000), rel=0.15)
    assert many.high - many.low < few.high - few.low


def test_cases_of_one_list_are_drawn_together():
    """Copies of a case within its list make the interval no narrower."""
    values = np.random.default_rng(1).normal(size=100)
    alone = metrics.bootstrap(values, np.arange(100))
    copied = metrics.bootstrap(np.repeat(values, 5), np.repeat(np.arange(100), 5))
    assert copied.low == pytest.approx(alone.low)
    assert copied.high == pytest.approx(alone.high)


def test_a_steady_gain_is_seen_through_noise():
    """Paired differences see a small gain that the two intervals alone would hide."""
    theirs = np.random.default_rng(1).normal(size=200)
    gain = metrics.paired_difference(theirs + 0.01, theirs, np.arange(200))
    assert gain.low == pytest.approx(0.01)
    assert gain.high == pytest.approx(0.01)
    with pytest.raises(InputError, match="pairs"):
        metrics.paired_difference(theirs, theirs[1:], np.arange(200))


def test_no_case_is_said_and_not_averaged():
    """Without cases there is an `InputError`, not a nan."""
    with pytest.raises(InputError, match="no case"):
        metrics.bootstrap(np.zeros(0), np.zeros(0, dtype=np.int64))


# -- baselines ----------------------------------------------------------------------------------------------------


def test_popularity_counts_lists():
    """Each item scores the number of lists that hold it, whatever is held."""
    score = baselines.popularity(*csr([[0, 1, 1], [0]]), 3)
    assert score(np.array([2])).tolist() == [2.0, 1.0, 0.0]


@quick
@given(PROFILES)
def test_item_knn_equals_its_slow_twin(lists):
    """Item-kNN is the cosine of TF-IDF weighted columns, computed cell by cell."""
    rows = [set(row) for row in lists]
    size = np.array([sum(i in row for row in rows) for i in range(ITEMS)])
    idf = np.sqrt(np.maximum(np.log(len(rows) / (1 + size)), 0))
    table = np.array([[idf[i] * (i in row) for i in range(ITEMS)] for row in rows])
    table /= np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-9)
    table /= np.maximum(np.linalg.norm(table, axis=0, keepdims=True), 1e-9)
    cosine = table.T @ table * (1 - np.eye(ITEMS))
    score = baselines.item_knn(*csr(lists), ITEMS)
    assert np.allclose(score(np.array([0, 4])), cosine[[0, 4]].sum(axis=0))


@quick
@given(PROFILES)
def test_ease_predicts_each_item_from_the_others(lists):
    """EASE's weights are the ridge regression of each item on all others."""
    table = np.array([[float(i in row) for i in range(ITEMS)] for row in lists])
    score = baselines.ease(*csr(lists), ITEMS, 5.0)
    for target in range(ITEMS):
        others = np.delete(np.arange(ITEMS), target)
        square = table[:, others].T @ table[:, others] + 5.0 * np.eye(ITEMS - 1)
        weights = np.linalg.solve(square, table[:, others].T @ table[:, target])
        assert np.allclose([score(np.array([o]))[target] for o in others], weights)


def test_a_baseline_is_judged_at_its_best_strength():
    """The strength with the best nDCG wins; of equal ones the gentler."""
    cases = cases_of(([0], 1))
    perfect, blind = np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0])
    best = baselines.best_strength(lambda s: lambda _: perfect if s >= 10 else blind, cases, (5, 10, 20))
    assert best == (10, 1.0)
