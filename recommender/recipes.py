"""Blend the closed forms of `weights` into one matrix, and choose how loudly each speaks.

A blend beats its best part because the forms err differently: measured on five kinds of lists, each form that is taken
away costs ranking somewhere (`benchmarks/`). What is loud where is chosen on inner folds of the lists that are learned
from; what inner folds cannot see, because they hide what people hold and not what they want next, is fixed here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from recommender.folds import Fold, best_by_steps, hidden_item_gains, inner_folds
from recommender.weights import (
    Counts,
    Floats,
    Numbers,
    association,
    count_lists,
    lift,
    loudness,
    pooled,
    ridge,
    rounded,
    walk,
)

__all__ = ["Recipe", "blended", "chosen_recipe", "known_weights", "with_prior"]

FEWEST_LISTS = 50  # with fewer, inner folds are noise, and the default recipe is used
FEWEST_HIDDEN = 3  # training lists that hold an item before the folds hide it: rarer ones are not learned from lists
FOLD_ITEMS = 1000  # the commonest items, which folds look at: what is chosen is about lists, and solves cost the cube
FOLD_WORK = 2.5e9  # cubed items that folds may cost in all: six for small worlds, two for 1,000 items and more
MOST_FOLDS = 6  # where folds are cheap: with few lists, each fold judges on few cases
MOST_PAIRS = 1000  # pairs as features: 500 gave nearly as much, 2,000 nothing more, and time grows with the cube
MARGIN = 1.0  # standard errors of its gain in nDCG that a departure from the default recipe must bring


@dataclass(frozen=True)
class Recipe:
    """Name what is blended, and how loudly: the defaults are medians of what was chosen on lists of five kinds.

    Attributes:
        strength, exponent, pairs, pair_strength: of `ridge`; `pairs` in pairs per item.
        lift, lift_pseudo: loudness and setting of `lift`, beside a ridge of loudness 1.
        association, association_pseudo_count: of `association`.
        walk, walk_power, walk_discount: of `walk`.
        popularity: what the logarithm of an item's count adds whatever is held; it orders what is equal otherwise.
        pseudo_lists: how many lists the prior counts for.
        knowledge: loudness of the prior as a voice of its own, beside lists (with pseudo-lists) of loudness 1.
    """

    strength: float = 20.0
    exponent: float = 0.25
    pairs: float = 4.0
    pair_strength: float = 50.0
    lift: float = 0.7
    lift_pseudo: float = 5.0
    association: float = 0.3
    association_pseudo_count: float = 3.0
    walk: float = 0.3
    walk_power: float = 1.0
    walk_discount: float = 0.2
    popularity: float = 0.01
    pseudo_lists: float = 100.0
    knowledge: float = 0.15

    def pair_limit(self, n_items: int) -> int:
        """Give how many pairs are features: so many per item, and never more than `MOST_PAIRS`."""
        return int(min(self.pairs * n_items, MOST_PAIRS))


# What is tried, in this order. The strength is chosen before pairs come in, which makes its solves eight times cheaper.
# Association and knowledge are not chosen: folds hide what people hold, and would drop what finds what they want next.
# Nor is a prior ever dropped: it is all that is known of items that no list holds.
SINGLE_STEPS: tuple[tuple[str, tuple[float, ...]], ...] = (
    ("strength", (10.0, 50.0, 100.0)),
    ("exponent", (0.0, 0.5)),
)
STEPS: tuple[tuple[str, tuple[float, ...]], ...] = (
    ("pairs", (0.0, 1.0)),
    ("walk", (0.0, 0.15, 0.5, 0.75)),
    ("lift", (0.4, 1.0, 1.5)),
)
PRIOR_STEPS: tuple[tuple[str, tuple[float, ...]], ...] = (("pseudo_lists", (300.0,)),)

FORMS: Mapping[str, Callable[..., Floats]] = {"ridge": ridge, "lift": lift, "association": association, "walk": walk}


def parts(recipe: Recipe) -> tuple[tuple[str, float, tuple[float, ...]], ...]:
    """Spell a recipe out: form, loudness, settings."""
    return (
        ("ridge", 1.0, (recipe.strength, recipe.exponent, recipe.pair_strength)),
        ("lift", recipe.lift, (recipe.lift_pseudo,)),
        ("association", recipe.association, (recipe.association_pseudo_count,)),
        ("walk", recipe.walk, (recipe.walk_power, recipe.walk_discount)),
    )


def blended(counts: Counts, recipe: Recipe) -> Floats:
    """Blend the forms of `recipe` into weights: (features, items) float64, loudness about 1."""
    weights = np.zeros((len(counts.joint), counts.items))
    for form, loud, settings in parts(recipe):
        if loud:
            part = FORMS[form](counts, *settings)
            weights[: len(part)] += part * (loud / loudness(part, counts))
    return weights


def known_weights(prior: Counts, recipe: Recipe) -> Floats:
    """Blend the forms of the prior alone: (items, items) float64, loudness 1."""
    weights = blended(prior, recipe)
    return weights / loudness(weights, prior)


def with_prior(counts: Counts, prior: Counts | None, recipe: Recipe) -> Counts:
    """Add the prior as the recipe says, if there is one."""
    return counts if prior is None or not recipe.pseudo_lists else pooled(counts, prior, recipe.pseudo_lists)


class FoldScores:
    """Score the cases of one inner fold by any recipe, solving each form once."""

    def __init__(self, fold: Fold, n_items: int, prior: Counts | None) -> None:
        self.fold, self.n_items, self.prior = fold, n_items, prior
        self.solved: dict[tuple[object, ...], npt.NDArray[np.float32]] = {}
        self.counted: dict[int, Counts] = {}
        self.latest: tuple[tuple[int, float], Counts] | None = None

    def gains(self, recipe: Recipe) -> Floats:
        """Measure nDCG@10 of each hidden item by this recipe: (cases,) float64."""
        total = np.zeros((len(self.fold.hidden), self.n_items), dtype=np.float32)
        for form, loud, settings in parts(recipe):
            if loud:
                total += np.float32(loud) * self.part(recipe, form, settings)
        return hidden_item_gains(total, self.fold)

    def part(self, recipe: Recipe, form: str, settings: tuple[float, ...]) -> npt.NDArray[np.float32]:
        """Give what one form alone says of all cases, (cases, items), equally loud whatever the form."""
        limit = recipe.pair_limit(self.n_items) if form == "ridge" else 0
        key = (form, *settings, limit, recipe.pseudo_lists)
        if key not in self.solved:
            counts = self.counts(limit, recipe)
            weights = FORMS[form](counts, *settings)
            self.solved[key] = said(self.fold, counts, weights / loudness(weights, counts))
        return self.solved[key]

    def counts(self, limit: int, recipe: Recipe) -> Counts:
        """Count the training lists with so many pairs, and the prior; the latest is kept, as forms ask in turn."""
        if limit not in self.counted:
            self.counted[limit] = count_lists(self.fold.indptr, self.fold.indices, self.n_items, limit)
        asked = (limit, recipe.pseudo_lists)
        if self.latest is None or self.latest[0] != asked:
            self.latest = (asked, rounded(with_prior(self.counted[limit], self.prior, recipe)))
        return self.latest[1]


def said(fold: Fold, counts: Counts, weights: Floats) -> npt.NDArray[np.float32]:
    """Add up the rows of `weights` that each case of a fold holds, pairs included."""
    from scipy.sparse import csr_array, hstack

    shape = (len(fold.hidden), counts.items)
    held = csr_array((np.ones(len(fold.held_indices)), fold.held_indices, fold.held_indptr), shape=shape)
    if len(weights) > counts.items:
        columns = held.tocsc()
        held = hstack([held, columns[:, counts.pairs[:, 0]] * columns[:, counts.pairs[:, 1]]], format="csr")
    return np.asarray(held @ weights, dtype=np.float32)


def commonest(
    indptr: Numbers, indices: Numbers, n_items: int, prior: Counts | None
) -> tuple[Numbers, Numbers, int, Counts | None]:
    """Leave out of lists and prior all but the `FOLD_ITEMS` commonest items; ties by number."""
    if n_items <= FOLD_ITEMS:
        return indptr, indices, n_items, prior
    kept = np.sort(np.argsort(-np.bincount(indices, minlength=n_items), kind="stable")[:FOLD_ITEMS])
    place = np.full(n_items, -1, dtype=np.int64)
    place[kept] = np.arange(FOLD_ITEMS)
    moved = place[indices]
    ends = np.concatenate([[0], np.cumsum(moved >= 0)])[indptr]
    square = np.ix_(kept, kept)
    some = prior and Counts(prior.joint[square], prior.steps[square], prior.lists, prior.pairs)
    return ends, moved[moved >= 0], FOLD_ITEMS, some


def chosen_recipe(indptr: Numbers, indices: Numbers, n_items: int, prior: Counts | None) -> Recipe:
    """Choose a recipe on inner folds of the lists given, one ingredient after the other."""
    if len(indptr) - 1 < FEWEST_LISTS:
        return Recipe()
    indptr, indices, n_items, prior = commonest(indptr, indices, n_items, prior)
    count = int(np.clip(FOLD_WORK / max(n_items, 1) ** 3, 1, MOST_FOLDS))
    folds = [fold for fold in inner_folds(indptr, indices, count, FEWEST_HIDDEN, n_items) if len(fold.hidden)]
    if not folds:
        return Recipe()
    scorers = [FoldScores(fold, n_items, prior) for fold in folds]

    def gains(recipe: Recipe) -> Floats:
        return np.concatenate([scorer.gains(recipe) for scorer in scorers])

    def change(recipe: Recipe, fields: Mapping[str, float]) -> Recipe:
        return replace(recipe, **fields)

    steps = SINGLE_STEPS if prior is None else PRIOR_STEPS + SINGLE_STEPS
    alone = best_by_steps(gains, replace(Recipe(), pairs=0.0), steps, change, MARGIN)[0]
    return best_by_steps(gains, replace(alone, pairs=Recipe().pairs), STEPS, change, MARGIN)[0]
