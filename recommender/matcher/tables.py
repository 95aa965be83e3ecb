"""Look forms up in sorted hashes that can be stored and memory-mapped, or in a dictionary once it pays.

A process that matches a handful of terms must not build dictionaries of all names first; one that matches millions must
not search. Both ways give the same places: hashes only nominate, the form of each nominee is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

__all__ = ["FormTable"]

# A search takes 10 us, a form of the dictionary 2 to 10 us to build (73,000 forms, measured): when one search has been
# made for so many forms, the dictionary would hardly have cost less, and it pays from then on.
FORMS_PER_SEARCH: Final = 8


class FormTable:
    """Find the places (numbers of keys) that have a form.

    Args:
        hashes: uint32, sorted, one for each place that has a form.
        places: int32, the place of each hash; equal hashes in the order of their places.
        form_of: gives the form of a place.
    """

    def __init__(self, hashes: NDArray[np.uint32], places: NDArray[np.int32], form_of: Callable[[int], str]) -> None:
        self.hashes, self.places, self._form_of = hashes, places, form_of
        self._searches = 0
        self._table: dict[str, list[int]] | None = None

    @classmethod
    def build(cls, forms: Iterable[str], form_of: Callable[[int], str]) -> FormTable:
        """Hash the forms of all places, in their order; an empty form stands in no table."""
        held = [(crc32(form.encode()), place) for place, form in enumerate(forms) if form]
        hashes = np.array([value for value, _ in held], dtype=np.uint32)
        order = np.argsort(hashes, kind="stable")
        places = np.array([place for _, place in held], dtype=np.int32)
        return cls(hashes[order], places[order], form_of)

    def find(self, form: str) -> list[int]:
        """Give the places that have this form, in order."""
        if self._table is not None:
            return self._table.get(form, _NONE)
        if self._searches * FORMS_PER_SEARCH >= len(self.hashes):
            table: dict[str, list[int]] = {}
            for place in sorted(self.places.tolist()):
                table.setdefault(self._form_of(place), []).append(place)
            self._table = table
            return table.get(form, _NONE)
        self._searches += 1
        return self.search(form)

    def search(self, form: str) -> list[int]:
        """Search the hashes: the slow twin of the dictionary."""
        if not form:
            return _NONE
        value = np.uint32(crc32(form.encode()))
        start = int(np.searchsorted(self.hashes, value, side="left"))
        end = int(np.searchsorted(self.hashes, value, side="right"))
        return [place for place in self.places[start:end].tolist() if self._form_of(place) == form]


_NONE: Final[list[int]] = []
