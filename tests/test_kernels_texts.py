"""Compiled and plain joining of words give the same texts."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender import columns, kernels

TEXTS = kernels.kernel("texts")
WORDS = ["", "a", "bé", "中文", "with\x00nul", "long " * 50]

pytestmark = pytest.mark.skipif(TEXTS is None, reason="the kernel was not compiled")


def laid(rows):
    return np.cumsum([0, *map(len, rows)]), np.array([number for row in rows for number in row], np.int64)


@given(st.lists(st.lists(st.integers(-1, len(WORDS) - 1), max_size=6), max_size=8), st.sampled_from([", ", "; ", ""]))
def test_compiled_texts_are_the_plain_ones(rows, between):
    """Whatever rows hold, the kernel joins the words that the plain code joins; numbers below 0 are no words."""
    words = pa.array(["left out", *WORDS], pa.string()).slice(1)
    compiled = columns._joined(*laid(rows), words, between)
    compiled.validate(full=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(kernels.PLAIN, "1")
        assert columns._joined(*laid(rows), words, between).equals(compiled)
    assert compiled.to_pylist() == [between.join(WORDS[n] for n in row if n >= 0) for row in rows]


@pytest.mark.parametrize(
    ("indptr", "numbers"),
    [([0, 2], [0]), ([1, 1], [0]), ([0, 1], [9]), ([0, 2, 1], [0, 0]), ([0, 9, 1], [0]), ([], [0])],
    ids=["beyond the numbers", "not from 0", "beyond the words", "falling", "beyond between", "no rows"],
)
def test_what_points_outside_is_refused(indptr, numbers):
    """Nothing outside the given arrays is ever read."""
    bounds, words = np.array([0, 1], np.int32), np.frombuffer(b"a", np.uint8)
    with pytest.raises(ValueError, match="rows"):
        TEXTS.joined(np.array(indptr, np.int64), np.array(numbers), bounds, words, b", ")


@pytest.mark.parametrize("bounds", [[], [0, 2], [-1, 1], [0, 9, 1], [0, 1, 0]])
def test_words_outside_their_text_are_refused(bounds):
    """So it is with words, also those whose neighbours lie within."""
    words = np.frombuffer(b"a", np.uint8)
    with pytest.raises(ValueError, match="bounds"):
        TEXTS.joined(np.array([0, 1]), np.array([0]), np.array(bounds, np.int32), words, b", ")
