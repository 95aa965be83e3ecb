from __future__ import annotations

import itertools
import pickle
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_matcher import SENSES, SKILLS

from recommender import SkillRecommender
from recommender.kernels import PLAIN, kernel
from recommender.matcher import Matcher
from recommender.matcher.layout import error_bound
from recommender.matcher.meanings import FACTORS
from recommender.matcher.profiles import ProfileReader
from recommender.matcher.senses import ROUNDS
from recommender.matcher.terms import BITS
from recommender.vocabulary import Sense, Skill, Vocabulary

native = kernel("meanings")
pytestmark = pytest.mark.skipif(native is None, reason="the kernel was not built")

WORDS = ["data", "graphic data", "server"]
NAMES = [f"skill {letter}" for letter in "abcdefgh"]
FORMS = ["Fa", "Fb", "Fc", "Fd data", "server"]
TERMS = NAMES + FORMS + WORDS + [f"{form} skills" for form in FORMS] + ["Fa server", "graphic data tool", "", "\x00", "Ｆａ", "zz" * 150]  # fmt: skip


def coded(profiles: list[list[str]]) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Lay profiles out as rows of distinct terms."""
    terms = list(dict.fromkeys(itertools.chain(*profiles)))
    codes = np.array([terms.index(term) for profile in profiles for term in profile], np.int64)
    return np.cumsum([0, *map(len, profiles)]), codes, terms


def readers(matcher: Matcher) -> tuple[ProfileReader, ProfileReader]:
    """Make a reader that uses the kernel, and one that does not."""
    compiled, plain = ProfileReader(matcher), ProfileReader(matcher)
    with pytest.MonkeyPatch().context() as patch:
        patch.setenv(PLAIN, "1")
        assert plain._compiled is None
    return compiled, plain


@st.composite
def vocabularies(draw: st.DrawFn) -> Vocabulary:
    """Draw meanings whose priors lie on the threshold more often than not, with cues that many share."""
    cues = st.lists(
        st.sampled_from([*NAMES, "@one", "@two", "@none", *(f'"{word}"' for word in WORDS), *WORDS]), max_size=6
    ).map(tuple)
    priors = st.sampled_from([0.0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0])
    skills = st.sampled_from([None, *NAMES])
    forms = draw(st.lists(st.sampled_from(FORMS), min_size=1, unique=True))
    senses = [
        Sense(form, draw(skills), f"meaning {at}", draw(priors), draw(cues))
        for form in forms
        for at in range(draw(st.integers(1, 3)))
    ]
    return Vocabulary([Skill(name, "one" if at % 2 else "two") for at, name in enumerate(NAMES)], senses)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(
    vocabularies(), st.lists(st.lists(st.sampled_from(TERMS), max_size=9), max_size=5), st.sampled_from([0.0, 0.5, 0.75, 1.0])
)  # fmt: skip
def test_rows_are_decided_as_by_the_plain_code(
    vocabulary: Vocabulary, profiles: list[list[str]], threshold: float
) -> None:
    """Whatever the meanings and the rows, the kernel and the plain code give what match_profile gives."""
    matcher = Matcher(vocabulary, threshold)
    asked = coded(profiles)
    compiled, plain = (reader.numbers(*asked) for reader in readers(matcher))
    assert compiled.dtype == plain.dtype
    assert compiled.tolist() == plain.tolist()
    assert plain.tolist() == [match.number for row in profiles for match in matcher.match_profile(row)]


def test_the_shipped_meanings() -> None:
    """On the shipped vocabulary, forms beside their cues, in rows of none to two hundred, are decided as plainly."""
    matcher, rng = SkillRecommender.load().matcher_, random.Random(20261123)
    forms = [sense.form for sense in matcher.vocabulary.senses]
    cues = [cue.strip('"') for sense in matcher.vocabulary.senses for cue in sense.cues if cue[0] != "@"]
    rows = [rng.choices(forms, k=rng.choice([0, 1, 2, 5])) + rng.choices(cues, k=rng.randint(0, 6)) for _ in range(900)]
    rows += [rng.choices(forms, k=1) for _ in range(600)] + [rng.choices(forms, k=200)]
    asked = coded(rows)
    compiled, plain = (reader.numbers(*asked).tolist() for reader in readers(matcher))
    assert compiled == plain


def test_floats_err_less_than_the_bound_says() -> None:
    """A threshold that lies on a probability which Senses gives, or half the bound off it, leaves a doubt."""
    matcher, rng = SkillRecommender.load().matcher_, random.Random(7)
    forms = list(matcher.vocabulary.forms)
    reader = ProfileReader(matcher)
    meanings = reader._meanings
    assert meanings.in_doubt == error_bound(meanings.layout)
    assert 0 < meanings.in_doubt < 1e-6
    alone = np.full(len(forms), native.UNASKED, np.int32)
    for _ in range(100):
        row = rng.sample(forms, rng.randint(1, 6))
        indptr, codes, terms = coded([row])
        facts = np.array(reader.facts(terms))
        said = np.array(reader._words_from), np.array(reader._words, np.int64)
        (first, *_) = matcher.senses.settle(row, [None] * len(row), row)[0] or []
        for off in (-0.5, 0.0, 0.5):
            threshold = first.probability + off * meanings.in_doubt
            weights = native.Weights(meanings.layout, FACTORS, ROUNDS, threshold, meanings.in_doubt, alone)
            assert weights.numbers(indptr, codes, facts, *said, BITS)[1].tolist() == [0]


def test_meanings_that_could_overflow_are_asked_one_by_one() -> None:
    """Where products leave the floats, nothing is sure, and the answers are those of Senses."""
    senses = [Sense("Fa", name, name, 0.5, ("skill c",) * 400) for name in NAMES[:2]]
    matcher = Matcher(Vocabulary([Skill(name, "one") for name in NAMES], senses))
    profile = ["Fa", "skill c"]
    for reader in readers(matcher):
        assert reader._meanings.in_doubt == float("inf")
        assert reader.numbers(*coded([profile])).tolist() == [match.number for match in matcher.match_profile(profile)]


def test_fields_alone_decide() -> None:
    """Where no meaning has a cue word, skills still speak for the meanings of their fields."""
    fields = {"TensorFlow": "ml", "Keras": "ml", "Terraform": "ops", "Docker": "ops"}
    senses = [Sense("TF", "TensorFlow", "library", 0.5, ("@ml",)), Sense("TF", "Terraform", "tool", 0.5, ("@ops",))]
    matcher = Matcher(Vocabulary([Skill(name, field) for name, field in fields.items()], senses))
    rows = [["TF", "Keras"], ["TF", "Docker"], ["TF"]]
    wanted = [match.number for row in rows for match in matcher.match_profile(row)]
    assert wanted[0] != wanted[2]
    assert [reader.numbers(*coded(rows)).tolist() for reader in readers(matcher)] == [wanted, wanted]


def test_two_spellings_of_one_form() -> None:
    """A form that stands in a row twice, once with a cue word beside it, is decided as match_profile does."""
    senses = [*SENSES, Sense("TF", None, "transfer function", 0.05, ('"control"', '"skills"'))]
    matcher = Matcher(Vocabulary(SKILLS, senses))
    rows = [["TF", "TF skills"], ["TF skills", "TF skills"], ["TF", "TF", "AWS"], ["TF (control)", "TF", "Ps", "Ai"]]
    compiled, plain = (reader.numbers(*coded(rows)).tolist() for reader in readers(matcher))
    assert compiled == plain == [match.number for row in rows for match in matcher.match_profile(row)]


def test_without_meanings_there_is_nothing_to_weigh() -> None:
    """Profiles without ambiguous forms do not have the meanings read."""
    for reader in (ProfileReader(Matcher(Vocabulary(SKILLS))), ProfileReader(Matcher(Vocabulary(SKILLS, SENSES)))):
        assert reader.numbers(*coded([["Keras"], [], ["golf"]])).tolist() == [2, -1]
        assert reader.numbers(*coded([])).tolist() == []
        assert "_compiled" not in vars(reader)


def test_a_reader_can_be_copied() -> None:
    """A reader that has used the kernel travels, and decides as before."""
    reader = ProfileReader(Matcher(Vocabulary(SKILLS, SENSES)))
    asked = coded([["TF", "Keras"], ["TF", "AWS"], ["Ps"]])
    found = reader.numbers(*asked).tolist()
    assert reader._compiled is not None
    assert pickle.loads(pickle.dumps(reader)).numbers(*asked).tolist() == found


FACT = (1 << 2 * BITS) + (1 << BITS)  # form 0, evidence 1


@pytest.mark.parametrize(
    ("indptr", "codes", "facts", "said_from", "said"),
    [
        ([], [], [], [0, 0], []),
        ([0, 2], [0], [0], [0, 0], []),
        ([0, 1, 0], [0], [0], [0, 0], []),
        ([-1, 1], [0], [0], [0, 0], []),
        ([0, 2**62, -(2**63), -1, 0], [], [0], [0, 0], []),  # steps that leave the integers
        ([0, 1], [1], [0], [0, 0], []),
        ([0, 1], [-1], [0], [0, 0], []),
        ([0, 1], [0], [FACT], [0, 0], []),
        ([0, 1], [0], [FACT], [0, 0, 1], [10**6]),
        ([0, 1], [0], [FACT], [0, 0, 1], [-1]),
        ([0, 1], [0], [FACT], [0, 0, 2], [0]),
        ([0, 1], [0], [FACT], [0, 1, 0], [0]),
        ([0, 1], [0], [FACT], [], []),
        ([0, 1], [0], [99 << BITS], [0, 0], []),
        ([0, 2], [0, 1], [FACT - (1 << 2 * BITS), 99], [0, 0], []),
        ([0, 1], [0], [-1 << 2 * BITS | 1 << BITS], [0, 0], []),
    ],
)
def test_what_is_out_of_range_is_refused(
    indptr: list[int], codes: list[int], facts: list[int], said_from: list[int], said: list[int]
) -> None:
    """No place outside of an array is read."""
    weights = readers(Matcher(Vocabulary(SKILLS, SENSES)))[0]._compiled
    arrays = [np.array(values, np.int64) for values in (indptr, codes, facts, said_from, said)]
    with pytest.raises(ValueError, match=r"out of range|bounds"):
        weights.numbers(*arrays, BITS)


@pytest.mark.parametrize(
    "changes",
    [
        {"number": lambda x: x + 1000},
        {"skill": lambda x: x - 1000},
        {"word": lambda x: x + 10**6},
        {"field": lambda x: x + 1000},
        {"field_of": lambda x: x - 1000},
        {"meanings": lambda x: x[:-1]},
        {"skills_from": lambda x: x + 1},
        {"words_from": lambda x: x[::-1]},
        {"rest": lambda x: x[:-1]},
        {"prior": lambda x: x[:-1]},
        {"number": lambda x: x[:-1]},
        {"meanings": lambda x: x[:0]},
    ],
)
def test_meanings_that_do_not_fit_together_are_refused(changes: dict) -> None:
    """A layout is looked through once, at the door."""
    layout = ProfileReader(Matcher(Vocabulary(SKILLS, SENSES)))._meanings.layout
    wrong = layout._replace(
        **{name: np.ascontiguousarray(change(getattr(layout, name))) for name, change in changes.items()}
    )
    with pytest.raises(ValueError, match=r"differ|ascend|range"):
        native.Weights(wrong, FACTORS, ROUNDS, 0.75, 1e-6, np.zeros(len(layout.rest), np.int32))
