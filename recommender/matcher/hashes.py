"""Hash all substrings of many strings at once, so that parts of strings can be compared without making them.

Polynomial hashes (Karp & Rabin, 1987) modulo 2**64: the hash of a part is a difference of two running sums. Hashes only
nominate; who uses them compares the strings themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["MOST_PAIRS", "HashTable", "Hashed", "TooManyPairsError", "spans"]

# Any large odd number: it has an inverse modulo 2**64.
_BASE: Final = 0x9E3779B97F4A7C15
_INVERSE: Final = pow(_BASE, -1, 1 << 64)
_MIX: Final = np.uint64(0xBF58476D1CE4E5B9)
# The first bits of a hash say at once that it stands in no table: one in eight cells is set for 2**20 hashes.
_FILTER_BITS: Final = 23
# The last bits of a packed number; those before them tell hashes apart well enough to nominate by.
_LOW: Final = np.uint64((1 << 24) - 1)
# So many pairs are given at once: some tens of megabytes.
MOST_PAIRS: Final = 1 << 20

Ints = NDArray[np.integer[Any]]
Hashes = NDArray[np.uint64]


def _powers(base: int, count: int) -> Hashes:
    found = np.full(count, base, dtype=np.uint64)
    found[:1] = 1
    return np.multiply.accumulate(found)


def spans(starts: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """List the numbers of several ranges one after the other, and which range each is of.

    >>> [found.tolist() for found in spans(np.array([5, 0]), np.array([2, 3]))]
    [[5, 6, 0, 1, 2], [0, 0, 1, 1, 1]]
    """
    which = np.repeat(np.arange(len(counts)), counts)
    first = np.cumsum(counts) - counts
    return np.asarray(np.arange(len(which)) - first[which] + starts[which]), which


class Hashed:
    """Hold the running sums of strings.

    Args:
        strings: the strings; all their parts can be hashed.
    """

    def __init__(self, strings: Sequence[str]) -> None:
        self.sizes = np.fromiter(map(len, strings), np.int64, len(strings))
        longest = int(self.sizes.max(initial=0))
        self._inverses = _powers(_INVERSE, longest + 1)
        codes = np.frombuffer("".join(strings).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        self.starts = np.cumsum(self.sizes) - self.sizes
        within, _ = spans(np.zeros(len(strings), np.int64), self.sizes)
        spread = (codes.astype(np.uint64) + np.uint64(1)) * _MIX
        worth = (spread ^ (spread >> np.uint64(29))) * _powers(_BASE, longest + 1)[within]
        # Sums run on from string to string; differences do not mind.
        self._sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(worth, dtype=np.uint64)])

    def parts(self, which: Ints, start: Ints | int, end: Ints) -> Hashes:
        """Hash the part from ``start`` to ``end`` of the strings numbered ``which``; uint64, a hash for each."""
        first = self.starts[which]
        return np.asarray((self._sums[first + end] - self._sums[first + start]) * self._inverses[start])

    def without_one(self) -> tuple[Hashes, Ints]:
        """Hash every string and every string with one letter left out; the hashes, and the number of each's string."""
        at, which = spans(np.zeros(len(self.sizes), np.int64), self.sizes)
        first, size = self.starts[which], self.sizes[which]
        rest = self._sums[first + size] - self._sums[first + at + 1]
        left = self._sums[first + at] - self._sums[first] + rest * np.uint64(_INVERSE)
        everyone = np.arange(len(self.sizes))
        return np.concatenate([self.parts(everyone, 0, self.sizes), left]), np.concatenate([everyone, which])


def _mixed(hashes: Hashes) -> Hashes:
    """Spread what differs in the low bits over all."""
    spread = (hashes ^ (hashes >> np.uint64(31))) * _MIX
    return spread ^ (spread >> np.uint64(29))


class TooManyPairsError(Exception):
    """Tell that so many hashes have so many owners that they must be asked for in smaller parts."""


class HashTable:
    """Find the owners of hashes.

    Hash and owner are packed into one number, which sorts many times faster than two side by side.

    Args:
        hashes: uint64, any order, repeats allowed.
        owners: int, the owner of each, below 2**24.
    """

    def __init__(self, hashes: Hashes, owners: Ints) -> None:
        self._packed = np.sort(_mixed(hashes) & ~_LOW | owners.astype(np.uint64))
        self._held = np.zeros(1 << _FILTER_BITS, dtype=np.bool_)
        self._held[self._packed >> np.uint64(64 - _FILTER_BITS)] = True

    def find(self, hashes: Hashes) -> tuple[Ints, Ints]:
        """Give pairs: the place of an asked hash, of which there may be 2**24, and an owner of the same hash.

        Raises `TooManyPairsError` beyond `MOST_PAIRS`, so that memory stays bounded; ask for fewer then.
        """
        mixed = _mixed(hashes)
        places = np.flatnonzero(self._held[mixed >> np.uint64(64 - _FILTER_BITS)])
        asked = np.sort(mixed[places] & ~_LOW | places.astype(np.uint64))
        starts = self._packed.searchsorted(asked & ~_LOW)
        counts = self._packed.searchsorted(asked | _LOW, side="right") - starts
        if counts.sum() > MOST_PAIRS:
            raise TooManyPairsError
        at, which = spans(starts, counts)
        return (asked & _LOW).astype(np.int64)[which], (self._packed[at] & _LOW).astype(np.int64)
