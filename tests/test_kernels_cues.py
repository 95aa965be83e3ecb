"""Cue words are found in keys: compiled code gives what the plain code gives."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.kernels import PLAIN, kernel
from recommender.matcher.cues import PlainCues, cues_of

compiled = pytest.mark.skipif(kernel("cues") is None, reason="kernels are not built")


@compiled
@given(
    st.dictionaries(
        st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3).map(" ".join), st.integers(0, 9)
    ),
    st.lists(st.lists(st.sampled_from(["a", "b", "c", "d", ""]), max_size=6).map(" ".join), max_size=5),
)
@settings(max_examples=300, deadline=None)
def test_cues_are_found_alike(cues: dict[str, int], keys: list[str]) -> None:
    """Compiled and plain code find the same cue words, in the same order."""
    assert cues_of(cues).found(keys) == PlainCues(cues).found(keys)


def test_cues_are_found_without_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no kernel is wanted, plain code looks."""
    monkeypatch.setenv(PLAIN, "1")
    assert isinstance(cues_of({"tax": 3}), PlainCues)
