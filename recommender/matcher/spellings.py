"""Find the strings within two edits of another, without looking at all of them.

Pass-Join (Li, Deng, Wang & Feng, 2011): cut each string into three parts; two edits leave at least one part whole, so a
look-up of the few places where that part may stand finds every neighbour. For the first few questions of a process a
plain scan in rapidfuzz is cheaper than building the tables; both give the same answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

__all__ = ["SHORTEST", "Spellings"]

MOST_EDITS: Final = 2
# Below five letters every string is a neighbour of many; those are never corrected.
SHORTEST: Final = 5
# Building costs about as much as this many scans of the same strings (measured with 25,000).
SCANS_BEFORE_BUILDING: Final = 48
# Longer strings are compared whole only if equal: no one types a name of 80 letters.
LONGEST: Final = 80


class Spellings:
    """Hold strings and find the neighbours of others among them."""

    def __init__(self, strings: Sequence[str]) -> None:
        self._strings = [s if SHORTEST - MOST_EDITS <= len(s) <= LONGEST else "" for s in strings]
        self._scans = 0
        self._parts: dict[int, tuple[dict[str, list[int]], dict[str, list[int]], dict[str, list[int]]]] | None = None

    def near(self, asked: str) -> list[int]:
        """Give the numbers of the strings within two Levenshtein edits of ``asked``, in order."""
        if not SHORTEST <= len(asked) <= LONGEST:
            return []
        if self._parts is None:
            if self._scans < SCANS_BEFORE_BUILDING:
                self._scans += 1
                return self.scan(asked)
            self.build()
        return self._look_up(asked)

    def scan(self, asked: str) -> list[int]:
        """Compare with every string: the slow twin of the tables."""
        from rapidfuzz import process
        from rapidfuzz.distance import Levenshtein

        found = process.extract(asked, self._strings, scorer=Levenshtein.distance, score_cutoff=MOST_EDITS, limit=None)
        return sorted([number for _, _, number in found])

    def build(self) -> None:
        """Make the tables of parts."""
        parts: dict[int, tuple[dict[str, list[int]], dict[str, list[int]], dict[str, list[int]]]] = {}
        for number, string in enumerate(self._strings):
            size = len(string)
            if not size:
                continue
            first, middle, last = parts.setdefault(size, ({}, {}, {}))
            a, b = size // 3, size - (size - size // 3) // 2
            first.setdefault(string[:a], []).append(number)
            middle.setdefault(string[a:b], []).append(number)
            last.setdefault(string[b:], []).append(number)
        self._parts = parts

    def _look_up(self, asked: str) -> list[int]:
        from rapidfuzz.distance import Levenshtein

        assert self._parts is not None
        distance = Levenshtein.distance
        strings = self._strings
        found: set[int] = set()
        length = len(asked)
        for size in range(length - MOST_EDITS, length + MOST_EDITS + 1):
            tables = self._parts.get(size)
            if tables is None:
                continue
            first, middle, last = tables
            a, b = size // 3, size - (size - size // 3) // 2
            found.update(first.get(asked[:a], ()))
            found.update(last.get(asked[length - (size - b) :], ()))
            for at in range(max(0, a - MOST_EDITS), min(length, a + MOST_EDITS) + 1):
                found.update(middle.get(asked[at : at + b - a], ()))
        return sorted([n for n in found if distance(asked, strings[n], score_cutoff=MOST_EDITS) <= MOST_EDITS])
