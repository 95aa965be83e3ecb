from __future__ import annotations

import csv
import json
from itertools import pairwise
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, Levenshtein

from recommender.matcher import THRESHOLD, Matcher
from recommender.matcher.forms import deep_bag, plain_bag, shortens, squeezed, stem
from recommender.matcher.index import FORMS, FormIndex
from recommender.matcher.match import LONGEST_SEARCHED
from recommender.matcher.spellings import SHORTEST, SHORTEST_FOR_TWO, Spellings
from recommender.matcher.tables import FORMS_PER_SEARCH
from recommender.text import key
from recommender.vocabulary import Sense, Skill, Vocabulary

GOLDEN = Path(__file__).parent / "golden" / "matcher"
SKILLS = [
    Skill("TensorFlow", "ai", "library", aliases=("TF2",)),
    Skill("Terraform", "cloud", "tool"),
    Skill("Keras", "ai", "library"),
    Skill("PyTorch", "ai", "library"),
    Skill("Amazon Web Services", "cloud", "platform", aliases=("AWS",)),
    Skill("Kubernetes", "cloud", "tool", aliases=("k8s",)),
    Skill("Adobe Photoshop", "design", "tool", aliases=("Photoshop",)),
    Skill("Adobe Illustrator", "design", "tool"),
    Skill("Adobe InDesign", "design", "tool"),
    Skill("Artificial intelligence", "ai", "knowledge"),
    Skill("Natural language processing", "ai", "knowledge"),
    Skill("Neuro-linguistic programming", "lifestyle", "method"),
    Skill("Hypnotherapy", "lifestyle", "service"),
    Skill("Computer vision", "ai", "knowledge"),
    Skill("OpenCV", "ai", "library"),
    Skill("Resume writing", "writing", "service"),
    Skill("Cover letter writing", "writing", "service"),
    Skill("Convolutional neural network", "ai", "method"),
    Skill("Journalism", "writing", "knowledge"),
    Skill("Python", "software", "programming-language"),
    Skill("Node.js", "web", "platform"),
    Skill("Photo editing", "photography", "service"),
    Skill("Project management", "management", "knowledge"),
    Skill("E-commerce", "ecommerce", "knowledge"),
    Skill("Voice-over artist", "audio", "role-name"),
    Skill("PSD to HTML", "web", "service"),
    Skill("API", "software", "knowledge"),
]
SENSES = [
    Sense("TF", "TensorFlow", "machine-learning library", 0.6, ("Keras", "PyTorch", "@ai")),
    Sense("TF", "Terraform", "infrastructure as code", 0.35, ("AWS", "Kubernetes", "@cloud", '"iac"')),
    Sense("Ps", "Adobe Photoshop", "Adobe Photoshop", 0.7, ("Adobe Illustrator", "Adobe InDesign", "@design")),
    Sense("Ps", None, "PowerShell, PlayStation", 0.3, ('"powershell"',)),
    Sense("Ai", "Artificial intelligence", "the field", 0.8, ("Python", "PyTorch", "@ai")),
    Sense("Ai", "Adobe Illustrator", "Adobe Illustrator", 0.2, ("Adobe Photoshop", "Adobe InDesign", "@design")),
    Sense("Id", "Adobe InDesign", "Adobe InDesign", 0.5, ("Adobe Photoshop", "Adobe Illustrator", "@design")),
    Sense("Id", None, "identity", 0.5, ('"passport"',)),
    Sense("NLP", "Natural language processing", "the field", 0.7, ("Python", "@ai")),
    Sense("NLP", "Neuro-linguistic programming", "coaching", 0.3, ("Hypnotherapy", "@lifestyle")),
    Sense("CV", "Resume writing", "curriculum vitae", 0.5, ("Cover letter writing", "@writing")),
    Sense("CV", "Computer vision", "computer vision", 0.5, ("OpenCV", "@ai")),
    Sense("CNN", "Convolutional neural network", "neural network", 0.7, ("PyTorch", "Keras", "@ai")),
    Sense("CNN", None, "the broadcaster", 0.3, ("Journalism", '"producer"', "@writing")),
]
WORDS = st.lists(
    st.sampled_from(
        ["data", "design", "web", "photo", "editing", "tensor", "flow", "to", "speech", "text", "logo", "api"]
    ),
    min_size=1,
    max_size=3,
)
NAMES = st.lists(WORDS.map(" ".join), min_size=1, max_size=8, unique=True)
ANY_TEXT = st.text(st.characters(), max_size=40)


def rows(name: str) -> list[list[str]]:
    with (GOLDEN / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(Vocabulary(SKILLS, SENSES))


@pytest.mark.parametrize(("term", "skill", "how"), rows("synthetic/damaged.tsv"))
def test_damaged_terms_are_found(matcher: Matcher, term: str, skill: str, how: str) -> None:
    """A damaged or qualified name finds its skill, and says how."""
    match = matcher.match(term)
    assert (match.skill, match.how) == (skill, how)
    assert match.score >= THRESHOLD


@pytest.mark.parametrize(("held", "asked"), rows("must_not_match/pairs.tsv"))
def test_other_skills_are_refused(held: str, asked: str) -> None:
    """Alone in a vocabulary, a skill is not taken for another that looks like it."""
    match = Matcher(Vocabulary.from_names([held])).match(asked)
    assert (match.skill, match.how, match.number) == (None, "refused", -1)


@pytest.mark.xfail(strict=True, reason="see the column why")
@pytest.mark.parametrize(("held", "asked", "why"), rows("known_failures/pairs.tsv"))
def test_known_false_matches(held: str, asked: str, why: str) -> None:  # noqa: ARG001
    """These are matched although they may mean something else."""
    assert Matcher(Vocabulary.from_names([held])).match(asked).skill is None


@pytest.mark.parametrize(("terms", "meant"), json.loads((GOLDEN / "synthetic" / "profiles.json").read_text("utf-8")))
def test_context_decides_ambiguous_forms(matcher: Matcher, terms: list[str], meant: dict[str, str | None]) -> None:
    """The rest of a profile decides what a short form means; without evidence it is refused with its candidates."""
    for match in matcher.match_profile(terms):
        if match.term in meant:
            assert match.skill == meant[match.term]
            assert match.candidates
            assert match.how in ("sense", "exact", "refused")


def test_evidence_is_named(matcher: Matcher) -> None:
    """A sense names what in the profile decided it, and the meaning as a step."""
    match = matcher.match("TF", context=["terraform modules in IaC", "k8s"])
    assert (match.skill, match.how) == ("Terraform", "sense")
    assert {"Kubernetes", '"iac"'} <= set(match.evidence)
    assert match.steps[-1].name == "sense: infrastructure as code"
    assert 0.9 < match.score < 1


def test_probabilities_of_meanings(matcher: Matcher) -> None:
    """Without evidence the candidates of a form carry their priors."""
    match = matcher.match("TF")
    assert [(c.skill, round(c.score, 2)) for c in match.candidates] == [("TensorFlow", 0.6), ("Terraform", 0.35)]
    assert matcher.is_ambiguous("tf")
    assert not matcher.is_ambiguous("keras")
    assert matcher.numbers(["TF", "Keras"]).tolist() == [-1, 2]
    assert (matcher.known("TF"), matcher.known("Keras"), matcher.known("zzz")) == ("tf", 2, None)


def test_exact_beats_alias_beats_near(matcher: Matcher) -> None:
    """The surer the way, the higher the score."""
    scores = [matcher.match(term).score for term in ("Kubernetes", "k8s", "kubernets")]
    assert all(a > b for a, b in pairwise(scores))


@given(ANY_TEXT)
@settings(max_examples=60)
def test_matching_never_fails(matcher: Matcher, term: str) -> None:
    """Any string is matched or refused; scores are probabilities, best first."""
    match = matcher.match(term, context=[term, "Keras"])
    assert (match.skill is None) == (match.number == -1) == (match.how == "refused")
    scores = [candidate.score for candidate in match.candidates]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert match.key == key(term)
    assert matcher.numbers([term])[0] == matcher.match(term).number


@given(NAMES, WORDS)
@settings(max_examples=60)
def test_index_equals_its_slow_twin(names: list[str], asked: list[str]) -> None:
    """Hashes, dictionaries and stored arrays find what comparing every key finds."""
    vocabulary = Vocabulary.from_names(names)
    index = FormIndex(vocabulary)
    stored = FormIndex(vocabulary, index.arrays())
    term = " ".join(asked)
    for form, reduce in FORMS.items():
        for value in reduce(term):
            twin = [place for place, k in enumerate(index.keys) if value and value in reduce(k)]
            assert index.find(form, value) == twin == stored.find(form, value)
            for _ in range(2 * len(index.keys) // FORMS_PER_SEARCH + 2):
                found = index.find(form, value)
            assert found == twin


def test_spellings_equal_their_slow_twin() -> None:
    """The tables of parts find what comparing all strings finds: one edit, else two."""
    rng = Random(7)
    strings = ["".join(rng.choices("abc", k=rng.randint(3, 14))) for _ in range(400)]
    fast = Spellings.of(strings)
    for _ in range(400):
        asked = "".join(rng.choices("abc", k=rng.randint(3, 15)))
        eligible = [n for n, s in enumerate(strings) if len(s) >= SHORTEST - 1]
        one = [n for n in eligible if OSA.distance(asked, strings[n]) <= 1]
        two = [n for n in eligible if Levenshtein.distance(asked, strings[n]) <= 2]
        want = [] if len(asked) < SHORTEST else one or (two if len(asked) >= SHORTEST_FOR_TWO else [])
        assert fast.near(asked) == want == (fast.scan(asked) if len(asked) >= SHORTEST else [])


def test_stored_index_gives_the_same_matches() -> None:
    """A matcher made from stored arrays matches as the one that was indexed, candidates included."""
    names = [skill.name for skill in SKILLS] + [
        "Robot Operating System (ROS)",
        "Angular",
        "Angular 4",
        "Magento",
        "Magento 2",
    ]
    fresh = Matcher(Vocabulary.from_names(names))
    again = Matcher.from_arrays(fresh.vocabulary, {name: array.copy() for name, array in fresh.arrays().items()})
    for term in [
        "tensrflow",
        "ROS",
        "robot operating system",
        "angular 6",
        "writing of resumes",
        "cover lettering",
        "zzz",
    ]:
        assert fresh.match(term) == again.match(term)


def test_parts_of_names() -> None:
    """A name with its abbreviation in brackets is found by either part."""
    matcher = Matcher(Vocabulary.from_names(["Robot Operating System (ROS)", "Python"]))
    found = [
        candidate.skill
        for term in ("Robot operating system", "ros")
        for candidate in matcher.match(term).candidates[:1]
    ]
    assert found == ["Robot Operating System (ROS)"] * 2


@given(st.lists(st.sampled_from(["Keras", "keras!", "zzz", "k8s", "TF", "tensrflow"]), max_size=20))
def test_numbers_equal_single_matches(terms: list[str]) -> None:
    """Many terms at once, remembered or not, give the numbers of one at a time."""
    matcher = Matcher(Vocabulary(SKILLS, SENSES))
    want = [matcher.match(term).number for term in terms]
    for _ in range(2):
        found = matcher.numbers(terms)
        assert found.dtype == np.int32
        assert found.tolist() == want


def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """No more terms are remembered than allowed, and long ones never."""
    monkeypatch.setattr("recommender.matcher.match.MOST_REMEMBERED", 10)
    matcher = Matcher(Vocabulary(SKILLS))
    matcher.numbers([f"term {n}" for n in range(50)] + ["x" * 5000])
    assert len(matcher._remembered) <= 10


def test_prose_is_not_searched(matcher: Matcher) -> None:
    """A key longer than any name is looked up whole and refused without a search."""
    match = matcher.match("python " * LONGEST_SEARCHED)
    assert (match.how, match.candidates) == ("refused", ())


def test_reduced_forms() -> None:
    """The forms meet where writings of one name should, and where order carries meaning they do not."""
    assert squeezed("node.js") == squeezed("node js")
    assert plain_bag(["logo", "designs"]) == plain_bag(["design", "logo"])
    assert plain_bag(["text", "to", "speech"]) != plain_bag(["speech", "to", "text"])
    assert deep_bag(["monitoring", "of", "wells"]) == deep_bag(["monitor", "wells"])
    assert shortens("ros", ["robot", "operating", "system"])
    assert not shortens("rxs", ["robot", "operating", "system"])


@pytest.mark.parametrize(
    ("one", "other"),
    [("fabric", "fabrics"), ("tactic", "tactics"), ("menu", "menus"), ("taxi", "taxis"), ("craftsman", "craftsmen"),
     ("combat", "combating"), ("reheat", "reheated")],
)  # fmt: skip
def test_inflections_meet(one: str, other: str) -> None:
    """A word and its inflection have one stem, also where the word ends as endings do."""
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("one", "other"), [("position", "positive"), ("record", "recorder"), ("public", "publication")]
)
def test_words_that_only_begin_alike_stay_apart(one: str, other: str) -> None:
    """Words of one opening that mean other things have stems of their own."""
    assert stem(one) != stem(other)


def test_two_words_are_a_phrase_among_phrases() -> None:
    """Where names are tasks, what is done and to what decides, even for two words; among names, letters do."""
    tasks = Vocabulary.from_names(
        ["take samples of water", "sell bottled water", "sample new songs", "repair old boats"]
    )
    names = Vocabulary.from_names(["Water sampling", "Water", "Sampling", "Boats"])
    assert {
        name.partition(":")[0] for _, found in Matcher(tasks).index.similar("water tests", 4) for name in found
    } == {"phrase"}
    assert {
        name.partition(":")[0] for _, found in Matcher(names).index.similar("water tests", 4) for name in found
    } == {"name"}


@pytest.mark.parametrize(
    ("term", "first"),
    [
        ("k8s", "Kubernetes"), ("internationalization", "i18n"), ("erp system", "Enterprise resource planning"),
        ("internet of things platform", "IoT"), ("aws", "Amazon Web Services"), ("oracle plsql", "PL/SQL"),
        ("application development framework", "Oracle ADF"), ("vlans", "Virtual LAN"), ("admin of networks", "Network administration"),
    ],
)  # fmt: skip
def test_short_forms_are_written_out_for_candidates(term: str, first: str) -> None:
    """What is refused is shown what its short forms may stand for, and the short forms of what it spells out."""
    names = ["Kubernetes", "i18n", "Enterprise resource planning", "IoT", "Amazon Web Services", "Amazon S3", "PL/SQL"]
    more = ["Oracle ADF", "Virtual LAN", "Network administration", "Embedded system", "Oracle RAC", "Networking"]
    assert Matcher(Vocabulary.from_names(names + more)).match(term).candidates[0].skill == first


@pytest.mark.parametrize(("term", "name"), [("webservices", "Web service"), ("data bases", "Database")])
def test_joined_and_in_the_other_number(term: str, name: str) -> None:
    """A name is known where its words are joined, or split, and stand in the other number at once."""
    matcher = Matcher(Vocabulary.from_names([name, "Keras"]))
    assert matcher.match(term).skill == name
    assert matcher.resolve_many([term] * 3000)[0] == matcher.resolve(term)


def test_shortened_words_may_take_letters_in_any_way() -> None:
    """A letter of a short form may stand at the opening of a word or inside the word before: HTTP."""
    assert shortens("http", ["hypertext", "transfer", "protocol"])
    assert shortens("html", ["hypertext", "markup", "language"])
    assert not shortens("http", ["hypertext", "protocol", "layer"])
