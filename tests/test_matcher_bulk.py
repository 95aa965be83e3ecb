from __future__ import annotations

import pickle
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_matcher import SENSES, SKILLS

from recommender import SkillRecommender
from recommender.kernels import PLAIN
from recommender.matcher import Matcher, forms
from recommender.matcher import bulk as bulk_room
from recommender.matcher.calibration import odds
from recommender.matcher.hashes import Hashed, HashTable
from recommender.matcher.letters import bits_of, counted, mask, masks
from recommender.matcher.neighbours import Neighbours
from recommender.matcher.profiles import ProfileReader
from recommender.matcher.relations import near_among, near_for
from recommender.matcher.spellings import Spellings
from recommender.text import key, qualifiers
from recommender.text.fold import keys
from recommender.vocabulary import Sense, Vocabulary

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


def test_endings_are_those_of_the_list() -> None:
    """Looking the longest ending up cuts what trying the list in its order cuts."""
    rng = Random(5)
    parts = [ending for ending, _, _ in forms._ENDINGS] + ["plan", "n", "organ", "gg", "e", "x"]
    for word in ("".join(rng.choices(parts, k=rng.randint(1, 3))) for _ in range(3000)):
        fits = (e for e in forms._ENDINGS if word.endswith(e[0]) and len(word) - len(e[0]) >= e[2])
        ending, rest, _ = next(fits, ("", "", 0))
        want = word[: len(word) - len(ending)] + rest
        if (
            len(want) == forms.SHORT_STEM
            and ending in forms._DROPPING_E
            and forms._drops_e(want)
            and word[-3:] != "ses"
        ):
            want += "e"  # take, taking
        elif ending and len(want) > 3 and want[-1] == want[-2] and want[-1] in "bdgmnprt":
            want = want[:-1]
        assert forms._cut(word) == want


QUALIFIED = st.lists(
    st.sampled_from(
        [*qualifiers._OPENERS, *qualifiers._ENDERS, "Python", "in", "with", "of", "and", "-", "–", ":", "("]
    )
    | st.sampled_from(
        ["(expert)", "5 years", "3+", "(5/5)", "90%", "B2", "***", "★★", "mid-level", "Expert,", "ſkills"]
    ),
    min_size=1,
    max_size=5,
).map(" ".join)


@given(QUALIFIED)
@settings(max_examples=400, derandomize=True)
def test_signs_leave_out_only_rules_that_cannot_match(term: str) -> None:
    """The qualifiers found are those that trying every rule finds."""
    with pytest.MonkeyPatch().context() as patch:
        patch.setattr(qualifiers, "_signs", lambda _: qualifiers._ALL_SIGNS)
        every = qualifiers.unqualified(term)
    assert qualifiers.unqualified(term) == every
    assert qualifiers.is_qualifier(term) == (qualifiers._alone().fullmatch(term) is not None)


@given(st.lists(DAMAGED, min_size=1, max_size=4), st.sampled_from([0.0, 0.5, 3.0, 100.0]))
@settings(max_examples=150, derandomize=True)
def test_only_what_is_too_little_is_left_out(terms: list[str], least: float) -> None:
    """What is refused early holds no relation of the odds asked for; all else is found whole."""
    index = Matcher(Vocabulary(SKILLS)).index
    for asked in map(key, terms):
        words, spelt = asked.split(" "), index.spellings.near(forms.squeezed(asked))
        whole = near_among(index, asked, words, spelt)
        found = near_for(index, asked, spelt, least)
        assert found == whole or (not found and all(odds(one.features) < least for one in whole))


def test_strings_of_other_kinds_are_terms_too(matcher: Matcher) -> None:
    """What is a string of numpy's is a term, for many as for one."""
    terms = ["keras", "Keras (expert)", "TF", "golf"] * 10
    assert matcher.resolve_many(list(np.array(terms))) == [matcher.resolve(term) for term in terms]


def test_refused_matches_look_like_any_other() -> None:
    """A refused match finds its candidates when asked, and compares, hashes, prints, copies and travels as a match."""
    matcher, other = Matcher(Vocabulary(SKILLS)), Matcher(Vocabulary(SKILLS))
    first, again = matcher.match("linguistic programs"), other.match("linguistic programs")
    assert (first.skill, first.how, first.number) == (None, "refused", -1)
    assert first.candidates
    assert first.score == first.candidates[0].score
    assert first == again
    assert hash(first) == hash(again)
    travelled = pickle.loads(pickle.dumps(first))
    assert travelled == first
    assert first == travelled
    assert repr(first) == repr(travelled)
    assert asdict(first) == asdict(travelled)
    assert first != matcher.match("zzz")
    with pytest.raises(AttributeError):
        first.nothing  # type: ignore[attr-defined]  # noqa: B018


def test_matches_and_profiles_are_remembered_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A term or profile asked for again gives the same match, and no more are remembered than allowed."""
    monkeypatch.setattr("recommender.matcher.match.MOST_MATCHES_REMEMBERED", 10)
    monkeypatch.setattr("recommender.matcher.senses.MOST_SETTLED", 3)
    matcher = Matcher(Vocabulary(SKILLS, SENSES))
    for n in range(30):
        profile = ["TF", f"term {n}", "Keras", "x" * 5000]
        assert matcher.match_profile(profile) == matcher.match_profile(profile)
    assert len(matcher._matches) <= 10
    assert len(matcher.senses._settled) <= 3
    assert "x" * 5000 not in matcher._matches


def test_context_decides_what_is_remembered_alone() -> None:
    """A form seen in one profile is decided anew in the next."""
    matcher = Matcher(Vocabulary(SKILLS, SENSES))
    found = [matcher.match_profile(["TF", other])[0].skill for other in ("Keras", "AWS", "Keras")]
    assert found == ["TensorFlow", "Terraform", "TensorFlow"]


def test_copies_of_a_form_cost_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell that says one ambiguous form thousands of times is decided as one that says it twice."""
    monkeypatch.setenv(PLAIN, "1")
    speaks = Sense("AI", None, "a form that is a cue word of another", 0.5, ('"tf"',))
    matcher = Matcher(Vocabulary(SKILLS, [*SENSES, speaks]))
    reader, asked, decide = ProfileReader(matcher), [], matcher.decide
    monkeypatch.setattr(matcher, "decide", lambda *said: asked.append(len(said[0])) or decide(*said))
    codes = np.array([0, 1] + [0, 2] * 2000)
    numbers = reader.numbers(np.array([0, len(codes)]), codes, ["TF", "Keras", "tf"])
    assert set(numbers.tolist()) == {matcher.vocabulary.number(name) for name in ("TensorFlow", "Keras")}
    assert max(asked) <= 5


def test_names_that_are_all_alike_are_looked_up_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every name is like every other, pairs are made a few at a time, and the answers stay the same."""
    monkeypatch.setattr("recommender.matcher.hashes.MOST_PAIRS", 50)
    monkeypatch.setattr("recommender.matcher.neighbours.MOST_PAIRS", 50)
    spellings = Spellings.of([f"softwaredevelopment{n}" for n in range(60)])
    asked = [f"sofwaredevelopmnt{n}" for n in range(9)] + ["softwaredevelopmen7"]
    near = Neighbours(spellings)
    assert near.one_edit(asked) == [spellings.one_edit(string) for string in asked]
    assert near.two_edits(asked) == [spellings.two_edits(string) for string in asked]
