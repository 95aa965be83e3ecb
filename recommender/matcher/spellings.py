"""Find the strings within one or two edits of another, without comparing all of them.

Strings are put in the order of their lengths, each with the bits of its letters (see `letters`); of those whose length
fits, counting the bits that differ leaves a few, and only these are compared. Nothing else has to be built, so the
first question of a process is as cheap as any other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from recommender.matcher.letters import BITS_PER_EDIT, counted, mask, masks

__all__ = ["LONGEST", "SHORTEST", "SHORTEST_FOR_TWO", "Spellings"]

# Below five letters every string is a neighbour of many; those are never corrected.
SHORTEST: Final = 5
# Two edits leave a shorter string unrecognisable.
SHORTEST_FOR_TWO: Final = 8
# No one types a name of 80 letters; longer strings are found only if equal.
LONGEST: Final = 80
# From so many questions on, having all strings at hand and in order is cheaper than doing without.
ASKED_BEFORE_KEEPING: Final = 32


class Spellings:
    """Hold strings and find the neighbours of others among them.

    Args:
        string_of: gives the string of a number.
        lengths: uint8, the length of each string; 0 for those that are no one's neighbour.
        bits: uint64, what `letters.masks` gives for the strings; None to make them when needed.
    """

    @classmethod
    def of(cls, strings: Sequence[str]) -> Self:
        """Hold some strings; those too short or too long are no one's neighbours."""
        sizes = [len(s) if SHORTEST - 1 <= len(s) <= LONGEST else 0 for s in strings]
        return cls(strings.__getitem__, np.array(sizes, dtype=np.uint8))

    def __init__(
        self, string_of: Callable[[int], str], lengths: NDArray[np.uint8], bits: NDArray[np.uint64] | None = None
    ) -> None:
        self._make, self.lengths = string_of, lengths
        self._given = bits
        self._asked = 0

    @cached_property
    def strings(self) -> list[str]:
        """Hold the strings; empty for those that are no one's neighbour."""
        return [self._make(n) if size else "" for n, size in enumerate(self.lengths.tolist())]

    @cached_property
    def bits(self) -> NDArray[np.uint64]:
        """Hold the bits of the letters of each string; uint64, to be stored."""
        return masks(self.strings) if self._given is None else self._given

    @cached_property
    def _by_length(self) -> tuple[NDArray[np.int32], NDArray[np.uint64], list[int]]:
        """Put the numbers in the order of their lengths, with their bits, and tell where each length starts."""
        order = np.argsort(self.lengths, kind="stable").astype(np.int32)
        starts = self.lengths[order].searchsorted(np.arange(LONGEST + 4, dtype=np.uint8))
        return order, self.bits[order], starts.tolist()

    def near(self, asked: str) -> list[int]:
        """Give the numbers of the strings one edit from ``asked`` (Damerau), or two if there is none; in order.

        One edit leaves out, adds, replaces or swaps letters; two edits count a swap as two, and are looked for from
        eight letters on.
        """
        return self.one_edit(asked) or self.two_edits(asked)

    def one_edit(self, asked: str) -> list[int]:
        """Give the numbers of the strings one edit from ``asked``, a swap being one, in order."""
        from rapidfuzz.distance import OSA

        if not SHORTEST <= len(asked) <= LONGEST:
            return []
        return self._within(asked, 1, OSA.distance)

    def two_edits(self, asked: str) -> list[int]:
        """Give the numbers of the strings two edits or less from ``asked``, a swap being two, in order."""
        from rapidfuzz.distance import Levenshtein

        if not SHORTEST_FOR_TWO <= len(asked) <= LONGEST:
            return []
        return self._within(asked, 2, Levenshtein.distance)

    def _within(self, asked: str, edits: int, distance: Callable[..., int]) -> list[int]:
        self._asked += 1
        numbers = self._alike(mask(asked), len(asked), edits)
        string_of = self.strings.__getitem__ if self._asked > ASKED_BEFORE_KEEPING else self._make
        return sorted([n for n in numbers if distance(asked, string_of(n), score_cutoff=edits) <= edits])

    def _alike(self, letters: int, size: int, edits: int) -> list[int]:
        """Give the numbers of the strings whose length and letters differ as little as so many edits let them."""
        if self._asked <= ASKED_BEFORE_KEEPING:
            alike = counted(self.bits ^ np.uint64(letters)) <= BITS_PER_EDIT * edits
            numbers = np.flatnonzero(alike & (self.lengths > 0))
            lengths = self.lengths[numbers].astype(np.int64)
            return numbers[np.abs(lengths - size) <= edits].tolist()  # type: ignore[no-any-return]
        order, bits, starts = self._by_length
        start, end = starts[size - edits], starts[size + edits + 1]
        alike = counted(bits[start:end] ^ np.uint64(letters)) <= BITS_PER_EDIT * edits
        return order[start:end][alike].tolist()  # type: ignore[no-any-return]

    def scan(self, asked: str) -> list[int]:
        """Compare with every string: the slow twin."""
        from rapidfuzz.distance import OSA, Levenshtein

        strings = [(n, self.strings[n]) for n in np.flatnonzero(self.lengths).tolist()]
        one = [n for n, string in strings if OSA.distance(asked, string) <= 1]
        two = len(asked) >= SHORTEST_FOR_TWO
        return one or ([n for n, string in strings if Levenshtein.distance(asked, string) <= 2] if two else [])
