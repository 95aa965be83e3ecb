"""Learn from lists which items go together, and score what should stand beside the held ones.

The model is additive: a target's score is its bias, plus what each held item adds, plus what pairs of held items add,
half of it credited to each of the two. So a score explains itself exactly: all stored numbers are multiples of one power
of two, and sums of them carry no rounding, in whatever order they are taken.

The weights blend three closed forms of the same counts (see `weights`). How loudly each speaks is chosen on inner folds
(see `folds`) that hide one item of a list at a time, as the model will be used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import InputError, NotFittedError
from .folds import Fold, best_by_steps, distinct_lists, hidden_item_ndcg, inner_folds
from .weights import Counts, Floats, Numbers, association, count_lists, lift, loudness, pooled, prior_counts, ridge, walk

__all__ = ["Cooccurrence", "Recipe"]

GRID = 2.0**-14  # stored weights are multiples of it (rms 1): far above the last bits in which processors differ, far
# below what ranks see; float32 then adds up to 512 without rounding
FEWEST_LISTS = 50  # with fewer, inner folds are noise, and the default recipe is used
FEWEST_HIDDEN = 3  # training lists that hold an item before the folds hide it: rarer ones are not learned from lists
FOLD_WORK = 4e9  # cubed items a fold may cost in all: many folds for small worlds, one for 2,000 items and more
MOST_FOLDS = 6  # where folds are cheap: with few lists, each fold judges on few cases
MOST_PAIRS = 1000  # pairs as features: 500 gave nearly the same, 2,000 nothing more (nDCG of inner folds), time grows
MARGIN = 0.001  # relative gain in nDCG that a departure from the default recipe must bring
PRIOR_LISTS = 2000.0  # lists that a prior stands for when there is nothing else: the ridge then trusts it


@dataclass(frozen=True)
class Recipe:
    """Name what is blended, and how loudly: the defaults are medians of what was chosen on lists of five kinds."""

    strength: float = 20.0
    exponent: float = 0.5
    pairs: float = 1.0
    pair_strength: float = 50.0
    lift: float = 0.7
    lift_pseudo_count: float = 5.0
    association: float = 0.3
    association_pseudo_count: float = 1.0
    walk: float = 0.5
    walk_power: float = 0.75
    walk_discount: float = 0.2
    popularity: float = 0.01
    pseudo_lists: float = 0.0

    def pair_limit(self, n_items: int) -> int:
        """Give how many pairs are features: so many per item, and never more than `MOST_PAIRS`."""
        return int(min(self.pairs * n_items, MOST_PAIRS))


# What is tried, in this order. The strength is chosen before pairs come in, which makes its solves eight times cheaper.
# The association is not chosen: inner folds hide what people hold, and would drop what finds what they want next.
STEPS: tuple[tuple[str, tuple[float, ...]], ...] = (
    ("strength", (5.0, 10.0, 20.0, 50.0, 100.0)),
    ("exponent", (0.0, 0.5, 1.0)),
    ("pairs", (1.0, 2.0)),
    ("walk", (0.0, 0.15, 0.3, 0.5, 0.75, 1.0)),
    ("lift", (0.4, 0.7, 1.0, 1.5)),
)
PRIOR_STEPS: tuple[tuple[str, tuple[float, ...]], ...] = (("pseudo_lists", (0.0, 30.0, 100.0, 300.0, 1000.0)),)


class Cooccurrence:
    """Learn which items go together; score, and say which held item gave what.

    Args:
        recipe: what to blend; None chooses by inner folds (and the default with fewer than `FEWEST_LISTS` lists).
        neighbours: how many targets each held item (or pair) keeps, strongest first; None keeps all.

    Attributes:
        pairs_: (pairs, 2) int32, the pairs that count as evidence of their own.
        indptr_, indices_, values_: the weights as sparse rows, items then pairs: int64, int32, float32.
        bias_: (items,) float32, what each target scores beside an empty list.
        recipe_: the `Recipe` used.

    >>> model = Cooccurrence(recipe=Recipe()).fit([0, 2, 4, 6], [0, 1, 0, 1, 2, 3], 4)
    >>> int(np.argmax(model.scores([2])))
    3
    """

    def __init__(self, recipe: Recipe | None = None, neighbours: int | None = None) -> None:
        self.recipe = recipe
        self.neighbours = neighbours

    def fit(
        self, indptr: npt.ArrayLike, indices: npt.ArrayLike, n_items: int, prior: npt.ArrayLike | None = None
    ) -> Cooccurrence:
        """Learn from lists: `indices[indptr[i]:indptr[i + 1]]` are the items of list `i`, each below `n_items`.

        Args:
            indptr: (lists + 1,) integers, where each list begins and ends.
            indices: the items of all lists, one after the other; repeats inside a list count once.
            n_items: how many items there are, also those that no list holds.
            prior: (items, items) expected co-occurrence per list; added as pseudo-lists, how many is chosen.

        Raises:
            InputError: the arrays are no lists of items below `n_items`.
        """
        starts, items = distinct_lists(indptr, indices, n_items)
        known = None if prior is None else prior_counts(prior)
        recipe = self.recipe or chosen_recipe(starts, items, n_items, known)
        counts = count_lists(starts, items, n_items, recipe.pair_limit(n_items))
        return self._learn(with_prior(counts, known, recipe), recipe)

    def fit_gram(self, gram: npt.ArrayLike) -> Cooccurrence:
        """Learn from expected co-occurrence alone, when there are no lists: `gram` as the `prior` of `fit`."""
        recipe = self.recipe or Recipe()
        recipe = replace(recipe, pseudo_lists=recipe.pseudo_lists or PRIOR_LISTS)
        prior = prior_counts(gram)
        nothing = Counts(np.zeros_like(prior.joint), np.zeros_like(prior.steps), 0.0, prior.pairs)
        return self._learn(pooled(nothing, prior, recipe.pseudo_lists), recipe)

    def _learn(self, counts: Counts, recipe: Recipe) -> Cooccurrence:
        weights, bias = blended(counts, recipe)
        weights[: counts.items] = on_grid(weights[: counts.items], GRID)
        weights[counts.items :] = on_grid(weights[counts.items :], 2 * GRID)  # the half of a pair is on the grid too
        self.indptr_, self.indices_, self.values_ = strongest(weights, self.neighbours)
        self.pairs_ = counts.pairs.astype(np.int32)
        self.bias_ = on_grid(bias, GRID).astype(np.float32)
        self.recipe_ = recipe
        return self

    def contributions(self, held: npt.ArrayLike) -> Floats:
        """Give what each held item adds to each target: (distinct held, items) float64, in ascending order of items.

        The rows and `bias_` add up to `scores` exactly.
        """
        numbers = self._numbers(held)
        rows = np.zeros((len(numbers), len(self.bias_)))
        for row, number in enumerate(numbers.tolist()):
            self._add(rows[row], number, 1.0)
        for pair in self._pairs_held(numbers).tolist():
            for row in np.searchsorted(numbers, self.pairs_[pair]).tolist():
                self._add(rows[row], len(self.bias_) + pair, 0.5)
        return rows

    def scores(self, held: npt.ArrayLike) -> Floats:
        """Score every item beside the held ones: (items,) float64, held items included; higher fits better."""
        numbers = self._numbers(held)
        totals = self.bias_.astype(np.float64)
        for number in [*numbers.tolist(), *(len(self.bias_) + self._pairs_held(numbers)).tolist()]:
            self._add(totals, number, 1.0)
        return totals

    def evidence(self, held: npt.ArrayLike) -> Numbers:
        """Give the rows of the weights that speak for a profile: its items, then its pairs, ascending."""
        numbers = self._numbers(held)
        return np.concatenate([numbers, len(self.bias_) + self._pairs_held(numbers)])

    def _add(self, totals: Floats, row: int, share: float) -> None:
        part = slice(int(self.indptr_[row]), int(self.indptr_[row + 1]))
        totals[self.indices_[part]] += share * self.values_[part]

    def _pairs_held(self, numbers: Numbers) -> Numbers:
        mask = np.zeros(len(self.bias_), dtype=bool)
        mask[numbers] = True
        return np.flatnonzero(mask[self.pairs_[:, 0]] & mask[self.pairs_[:, 1]])

    def _numbers(self, held: npt.ArrayLike) -> Numbers:
        if not hasattr(self, "bias_"):
            raise NotFittedError("Cooccurrence was used before it learned anything. Call fit or from_state first.")
        numbers = np.unique(np.asarray(held, dtype=np.int64).reshape(-1))
        if len(numbers) and (numbers[0] < 0 or numbers[-1] >= len(self.bias_)):
            raise InputError(
                f"held items run from {numbers[0]} to {numbers[-1]}, the model knows 0 to {len(self.bias_) - 1}. "
                "Pass numbers of the vocabulary that the model was fitted with."
            )
        return numbers

    def state(self) -> dict[str, npt.NDArray[Any]]:
        """Give the learned arrays by name, ready to be stored; `from_state` takes them back bit-equal."""
        if not hasattr(self, "bias_"):
            raise NotFittedError("Cooccurrence was used before it learned anything. Call fit or from_state first.")
        return {
            "indptr": self.indptr_,
            "indices": self.indices_,
            "values": self.values_,
            "pairs": self.pairs_,
            "bias": self.bias_,
            "recipe": np.array(astuple(self.recipe_), dtype=np.float64),
        }

    @classmethod
    def from_state(cls, state: Mapping[str, npt.NDArray[Any]]) -> Cooccurrence:
        """Build a fitted model from what `state` gave; the arrays are kept as they are, memory-mapped ones too."""
        recipe = Recipe(*state["recipe"].tolist())
        model = cls(recipe=recipe)
        model.indptr_, model.indices_, model.values_ = state["indptr"], state["indices"], state["values"]
        model.pairs_, model.bias_, model.recipe_ = state["pairs"], state["bias"], recipe
        return model


def blended(counts: Counts, recipe: Recipe) -> tuple[Floats, Floats]:
    """Blend the forms of `recipe` into weights (features, items) and a bias per item (items,)."""
    weights = ridge(counts, recipe.strength, recipe.exponent, recipe.pair_strength)
    weights /= loudness(weights, counts)
    forms: tuple[tuple[float, Callable[[], Floats]], ...] = (
        (recipe.lift, lambda: lift(counts, recipe.lift_pseudo_count)),
        (recipe.association, lambda: association(counts, recipe.association_pseudo_count)),
        (recipe.walk, lambda: walk(counts, recipe.walk_power, recipe.walk_discount)),
    )
    for loud, form in forms:
        if loud:
            part = form()
            weights[: counts.items] += part * (loud / loudness(part, counts))
    return weights, recipe.popularity * np.log(counts.sizes)


def on_grid(values: Floats, grid: float) -> Floats:
    """Round to multiples of `grid`, a power of two, so that sums are exact."""
    return np.rint(values / grid) * grid


def strongest(
    weights: Floats, keep: int | None
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.float32]]:
    """Keep the `keep` largest weights (by size, ties by number) of each row as sparse rows, columns ascending."""
    columns = []
    for row in weights:
        found = np.flatnonzero(row)
        if keep is not None and len(found) > keep:
            found = np.sort(found[np.argsort(-np.abs(row[found]), kind="stable")[:keep]])
        columns.append(found.astype(np.int32))
    starts = np.concatenate([[0], np.cumsum([len(found) for found in columns])]).astype(np.int64)
    values = [row[found].astype(np.float32) for row, found in zip(weights, columns, strict=True)]
    nothing = np.zeros(0)
    return starts, np.concatenate([*columns, nothing]).astype(np.int32), np.concatenate([*values, nothing]).astype(np.float32)


def with_prior(counts: Counts, prior: Counts | None, recipe: Recipe) -> Counts:
    """Add the prior as the recipe says, if there is one."""
    return counts if prior is None or not recipe.pseudo_lists else pooled(counts, prior, recipe.pseudo_lists)


FORMS: Mapping[str, Callable[..., Floats]] = {"ridge": ridge, "lift": lift, "association": association, "walk": walk}


class FoldScores:
    """Score the cases of one inner fold by any recipe, solving each form once."""

    def __init__(self, fold: Fold, n_items: int, prior: Counts | None) -> None:
        self.fold, self.n_items, self.prior = fold, n_items, prior
        self.solved: dict[tuple[str | float, ...], npt.NDArray[np.float32]] = {}
        self.counted: dict[int, Counts] = {}

    def merit(self, recipe: Recipe) -> float:
        """Measure nDCG@10 of the hidden items by this recipe."""
        total = self.part(recipe, "ridge", (recipe.strength, recipe.exponent, recipe.pair_strength), recipe.pairs)
        total = total + np.float32(recipe.lift) * self.part(recipe, "lift", (recipe.lift_pseudo_count,), 0.0)
        settings = (recipe.association_pseudo_count,)
        total += np.float32(recipe.association) * self.part(recipe, "association", settings, 0.0)
        total += np.float32(recipe.walk) * self.part(recipe, "walk", (recipe.walk_power, recipe.walk_discount), 0.0)
        return hidden_item_ndcg(total, self.fold)

    def part(self, recipe: Recipe, form: str, settings: tuple[float, ...], pairs: float) -> npt.NDArray[np.float32]:
        """Give what one form alone says of all cases, (cases, items), equally loud whatever the form."""
        key = (form, *settings, replace(recipe, pairs=pairs).pair_limit(self.n_items), recipe.pseudo_lists)
        if key not in self.solved:
            counts = self.counts(recipe, replace(recipe, pairs=pairs).pair_limit(self.n_items))
            weights = FORMS[form](counts, *settings)
            self.solved[key] = said(self.fold, counts, weights / loudness(weights, counts))
        return self.solved[key]

    def counts(self, recipe: Recipe, most_pairs: int) -> Counts:
        """Count the training lists of the fold, prior included."""
        if most_pairs not in self.counted:
            self.counted[most_pairs] = count_lists(self.fold.indptr, self.fold.indices, self.n_items, most_pairs)
        return with_prior(self.counted[most_pairs], self.prior, recipe)


def said(fold: Fold, counts: Counts, weights: Floats) -> npt.NDArray[np.float32]:
    """Add up the rows of `weights` that each case of a fold holds, pairs included."""
    from scipy.sparse import csr_array, hstack

    shape = (len(fold.hidden), counts.items)
    held = csr_array((np.ones(len(fold.held_indices)), fold.held_indices, fold.held_indptr), shape=shape)
    if len(weights) > counts.items:
        columns = held.tocsc()
        held = hstack([held, columns[:, counts.pairs[:, 0]] * columns[:, counts.pairs[:, 1]]], format="csr")
    return np.asarray(held @ weights, dtype=np.float32)


def chosen_recipe(indptr: Numbers, indices: Numbers, n_items: int, prior: Counts | None) -> Recipe:
    """Choose a recipe on inner folds of the lists given, one ingredient after the other."""
    if len(indptr) - 1 < FEWEST_LISTS:
        return Recipe()
    count = int(np.clip(FOLD_WORK / max(n_items, 1) ** 3, 1, MOST_FOLDS))
    folds = [f for f in inner_folds(indptr, indices, count, FEWEST_HIDDEN, n_items) if len(f.hidden)]
    if not folds:
        return Recipe()
    scorers = [FoldScores(fold, n_items, prior) for fold in folds]

    def merit(recipe: Recipe) -> float:
        return float(np.mean([scorer.merit(recipe) for scorer in scorers]))

    def change(recipe: Recipe, fields: Mapping[str, float]) -> Recipe:
        return replace(recipe, **fields)

    steps = STEPS if prior is None else PRIOR_STEPS + STEPS + PRIOR_STEPS
    best, _ = best_by_steps(merit, replace(Recipe(), pairs=0.0), steps, change, MARGIN)
    return best
