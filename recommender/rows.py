"""Lay out the rows of held skills over some candidates: few columns dense, all columns end to end.

A row of `Neighbours` names a hundred of thousands of skills. The default candidates are some two hundred, so a row over
them is short: it is laid out once, when its skill is first held, and then a profile's rows are one gathering. Over all
skills that table would be large, and the rows are summed as they lie.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.neighbours import Neighbours

__all__ = ["AllColumns", "Ends", "FewColumns"]

Floats = NDArray[np.float64]
Ints = NDArray[np.integer[Any]]


class FewColumns:
    """Hold the rows of several rooms over few candidates.

    Parameters
    ----------
    rooms : sequence of Neighbours
        Rooms of one world; only some may have rows (of pairs) behind those of the skills.
    items : int64 array
        The candidates, ascending.
    """

    def __init__(self, rooms: Sequence[Neighbours], items: NDArray[np.int64]) -> None:
        self._rooms, self._shape = rooms, (len(rooms), len(items))
        self._place = np.full(max(map(len, rooms)), -1, np.int32)
        self._place[items] = np.arange(len(items))
        self._laid: dict[int, NDArray[np.int16]] = {}

    def gathered(self, numbers: list[int]) -> NDArray[np.int16]:
        """Return the rows of skills, then of pairs, in steps of the weights, int16 (rows, rooms, candidates)."""
        if not numbers:
            return np.zeros((0, *self._shape), np.int16)
        try:
            rows = [self._laid[number] for number in numbers]
        except KeyError:
            self._lay([number for number in numbers if number not in self._laid])
            return self.gathered(numbers)
        return np.concatenate(rows).reshape(len(rows), *self._shape)

    def sums(self, rows: NDArray[np.int16]) -> Ints:
        """Return the sums of gathered rows in steps, whole numbers (rooms, candidates)."""
        sums: Ints = np.add.reduce(rows, 0, np.int64)
        return sums

    def shares(self, rows: NDArray[np.int16], places: NDArray[np.intp]) -> NDArray[np.int16]:
        """Return what each row gives to the candidates at some places, in steps: (rows, rooms, places)."""
        return rows.take(places, 2)

    def _lay(self, numbers: list[int]) -> None:
        block = np.zeros((len(numbers), *self._shape), np.int16)
        for at, room in enumerate(self._rooms):
            own = np.array([number for number in numbers if number < len(room)], np.intp)
            cells, lengths = room.cells(own)
            column = self._place.take(room.indices[cells])
            (kept,) = (column >= 0).nonzero()
            # What has no row in this room comes last in `numbers`, so the first rows of the block are those of `own`.
            block[np.arange(len(own)).repeat(lengths)[kept], at, column[kept]] = room.steps[cells[kept]]
        self._laid.update(zip(numbers, block.reshape(len(numbers), -1), strict=True))


class Ends(NamedTuple):
    """Hold rows end to end: of each entry the cell (room x width + skill), the weight, the row; and how many rows."""

    cells: NDArray[np.int64]
    steps: NDArray[np.int16]
    owners: NDArray[np.int64]
    rows: int


class AllColumns:
    """Sum the rows of several rooms over all skills; the same questions as to `FewColumns`."""

    def __init__(self, rooms: Sequence[Neighbours], size: int) -> None:
        self._rooms, self._size = rooms, size
        self._width = max(map(len, rooms))

    def gathered(self, numbers: list[int]) -> Ends:
        """Return the rows of skills, then of pairs, end to end."""
        cells, steps, owners = [], [], []
        for at, room in enumerate(self._rooms):
            own = np.array([number for number in numbers if number < len(room)], np.intp)
            found, lengths = room.cells(own)
            cells.append(room.indices[found] + np.int64(at * self._width))
            steps.append(room.steps[found])
            owners.append(np.arange(len(own)).repeat(lengths))  # pairs come last, so a room without them lacks the end
        return Ends(np.concatenate(cells), np.concatenate(steps), np.concatenate(owners), len(numbers))

    def sums(self, rows: Ends) -> Floats:
        """Return the sums of gathered rows in steps, float64 (rooms, skills)."""
        rooms = len(self._rooms)
        total = np.bincount(rows.cells, weights=rows.steps, minlength=rooms * self._width)
        return np.asarray(total.reshape(rooms, self._width)[:, : self._size])

    def shares(self, rows: Ends, places: NDArray[np.intp]) -> NDArray[np.int16]:
        """Return what each row gives to some skills, in steps: (rows, rooms, places)."""
        out = np.zeros((rows.rows, len(self._rooms), len(places)), np.int16)
        for at in range(len(self._rooms)):
            columns, found = (rows.cells == (places + at * self._width)[:, None]).nonzero()
            out[rows.owners[found], at, columns] = rows.steps[found]
        return out
