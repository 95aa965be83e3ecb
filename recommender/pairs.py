"""Find pairs of skills that speak as such: beyond what each of the two says, their standing together says something.

A fit may learn rows for pairs ("iOS and Swift"); they lie behind the rows of the single skills. What a pair says is
credited to its two skills, half each.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Pairs"]

Ints = NDArray[np.integer[Any]]


class Pairs:
    """Find the pairs of skills that stand in one row."""

    def __init__(self, pairs: NDArray[np.int32], size: int) -> None:
        low, high = np.sort(pairs, axis=1).T.astype(np.int64) if len(pairs) else np.zeros((2, 0), np.int64)
        codes = low * size + high
        self._order = np.argsort(codes, kind="stable")
        self._codes, self._size = codes[self._order], size
        self._member = np.zeros(size, dtype=bool)
        self._member[pairs.ravel()] = True

    @property
    def laid(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return where the pairs of each skill with larger ones begin; those, ascending; the numbers of the pairs.

        >>> [part.tolist() for part in Pairs(np.array([[2, 1], [0, 2], [0, 1]], np.int32), 3).laid]
        [[0, 2, 3, 3], [1, 2, 2], [2, 1, 0]]
        """
        size = self._size
        return np.searchsorted(self._codes, np.arange(size + 1) * size), self._codes % max(size, 1), self._order

    def among(self, indptr: Ints, held: Ints) -> tuple[Ints, Ints, Ints]:
        """Return, for every pair found, the places of its two skills in ``held`` and its number."""
        none = np.zeros(0, np.int64)
        (member,) = self._member[held].nonzero() if len(self._codes) else (none,)
        if len(member) < 2:
            return none, none, none
        rows = np.searchsorted(indptr, member, side="right")
        # Each member meets those that follow it in its row.
        ends = np.searchsorted(rows, rows, side="right")
        counts = ends - np.arange(len(member)) - 1
        first = np.repeat(np.arange(len(member)), counts)
        second = first + 1 + np.arange(len(first)) - np.repeat(np.cumsum(counts) - counts, counts)
        one, other = member[first], member[second]
        a, b = held[one].astype(np.int64), held[other].astype(np.int64)
        codes = np.minimum(a, b) * self._size + np.maximum(a, b)
        at = np.minimum(np.searchsorted(self._codes, codes), len(self._codes) - 1)
        found = self._codes[at] == codes
        return one[found], other[found], self._order[at[found]]

    def added(self, indptr: Ints, held: Ints) -> tuple[Ints, Ints]:
        """Return the rows with their pairs behind the skills (numbers from ``size`` up), and where rows begin now."""
        place, _, number = self.among(indptr, held)
        if not len(place):
            return held, indptr
        owners = np.searchsorted(indptr, place, side="right") - 1
        all_owners = np.concatenate([np.repeat(np.arange(len(indptr) - 1), np.diff(indptr)), owners])
        voiced = np.concatenate([held, (self._size + number).astype(held.dtype)])
        order = np.argsort(all_owners, kind="stable")
        lengths = np.bincount(all_owners, minlength=len(indptr) - 1)
        return voiced[order], np.concatenate([[0], np.cumsum(lengths)]).astype(indptr.dtype)
