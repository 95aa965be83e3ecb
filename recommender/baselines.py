"""Fit the classics that a recommender has to beat: popularity, item-kNN and EASE.

Each is a *fitter* of `evaluation`: it takes training lists and gives a scorer, so that all are judged by the same code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from recommender.evaluation import Cases, Scorer, ranks
from recommender.folds import distinct_lists
from recommender.metrics import discounted
from recommender.weights import Floats, Numbers, count_lists, inverted

__all__ = [
    "best_strength",
    "ease",
    "item_knn",
    "popularity",
]

EASE_STRENGTH = 50.0  # of the EASE baseline where none is given; Steck's own values are higher, for far longer lists


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
