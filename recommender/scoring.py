"""Choose the best candidates of many profiles at once: the same sums as one profile's, laid out as matrices.

All weights are multiples of a power of two (see `fixedpoint`), so a product of matrices adds to the same last bit as the
sum for a single profile, whatever the order of adding, the size of a chunk or the library that multiplies.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender import fixedpoint, ranking
from recommender.neighbours import Neighbours

__all__ = ["Best", "Scorer", "profile_scales"]

CHUNK_CELLS = 2**20
"""Scores held at a time: 8 MB of float64, which stays within a processor's cache while five passes go over it."""

DENSE_CELLS = 2**24
"""Largest weight table kept dense (128 MB of float64); above it the rows stay sparse, slower but flat in memory."""

FEW = 24
"""Up to so many suggestions are found by repeated argmax; for more, sorting the row once is cheaper."""


@dataclass(frozen=True, slots=True)
class Best:
    """Carry the chosen candidates of a chunk: ``items`` int64 (rows, n), -1 where a profile has fewer; ``scores`` float64."""

    items: NDArray[np.int64]
    scores: NDArray[np.float64]


def profile_scales(lengths: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
    """Weigh each profile's relevance by its length, so that a long list does not drown demand: 1 / sqrt(length)."""
    return fixedpoint.on_grid(1.0 / np.sqrt(np.maximum(lengths, 1)), fixedpoint.FACTOR_STEP)


class Scorer:
    """Score candidates for profiles given as rows of held skills.

    Parameters
    ----------
    voices : sequence of (Neighbours, float)
        What speaks for relevance, and how loudly.
    items : int64 array
        The candidates, ascending.
    demand : float64 array, shape (len(items),)
        What demand gives to a candidate that is fully related.
    fixed : float64 array, shape (len(items),)
        What a candidate gets whatever is held.
    related : float
        Relevance from which demand counts in full, a power of two.
    """

    def __init__(
        self, voices: Sequence[tuple[Neighbours, float]], items: NDArray[np.int64], demand: NDArray[np.float64],
        fixed: NDArray[np.float64], related: float,
    ) -> None:  # fmt: skip
        self.items, self.demand, self.fixed, self.related = items, demand, fixed, related
        self._size = len(voices[0][0])
        self._place = np.full(self._size, -1, np.int64)
        self._place[items] = np.arange(len(items))
        table = sum(_sparse(rows, self._size) * loud for rows, loud in voices)[:, items]
        self._table = table.toarray() if self._size * len(items) <= DENSE_CELLS else table.tocsr()

    def best(self, indptr: NDArray[np.int64], indices: NDArray[np.integer[Any]], n: int) -> Best:
        """Choose the ``n`` best candidates for each profile; row ``i`` holds ``indices[indptr[i]:indptr[i + 1]]``."""
        rows = len(indptr) - 1
        n = min(n, len(self.items))
        out = Best(np.full((rows, n), -1, np.int64), np.full((rows, n), -np.inf))
        for start, stop in self._chunks(rows):
            scores = self._scores(indptr[start : stop + 1], indices)
            chosen, values = _largest(scores, n)
            out.scores[start:stop] = values
            out.items[start:stop] = np.where(values > -np.inf, self.items[chosen], -1)
        return out

    def _chunks(self, rows: int) -> Iterator[tuple[int, int]]:
        step = max(1, CHUNK_CELLS // max(len(self.items), 1))
        return ((start, min(start + step, rows)) for start in range(0, rows, step))

    def _scores(self, indptr: NDArray[np.int64], indices: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
        from scipy.sparse import csr_array

        held = indices[indptr[0] : indptr[-1]].astype(np.int32)
        bounds = (indptr - indptr[0]).astype(np.int32)
        lengths = np.diff(bounds)
        owners = np.repeat(np.arange(len(lengths)), lengths)
        ones = profile_scales(lengths)[owners]
        product = csr_array((ones, held, bounds), shape=(len(lengths), self._size)) @ self._table
        scores: NDArray[np.float64] = product if isinstance(product, np.ndarray) else product.toarray()
        self._add_standing(scores, lengths > 0)
        places = self._place[held]
        scores[owners[places >= 0], places[places >= 0]] = -np.inf
        return scores

    def _add_standing(self, scores: NDArray[np.float64], personal: NDArray[np.bool_]) -> None:
        if self.demand.any():
            gate = ranking.relatedness(scores, self.related)
            gate[~personal] = 1.0
            gate *= self.demand
            scores += gate
        if self.fixed.any():
            scores += self.fixed


def _sparse(rows: Neighbours, size: int) -> Any:
    from scipy.sparse import csr_array

    weights = rows.steps * fixedpoint.WEIGHT_STEP
    return csr_array((weights, rows.indices, rows.indptr), shape=(size, size))


def _largest(scores: NDArray[np.float64], n: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return places and values of the ``n`` largest of each row, falling, ties by place; overwrites ``scores``."""
    if n > FEW:
        order = np.argsort(-scores, axis=1, kind="stable")[:, :n]
        return order, np.take_along_axis(scores, order, 1)
    places = np.empty((len(scores), n), np.int64)
    values = np.empty((len(scores), n))
    rows = np.arange(len(scores))
    for k in range(n):
        places[:, k] = scores.argmax(axis=1)
        values[:, k] = scores[rows, places[:, k]]
        scores[rows, places[:, k]] = -np.inf
    return places, values
