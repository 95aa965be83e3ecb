"""Choose the best candidates of many profiles at once: the same sums as one profile's, laid out as matrices.

All weights are multiples of a power of two (see `fixedpoint`), so here they are whole numbers, and a product of
matrices adds to the same last bit as the sum for a single profile, whatever the order of adding, the size of a chunk
or the number of threads. Whole numbers of 32 bits also are half the work of floats, as long as nothing can exceed
them; where long profiles could, the same code runs with 64.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender import fixedpoint, variety
from recommender.kernels import kernel
from recommender.neighbours import Neighbours, profile_scales
from recommender.variety import Families
from recommender.voices import Voices, int64, places_of, whole

__all__ = ["Best", "Scorer", "held_rows"]

CHUNK_CELLS = 2**19
"""Scores held at a time: two megabytes of int32, about a core's own cache; fewer cost more calls, more cost misses."""

SHARES = 4
"""Shares of the blocks that each thread gets, one at a time: handing single blocks over costs a twentieth, and with one
share a thread that is late keeps the others waiting."""

FEW = 24
"""Up to so many suggestions are found by repeated argmax; for more, sorting the row once is cheaper."""

STAMPED_CELLS = 2**21
"""Cells (rows x numbers) among which repetitions are looked for at a time: 8 MB, about what a processor's cache
holds."""

Ints = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Best:
    """Carry the chosen candidates: ``items`` int64 (rows, n), -1 where there are fewer; ``scores`` float64."""

    items: NDArray[np.int64]
    scores: NDArray[np.float64]


def held_rows(indptr: Ints, numbers: Ints, size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return what each row holds: numbers below 0 left out, each skill once, in the order of its first mention.

    >>> [part.tolist() for part in held_rows(np.array([0, 4, 5]), np.array([3, -1, 1, 3, 3]), 4)]
    [[0, 2, 3], [3, 1, 3]]
    """
    native = kernel("rows")
    if native is not None:
        held: tuple[NDArray[np.int64], NDArray[np.int64]] = native.held_once(int64(indptr), int64(numbers), size)
        return held
    kept = np.asarray(numbers) >= 0
    step = max(1, min(len(indptr), STAMPED_CELLS // max(size, 1)))
    first = np.empty(step * size, np.int32)  # never cleared: a cell is written before it is read
    owners = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
    cells = (owners % step) * size + numbers
    for start in range(0, len(indptr) - 1, step):
        low, high = indptr[start], indptr[min(start + step, len(indptr) - 1)]
        (known,) = kept[low:high].nonzero()
        cell = cells[low:high][known]
        # Written backwards, so that the first mention stays.
        first[cell[::-1]] = known[::-1]
        kept[low:high][known] = first[cell] == known
    counts = np.concatenate([np.zeros(1, np.int64), np.cumsum(kept)])
    return counts[indptr], np.asarray(numbers)[kept].astype(np.int64)


class Scorer:
    """Score candidates for profiles given as rows of held skills.

    Parameters
    ----------
    voices, items, pairs
        As for `Voices`.
    demand : float64 array, shape (len(items),)
        What demand gives to a candidate that is fully related.
    fixed : float64 array, shape (len(items),)
        What a candidate gets whatever is held.
    related : float
        Relevance from which demand counts in full, a power of two.
    twins : int32 array, shape (twins, 2)
        Spellings of one skill, or a skill and one that it holds: what is held, or the twin of it, is never chosen.
    families : variety.Families, optional
        What candidates take from each other; without it nothing is taken.
    """

    def __init__(
        self, voices: Sequence[tuple[Neighbours, float]], items: NDArray[np.int64], demand: NDArray[np.float64],
        fixed: NDArray[np.float64], related: float, pairs: NDArray[np.int32],
        twins: NDArray[np.int32], families: Families | None = None,
    ) -> None:  # fmt: skip
        self._families = families
        self.items = items
        self._voices = Voices(voices, items, pairs)
        self._place = self._voices.place
        both = np.concatenate([twins, twins[:, ::-1]]).astype(np.int64)
        self._twins = both[np.argsort(both[:, 0], kind="stable")]
        table_bits, factor_bits = self._voices.bits, places_of(np.array(fixedpoint.FACTOR_STEP))
        # One grid for the whole sum: relevance (weight x scale) and demand (weight x gate), in the finer steps of both,
        # and finer than a factor, so that there is something to round.
        self._bits = max(factor_bits + 1, table_bits + factor_bits, places_of(demand) + factor_bits, places_of(fixed))
        self._lift = 2 ** (self._bits - table_bits - factor_bits)
        self._factor = 2**factor_bits
        self._full = int(related * 2.0**self._bits)
        self._shift = self._full.bit_length() - 1 - factor_bits
        self._demand = whole(demand, self._bits - factor_bits)
        self._fixed = whole(fixed, self._bits)

    def __getstate__(self) -> dict[str, Any]:
        """Give what is held; the compiled twin is made anew where a copy or a pickle wakes up."""
        return {name: held for name, held in self.__dict__.items() if name != "_native"}

    @cached_property
    def _native(self) -> Any:
        """Return the compiled twin of `best`; None where there is none, or the table is not for it."""
        native, voices = kernel("choosing"), self._voices
        if native is None or not voices.is_slim:
            return None
        families = self._families or Families(len(self.items), ())
        return native.Chooser(
            voices.table(np.int32), voices.peaks, self.items, voices.pairs.laid, self._bars(), self._demand,
            self._fixed, families.padded, self._factor, self._full, self._shift, self._bits,
        )  # fmt: skip

    def _bars(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return where the candidates that each skill bars begin, being itself or its twins, and their places."""
        skills = np.concatenate([self.items, self._twins[:, 0]])
        places = self._place[np.concatenate([self.items, self._twins[:, 1]])]
        skills, places = skills[places >= 0], places[places >= 0]
        order = np.argsort(skills, kind="stable")
        return np.searchsorted(skills[order], np.arange(self._voices.size + 1)), places[order]

    def best(self, indptr: Ints, indices: Ints, n: int, threads: int = 1) -> Best:
        """Choose the ``n`` best candidates for each profile; row ``i`` holds ``indices[indptr[i]:indptr[i + 1]]``."""
        rows, indptr, indices = len(indptr) - 1, int64(indptr), int64(indices)
        n = min(n, len(self.items))
        out = Best(np.full((rows, n), -1, np.int64), np.full((rows, n), -np.inf))
        blocks = list(self._blocks(rows))
        if threads > 1 and len(blocks) > 1:
            from concurrent.futures import ThreadPoolExecutor

            if self._native is None:  # what threads share is made once, before they ask for it
                self._voices.table(self._voices.narrow)
            with ThreadPoolExecutor(threads) as pool:
                shares = [blocks[start :: threads * SHARES] for start in range(threads * SHARES)]
                list(pool.map(lambda share: self._fill_all(out, share, indptr, indices), shares))
        else:
            self._fill_all(out, blocks, indptr, indices)
        return out

    def _fill_all(self, out: Best, blocks: Sequence[tuple[int, int]], indptr: Ints, indices: Ints) -> None:
        for block in blocks:
            self._fill(out, block, indptr, indices)

    def loudest(self, indptr: Ints, indices: Ints, items: NDArray[np.int64], most: int) -> NDArray[np.int64]:
        """Return the held skills that give most to each chosen candidate; see `Voices.loudest`."""
        return self._voices.loudest(indptr, indices, items, most)

    def _blocks(self, rows: int) -> Iterator[tuple[int, int]]:
        step = max(1, CHUNK_CELLS // max(len(self.items), 1))
        return ((start, min(start + step, rows)) for start in range(0, rows, step))

    def _fill(self, out: Best, block: tuple[int, int], indptr: Ints, indices: Ints) -> None:
        start, stop = block
        if self._native is not None:
            own = indptr[start : stop + 1]
            self._native.best(own, indices, self._scales(np.diff(own)), out.items[start:stop], out.scores[start:stop])
            return
        scores = self._scores(indptr[start : stop + 1], indices)
        chosen, values = _largest(scores, out.items.shape[1])
        least = np.iinfo(values.dtype).min
        self._write(out, slice(start, stop), chosen, values, values > least, 2.0**-self._bits)
        if self._families is None:
            return
        held = np.diff(indptr[start : stop + 1])
        some = variety.touched(chosen, self._families, held)
        if len(some):
            whole = scores[some].astype(np.int64)
            # Written backwards: where nothing is left, the first place is taken once more, and its own value must stay.
            np.put_along_axis(whole, chosen[some, ::-1], values[some, ::-1], axis=1)
            whole[whole == least] = variety.LEAST
            chosen, values = variety.choose_rows(whole, self._families, chosen.shape[1])
            free = values > variety.LEAST * variety.STEPS
            self._write(out, some + start, chosen, values, free, 2.0**-self._bits / variety.STEPS)

    def _write(
        self, out: Best, rows: Any, chosen: Ints, values: Ints, free: NDArray[np.bool_], step: float
    ) -> None:  # fmt: skip
        out.scores[rows] = np.where(free, values * step, -np.inf)
        out.items[rows] = np.where(free, self.items[chosen], -1)

    def _scores(self, indptr: Ints, indices: Ints) -> Ints:
        """Return the scores of a block in steps of 2**-bits, whole numbers; what is held has the least of all."""
        held = indices[indptr[0] : indptr[-1]].astype(np.int32)
        bounds = (indptr - indptr[0]).astype(np.int32)
        lengths = np.diff(bounds)
        scales = self._scales(lengths)
        voiced, bounds = self._voices.pairs.added(bounds, held)
        loud = self._voices.bounds(bounds, voiced)
        dtype = self._narrowest(int((loud * scales).max(initial=0)))
        scores = self._voices.sums(bounds, voiced, scales, dtype)
        self._add_standing(scores, lengths > 0)
        owners, barred = self._barred(np.repeat(np.arange(len(lengths)), lengths), held)
        places = self._place[barred]
        scores[owners[places >= 0], places[places >= 0]] = np.iinfo(dtype).min
        return scores

    def _scales(self, lengths: Ints) -> NDArray[np.int64]:
        """Return what the sums of rows of some lengths are multiplied by, so that they are in steps of 2**-bits."""
        scales: NDArray[np.int64] = (profile_scales(lengths) * self._factor).astype(np.int64) * self._lift
        return scales

    def _barred(self, owners: Ints, held: Ints) -> tuple[Ints, Ints]:
        """Return what must not be chosen, row by row: what is held, and its twins."""
        if not len(self._twins):
            return owners, held
        first = np.searchsorted(self._twins[:, 0], held, side="left")
        counts = np.searchsorted(self._twins[:, 0], held, side="right") - first
        at = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        return np.concatenate([owners, np.repeat(owners, counts)]), np.concatenate([held, self._twins[at, 1]])

    def _narrowest(self, relevance: int) -> type:
        """Return int32 where no score can exceed it, relevance being at most so much."""
        standing = int(self._demand.max(initial=0)) * self._factor + int(np.abs(self._fixed).max(initial=0))
        return np.int32 if relevance + self._full + standing < 2**31 - 1 else np.int64

    def _add_standing(self, scores: Ints, personal: NDArray[np.bool_]) -> None:
        """Add what does not split over held skills; the gate is `ranking.relatedness` in whole numbers."""
        if self._demand.any():
            gate = np.clip(scores, 0, self._full)
            # Round to the nearest step, halves to the even one, as `rint` does.
            odd = (gate >> self._shift) & 1
            gate += odd
            gate += 2 ** (self._shift - 1) - 1
            gate >>= self._shift
            gate[~personal] = self._factor
            gate *= self._demand.astype(gate.dtype)
            scores += gate
        if self._fixed.any():
            scores += self._fixed.astype(scores.dtype)


def _largest(scores: Ints, n: int) -> tuple[NDArray[np.int64], Ints]:
    """Return places and values of the ``n`` largest of each row, falling, ties by place; overwrites ``scores``."""
    if n > FEW:
        order = np.argsort(~scores, axis=1, kind="stable")[:, :n]  # ~x falls as x rises, and the least has one too
        return order, np.take_along_axis(scores, order, 1)
    places = np.empty((len(scores), n), np.int64)
    values = np.empty((len(scores), n), scores.dtype)
    rows = np.arange(len(scores))
    for k in range(n):
        places[:, k] = scores.argmax(axis=1)
        values[:, k] = scores[rows, places[:, k]]
        scores[rows, places[:, k]] = np.iinfo(scores.dtype).min
    return places, values
