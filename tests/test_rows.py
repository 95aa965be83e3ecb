from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from recommender.neighbours import Neighbours
from recommender.rows import AllColumns, FewColumns


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Neighbours], np.ndarray]:
    """Two rooms of one world, the first with rows of pairs behind those of the skills, and their dense matrices."""
    size, pairs = draw(st.integers(1, 8)), draw(st.integers(0, 3))
    steps = draw(arrays(np.int16, (2, size + pairs, size), elements=st.integers(-9, 9)))
    steps[:, np.arange(size), np.arange(size)] = 0
    steps[1, size:] = 0
    columns = np.arange(size)
    rooms = []
    for room, height in ((0, size + pairs), (1, size)):
        rooms.append(Neighbours.from_rows([(columns[row != 0], row[row != 0]) for row in steps[room, :height]]))
    return rooms, steps


@settings(max_examples=150, derandomize=True)
@given(worlds(), st.data())
def test_few_and_all_columns_are_those_of_the_dense_matrix(
    world: tuple[list[Neighbours], np.ndarray], data: st.DataObject
) -> None:
    """Sums and shares of gathered rows equal those read off the whole matrices, asked once or again, in any order."""
    rooms, steps = world
    size = steps.shape[2]
    items = np.array(sorted(data.draw(st.sets(st.integers(0, size - 1), min_size=1))), np.int64)
    few, every = FewColumns(rooms, items), AllColumns(rooms, size)
    for _ in range(3):
        held = data.draw(st.lists(st.integers(0, size - 1), unique=True))
        numbers = held + data.draw(
            st.lists(st.integers(size, steps.shape[1] - 1), unique=True) if steps.shape[1] > size else st.just([])
        )
        own = steps[:, numbers].transpose(1, 0, 2).astype(np.int64)
        for rows, columns in ((few, items), (every, np.arange(size))):
            places = np.array(data.draw(st.lists(st.integers(0, len(columns) - 1), unique=True)), np.intp)
            gathered = rows.gathered(numbers)
            assert (rows.sums(gathered) == own.sum(0)[:, columns]).all()
            assert (rows.shares(gathered, places) == own[:, :, columns[places]]).all()
