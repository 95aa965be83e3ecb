"""Find the neighbours of thousands of strings at once, with the answers of `Spellings`.

Two strings one edit apart are equal when a letter is left out of one or both (deletion neighbourhoods: Mor & Fraenkel,
1982); of two strings two edits apart, cut in three, one part stays whole (Pass-Join: Li, Deng, Wang & Feng, 2011). Both
are looked up by hashes for a whole batch; the letters that differ are counted (see `letters`), and what is left is
compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from recommender.kernels import kernel
from recommender.matcher.hashes import MOST_PAIRS, Hashed, Hashes, HashTable, TooManyPairsError
from recommender.matcher.letters import BITS_PER_EDIT, counted, masks
from recommender.matcher.spellings import LONGEST, SHORTEST, SHORTEST_FOR_TWO, Spellings

__all__ = ["Neighbours"]

# So many strings are looked up in one go; their pairs fit the cache.
STRINGS_AT_ONCE: Final = 4096
# The compiled tables count hashes, some twenty a string, in 31 bits.
MOST_COMPILED: Final = 1 << 23
# The middle third may have been moved by as many letters as there are edits.
_SHIFTS: Final = (-2, -1, 0, 1, 2)

Ints = NDArray[np.integer[Any]]
Pairs = tuple[Ints, Ints]


class Neighbours:
    """Find the neighbours of many strings among those of a `Spellings`."""

    def __init__(self, spellings: Spellings) -> None:
        self._spellings = spellings

    def near(self, asked: Sequence[str]) -> list[list[int]]:
        """Give for each string what `Spellings.near` gives."""
        if self._native is not None:
            return self._native.near(list(asked))  # type: ignore[no-any-return]
        found = self.one_edit(asked)
        far = [at for at, places in enumerate(found) if not places]
        for at, places in zip(far, self.two_edits([asked[at] for at in far]), strict=True):
            found[at] = places
        return found

    @cached_property
    def _native(self) -> Any:
        """Hold the compiled twin; None where there is none or the strings are too many for it."""
        compiled, strings = kernel("near"), self._spellings.strings
        if compiled is None or len(strings) > MOST_COMPILED:
            return None
        starts = np.zeros(len(strings) + 1, dtype=np.int64)
        np.cumsum(np.fromiter(map(len, strings), np.int64, len(strings)), out=starts[1:])
        codes = np.frombuffer("".join(strings).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        bits = np.ascontiguousarray(self._spellings.bits)
        return compiled.Neighbours(codes, starts, bits, SHORTEST, SHORTEST_FOR_TWO, LONGEST)

    def one_edit(self, asked: Sequence[str]) -> list[list[int]]:
        """Give for each string what `Spellings.one_edit` gives."""
        return self._in_parts(asked, SHORTEST, self._one_edit)

    def two_edits(self, asked: Sequence[str]) -> list[list[int]]:
        """Give for each string what `Spellings.two_edits` gives."""
        return self._in_parts(asked, SHORTEST_FOR_TWO, self._two_edits)

    def _in_parts(self, asked: Sequence[str], shortest: int, find: Any) -> list[list[int]]:
        found: list[list[int]] = [[] for _ in asked]
        held = [at for at, string in enumerate(asked) if shortest <= len(string) <= LONGEST]
        for start in range(0, len(held), STRINGS_AT_ONCE):
            places = held[start : start + STRINGS_AT_ONCE]
            for at, number in zip(*self._looked_up([asked[at] for at in places], find), strict=True):
                found[places[at]].append(number)
        return found

    def _looked_up(self, asked: list[str], find: Any) -> tuple[list[int], list[int]]:
        """Look strings up, in halves where too many names are alike; one alone is compared with all."""
        try:
            return find(asked)  # type: ignore[no-any-return]
        except TooManyPairsError:
            half = len(asked) // 2
        if not half:
            one = self._spellings.one_edit if find == self._one_edit else self._spellings.two_edits
            numbers = one(asked[0])
            return [0] * len(numbers), numbers
        first, second = self._looked_up(asked[:half], find), self._looked_up(asked[half:], find)
        return [*first[0], *[half + at for at in second[0]]], [*first[1], *second[1]]

    # -- tables -----------------------------------------------------------------------------------------------------

    @cached_property
    def _eligible(self) -> tuple[NDArray[np.int64], Hashed]:
        numbers = np.flatnonzero(self._spellings.lengths)
        return numbers, Hashed([self._spellings.strings[n] for n in numbers.tolist()])

    @cached_property
    def _deletions(self) -> HashTable:
        numbers, hashed = self._eligible
        hashes, which = hashed.without_one()
        return HashTable(hashes, numbers[which])

    @cached_property
    def _thirds(self) -> HashTable:
        numbers, hashed = self._eligible
        which = np.flatnonzero(hashed.sizes >= SHORTEST_FOR_TWO - 2)
        sizes = hashed.sizes[which]
        first, last = _cuts(sizes)
        hashes = [
            _named(hashed.parts(which, 0, first), sizes, 0),
            _named(hashed.parts(which, first, last), sizes, 1),
            _named(hashed.parts(which, last, sizes), sizes, 2),
        ]
        return HashTable(np.concatenate(hashes), np.tile(numbers[which], 3))

    # -- look-up ----------------------------------------------------------------------------------------------------

    def _one_edit(self, asked: list[str]) -> tuple[list[int], list[int]]:
        from rapidfuzz.distance import OSA

        hashes, which = Hashed(asked).without_one()
        places, numbers = self._deletions.find(hashes)
        return self._compared(asked, [(which[places], numbers)], 1, OSA.distance)

    def _two_edits(self, asked: list[str]) -> tuple[list[int], list[int]]:
        from rapidfuzz.distance import Levenshtein

        hashed = Hashed(asked)
        everyone, lengths = np.arange(len(asked)), hashed.sizes
        found: list[Pairs] = []
        for longer in _SHIFTS:
            sizes = lengths + longer
            first, last = _cuts(sizes)
            found.append(self._third(_named(hashed.parts(everyone, 0, first), sizes, 0), everyone))
            found.append(self._third(_named(hashed.parts(everyone, last - longer, lengths), sizes, 2), everyone))
            for shift in _SHIFTS:
                fits = np.flatnonzero(last + shift <= lengths)
                start, end = (first + shift)[fits], (last + shift)[fits]
                found.append(self._third(_named(hashed.parts(fits, start, end), sizes[fits], 1), fits))
        return self._compared(asked, found, 2, Levenshtein.distance)

    def _third(self, hashes: Hashes, which: Ints) -> Pairs:
        places, numbers = self._thirds.find(hashes)
        return which[places], numbers

    def _compared(self, asked: list[str], pairs: list[Pairs], edits: int, distance: Any) -> tuple[list[int], list[int]]:
        """Keep the pairs that are so near, in order."""
        from rapidfuzz.process import cpdist

        bits, ours, held = masks(asked), self._spellings.strings, self._spellings.bits
        kept = []
        for which, numbers in pairs:
            near = counted(bits[which] ^ held[numbers]) <= BITS_PER_EDIT * edits
            kept.append(which[near] * len(held) + numbers[near])
        if sum(map(len, kept)) > MOST_PAIRS and len(asked) > 1:
            raise TooManyPairsError
        both = np.unique(np.concatenate(kept))
        which, numbers = both // len(held), both % len(held)
        theirs = [ours[n] for n in numbers.tolist()]
        if not theirs:
            return [], []
        apart = cpdist([asked[at] for at in which.tolist()], theirs, scorer=distance, score_cutoff=edits)
        return which[apart <= edits].tolist(), numbers[apart <= edits].tolist()


def _cuts(sizes: Ints) -> tuple[Ints, Ints]:
    """Tell where strings of these sizes are cut in three."""
    return sizes // 3, sizes - (sizes - sizes // 3) // 2


def _named(hashes: Hashes, sizes: Ints, part: int) -> Hashes:
    """Make hashes of parts differ by which part of how long a string they are."""
    return hashes + (sizes.astype(np.uint64) * np.uint64(3) + np.uint64(part)) * np.uint64(0xD6E8FEB86659FD93)
