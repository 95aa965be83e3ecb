"""Compiled and plain writing of CSV give the same bytes."""

from __future__ import annotations

import csv
import io

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender import kernels
from recommender.batch import writing

LINES = kernels.kernel("lines")
CELLS = st.text(alphabet=st.sampled_from([*'ab,;"\n\r\t=+-é中\x00 ']), max_size=12)
ROWS = st.lists(st.tuples(CELLS | st.none(), CELLS, st.floats(allow_nan=False) | st.none()), max_size=20)

pytestmark = pytest.mark.skipif(LINES is None, reason="the kernel was not compiled")


def table(rows):
    columns = zip(*rows, strict=True) if rows else ([], [], [])
    kinds = (pa.string(), pa.string(), pa.float64())
    return pa.RecordBatch.from_arrays(
        [pa.array(list(column), kind) for column, kind in zip(columns, kinds, strict=True)], ["a", "b", "c"]
    )


@given(ROWS, st.sampled_from(["csv", "tsv"]), st.booleans(), st.integers(0, 3))
def test_compiled_lines_are_the_plain_ones(rows, format, safe, skipped):
    """Whatever cells hold, also in a slice of a batch, the kernel writes the bytes of the plain code, and counts alike."""
    batch, changes = table(rows).slice(skipped), (writing.Changes(), writing.Changes())
    compiled = bytes(writing.encode(batch, format, safe, changes[0]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(kernels.PLAIN, "1")
        assert bytes(writing.encode(batch, format, safe, changes[1])) == compiled
    assert changes[0] == changes[1]


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=20))
def test_a_reader_of_csv_gets_the_cells_back(rows):
    """What is written in quotes is read by Python's own reader as what it was."""
    rows = [tuple(cell.replace("\x00", "") for cell in row) for row in rows]
    columns = [pa.array(list(column), pa.string()) for column in zip(*rows, strict=True)]
    parts = [writing._bounds_and_text(column) for column in columns]
    lines = LINES.csv_lines([bounds for bounds, _ in parts], [text for _, text in parts], ",")
    assert [tuple(row) for row in csv.reader(io.StringIO(lines.decode(), newline=""))] == rows


@pytest.mark.parametrize(
    ("bounds", "texts"),
    [
        ([], []),
        ([[]], [b"a"]),
        ([[0, 2]], [b"a"]),
        ([[0, 9, 1]], [b"a"]),
        ([[0, 1, 0, 1]], [b"a"]),
        ([[1, 1]], [b"a"]),
        ([[0, 1], [0]], [b"a", b""]),
    ],
    ids=["no columns", "no bounds", "outside", "outside between", "falling", "not from 0", "of different lengths"],
)
def test_what_is_no_table_is_refused(bounds, texts):
    """Bounds are checked at the door: nothing outside the given bytes is ever read."""
    with pytest.raises(ValueError, match=r"column|bounds"):
        LINES.csv_lines([np.array(b, np.int32) for b in bounds], [np.frombuffer(t, np.uint8) for t in texts], ",")


@pytest.mark.parametrize("delimiter", ["", ",,", "ł"])
def test_a_delimiter_is_one_ascii_sign(delimiter):
    """No other sign is cut down to a byte that stands for something else."""
    with pytest.raises(ValueError, match="delimiter"):
        LINES.csv_lines([np.array([0, 1], np.int32)], [np.frombuffer(b"a", np.uint8)], delimiter)
