"""Measure how well hidden items were found, how sure that is, and whether scores promise what comes true.

Ranks come in, figures go out; a figure of merit per case, so that intervals can be drawn over whole lists (the hidden
items of one list are no independent cases) and two systems compared case by case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.errors import InputError
from recommender.weights import Floats, Numbers

__all__ = [
    "Interval",
    "bootstrap",
    "calibration_error",
    "coverage",
    "discounted",
    "paired_difference",
    "promised",
    "recall",
    "reciprocal_rank",
    "reliability",
]

SEED = 0  # of bootstrap draws
DRAWS = 1000  # bootstrap draws: the ends of a 95 % interval then move by about a tenth of its width
CONFIDENCE = 0.95
BINS = 10  # of the reliability curve, as in Guo et al. (2017)
CLIPPED = 8.0  # standard deviations a score may lie off: -inf and outliers say no more than that
NEWTON_STEPS = 25  # of logistic regression; it settles in less than ten
PLATT_RIDGE = 1e-3  # keeps the slope finite where scores part all outcomes


@dataclass(frozen=True)
class Interval:
    """Hold a mean and the ends of its bootstrap interval."""

    mean: float
    low: float
    high: float


def recall(found: Floats, k: int) -> Floats:
    """Say of each rank whether it is among the first `k`: 1 or 0. With one hidden item this is recall@k.

    >>> recall(np.array([0.0, 4.0, 5.0]), 5).tolist()
    [1.0, 1.0, 0.0]
    """
    return (found < k).astype(np.float64)


def discounted(found: Floats, k: int) -> Floats:
    """Turn ranks into nDCG@k with one relevant item each: `1 / log2(rank + 2)` within `k`, else 0.

    >>> discounted(np.array([0.0, 2.0, 10.0]), 10).tolist()
    [1.0, 0.5, 0.0]
    """
    return np.where(found < k, 1.0 / np.log2(found + 2.0), 0.0)


def reciprocal_rank(found: Floats) -> Floats:
    """Turn ranks into `1 / (rank + 1)`; their mean is MRR.

    >>> reciprocal_rank(np.array([0.0, 3.0])).tolist()
    [1.0, 0.25]
    """
    return 1.0 / (found + 1.0)


def coverage(best: Numbers, n_items: int) -> float:
    """Give the share of all items that is suggested to anybody; low when everybody gets the same.

    >>> coverage(np.array([[0, 1], [1, 2]]), 6)
    0.5
    """
    return len(np.unique(best)) / max(n_items, 1)


def promised(scores: npt.ArrayLike, outcomes: npt.ArrayLike) -> Callable[[npt.ArrayLike], Floats]:
    """Learn what probability of coming true a score promises: logistic regression on the score (Platt, 1999).

    Solved by Newton's method with a little ridge, so that scores which part all outcomes still give an answer.

    >>> probability = promised([0.0, 0.0, 1.0, 1.0], [0, 1, 1, 1])
    >>> bool(probability([1.0])[0] > probability([0.0])[0])
    True
    """
    values, true = np.asarray(scores, dtype=np.float64), np.asarray(outcomes, dtype=np.float64)
    usable = values[np.isfinite(values)]
    center, spread = (usable.mean(), usable.std() or 1.0) if len(usable) else (0.0, 1.0)

    def rows(scores: npt.ArrayLike) -> Floats:
        scaled = np.clip((np.asarray(scores, dtype=np.float64) - center) / spread, -CLIPPED, CLIPPED)
        return np.stack([np.ones_like(scaled), scaled], axis=1)

    weights = np.zeros(2)
    for _ in range(NEWTON_STEPS):
        chance = 1.0 / (1.0 + np.exp(-rows(values) @ weights))
        slope = rows(values).T @ (true - chance) - PLATT_RIDGE * weights
        curve = (rows(values) * (chance * (1.0 - chance))[:, None]).T @ rows(values) + PLATT_RIDGE * np.eye(2)
        weights = weights + np.linalg.solve(curve, slope)
    return lambda scores: 1.0 / (1.0 + np.exp(-rows(scores) @ weights))


def reliability(
    probabilities: npt.ArrayLike, outcomes: npt.ArrayLike, bins: int = BINS
) -> tuple[Floats, Floats, Numbers]:
    """Compare what was promised with what came true, in bins of equal width from 0 to 1.

    Returns:
        Mean probability, share that came true, and count of each bin that is not empty.

    Raises:
        InputError: a probability outside [0, 1], or arrays of different length.
    """
    promised, true = np.asarray(probabilities, dtype=np.float64), np.asarray(outcomes, dtype=np.float64)
    if promised.shape != true.shape or (len(promised) and not (promised.min() >= 0.0 and promised.max() <= 1.0)):
        raise InputError(
            f"{promised.shape} probabilities for {true.shape} outcomes, within [0, 1] expected. Pass one per outcome."
        )
    bin_of = np.minimum((promised * bins).astype(np.int64), bins - 1)
    counts = np.bincount(bin_of, minlength=bins)
    used = counts > 0
    means = [np.bincount(bin_of, weights=w, minlength=bins)[used] / counts[used] for w in (promised, true)]
    return means[0], means[1], counts[used]


def calibration_error(probabilities: npt.ArrayLike, outcomes: npt.ArrayLike, bins: int = BINS) -> float:
    """Give the expected calibration error: the mean distance of promise and truth over bins (Naeini et al., 2015).

    >>> calibration_error([0.8, 0.8, 0.8, 0.8], [1, 1, 1, 0])
    0.05
    """
    promised, true, counts = reliability(probabilities, outcomes, bins)
    return round(float(np.abs(promised - true) @ counts / max(counts.sum(), 1)), 12)


def bootstrap(values: Floats, lists: Numbers, draws: int = DRAWS) -> Interval:
    """Give the mean of per-case values and its 95 % interval, by drawing whole lists with replacement."""
    if not len(values):
        raise InputError("no case to judge on: no test list holds 3 known items. Pass more or longer lists.")
    groups = np.unique(lists, return_inverse=True)[1]
    sums, counts = np.bincount(groups, weights=values), np.bincount(groups)
    rng = np.random.default_rng(SEED)
    means = np.empty(draws)
    for draw in range(draws):
        chosen = rng.integers(0, len(sums), len(sums))
        means[draw] = sums[chosen].sum() / counts[chosen].sum()
    low, high = np.quantile(means, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(float(np.mean(values)), float(low), float(high))


def paired_difference(mine: Floats, theirs: Floats, lists: Numbers, draws: int = DRAWS) -> Interval:
    """Give the mean of `mine - theirs` on the same cases and its interval: above 0 throughout, mine is better."""
    if len(mine) != len(theirs):
        raise InputError(f"{len(mine)} and {len(theirs)} values are no pairs. Judge both models on the same cases.")
    return bootstrap(np.asarray(mine) - np.asarray(theirs), lists, draws)
