"""Sum and split what held skills say about candidates, for many profiles at once.

All weights are multiples of a power of two (see `fixedpoint`), so here they are whole numbers in one table, and a
product of matrices adds to the same last bit as the sum for a single profile, whatever the order of adding, the size
of a chunk or the number of threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender import fixedpoint
from recommender.kernels import kernel
from recommender.neighbours import Neighbours
from recommender.pairs import Pairs

__all__ = ["Voices", "int64", "places_of", "whole"]

DENSE_CELLS = 2**24
"""Largest weight table kept dense (64 MB of int32); above it the rows stay sparse, slower but flat in memory."""

MOST_BITS = 48
"""Binary places that weights may have: products of a weight (2**-12) and two factors (2**-8) have 28."""

SPLIT_CELLS = 2**17
"""Shares held at a time: a megabyte of int64, which stays within a core's own cache."""

Ints = NDArray[np.integer[Any]]


class Voices:
    """Hold the weights of held skills for candidates as one table of whole numbers, in steps of 2**-`bits`.

    Parameters
    ----------
    voices : sequence of (Neighbours, float)
        What speaks for relevance, and how loudly.
    items : int64 array
        The candidates, ascending.
    pairs : int32 array, shape (pairs, 2)
        Pairs of skills that speak as such, where a voice has rows for them after those of the skills.

    Attributes
    ----------
    size : int
        Number of skills.
    place : int64 array, shape (size,)
        The column of each candidate, -1 for what is none.
    narrow : type
        The integer that tables are kept in where nothing larger is asked for: int32, or int64 for very loud weights.
    pairs : Pairs
        The pairs; their rows lie behind those of the skills.
    peaks : int64 array
        The largest weight of each row of the table, without sign.
    """

    def __init__(
        self, voices: Sequence[tuple[Neighbours, float]], items: NDArray[np.int64], pairs: NDArray[np.int32]
    ) -> None:
        self.size = min(len(rows) for rows, _ in voices)
        self.pairs = Pairs(pairs, self.size)
        self.place = np.full(self.size, -1, np.int64)
        self.place[items] = np.arange(len(items))
        height = self.size + len(pairs)
        self._is_small = self.size * len(items) <= DENSE_CELLS
        self._sparse: Any = None
        self._dense: dict[type, Any] = {}
        if self._is_small:
            weights = _dense(voices, self.place, height, len(items))
            self.bits = places_of(weights[weights != 0])
            self._dense[np.int64] = whole(weights, self.bits)
            self.peaks = np.abs(self._dense[np.int64]).max(axis=1, initial=0)
        else:
            self._sparse = sum(_sparse(rows, height)[:, items] * loud for rows, loud in voices).tocsr()
            self.bits = places_of(self._sparse.data)
            self._sparse.data = whole(self._sparse.data, self.bits)
            self.peaks = np.abs(self._sparse).max(axis=1).toarray().astype(np.int64).ravel()
        self.narrow: type = np.int32 if self.peaks.max(initial=0) <= np.iinfo(np.int32).max else np.int64
        if self._is_small:
            self._dense = {self.narrow: self._dense[np.int64].astype(self.narrow, copy=False)}

    @property
    def is_slim(self) -> bool:
        """Whether the table is kept dense, in int32: the one that compiled code reads."""
        return self._is_small and self.narrow is np.int32

    def __getstate__(self) -> dict[str, Any]:
        """Give what is held; the compiled twin is made anew where a copy or a pickle wakes up."""
        return {name: held for name, held in self.__dict__.items() if name != "_native"}

    @cached_property
    def _native(self) -> Any:
        """Return the compiled twin of `loudest`; None where there is none, or the table is not for it."""
        native = kernel("naming")
        return native.Namer(self.table(np.int32), self.place, self.pairs.laid) if native and self.is_slim else None

    def table(self, dtype: type) -> Any:
        """Return the table, rows being skills and then pairs: dense in a dtype where that is small, else sparse."""
        if not self._is_small:
            return self._sparse
        if dtype not in self._dense:
            self._dense[dtype] = self._dense[self.narrow].astype(dtype)
        return self._dense[dtype]

    def bounds(self, indptr: Ints, voiced: Ints) -> NDArray[np.int64]:
        """Return for each row what no sum of its skills and pairs can exceed, without sign."""
        summed = np.concatenate([np.zeros(1, np.int64), self.peaks[voiced].cumsum()])
        return np.asarray(np.diff(summed[indptr]))

    def sums(self, indptr: Ints, voiced: Ints, scales: Ints, dtype: type) -> Ints:
        """Return the sums of rows of skills and pairs, each times its scale, whole numbers (rows, candidates).

        Parameters
        ----------
        indptr, voiced : int arrays
            Row ``i`` holds the skills and pairs ``voiced[indptr[i]:indptr[i + 1]]``.
        scales : int array
            One for each row.
        dtype : type
            An integer that no scaled sum exceeds; see `bounds`.
        """
        if not self._is_small:
            return self._scattered(indptr, voiced).astype(dtype) * scales.astype(dtype)[:, None]
        from scipy.sparse import csr_array

        # Scaled as they are added, which spares a pass over the sums.
        factors: Ints = np.repeat(scales, np.diff(indptr)).astype(dtype)
        table = self.table(dtype)
        product: Ints = csr_array((factors, voiced, indptr), shape=(len(indptr) - 1, table.shape[0])) @ table
        return product

    def _scattered(self, indptr: Ints, voiced: Ints) -> NDArray[np.float64]:
        """Add up sparse rows into a dense block, float64: whole numbers below 2**53 are exact in it."""
        rows, width = len(indptr) - 1, self._sparse.shape[1]
        starts = self._sparse.indptr[voiced]
        lengths = self._sparse.indptr[voiced + 1] - starts
        ends = lengths.cumsum()
        cells = np.repeat(starts - ends + lengths, lengths) + np.arange(lengths.sum())
        owners = np.repeat(np.arange(rows), np.diff(indptr))
        codes = self._sparse.indices[cells] + np.repeat(owners * width, lengths)
        total = np.bincount(codes, weights=self._sparse.data[cells], minlength=rows * width)
        return np.asarray(total, np.float64).reshape(rows, width)

    def loudest(self, indptr: Ints, indices: Ints, items: NDArray[np.int64], most: int) -> NDArray[np.int64]:
        """Return the held skills that give most to each chosen candidate, int64 (rows, n, most), -1 where none is left.

        Only shares above zero count; equal shares come in the order of the profile, as in `sums.Sums.explained`.
        """
        rows, n = items.shape
        out = np.full((rows, n, most), -1, np.int64)
        if self._native is not None:
            self._native.loudest(int64(indptr), int64(indices), int64(items), out)
            return out
        step = max(1, SPLIT_CELLS // max(n * 16, 1))
        for start in range(0, rows, step):
            stop = min(start + step, rows)
            self._name(out[start:stop], indptr[start : stop + 1], indices, items[start:stop])
        return out

    def _name(self, out: NDArray[np.int64], indptr: Ints, indices: Ints, items: NDArray[np.int64]) -> None:
        held = indices[indptr[0] : indptr[-1]]
        lengths = np.diff(indptr)
        (some,) = lengths.nonzero()
        if not len(some) or not items.size:
            return
        starts = (indptr[:-1] - indptr[0])[some]
        owners = np.repeat(np.arange(len(lengths)), lengths)
        span = 1 << int(lengths.max()).bit_length()
        later = (span - 1 - (np.arange(len(held)) - np.repeat(indptr[:-1] - indptr[0], lengths))).astype(np.int64)
        columns = self.place[items]  # a candidate that is missing (-1) takes any column; it is blotted out below
        shares = 2 * self._shares(held, columns.T[:, owners])
        for place, partner, number in zip(*self.pairs.among(indptr - indptr[0], held), strict=True):
            # Doubled, so that each of the two is credited with half of what their pair says.
            said = self._shares(np.array([self.size + number]), columns[owners[place]][:, None])[:, 0]
            shares[:, place] += said
            shares[:, partner] += said
        ranks = np.where(shares > 0, shares * span + later, -1)
        for k in range(out.shape[2]):
            top = np.maximum.reduceat(ranks, starts, axis=1)
            at = (span - 1 - (top & (span - 1))) + starts
            found = (top >= 0) & (items.T[:, some] >= 0)
            out[some, :, k] = np.where(found, held[np.minimum(at, len(held) - 1)], -1).T
            if k + 1 < out.shape[2]:
                ranks[ranks == np.repeat(top, lengths[some], axis=1)] = -1

    def _shares(self, held: Ints, columns: Ints) -> NDArray[np.int64]:
        """Return what each held skill gives to each of its row's candidates, int64 (n, len(held))."""
        found = self.table(self.narrow)[np.broadcast_to(held, columns.shape), columns]
        return np.asarray(found if isinstance(found, np.ndarray) else found.toarray()).astype(np.int64)


def int64(numbers: Ints) -> NDArray[np.int64]:
    """Return numbers as compiled code takes them."""
    return np.ascontiguousarray(numbers, np.int64)


def places_of(values: NDArray[Any]) -> int:
    """Return how many binary places the values need: the smallest power of two that makes all of them whole.

    >>> places_of(np.array([0.75, 3.0]))
    2
    """
    steps = np.asarray(values, np.float64) * 2.0**MOST_BITS
    united = np.bitwise_or.reduce(np.abs(steps).astype(np.int64).ravel(), initial=0)
    return 0 if not united else max(0, MOST_BITS - ((int(united) & -int(united)).bit_length() - 1))


def whole(values: NDArray[np.float64], bits: int) -> NDArray[np.int64]:
    """Return values as numbers of steps of 2**-``bits``."""
    return np.asarray(values * 2.0**bits).astype(np.int64)


def _dense(
    voices: Sequence[tuple[Neighbours, float]], place: NDArray[np.int64], height: int, width: int
) -> NDArray[np.float64]:
    """Add up what voices say of candidates, each skill of a row once in each; without scipy, slow to load."""
    out = np.zeros((height, width))
    for rows, loud in voices:
        owner = np.repeat(np.arange(len(rows)), np.diff(rows.indptr))
        column = place[rows.indices]
        (kept,) = (column >= 0).nonzero()
        out[owner[kept], column[kept]] += rows.steps[kept] * fixedpoint.WEIGHT_STEP * loud
    return out


def _sparse(rows: Neighbours, height: int) -> Any:
    from scipy.sparse import csr_array

    weights = rows.steps * fixedpoint.WEIGHT_STEP
    indptr = np.concatenate([rows.indptr, np.full(height - len(rows), rows.indptr[-1])])
    return csr_array((weights, rows.indices.astype(np.int32), indptr), shape=(height, height))
