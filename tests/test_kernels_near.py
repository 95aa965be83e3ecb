"""Folding, neighbours in spelling, slips and what tables may hold: compiled code gives what the plain code gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from recommender.characters import APOSTROPHES, LOOKALIKES, SIGNS
from recommender.kernels import PLAIN, kernel
from recommender.matcher import bulk as bulk_room
from recommender.matcher.differences import many_slips, typing_slips
from recommender.matcher.index import CORE, EVERYTHING, FORMS, JOINED, KEY, NUMBER, WORDS, FormIndex
from recommender.matcher.neighbours import Neighbours
from recommender.matcher.resolving import Resolver
from recommender.matcher.spellings import LONGEST, Spellings
from recommender.text import fold as fold_room
from recommender.text.fold import key, keys
from recommender.vocabulary import Vocabulary

compiled = pytest.mark.skipif(
    any(kernel(name) is None for name in ("fold", "held", "near", "slips")), reason="kernels are not built, or unwanted"
)

NAMES = (
    "Project Management", "Data Entry", "Node.js", "Adobe Photoshop", "MS SQL Server 2012", "HTML5", "Speech to Text",
    "Monitoring of Wells", "C++ Development", "Web Design Software", "Software Design", "Text to Speech", "Angular 4",
    "Angular", "Customer Services", "Search Engine Optimization", "Analysis", "Analyses of Data", "Émile", "naïve",
    "Москва", "データ", "In-house Design", "Google AI", "Logo Design", "Logo Designer", "Kafka 2.0 Tools", "x", "As In",
)  # fmt: skip
ODD = "\0\n\t\x1c\x7f\u200b\xad\xa0é½ﬁｅＡ．＆İſK\u0301…№й你😀𝐀\ud800" + "".join(APOSTROPHES) + "".join(SIGNS)
SIGNED = st.text(st.sampled_from("abnestSC 019.+#&'`-_,(" + ODD + "".join(LOOKALIKES)), max_size=12)
# Few letters, so that much is near; ends where strings are too short or too long to be anyone's neighbour.
ALIKE = st.one_of(
    st.text("abc", max_size=14),
    st.text("ab", min_size=LONGEST - 2, max_size=LONGEST + 2),
    st.text("aé\0字5", max_size=9),
)


@compiled
@given(st.lists(st.text() | SIGNED, max_size=9))
@example(["e" * 100_000 + "е", "е" * 100_000, "", "\n", "é\n", "a\ud800b"])
@settings(max_examples=400, deadline=None)
def test_many_terms_fold_as_each_does(terms: list[str]) -> None:
    """The keys of many terms are the key of each, whatever signs they hold."""
    assert keys(terms) == [key(term) for term in terms]


@compiled
@given(st.lists(st.text() | SIGNED, max_size=9))
@settings(max_examples=200, deadline=None)
def test_many_terms_fold_alike_without_kernels(terms: list[str]) -> None:
    """Kernels that are turned off while a process runs are used no more, and the keys are the same."""
    found = keys(terms)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PLAIN, "1")
        patch.setattr(fold_room, "_folder", None)
        assert keys(terms) == found


@compiled
def test_terms_of_classes_made_from_str_fold_too() -> None:
    """What numpy gives for text is a str of its own class, and means the same."""
    terms = ["Ab", "Émile", "C++"]
    assert keys(np.array(terms)) == keys(terms)


@compiled
@pytest.mark.parametrize("around", ["{}", "a{}b", "Ж{}e", "{}.x", "x {}#"])
def test_every_sign_folds_as_by_itself(around: str) -> None:
    """No sign of Unicode's first plane folds otherwise among many terms, alone or beside others."""
    terms = [around.format(chr(point)) for point in (*range(0x3400), *range(0xA000, 0xAC00), *range(0xD7F0, 0x10010))]
    assert keys(terms) == [key(term) for term in terms]


@compiled
@given(st.lists(ALIKE, max_size=40), st.lists(ALIKE, max_size=20))
@settings(max_examples=300, deadline=None)
def test_neighbours_are_those_of_each(held: list[str], asked: list[str]) -> None:
    """Strings looked up together have the neighbours that each has by itself, in order."""
    spellings = Spellings.of(held)
    assert Neighbours(spellings).near(asked) == [spellings.near(string) for string in asked]


@compiled
def test_many_names_alike_are_all_found() -> None:
    """Thousands of names may be near to one string, more than fit the first room that is made for them."""
    held = [f"abcdefgh{chr(0x4E00 + at)}" for at in range(3000)]
    assert Neighbours(Spellings.of(held)).near(["abcdefgh!", "abcdefg"]) == [list(range(3000)), []]


@compiled
@pytest.mark.parametrize(
    ("starts", "bits", "longest"),
    [
        ([0, 2], 2, 80),
        ([1, 2, 3], 2, 80),
        ([0, 2, 9], 2, 80),
        ([0, 2, 3], 2, 500),
        ([0, 3, 3], 2, 2),
        ([0, 5, 3], 2, 80),
    ],
)
def test_strings_outside_their_text_are_refused(starts: Sequence[int], bits: int, longest: int) -> None:
    """Numbers that would be read outside their arrays are refused at the door."""
    with pytest.raises(ValueError, match=r"string|bounds"):
        kernel("near").Neighbours(
            np.zeros(3, np.uint32), np.array(starts, np.int64), np.zeros(bits, np.uint64), 5, 8, longest
        )


def _mutated(draw: st.DrawFn, text: str) -> str:
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        text = draw(
            st.sampled_from(
                [text[:at] + text[at + 1 :], text[:at] + text[at : at + 2][::-1] + text[at + 2 :]]
                + [text[:at] + letter + text[at:] for letter in "es .1x字"]
                + [text[:at] + letter + text[at + 1 :] for letter in "eys1é"]
            )
        )
    return key(text)


@st.composite
def slipped(draw: st.DrawFn) -> tuple[str, str]:
    """A key, and one that few edits made of it."""
    held = draw((st.sampled_from(NAMES) | st.text("abes .1", min_size=1, max_size=12)).map(key).filter(bool))
    return _mutated(draw, held), held


KNOWN = Vocabulary.from_names(NAMES)


@compiled
@given(slipped())
@example(("", "abc"))
@example(("dat aentry", "data entry"))
@settings(max_examples=1000, deadline=None)
def test_slips_are_described_alike(pair: tuple[str, str]) -> None:
    """The features of slips are the same, in the same order, so that their sums are the same to the last bit."""
    known = FormIndex(KNOWN).known

    def told(features: Any) -> Any:
        return features if features is None else list(features.items())

    asked, held = pair
    assert told(many_slips()(asked, held, known)) == told(typing_slips(asked, held, known))


@compiled
@given(slipped(), st.permutations(range(4)))
@settings(max_examples=600, deadline=None)
def test_what_is_held_is_never_denied(pair: tuple[str, str], order: list[int]) -> None:
    """Whatever a table gives for a form of a key, the compiled filter says that it may be held."""
    index = FormIndex(KNOWN)
    words = pair[0].split(" ")
    asked = " ".join([words[at] for at in order if at < len(words)])
    words = asked.split(" ")

    def find(form: str, key: str = asked) -> list[int]:
        return [place for value in FORMS[form](key) for place in index.find(form, value)]

    others = [f"{asked}s", asked.removesuffix("s")]
    number = [place for other in others if other != asked for form in ("key", "joined") for place in find(form, other)]
    held = {KEY: find("key"), JOINED: find("joined"), NUMBER: number, WORDS: find("plain") or find("deep")}
    found = sum([flag for flag, places in [*held.items(), (CORE, find("core"))] if places])
    assert index.may_hold(asked, words) & found == found


@compiled
def test_prose_may_be_anything() -> None:
    """Of a key of more words than the filter looks at, nothing is denied; of what nobody names, everything is."""
    index = FormIndex(KNOWN)
    assert index.may_hold(" ".join("ab" * 100), list("ab" * 100)) == EVERYTHING
    assert index.may_hold("qqqqqqq zzzzz", ["qqqqqqq", "zzzzz"]) == 0


@compiled
@given(st.lists(slipped().map(lambda pair: pair[0]) | SIGNED, max_size=12))
@settings(max_examples=60, deadline=None)
def test_terms_resolve_alike_without_kernels(terms: list[str]) -> None:
    """Terms resolved together mean the same with compiled code, without it, and one by one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk_room, "KEYS_BEFORE_TABLES", 0)
        patch.setattr(bulk_room, "LEAST_FOR_TABLES", 0)
        fast = Resolver(KNOWN).resolve_many(terms)
        patch.setenv(PLAIN, "1")
        assert fast == Resolver(KNOWN).resolve_many(terms)
    assert fast == [Resolver(KNOWN).resolve(term) for term in terms]
