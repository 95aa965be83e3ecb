"""Learn from lists which items go together, and score what should stand beside the held ones.

The model is additive: a target's score is its bias, plus what each held item adds, plus what pairs of held items add,
half of it credited to each of the two. So a score explains itself exactly: all stored numbers are multiples of one
power of two (see `fixedpoint`), and sums of them carry no rounding, in whatever order they are taken.

How the weights come about is `recipes` (a blend of closed forms) up to `DENSE_ITEMS` items that lists hold, and
`neighbourhoods` above, where a square of all of them would no longer fit. Items that no list holds cost next to
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender import fixedpoint
from recommender.errors import InputError, NotFittedError
from recommender.folds import distinct_lists
from recommender.neighbours import Neighbours
from recommender.parameters import Parameters
from recommender.recipes import Recipe, blended, chosen_recipe, known_weights, with_prior
from recommender.weights import LEAST_COUNT, Counts, Floats, Numbers, count_lists, loudness, prior_counts

__all__ = ["Cooccurrence", "Recipe"]

_EMPTY_ROW = (np.zeros(0, np.int32), np.zeros(0, np.int16))
DENSE_ITEMS = 6000  # squares of all items are then 288 MB each, five at a time, and a fit takes 24 s and 2.3 GB
MOST_NEIGHBOURS = 400  # targets kept per held item: 200 lost up to .3 % of nDCG, 50 up to 3 %
LOUD = 0.125  # loudness of the stored weights: int16 on the grid then holds 64 times that; 30 times was seen
ROWS_AT_ONCE = 1024  # rows of weights rounded in one go
PRIOR_LISTS = 2000.0  # lists that a prior stands for when there is nothing else


class Cooccurrence(Parameters):
    """Learn which items go together; score, and say which held item gave what.

    Args:
        recipe: what to blend; None chooses by inner folds.
        neighbours: how many targets each held item (or pair) keeps, strongest first.

    Attributes:
        neighbours_: `Neighbours` of the items, then of the pairs: what each adds to each target.
        pairs_: (pairs, 2) int32, the pairs that count as evidence of their own.
        bias_: (items,) float64, what each target scores beside an empty list.
        recipe_: the `Recipe` used.

    >>> model = Cooccurrence(recipe=Recipe()).fit([0, 2, 4, 6], [0, 1, 0, 1, 2, 3], 4)
    >>> int(np.argmax(model.scores([2])))
    3
    """

    def __init__(self, recipe: Recipe | None = None, neighbours: int = MOST_NEIGHBOURS) -> None:
        self.recipe = recipe
        self.neighbours = neighbours

    def fit(
        self,
        indptr: npt.ArrayLike,
        indices: npt.ArrayLike,
        n_items: int,
        prior: npt.ArrayLike | None = None,
        voice: Neighbours | None = None,
    ) -> Cooccurrence:
        """Learn from lists: `indices[indptr[i]:indptr[i + 1]]` are the items of list `i`, each below `n_items`.

        Args:
            indptr: (lists + 1,) integers, where each list begins and ends.
            indices: the items of all lists, one after the other; repeats inside a list count once.
            n_items: how many items there are, also those that no list holds.
            prior: (items, items) expected co-occurrence per list, from knowledge: `sum of pi * p * p'` over kinds of
                lists of share `pi` that hold items with probabilities `p`, and `sum of pi * p` on the diagonal. It
                counts as pseudo-lists and speaks beside the lists. Above `DENSE_ITEMS` items in lists it is not used.
            voice: what the prior says alone, where it was learned before (`fit_gram(prior).neighbours_`) for the first
                items; without it, it is learned here, which takes seconds for thousands of items.

        Raises:
            InputError: the arrays are no lists of items below `n_items`, or prior or voice are not of that size.
        """
        starts, items = distinct_lists(indptr, indices, n_items)
        square = None if prior is None else checked_prior(prior, n_items)
        seen, near = np.unique(items, return_inverse=True)
        if len(seen) > DENSE_ITEMS:
            return self._fit_sparse(starts, items, n_items)
        known = None if square is None else prior_counts(square[np.ix_(seen, seen)])
        recipe = self.recipe or chosen_recipe(starts, near, len(seen), known)
        counts = count_lists(starts, near, len(seen), recipe.pair_limit(len(seen)))
        weights = blended(with_prior(counts, known, recipe), recipe) if len(seen) else np.zeros((0, 0))
        whole = np.zeros((n_items + len(counts.pairs), n_items), dtype=np.float32)
        loud = loudness(weights, counts) if len(seen) else 1.0
        whole[np.ix_([*seen, *range(n_items, len(whole))], seen)] = weights / loud
        if known is not None and square is not None and voice is not None:
            add_voice(whole, voice, seen, known, recipe)
        elif square is not None:
            add_known(whole, square, recipe, recipe.knowledge)
        sizes = np.bincount(items, minlength=n_items)
        return self._learn(whole, seen[counts.pairs].reshape(-1, 2), sizes, recipe)

    def fit_gram(self, gram: npt.ArrayLike) -> Cooccurrence:
        """Learn from expected co-occurrence alone, when there are no lists: `gram` as the `prior` of `fit`.

        Raises:
            InputError: `gram` is no square.
        """
        recipe = replace(self.recipe or Recipe(), pseudo_lists=PRIOR_LISTS, knowledge=1.0)
        square = checked_prior(gram, len(np.asarray(gram)))
        whole = np.zeros(square.shape, dtype=np.float32)
        add_known(whole, square, recipe, 1.0)
        return self._learn(whole, np.zeros((0, 2), np.int64), PRIOR_LISTS * np.diag(square), recipe)

    def _fit_sparse(self, indptr: Numbers, indices: Numbers, n_items: int) -> Cooccurrence:
        from recommender.neighbourhoods import neighbourhood_rows

        recipe = replace(self.recipe or Recipe(), pairs=0.0, knowledge=0.0, pseudo_lists=0.0)
        parts, sizes = neighbourhood_rows(indptr, indices, n_items, recipe, self.neighbours, LOUD)
        return self._keep(Neighbours.stacked(parts), np.zeros((0, 2), np.int32), sizes, recipe)

    def _learn(
        self, whole: npt.NDArray[np.float32], pairs: Numbers, sizes: npt.NDArray[Any], recipe: Recipe
    ) -> Cooccurrence:
        """Round and keep the strongest, in blocks of rows so that the square is not copied."""
        parts = []
        for first in range(0, len(whole), ROWS_AT_ONCE):
            block = whole[first : first + ROWS_AT_ONCE] * np.float64(LOUD)
            pair_rows = block[max(whole.shape[1] - first, 0) :]
            pair_rows[:] = fixedpoint.on_grid(pair_rows, 2 * fixedpoint.WEIGHT_STEP)  # halves are on the grid too
            parts.append(strongest_rows(block, self.neighbours))
        return self._keep(Neighbours.stacked(parts), pairs.astype(np.int32), np.maximum(sizes, LEAST_COUNT), recipe)

    def _keep(
        self, neighbours: Neighbours, pairs: npt.NDArray[np.int32], sizes: Floats, recipe: Recipe
    ) -> Cooccurrence:
        self.neighbours_, self.pairs_, self.recipe_ = neighbours, pairs, recipe
        self.bias_ = fixedpoint.on_grid(recipe.popularity * LOUD * np.log(sizes), fixedpoint.WEIGHT_STEP)
        return self

    def scores(self, held: npt.ArrayLike) -> Floats:
        """Score every item beside the held ones: (items,) float64, held items included; higher fits better."""
        items = len(self._fitted().bias_)
        totals: Floats = self.neighbours_.scores(self.evidence(held).tolist())[:items] + self.bias_
        return totals

    def contributions(self, held: npt.ArrayLike) -> Floats:
        """Give what each held item adds to each target: (distinct held, items) float64, in ascending order of items.

        The rows and `bias_` add up to `scores` exactly; of what a pair adds, each of the two is credited with half.
        """
        numbers, items = self._numbers(held), len(self.bias_)
        rows = np.stack([self._row(number) for number in numbers.tolist()] or [np.zeros(0)]).reshape(-1, items)
        for pair in self._pairs_held(numbers).tolist():
            rows[np.searchsorted(numbers, self.pairs_[pair])] += self._row(items + pair) / 2
        return rows

    def evidence(self, held: npt.ArrayLike) -> Numbers:
        """Give the rows of `neighbours_` that speak for a profile: its items, then (items + number) its pairs."""
        numbers = self._numbers(held)
        return np.concatenate([numbers, len(self.bias_) + self._pairs_held(numbers)])

    def widened(
        self, numbers: Numbers, size: int, others: Neighbours
    ) -> tuple[Neighbours, npt.NDArray[np.int32], Floats]:
        """Return neighbours, pairs and bias for a larger world: item ``i`` becomes ``numbers[i]`` of ``size``.

        Items that this world does not hold speak, and are spoken for, as in ``others`` (the rows of its first items),
        as quietly as knowledge speaks beside lists; they have the bias of the quietest item. Rows of pairs follow.
        """
        moved = np.asarray(numbers, np.int32)
        known = len(self._fitted().bias_)
        place = {int(number): at for at, number in enumerate(moved)}
        own = [(moved[indices], steps) for indices, steps in map(self.neighbours_.row, range(known + len(self.pairs_)))]
        absent = np.ones(size, np.bool_)
        absent[moved] = False
        rows = []
        for item in range(size):
            told = _quieter(*others.row(item), self.recipe_.knowledge) if item < len(others) else _EMPTY_ROW
            if item in place:
                beyond = absent[told[0]]
                (indices, steps) = own[place[item]]
                told = np.concatenate([indices, told[0][beyond]]), np.concatenate([steps, told[1][beyond]])
            rows.append(told)
        rows += own[known:]
        bias = np.full(size, self.bias_.min(initial=0.0))
        bias[moved] = self.bias_
        return Neighbours.from_rows(rows), moved[self.pairs_].reshape(-1, 2), bias

    def _row(self, number: int) -> Floats:
        return self.neighbours_.scores([number])[: len(self.bias_)]

    def _pairs_held(self, numbers: Numbers) -> Numbers:
        mask = np.zeros(len(self.bias_), dtype=bool)
        mask[numbers] = True
        return np.flatnonzero(mask[self.pairs_[:, 0]] & mask[self.pairs_[:, 1]])

    def _numbers(self, held: npt.ArrayLike) -> Numbers:
        numbers = np.unique(np.asarray(held, dtype=np.int64).reshape(-1))
        items = len(self._fitted().bias_)
        if len(numbers) and (numbers[0] < 0 or numbers[-1] >= items):
            raise InputError(
                f"held items run from {numbers[0]} to {numbers[-1]}, the model knows 0 to {items - 1}. "
                "Pass numbers of the vocabulary that the model was fitted with."
            )
        return numbers

    def _fitted(self) -> Cooccurrence:
        if not hasattr(self, "bias_"):
            raise NotFittedError("Cooccurrence is not fitted. Call fit, or from_state.")
        return self

    def state(self) -> dict[str, npt.NDArray[Any]]:
        """Give the learned arrays by name, ready to be stored; `from_state` takes them back bit-equal."""
        recipe = np.array(astuple(self._fitted().recipe_), dtype=np.float64)
        return {**self.neighbours_.arrays(), "pairs": self.pairs_, "bias": self.bias_, "recipe": recipe}

    @classmethod
    def from_state(cls, state: Mapping[str, npt.NDArray[Any]]) -> Cooccurrence:
        """Build a fitted model from what `state` gave; the arrays are kept as they are, memory-mapped ones too."""
        model = cls(recipe=Recipe(*state["recipe"].tolist()))
        model.neighbours_ = Neighbours.from_arrays(state)
        model.pairs_, model.bias_, model.recipe_ = state["pairs"], state["bias"], model.recipe or Recipe()
        return model


def _quieter(
    indices: npt.NDArray[np.int32], steps: npt.NDArray[np.int16], loud: float
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int16]]:
    return indices, np.rint(steps * loud).astype(np.int16)


def add_known(whole: npt.NDArray[np.float32], prior: Floats, recipe: Recipe, loud: float) -> None:
    """Add what the prior says by itself, this loud, to the rows and columns of the items that it knows, in place."""
    known = np.flatnonzero(np.diag(prior))
    if len(known) and loud:
        alone = prior_counts(prior[np.ix_(known, known)])
        counts = Counts(PRIOR_LISTS * alone.joint, PRIOR_LISTS * alone.steps, PRIOR_LISTS, alone.pairs)
        whole[np.ix_(known, known)] += loud * known_weights(counts, recipe)


def add_voice(
    whole: npt.NDArray[np.float32], voice: Neighbours, seen: npt.NDArray[np.intp], prior: Counts, recipe: Recipe
) -> None:
    """Add what the prior says by itself, in place: learned here for the items in lists, and taken from `voice` beyond.

    `prior` is that of the seen items alone: among them, kinds of lists that hold none of them must not thin it out.
    """
    items = whole.shape[1]
    if len(voice) > items:
        raise InputError(
            f"voice has {len(voice)} rows for {items} items. Pass the weights of the prior of these items."
        )
    rows = np.repeat(np.arange(len(voice)), np.diff(voice.indptr))
    said = np.zeros((items, items), dtype=np.float32)
    said[rows, voice.indices] = voice.steps * np.float32(fixedpoint.WEIGHT_STEP / LOUD)
    said[np.ix_(seen, seen)] = 0.0
    whole[:items] += said * np.float32(recipe.knowledge)
    near = np.zeros((len(seen), len(seen)), dtype=np.float32)
    add_known(near, prior.together, recipe, recipe.knowledge)
    whole[np.ix_(seen, seen)] += near


def checked_prior(prior: npt.ArrayLike, n_items: int) -> Floats:
    """Return a prior as float64; raise `InputError` where it is no finite square of `n_items`."""
    square = np.asarray(prior, dtype=np.float64)
    if square.shape != (n_items, n_items) or not np.isfinite(square).all():
        raise InputError(f"prior has shape {square.shape}. Pass a finite ({n_items}, {n_items}) array.")
    return square


def strongest_rows(
    weights: Floats, most: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.int16]]:
    """Keep the `most` largest weights of each row (after rounding, ties by number): lengths, columns, steps.

    >>> [part.tolist() for part in strongest_rows(np.array([[0.0, 0.5, -1.0, 0.25]]), 2)]
    [[2], [1, 2], [2048, -4096]]
    """
    steps = fixedpoint.to_int16(weights)
    sizes = np.abs(steps.astype(np.int32))
    kept = sizes > 0
    if most < steps.shape[1]:
        least = np.partition(sizes, steps.shape[1] - most, axis=1)[:, steps.shape[1] - most, None]
        tied = kept & (sizes == least)
        free = most - (sizes > least).sum(axis=1, keepdims=True)
        kept &= (sizes > least) | (tied & (np.cumsum(tied, axis=1) <= free))
    rows, where = np.nonzero(kept)
    return kept.sum(axis=1), where.astype(np.int32), steps[rows, where]
