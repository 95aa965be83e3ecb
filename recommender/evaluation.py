"""Judge a recommender on lists it has not seen: splits, metrics, calibration, and the classics to beat.

Everything is numbers and callables: a *fitter* takes training lists and gives a *scorer*, a scorer takes held items
and gives one score per item. So the same code judges any model, on anybody's lists. Equal lists never stand on both
sides of a split, whole lists are drawn for the bootstrap (the hidden items of one list are no independent cases), and
ties count half against the model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.errors import InputError
from recommender.folds import FEWEST_HELD, MOST_HIDDEN, distinct_lists, list_identities, taken
from recommender.weights import Floats, Numbers, count_lists, inverted

__all__ = [
    "Answers",
    "Cases",
    "Interval",
    "Split",
    "answers",
    "best_strength",
    "bootstrap",
    "calibration_error",
    "coverage",
    "discounted",
    "ease",
    "hidden_cases",
    "item_knn",
    "paired_difference",
    "popularity",
    "promised",
    "ranks",
    "recall",
    "reciprocal_rank",
    "reliability",
    "split_lists",
    "top",
]

Scorer = Callable[[Numbers], Floats]

TEST_SHARE = 0.2  # of the lists, the usual fifth
SEED = 0  # of splits and bootstrap draws
DRAWS = 1000  # bootstrap draws: the ends of a 95 % interval then move by about a tenth of its width
CONFIDENCE = 0.95
BINS = 10  # of the reliability curve, as in Guo et al. (2017)
CLIPPED = 8.0  # standard deviations a score may lie off: -inf and outliers say no more than that
NEWTON_STEPS = 25  # of logistic regression; it settles in less than ten
PLATT_RIDGE = 1e-3  # keeps the slope finite where scores part all outcomes
EASE_STRENGTH = 50.0  # of the EASE baseline where none is given; Steck's own values are higher, for far longer lists


@dataclass(frozen=True)
class Split:
    """Hold the numbers of the lists that train and of those that test (ascending)."""

    train: Numbers
    test: Numbers


@dataclass(frozen=True)
class Cases:
    """Hold questions: held items (CSR `indptr, indices`), the hidden item, and the list each comes from."""

    indptr: Numbers
    indices: Numbers
    hidden: Numbers
    lists: Numbers

    def held(self, case: int) -> Numbers:
        """Give the held items of one case."""
        return self.indices[self.indptr[case] : self.indptr[case + 1]]

    def __len__(self) -> int:
        return len(self.hidden)


@dataclass(frozen=True)
class Interval:
    """Hold a mean and the ends of its bootstrap interval."""

    mean: float
    low: float
    high: float


def split_lists(indptr: npt.ArrayLike, indices: npt.ArrayLike, n_items: int, test_share: float = TEST_SHARE) -> Split:
    """Split lists so that equal lists (in any order, with repeats) stay on one side; of equal test lists one is kept.

    Raises:
        InputError: the arrays are no lists, or the share is not between 0 and 1.

    >>> split = split_lists([0, 2, 4, 6, 8], [0, 1, 1, 0, 2, 3, 0, 3], 4, 0.4)
    >>> len(split.test), sorted([*split.train.tolist(), *split.test.tolist()])[0]
    (1, 0)
    """
    if not 0.0 < test_share < 1.0:
        raise InputError(f"test_share is {test_share}. Pass a share between 0 and 1, such as {TEST_SHARE}.")
    identities = list_identities(*distinct_lists(indptr, indices, n_items))
    groups = int(identities.max(initial=-1)) + 1
    aside = np.zeros(groups, dtype=bool)
    aside[np.random.default_rng(SEED).permutation(groups)[: int(test_share * groups)]] = True
    first = np.unique(identities, return_index=True)[1]
    return Split(np.flatnonzero(~aside[identities]), np.sort(first[aside]))


def hidden_cases(
    indptr: npt.ArrayLike, indices: npt.ArrayLike, n_items: int, lists: Numbers, known: npt.NDArray[np.bool_]
) -> Cases:
    """Hide the known items of the lists numbered `lists`, one at a time, up to `MOST_HIDDEN` of each.

    `known` (items,) bool says which items a model trained on the other lists can know; others are left out.
    """
    starts, items = taken(*distinct_lists(indptr, indices, n_items), lists)
    rng = np.random.default_rng(SEED)
    held: list[Numbers] = []
    hidden: list[int] = []
    origin: list[int] = []
    for row, number in enumerate(lists.tolist()):
        mine = items[starts[row] : starts[row + 1]]
        mine = mine[known[mine]]
        if len(mine) > FEWEST_HELD:
            for item in rng.permutation(mine)[:MOST_HIDDEN].tolist():
                held.append(mine[mine != item])
                hidden.append(item)
                origin.append(number)
    ends = np.concatenate([[0], np.cumsum([len(h) for h in held])]).astype(np.int64)
    flat = np.concatenate([*held, np.zeros(0, dtype=np.int64)]).astype(np.int64)
    return Cases(ends, flat, np.array(hidden, dtype=np.int64), np.array(origin, dtype=np.int64))


def ranks(scorer: Scorer, cases: Cases) -> Floats:
    """Rank each hidden item among all items not held: (cases,) float64 from 0; ties give the middle rank."""
    found = np.zeros(len(cases))
    for case in range(len(cases)):
        scores = np.array(scorer(cases.held(case)), dtype=np.float64)
        mine = scores[cases.hidden[case]]
        scores[cases.held(case)] = -np.inf
        found[case] = (scores > mine).sum() + ((scores == mine).sum() - 1) / 2
    return found


def top(scorer: Scorer, cases: Cases, k: int) -> Numbers:
    """Give the `k` best items not held of each case, best first, ties by number: (cases, k) int64."""
    best = np.zeros((len(cases), k), dtype=np.int64)
    for case in range(len(cases)):
        scores = np.array(scorer(cases.held(case)), dtype=np.float64)
        scores[cases.held(case)] = -np.inf
        best[case] = np.argsort(-scores, kind="stable")[:k]
    return best


@dataclass(frozen=True)
class Answers:
    """Hold what a scorer answered: the rank of each hidden item, the best items of each case, and their scores."""

    ranks: Floats
    best: Numbers
    scores: Floats


def answers(scorer: Scorer, cases: Cases, k: int) -> Answers:
    """Ask a scorer once per case for what `ranks` and `top` tell: (cases,) float64, (cases, k) int64 and float64."""
    found, best, said = np.zeros(len(cases)), np.zeros((len(cases), k), dtype=np.int64), np.zeros((len(cases), k))
    for case in range(len(cases)):
        scores = np.array(scorer(cases.held(case)), dtype=np.float64)
        mine = scores[cases.hidden[case]]
        scores[cases.held(case)] = -np.inf
        found[case] = (scores > mine).sum() + ((scores == mine).sum() - 1) / 2
        best[case] = np.argsort(-scores, kind="stable")[:k]
        said[case] = scores[best[case]]
    return Answers(found, best, said)


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


def popularity(indptr: Numbers, indices: Numbers, n_items: int) -> Scorer:
    """Fit the baseline that always suggests what most lists hold."""
    counts = np.bincount(distinct_lists(indptr, indices, n_items)[1], minlength=n_items).astype(np.float64)
    return lambda _: counts


def item_knn(indptr: Numbers, indices: Numbers, n_items: int) -> Scorer:
    """Fit item-item cosine over lists weighted by TF-IDF, the classic neighbourhood model (all neighbours)."""
    from scipy.sparse import csr_array

    starts, items = distinct_lists(indptr, indices, n_items)
    lists = len(starts) - 1
    weights = np.sqrt(np.maximum(np.log(lists / (1.0 + np.bincount(items, minlength=n_items))), 0.0))[items]
    rows = np.repeat(np.arange(lists), np.diff(starts))
    weights = weights / np.maximum(np.sqrt(np.bincount(rows, weights**2, minlength=lists)), 1e-9)[rows]
    weights = weights / np.maximum(np.sqrt(np.bincount(items, weights**2, minlength=n_items)), 1e-9)[items]
    matrix = csr_array((weights, items, starts), shape=(lists, n_items))
    return summed((matrix.T @ matrix).toarray())


def ease(indptr: Numbers, indices: Numbers, n_items: int, strength: float = EASE_STRENGTH) -> Scorer:
    """Fit EASE (Steck, 2019), the closed-form linear model that is hard to beat on small data."""
    counts = count_lists(*distinct_lists(indptr, indices, n_items), n_items)
    inverse = inverted(counts.joint, np.full(n_items, strength))
    return summed(-inverse / np.diag(inverse))


def summed(weights: Floats) -> Scorer:
    """Score by adding the rows of the held items, the diagonal left out."""
    np.fill_diagonal(weights, 0.0)
    return lambda held: np.asarray(weights[held].sum(axis=0), dtype=np.float64)


def best_strength(
    fit: Callable[[float], Scorer], cases: Cases, strengths: Sequence[float], k: int = 10
) -> tuple[float, float]:
    """Choose the strength with the best nDCG@k on inner cases, so that a baseline is judged at its best."""
    figures = [(float(discounted(ranks(fit(s), cases), k).mean()), -s) for s in strengths]
    figure, negative = max(figures)
    return -negative, figure
