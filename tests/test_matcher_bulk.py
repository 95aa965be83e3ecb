from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_matcher import SENSES, SKILLS

from recommender import SkillRecommender
from recommender.matcher import Matcher
from recommender.matcher import bulk as bulk_room
from recommender.matcher.hashes import Hashed, HashTable
from recommender.matcher.letters import bits_of, counted, mask, masks
from recommender.matcher.neighbours import Neighbours
from recommender.matcher.spellings import Spellings
from recommender.text import key
from recommender.text.fold import keys
from recommender.vocabulary import Vocabulary

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))
from damage import KINDS

ODD = "aAеЕıİßſΣς \u200b\u00ad\ufeff\u0301ﬁＡ．＋Ϲ\u2028\x85\xa0\ud800’`'&.+#-_,;()0129%\n\t\x00"
ODD_TEXT = st.text(st.sampled_from(ODD) | st.characters(), max_size=12)
DAMAGED = st.builds(
    lambda skill, kind, seed: KINDS[kind](skill, Random(seed)) or skill,
    st.sampled_from([skill.name for skill in SKILLS] + [sense.form for sense in SENSES]),
    st.sampled_from(list(KINDS)),
    st.integers(0, 99),
)


@given(st.lists(ODD_TEXT, max_size=8))
@settings(max_examples=300, derandomize=True)
def test_folding_many_equals_folding_one(terms: list[str]) -> None:
    """Terms folded together have the keys that each has alone, whatever characters they hold."""
    assert keys(terms) == [key(term) for term in terms]


@pytest.fixture(scope="module", params=["one by one", "by tables"])
def matcher(request: pytest.FixtureRequest) -> Iterator[Matcher]:
    with pytest.MonkeyPatch().context() as patch:
        if request.param == "by tables":
            patch.setattr(bulk_room, "KEYS_BEFORE_TABLES", 0)
            patch.setattr(bulk_room, "LEAST_FOR_TABLES", 0)
        yield Matcher(Vocabulary(SKILLS, SENSES))


@given(st.lists(DAMAGED | ODD_TEXT | st.sampled_from(["expert", "TF (expert)", "Keras, Python", ""]), max_size=12))
@settings(max_examples=150, derandomize=True)
def test_resolving_many_equals_resolving_one(matcher: Matcher, terms: list[str]) -> None:
    """Terms resolved together get the key, form and number that each gets alone."""
    twin = Matcher(Vocabulary(SKILLS, SENSES))
    assert matcher.resolve_many(terms) == [twin.resolve(term) for term in terms]


def test_shipped_names_in_bulk() -> None:
    """On the shipped vocabulary, damaged names resolved together get the answers of one at a time."""
    shipped = SkillRecommender.load().matcher_
    rng = Random(20261122)
    names = rng.sample(list(shipped.vocabulary.names), 150)
    terms = [term for name in names for damage in KINDS.values() if (term := damage(name, rng))]
    with pytest.MonkeyPatch().context() as patch:
        patch.setattr(bulk_room, "KEYS_BEFORE_TABLES", 0)
        found = shipped.resolve_many(terms)
    assert found == [shipped.resolve(term) for term in terms]
    assert sum(number >= 0 for _, _, number in found) > len(terms) // 2


def test_neighbours_equal_their_slow_twin() -> None:
    """Hashes of parts find for many strings what comparing each with all finds."""
    rng = Random(3)
    held = ["".join(rng.choices("abc", k=rng.randint(3, 14))) for _ in range(300)]
    asked = ["".join(rng.choices("abc", k=rng.randint(3, 16))) for _ in range(300)]
    spellings = Spellings.of(held)
    near = Neighbours(spellings)
    assert near.one_edit(asked) == [spellings.one_edit(string) for string in asked]
    assert near.two_edits(asked) == [spellings.two_edits(string) for string in asked]
    assert near.one_edit([]) == []


@given(st.lists(ODD_TEXT, max_size=5))
@settings(max_examples=100, derandomize=True)
def test_bits_of_letters(strings: list[str]) -> None:
    """The bits of many strings are those of each; they are counted rightly with either version of numpy."""
    found = masks(strings)
    assert found.tolist() == [mask(string) for string in strings]
    assert counted(found).tolist() == bits_of(found).tolist() == [bit.bit_count() for bit in found.tolist()]


def test_hashes_of_parts() -> None:
    """Equal parts have equal hashes, wherever they stand; a table finds all owners of a hash."""
    hashed = Hashed(["abcde", "xxcd", ""])
    parts = hashed.parts(np.array([0, 1]), np.array([2, 2]), np.array([4, 4]))
    assert parts[0] == parts[1]
    places, owners = HashTable(parts, np.array([7, 8])).find(parts[:1])
    assert (places.tolist(), sorted(owners.tolist())) == ([0, 0], [7, 8])
