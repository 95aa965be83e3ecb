"""What `cooccurrence`, `recipes`, `weights`, `folds` and `neighbourhoods` promise."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import folds, neighbourhoods, recipes, weights
from recommender.cooccurrence import Cooccurrence, Recipe
from recommender.errors import InputError, NotFittedError

ITEMS = 12
PROFILES = st.lists(st.lists(st.integers(0, ITEMS - 1), max_size=6), min_size=1, max_size=30)
HELD = st.lists(st.integers(0, ITEMS - 1), max_size=6)
quick = settings(max_examples=40, deadline=None, derandomize=True)


def csr(lists):
    """Lists as CSR arrays."""
    return np.cumsum([0, *map(len, lists)]), np.array([i for row in lists for i in row], dtype=np.int64)


def trades(lists=300, seed=1):
    """A small world with a known answer: three trades of four items; people of a trade hold two to four of its items."""
    rng = np.random.default_rng(seed)
    return [(4 * rng.integers(3) + rng.permutation(4)[: rng.integers(2, 5)]).tolist() for _ in range(lists)]


def fitted(lists, **recipe):
    """A model of the default recipe, changed as said."""
    return Cooccurrence(recipe=replace(Recipe(), **recipe)).fit(*csr(lists), ITEMS)


def companions(model, held):
    """The three items that go best with one."""
    scores = model.scores([held])
    scores[held] = -np.inf
    return set(np.argsort(-scores)[:3].tolist())


# -- the model ----------------------------------------------------------------------------------------------------


def test_the_rest_of_the_trade_comes_first():
    """In a world of three trades, whoever holds one item is told the other three of its trade first."""
    model = Cooccurrence().fit(*csr(trades()), ITEMS)
    for held in range(ITEMS):
        assert {item // 4 for item in companions(model, held)} == {held // 4}


@quick
@given(PROFILES, HELD)
def test_contributions_and_bias_sum_to_the_scores_exactly(lists, held):
    """For any lists and any profile, the parts add up to the score without rounding, forwards and backwards."""
    model = fitted(lists * 2, pairs=2.0)
    parts = model.contributions(held)
    assert parts.shape == (len(set(held)), ITEMS)
    assert np.array_equal(parts.sum(axis=0) + model.bias_, model.scores(held))
    assert np.array_equal(parts[::-1].sum(axis=0) + model.bias_, model.scores(held))


@quick
@given(PROFILES, HELD)
def test_order_and_repeats_do_not_matter(lists, held):
    """Shuffling lists, items or the profile, or naming an item twice, changes nothing."""
    model = fitted(lists)
    again = fitted([[*row[::-1], *row[:1]] for row in lists[::-1]])
    assert np.array_equal(model.scores(held), again.scores([*held[::-1], *held[:1]]))


@quick
@given(PROFILES)
def test_what_is_learned_is_finite(lists):
    """Whatever the lists (empty ones, one item only, items nobody holds), scores are finite numbers."""
    scores = Cooccurrence().fit(*csr(lists), ITEMS).scores([0, 1])
    assert scores.shape == (ITEMS,)
    assert scores.dtype == np.float64
    assert np.isfinite(scores).all()


def test_state_round_trip_is_bit_equal():
    """`from_state(state())` has the same arrays to the bit, the same recipe, and gives the same scores."""
    model = Cooccurrence().fit(*csr(trades()), ITEMS)
    again = Cooccurrence.from_state(model.state())
    for name, array in model.state().items():
        assert array.dtype == again.state()[name].dtype
        assert array.tobytes() == again.state()[name].tobytes()
    assert again.recipe_ == model.recipe_
    assert np.array_equal(model.scores([0, 5]), again.scores([0, 5]))


def test_fitting_twice_gives_the_same_bytes():
    """The fit depends on its input alone."""
    one, two = (Cooccurrence().fit(*csr(trades()), ITEMS).state() for _ in range(2))
    assert all(one[name].tobytes() == two[name].tobytes() for name in one)


def test_an_empty_profile_is_ordered_by_popularity():
    """With nothing held, what most lists hold comes first, and nothing contributes."""
    model = fitted([[0, 1], [0, 2], [0, 1], [3, 0]])
    assert np.array_equal(model.scores([]), model.bias_)
    assert np.argmax(model.scores([])) == 0
    assert model.contributions([]).shape == (0, ITEMS)


def test_unfitted_and_foreign_numbers_are_refused():
    """Before `fit` there is `NotFittedError`; numbers outside the vocabulary are an `InputError` that names the range."""
    for call in (Cooccurrence().state, lambda: Cooccurrence().scores([0]), lambda: Cooccurrence().contributions([0])):
        with pytest.raises(NotFittedError):
            call()
    with pytest.raises(InputError, match="0 to 11"):
        fitted(trades()).scores([ITEMS])


@pytest.mark.parametrize(
    ("indptr", "indices"), [([0, 3], [0, 1]), ([], []), ([0, 2, 1], [0, 1]), ([0, 1], [ITEMS]), ([0, 1], [-1])]
)
def test_arrays_that_are_no_lists_are_refused(indptr, indices):
    """Arrays that do not cut into lists of known items are an `InputError`."""
    with pytest.raises(InputError):
        Cooccurrence().fit(indptr, indices, ITEMS)


def test_a_pair_is_credited_to_both_halves():
    """What only a pair explains is in the scores of those who hold both, and half of it is each one's."""
    rng = np.random.default_rng(0)
    lists = (
        [[0, 1, 2]] * 40 + [[0, 3 + rng.integers(4)] for _ in range(40)] + [[1, 3 + rng.integers(4)] for _ in range(40)]
    )
    model = Cooccurrence(recipe=Recipe(pairs=1.0, pair_strength=5.0)).fit(*csr(lists), ITEMS)
    rows = [model.pairs_.tolist().index([0, 1])]
    together = model.contributions([0, 1])[:, 2]
    alone = np.array([model.contributions([i])[0, 2] for i in (0, 1)])
    extra = model.neighbours_.scores([ITEMS + rows[0]])[2]
    assert extra > 0
    assert (together - alone).tolist() == [extra / 2, extra / 2]


def test_fewer_neighbours_keep_the_strongest():
    """With `neighbours=k` each row keeps at most k targets, the largest of the full row."""
    full, cut = (Cooccurrence(Recipe(), k).fit(*csr(trades()), ITEMS).neighbours_ for k in (400, 2))
    for row in range(len(full)):
        kept, whole = cut.scores([row]), np.abs(full.scores([row]))
        assert np.count_nonzero(kept) <= 2
        assert np.abs(kept).sum() == np.sort(whole)[-2:].sum()


# -- knowledge ----------------------------------------------------------------------------------------------------


def roles():
    """Expected co-occurrence of the three trades, as knowledge would give it."""
    p = np.kron(np.eye(3), np.full((1, 4), 0.7))
    gram = p.T @ p / 3
    np.fill_diagonal(gram, p.sum(axis=0) / 3)
    return gram


def test_knowledge_alone_knows_the_trades():
    """`fit_gram` learns from expected counts what lists would have taught."""
    assert companions(Cooccurrence().fit_gram(roles()), 5) == {4, 6, 7}


def test_a_prior_speaks_for_items_that_no_list_holds():
    """Items unseen in the lists are related through the prior, and only then."""
    lists = [row for row in trades() if max(row) < 8]
    with_prior = Cooccurrence(Recipe()).fit(*csr(lists), ITEMS, prior=roles())
    assert companions(with_prior, 8) == {9, 10, 11}
    assert not fitted(lists).contributions([8]).any()


def test_items_that_nobody_holds_change_nothing():
    """A large vocabulary of which lists hold little gives the scores of a small one: a fit costs what the lists hold."""
    small = Cooccurrence().fit(*csr(trades()), ITEMS)
    large = Cooccurrence().fit(*csr(trades()), ITEMS + 500)
    assert large.recipe_ == small.recipe_
    assert np.array_equal(large.scores([0, 5])[:ITEMS], small.scores([0, 5]))


def test_no_list_at_all_gives_a_model_that_knows_nothing():
    """With nothing to learn from, the fit still stands, and every score is the same; with a prior, the prior speaks."""
    assert np.ptp(Cooccurrence().fit([0], [], ITEMS).scores([1])) == 0
    assert companions(Cooccurrence().fit([0], [], ITEMS, prior=roles()), 5) == {4, 6, 7}


def test_a_voice_learned_before_says_the_same():
    """Knowledge learned beforehand gives the scores of knowledge learned on the spot, up to the grid."""
    voice = Cooccurrence(Recipe()).fit_gram(roles()).neighbours_
    fresh, before = (
        Cooccurrence(Recipe()).fit(*csr(trades()), ITEMS, roles(), v).contributions([5]) for v in (None, voice)
    )
    assert np.allclose(fresh, before, atol=0.01)
    with pytest.raises(InputError, match="voice"):
        Cooccurrence().fit([0, 1], [0], 1, prior=np.eye(1), voice=voice)


def test_a_prior_of_another_size_is_refused():
    """A prior must be a finite square of the items."""
    with pytest.raises(InputError, match="prior"):
        Cooccurrence().fit(*csr(trades()), ITEMS, prior=np.eye(3))
    with pytest.raises(InputError, match="prior"):
        Cooccurrence().fit(*csr(trades()), ITEMS, prior=np.full((ITEMS, ITEMS), np.nan))


# -- closed forms against slow twins ------------------------------------------------------------------------------


@quick
@given(PROFILES)
def test_counts_equal_counting_by_hand(lists):
    """Joint counts, steps, sizes and pairs are what a loop over lists counts."""
    starts, items = folds.distinct_lists(*csr(lists), ITEMS)
    counts = weights.count_lists(starts, items, ITEMS, 4)
    joint, steps = np.zeros((ITEMS, ITEMS)), np.zeros((ITEMS, ITEMS))
    for row in map(set, lists):
        for a in row:
            for b in row:
                joint[a, b] += 1
                steps[a, b] += 1 / len(row)
    assert np.array_equal(counts.together, joint)
    assert np.allclose(counts.steps, steps)
    for number, (a, b) in enumerate(counts.pairs.tolist()):
        both = [row for row in map(set, lists) if {a, b} <= row]
        assert len(both) >= weights.LEAST_PAIR
        assert counts.joint[ITEMS + number, ITEMS + number] == len(both)
        assert counts.joint[ITEMS + number, :ITEMS].tolist() == [sum(t in row for row in both) for t in range(ITEMS)]


def test_ridge_equals_regression_target_by_target():
    """Each column solves the penalised regression of its target on all features that do not hold it."""
    starts, items = folds.distinct_lists(*csr(trades()), ITEMS)
    counts = weights.count_lists(starts, items, ITEMS, 6)
    learned = weights.ridge(counts, 7.0, 0.5, 30.0)
    penalty = np.concatenate([7.0 * (counts.sizes / counts.sizes.mean()) ** 0.5, np.full(len(counts.pairs), 30.0)])
    for target in range(ITEMS):
        own = [target, *(ITEMS + np.flatnonzero((counts.pairs == target).any(axis=1)))]
        free = np.setdiff1d(np.arange(len(penalty)), own)
        square = counts.joint[np.ix_(free, free)] + np.diag(penalty[free])
        assert np.allclose(learned[free, target], np.linalg.solve(square, counts.joint[free, target]))
        assert not learned[own, target].any()


def test_without_pairs_and_exponent_the_ridge_is_ease():
    """The default of the field is a special case: EASE's own formula."""
    starts, items = folds.distinct_lists(*csr(trades()), ITEMS)
    counts = weights.count_lists(starts, items, ITEMS)
    inverse = np.linalg.inv(counts.joint + 7.0 * np.eye(ITEMS))
    expected = -inverse / np.diag(inverse)
    np.fill_diagonal(expected, 0.0)
    assert np.allclose(weights.ridge(counts, 7.0, 0.0, 1.0), expected)


@pytest.mark.parametrize("form", ["lift", "association", "walk"])
def test_forms_equal_their_formulas(form):
    """Lift, association and walk are what their docstrings say, entry by entry."""
    starts, items = folds.distinct_lists(*csr(trades(60)), ITEMS)
    counts = weights.count_lists(starts, items, ITEMS)
    size, lists = counts.sizes, counts.lists
    by_hand = {
        "lift": lambda h, t: (
            np.log(counts.joint[h, t] / (size[h] * size[t] / lists) + 5) + np.log(size[t] / (size[t] + 5))
        ),
        "association": lambda h, t: np.log((counts.joint[h, t] + 1) / (size[h] * size[t] / lists + 1)),
        "walk": lambda h, t: (counts.steps[h, t] / size[h]) ** 0.75 / size[t] ** 0.2,
    }
    learned = {
        "lift": weights.lift(counts, 5.0), "association": weights.association(counts, 1.0), "walk": weights.walk(counts, 0.75, 0.2)
    }[form]  # fmt: skip
    for h in range(ITEMS):
        for t in range(ITEMS):
            assert learned[h, t] == pytest.approx(0.0 if h == t else by_hand[form](h, t))


# -- folds --------------------------------------------------------------------------------------------------------


@quick
@given(PROFILES)
def test_folds_leak_nothing(lists):
    """No list that is judged on also trains, in whatever order its items stand; hidden items are not held."""
    starts, items = folds.distinct_lists(*csr(lists * 2), ITEMS)
    for fold in folds.inner_folds(starts, items, 2, 1, ITEMS):
        train = {tuple(fold.indices[a:b]) for a, b in zip(fold.indptr[:-1], fold.indptr[1:], strict=True)}
        for case, hidden in enumerate(fold.hidden.tolist()):
            held = fold.held_indices[fold.held_indptr[case] : fold.held_indptr[case + 1]].tolist()
            assert hidden not in held
            assert tuple(sorted([*held, hidden])) not in train


def test_a_field_changes_only_for_a_gain():
    """Coordinate search keeps the start where a gain may be chance, and finds the best value otherwise."""

    def change(setting, fields):
        return {**setting, **fields}

    noise = {0.0: np.ones(4), 1.0: np.array([4.0, 0.0, 0.0, 1.0]), 2.0: np.ones(4)}
    flat = folds.best_by_steps(lambda s: noise[s["a"]], {"a": 0.0}, [("a", [1.0, 2.0])], change, 1.0)
    hill = folds.best_by_steps(
        lambda s: np.full(4, -((s["a"] - 2) ** 2) + 9), {"a": 0.0}, [("a", [1.0, 2.0, 3.0])], change, 1.0
    )
    assert flat == ({"a": 0.0}, 1.0)
    assert hill == ({"a": 2.0}, 9.0)


def test_few_lists_get_the_default_recipe():
    """Where inner folds would be noise, nothing is chosen."""
    assert Cooccurrence().fit(*csr(trades(20)), ITEMS).recipe_ == Recipe()


def test_what_folds_score_is_what_the_blend_says():
    """The scores that choose a recipe are those of the blended weights, not of some other code path."""
    starts, items = folds.distinct_lists(*csr(trades()), ITEMS)
    (fold,) = folds.inner_folds(starts, items, 1, 1, ITEMS)
    counts = weights.count_lists(fold.indptr, fold.indices, ITEMS, Recipe().pair_limit(ITEMS))
    expected = recipes.said(fold, counts, recipes.blended(counts, Recipe()))
    scorer = recipes.FoldScores(fold, ITEMS, None)
    np.testing.assert_allclose(scorer.gains(Recipe()).mean(), folds.hidden_item_gains(expected, fold).mean(), atol=1e-3)


def test_folds_look_at_the_commonest_items(monkeypatch):
    """Where there are many items a recipe is chosen among the commonest, ties by number, and lists keep their order."""
    monkeypatch.setattr(recipes, "FOLD_ITEMS", 2)
    starts, items = np.array([0, 2, 3, 5]), np.array([0, 2, 1, 1, 2])
    ends, kept, size, none = recipes.commonest(starts, items, 3, None)
    assert (ends.tolist(), kept.tolist(), size, none) == ([0, 1, 2, 4], [1, 0, 0, 1], 2, None)
    square = weights.prior_counts(np.diag([0.5, 0.25, 0.125]))
    some = recipes.commonest(starts, items, 3, square)[3]
    assert np.diag(some.joint).tolist() == [0.25, 0.125]


# -- neighbourhoods -----------------------------------------------------------------------------------------------


def sparse_model(lists, monkeypatch):
    """A model fitted the sparse way, however few the items."""
    monkeypatch.setattr("recommender.cooccurrence.DENSE_ITEMS", 1)
    return Cooccurrence(Recipe()).fit(*csr(lists), ITEMS)


def test_neighbourhoods_know_the_trades_too(monkeypatch):
    """The sparse fit finds the known answer of the small world, and explains itself exactly."""
    model = sparse_model(trades(), monkeypatch)
    for held in range(ITEMS):
        assert {item // 4 for item in companions(model, held)} == {held // 4}
    assert np.array_equal(model.contributions([0, 5]).sum(axis=0) + model.bias_, model.scores([0, 5]))


def test_sparse_counts_equal_dense_ones(monkeypatch):
    """Counting in pieces and sparsely gives the counts of `count_lists`, without the diagonal."""
    monkeypatch.setattr(neighbourhoods, "LISTS_AT_ONCE", 7)
    starts, items = folds.distinct_lists(*csr(trades()), ITEMS)
    counts = weights.count_lists(starts, items, ITEMS)
    joint, steps, sizes = neighbourhoods.sparse_counts(starts, items, ITEMS)
    off = 1 - np.eye(ITEMS)
    assert np.array_equal(joint.toarray(), counts.joint * off)
    assert np.allclose(steps.toarray(), counts.steps * off)
    assert np.array_equal(sizes, counts.sizes)


def test_a_whole_neighbourhood_is_the_dense_ridge():
    """When the neighbourhood holds every item that is ever met, the sparse ridge equals the dense one."""
    rng = np.random.default_rng(3)
    lists = [rng.permutation(ITEMS)[:4].tolist() for _ in range(200)]
    starts, items = folds.distinct_lists(*csr(lists), ITEMS)
    counts = weights.count_lists(starts, items, ITEMS)
    assert all(counts.joint[a, b] for a, b in combinations(range(ITEMS), 2))
    joint, _, sizes = neighbourhoods.sparse_counts(starts, items, ITEMS)
    sparse = neighbourhoods.neighbourhood_ridge(joint, sizes, Recipe(strength=7.0, exponent=0.5))
    assert np.allclose(sparse.toarray(), weights.ridge(counts, 7.0, 0.5, 1.0))
