"""Keep, for each skill, the skills that it speaks for: sparse rows of fixed-point weights.

Both relevance rooms (`documents`, `cooccurrence`) learn a square matrix "held skill -> candidate skill". Most of its
entries say nothing; kept are the strongest of each row. What is kept adds exactly (see `fixedpoint`), so the score of a
candidate *is* the sum of what the held skills give to it, and needs no other code to be explained.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from recommender import fixedpoint
from recommender.errors import ModelFileError

__all__ = ["Neighbours", "Rows", "profile_scales"]

Ints = NDArray[np.integer[Any]]


class Rows(NamedTuple):
    """Hold the rows of some held skills end to end: one gathering serves the scores and their explanation."""

    n: int
    where: NDArray[np.int32]
    steps: NDArray[np.int16]
    lengths: NDArray[np.int64]

    def scores(self) -> NDArray[np.float64]:
        """Return the sum of the rows, float64, shape (n,)."""
        total = np.bincount(self.where, weights=self.steps, minlength=self.n)
        return np.asarray(total * fixedpoint.WEIGHT_STEP, np.float64)

    def contributions(self, items: Sequence[int]) -> NDArray[np.float64]:
        """Return what each row gives to each item, float64, shape (rows, items)."""
        out = np.zeros((len(self.lengths), len(items)))
        columns, found = (self.where == np.asarray(items, dtype=np.int32)[:, None]).nonzero()
        owners = np.repeat(np.arange(len(self.lengths)), self.lengths)
        out[owners[found], columns] = self.steps[found]
        return out * fixedpoint.WEIGHT_STEP


class Neighbours:
    """Sum the rows of held skills into scores of all skills.

    Parameters
    ----------
    indptr : int64 array, shape (n + 1,)
        Row ``h`` lies at ``indptr[h]:indptr[h + 1]``.
    indices : int32 or uint16 array
        The candidates of each row, ascending, never the row's own number.
    steps : int16 array
        Their weights, in steps of `fixedpoint.WEIGHT_STEP`.
    """

    __slots__ = ("indices", "indptr", "steps")

    def __init__(self, indptr: NDArray[np.int64], indices: NDArray[np.int32], steps: NDArray[np.int16]) -> None:
        self.indptr = indptr
        self.indices = indices
        self.steps = steps

    @classmethod
    def strongest(cls, weights: NDArray[np.floating[Any]], most: int) -> Self:
        """Keep the ``most`` largest absolute weights of each row of a dense square matrix."""
        return cls.stacked([_strongest_rows(weights, 0, most)])

    @classmethod
    def strongest_in_blocks(cls, blocks: Iterable[NDArray[np.floating[Any]]], most: int) -> Self:
        """Do the same for blocks of rows that follow each other, so that the square is never whole in memory."""
        parts, start = [], 0
        for block in blocks:
            parts.append(_strongest_rows(block, start, most))
            start += len(block)
        return cls.stacked(parts)

    @classmethod
    def stacked(cls, parts: Sequence[tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int16]]]) -> Self:
        """Join blocks of rows, each given as lengths, indices and steps."""
        lengths = np.concatenate([np.zeros(1, np.int64), *[p[0] for p in parts]])
        indices = np.concatenate([np.zeros(0, np.int32), *[p[1] for p in parts]])
        return cls(np.cumsum(lengths), indices, np.concatenate([np.zeros(0, np.int16), *[p[2] for p in parts]]))

    @classmethod
    def from_rows(cls, rows: Sequence[tuple[NDArray[np.integer[Any]], NDArray[np.int16]]]) -> Self:
        """Lay rows of (indices, steps) end to end, each sorted by index."""
        orders = [np.argsort(indices, kind="stable") for indices, _ in rows]
        lengths = np.array([len(order) for order in orders], np.int64)
        indices = [row[0][order].astype(np.int32) for row, order in zip(rows, orders, strict=True)]
        return cls.stacked([(lengths, np.concatenate([np.zeros(0, np.int32), *indices]), np.concatenate(
            [np.zeros(0, np.int16), *(row[1][order] for row, order in zip(rows, orders, strict=True))]
        ))])  # fmt: skip

    def extended(self, size: int) -> Self:
        """Return the same rows in a world of ``size`` skills; the new ones say nothing."""
        more = np.full(max(size - len(self), 0), self.indptr[-1])
        return type(self)(np.concatenate([self.indptr, more]), self.indices, self.steps)

    def first(self, count: int) -> Self:
        """Return the first rows alone, without those of pairs that follow the skills'."""
        end = self.indptr[count]
        return type(self)(self.indptr[: count + 1], self.indices[:end], self.steps[:end])

    def row(self, number: int) -> tuple[NDArray[np.int32], NDArray[np.int16]]:
        """Return one row: the candidates that a skill speaks for, and the weights in steps."""
        span = slice(int(self.indptr[number]), int(self.indptr[number + 1]))
        return self.indices[span], self.steps[span]

    def __len__(self) -> int:
        return len(self.indptr) - 1

    def cells(self, numbers: Ints) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return where the entries of some rows lie, end to end, and how many each row has."""
        starts = self.indptr.take(numbers)
        lengths = self.indptr.take(numbers + 1) - starts
        ends = lengths.cumsum()
        total = int(ends[-1]) if len(ends) else 0
        return (starts - ends + lengths).repeat(lengths) + np.arange(total), lengths

    def rows(self, held: Sequence[int]) -> Rows:
        """Lay the rows of ``held`` end to end, to be summed or split."""
        found, lengths = self.cells(np.array(held, np.intp))
        return Rows(len(self), self.indices[found], self.steps[found], lengths)

    def scores(self, held: Sequence[int]) -> NDArray[np.float64]:
        """Return the sum of the rows of ``held``, float64, shape (n,), every value a multiple of the weight step."""
        return self.rows(held).scores()

    def contributions(self, held: Sequence[int], items: Sequence[int]) -> NDArray[np.float64]:
        """Return what each held skill gives to each item, float64, shape (len(held), len(items)).

        Columns sum to ``scores(held)[items]`` exactly.
        """
        return self.rows(held).contributions(items)

    def dense(self) -> NDArray[np.float64]:
        """Return the whole matrix, float64, shape (n, n): for tests and small models."""
        out = np.zeros((len(self), len(self)))
        rows = np.repeat(np.arange(len(self)), np.diff(self.indptr))
        out[rows, self.indices] = self.steps * fixedpoint.WEIGHT_STEP
        return out

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the learned arrays by name, ready for `storage`; numbers that fit 16 bits are stored so."""
        small = len(self) <= np.iinfo(np.uint16).max
        indices = self.indices.astype(np.uint16) if small else self.indices
        return {"indptr": self.indptr, "indices": indices, "steps": self.steps}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Rebuild from `arrays`; raise `ModelFileError` where they cannot be rows of one square matrix."""
        indptr, indices, steps = arrays["indptr"], arrays["indices"], arrays["steps"]
        whole = indptr.ndim == 1 and len(indptr) >= 1 and indptr[0] == 0 and indptr[-1] == len(indices) == len(steps)
        if not whole or (np.diff(indptr) < 0).any():
            raise ModelFileError("neighbour rows do not fit together. Build the model again: make model")
        if len(indices) and not (indices.min() >= 0 and indices.max() < len(indptr) - 1):
            raise ModelFileError("neighbour rows name skills that do not exist. Build the model again: make model")
        return cls(indptr, indices, steps)


def _strongest_rows(
    weights: NDArray[np.floating[Any]], start: int, most: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int16]]:
    """Choose within each row; row 0 of ``weights`` is skill ``start``.

    Rounding comes before choosing, and ties go to the smaller number, so that another processor, whose last bits
    differ, keeps the same entries.
    """
    lengths, indices, steps = np.zeros(len(weights), np.int64), [], []
    for row, values in enumerate(fixedpoint.to_int16(weights)):
        values[start + row] = 0
        chosen = np.flatnonzero(values)
        if len(chosen) > most:
            order = np.lexsort((chosen, -np.abs(values[chosen].astype(np.int32))))
            chosen = np.sort(chosen[order[:most]])
        lengths[row] = len(chosen)
        indices.append(chosen.astype(np.int32))
        steps.append(values[chosen])
    return lengths, np.concatenate([np.zeros(0, np.int32), *indices]), np.concatenate([np.zeros(0, np.int16), *steps])


def profile_scales(lengths: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
    """Weigh each profile's relevance by its length, so that a long list does not drown demand: 1 / sqrt(length)."""
    return fixedpoint.on_grid(1.0 / np.sqrt(np.maximum(lengths, 1)), fixedpoint.FACTOR_STEP)
