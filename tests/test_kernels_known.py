"""What terms stand for and which cue words they hold: compiled code gives what the plain code gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.kernels import PLAIN, kernel
from recommender.matcher.bulk import BulkResolver, told_apart
from recommender.matcher.cues import PlainCues, cues_of
from recommender.matcher.readings import readings
from recommender.matcher.resolving import LONGEST_SEARCHED, Resolver
from recommender.text import key
from recommender.vocabulary import Sense, Skill, Vocabulary

compiled = pytest.mark.skipif(any(kernel(name) is None for name in ("known", "cues")), reason="kernels are not built")

WORDS = Vocabulary(
    [Skill("Go"), Skill("Tax law", ("law of taxes",)), Skill("Project management")],
    [Sense("TF", "Go", "one", 0.5), Sense("TF", None, "another", 0.5)],
)
TERMS = st.lists(
    st.sampled_from(["", "go", "TF", "expert", "5+ years", "tax", "mgmt", "law,", "-", " - ", "(x)", "％", "ｇｏ", "é"])
    | st.text("goTFx -(),:%5\n\t\x1f\xa0–★", max_size=6),
    max_size=5,
).map(" ".join)


@compiled
@given(st.lists(TERMS | st.just("x" * (LONGEST_SEARCHED + 1)), max_size=6))
@settings(max_examples=400, deadline=None)
def test_terms_are_told_apart_alike(terms: list[str]) -> None:
    """Compiled and plain code say the same of each term, and whatever can be read otherwise is among the others."""
    keys = [key(term) for term in terms]
    found, plain, others = BulkResolver(Resolver(WORDS))._told_apart(terms, keys)
    slow, unknown, read = told_apart(terms, keys, WORDS.codes.table(), WORDS.forms)
    assert found == slow
    assert sorted([*plain, *others]) == sorted([*unknown, *read])
    assert not any(readings(terms[at], keys[at]) for at in plain)
    assert set(read) <= set(others)


def test_strings_of_other_kinds_are_terms_too() -> None:
    """What is a string of numpy's is a term, for one as for many."""
    terms = list(np.array(["go", "Go (expert)", "tax laws"] * 20))
    resolver = Resolver(WORDS)
    assert resolver.resolve_many(terms) == [resolver.resolve(str(term)) for term in terms]


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
