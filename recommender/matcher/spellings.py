"""Find the strings within one or two edits of another, without looking at all of them.

Pass-Join (Li, Deng, Wang & Feng, 2011): cut each string into one part more than there may be edits; then some part
stays
whole, and a look-up of the few places where it may stand finds every neighbour. For the first few questions of a
process a plain scan in rapidfuzz is cheaper than building the tables; both give the same answers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

__all__ = ["SHORTEST", "Spellings"]

# Below five letters every string is a neighbour of many; those are never corrected.
SHORTEST: Final = 5
# Two edits leave a shorter string unrecognisable.
SHORTEST_FOR_TWO: Final = 8
# Building costs about as much as this many scans of the same strings (measured with 25,000).
SCANS_BEFORE_BUILDING: Final = 32
# No one types a name of 80 letters; longer strings are found only if equal.
LONGEST: Final = 80

_Part = dict[str, list[int]]


class Spellings:
    """Hold strings and find the neighbours of others among them.

    Args:
        string_of: gives the string of a number.
        lengths: uint8, the length of each string; 0 for those that are no one's neighbour.
    """

    @classmethod
    def of(cls, strings: Sequence[str]) -> Self:
        """Hold some strings; those too short or too long are no one's neighbours."""
        sizes = [len(s) if SHORTEST - 1 <= len(s) <= LONGEST else 0 for s in strings]
        return cls(strings.__getitem__, np.array(sizes, dtype=np.uint8))

    def __init__(self, string_of: Callable[[int], str], lengths: NDArray[np.uint8]) -> None:
        self._string_of, self.lengths = string_of, lengths
        self._strings: list[str] = []
        self._scans = 0
        self._halves: dict[int, tuple[_Part, _Part]] | None = None
        self._thirds: dict[int, tuple[_Part, _Part, _Part]] | None = None

    def near(self, asked: str) -> list[int]:
        """Give the numbers of the strings one edit from ``asked`` (Damerau), or two if there is none; in order.

        One edit leaves out, adds, replaces or swaps letters; two edits count a swap as two, and are looked for from
        eight letters on.
        """
        if not SHORTEST <= len(asked) <= LONGEST:
            return []
        if self._halves is None and self._scans < SCANS_BEFORE_BUILDING:
            self._scans += 1
            return self.scan(asked)
        return self._one_edit(asked) or (self._two_edits(asked) if len(asked) >= SHORTEST_FOR_TWO else [])

    def scan(self, asked: str) -> list[int]:
        """Compare with every string: the slow twin of the tables."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA, Levenshtein

        of_length = np.flatnonzero(np.abs(self.lengths.astype(np.int16) - len(asked)) <= 2).tolist()
        strings = {number: self._string_of(number) for number in of_length}
        found = process.extract(asked, strings, scorer=OSA.distance, score_cutoff=1, limit=None)
        if not found and len(asked) >= SHORTEST_FOR_TWO:
            found = process.extract(asked, strings, scorer=Levenshtein.distance, score_cutoff=2, limit=None)
        return sorted([number for _, _, number in found])

    def build(self) -> None:
        """Make the tables of halves and of thirds."""
        self._halves, self._thirds = {}, {}
        self._strings = [self._string_of(n) if size else "" for n, size in enumerate(self.lengths.tolist())]
        for number, string in enumerate(self._strings):
            size = len(string)
            if not size:
                continue
            first, last = self._halves.setdefault(size, ({}, {}))
            first.setdefault(string[: size // 2], []).append(number)
            last.setdefault(string[size // 2 :], []).append(number)
            if size >= SHORTEST_FOR_TWO - 2:
                tables = self._thirds.setdefault(size, ({}, {}, {}))
                a, b = _cuts(size)
                for table, part in zip(tables, (string[:a], string[a:b], string[b:]), strict=True):
                    table.setdefault(part, []).append(number)

    def _one_edit(self, asked: str) -> list[int]:
        from rapidfuzz.distance import OSA

        if self._halves is None:
            self.build()
        assert self._halves is not None
        found: set[int] = set()
        length = len(asked)
        for size in (length - 1, length, length + 1):
            tables = self._halves.get(size)
            if tables is None:
                continue
            half = size // 2
            if hit := tables[0].get(asked[:half]):
                found.update(hit)
            if hit := tables[1].get(asked[length - size + half :]):
                found.update(hit)
            # A swap over the cut changes both halves.
            if size == length and (hit := tables[0].get(asked[: half - 1] + asked[half])):
                found.update(hit)
        if not found:
            return []
        strings, distance = self._strings, OSA.distance
        return sorted([n for n in found if distance(asked, strings[n], score_cutoff=1) <= 1])

    def _two_edits(self, asked: str) -> list[int]:
        from rapidfuzz.distance import Levenshtein

        assert self._thirds is not None
        found: set[int] = set()
        length = len(asked)
        for size in range(length - 2, length + 3):
            tables = self._thirds.get(size)
            if tables is None:
                continue
            first, middle, last = tables
            a, b = _cuts(size)
            if hit := first.get(asked[:a]):
                found.update(hit)
            if hit := last.get(asked[length - size + b :]):
                found.update(hit)
            for at in range(max(0, a - 2), min(length, a + 2) + 1):
                if hit := middle.get(asked[at : at + b - a]):
                    found.update(hit)
        strings, distance = self._strings, Levenshtein.distance
        return sorted([n for n in found if distance(asked, strings[n], score_cutoff=2) <= 2])


def _cuts(size: int) -> tuple[int, int]:
    """Tell where a string of this size is cut in three."""
    return size // 3, size - (size - size // 3) // 2
