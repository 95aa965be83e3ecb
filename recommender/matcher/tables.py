"""Look forms up by their hashes, which can be stored and memory-mapped: no name is reduced before it is asked for.

A process that matches a handful of terms must not build tables of all names first; one that matches millions must not
search. Both ways give the same places: hashes only nominate, the form of each nominee is compared.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

__all__ = ["FormTable"]

# A search takes 1 us, the dictionary 0.15 us per hash to build (73,000 hashes, measured): when one search has been
# made for so many forms, the dictionary would hardly have cost less, and it pays from then on.
FORMS_PER_SEARCH: Final = 16


class FormTable:
    """Find the places (numbers of keys) that have a form.

    Args:
        hashes: uint32, sorted, those of the forms of each place.
        places: int32, the place of each hash; equal hashes in the order of their places.
        forms_of: gives the forms of a place.
    """

    def __init__(
        self, hashes: NDArray[np.uint32], places: NDArray[np.int32], forms_of: Callable[[int], Collection[str]]
    ) -> None:
        self.hashes, self.places, self._forms_of = hashes, places, forms_of
        self._view = np.ascontiguousarray(hashes, dtype=np.uint32).data  # to be halved faster than an array is
        self._searches = 0
        self._nominees: dict[int, int] | None = None
        self._groups: list[list[int]] = []
        self._found: dict[str, list[int]] = {}

    @classmethod
    def build(cls, forms: Iterable[Collection[str]], forms_of: Callable[[int], Collection[str]]) -> FormTable:
        """Hash the forms of all places, in their order; an empty form stands in no table."""
        held = [(value, place) for place, several in enumerate(forms) for value in _hashes(several)]
        hashes = np.array([value for value, _ in held], dtype=np.uint32)
        order = np.argsort(hashes, kind="stable")
        places = np.array([place for _, place in held], dtype=np.int32)
        return cls(hashes[order], places[order], forms_of)

    def find(self, form: str) -> list[int]:
        """Give the places that have this form, in order."""
        if self._nominees is None:
            if self._searches * FORMS_PER_SEARCH < len(self.hashes):
                self._searches += 1
                return self.search(form)
            self._nominees = self._nominate()
        code = self._nominees.get(crc32(form.encode()))
        if code is None or not form:
            return _NONE
        found = self._found.get(form)
        if found is None:
            held = [code] if code >= 0 else self._groups[~code]
            found = [place for place in held if form in self._forms_of(place)]
            if found:  # so there are never more than forms of names
                self._found[form] = found
        return found

    def _nominate(self) -> dict[int, int]:
        """Map each hash to its place or, where it has several, to ``~number`` of their group."""
        firsts = np.flatnonzero(np.diff(self.hashes, prepend=self.hashes[:1] - 1)) if len(self.hashes) else self.hashes
        bounds = np.append(firsts, len(self.hashes))
        nominees = dict(zip(self.hashes[firsts].tolist(), self.places[firsts].tolist(), strict=True))
        for at in np.flatnonzero(np.diff(bounds) > 1).tolist():
            start, end = bounds[at : at + 2].tolist()
            nominees[int(self.hashes[start])] = ~len(self._groups)
            self._groups.append(self.places[start:end].tolist())
        return nominees

    def search(self, form: str) -> list[int]:
        """Search the hashes: the slow twin of the dictionary."""
        if not form:
            return _NONE
        hashes, value = self._view, crc32(form.encode())
        start = end = bisect_left(hashes, value)
        while end < len(hashes) and hashes[end] == value:
            end += 1
        if start == end:
            return _NONE
        return [place for place in self.places[start:end].tolist() if form in self._forms_of(place)]


def _hashes(forms: Collection[str]) -> Collection[int]:
    return dict.fromkeys([crc32(form.encode()) for form in forms if form])


_NONE: Final[list[int]] = []
