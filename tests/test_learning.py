from __future__ import annotations

import numpy as np
import pytest
from small_world import POTTERS, lists

from recommender.learning import learn_words, learning_reader
from recommender.matcher import Matcher
from recommender.vocabulary import Sense, Skill, Vocabulary

WORDS = Vocabulary(
    [Skill("React", aliases=("ReactJS", "React.js")), Skill("CSS"), Skill("HTML"), Skill("Redux"), Skill("Sass"),
     Skill("Terraform"), Skill("TensorFlow"), Skill("Keras")],
    [Sense("TF", "Terraform", "tool", 0.4), Sense("TF", "TensorFlow", "library", 0.6, ("Keras",))],
)  # fmt: skip
MATCHER = Matcher(WORDS)


def learn(lists_: list[list[str]], least: int = 3):
    return learn_words(lists_, WORDS, MATCHER, least)


def test_frequent_unknown_terms_become_skills() -> None:
    """A term that enough lists hold becomes a skill under its commonest spelling; rarer ones are refused and counted."""
    learned = learn(lists())
    assert set(POTTERS) <= set(learned.new)
    assert "ZORBLING" not in learned.vocabulary.names
    assert Matcher(learned.vocabulary).match("zorbling").skill == "Zorbling"
    assert learned.refused["Loneword"] == 1
    assert learned.new["Zorbling"] == sum("zorbling" in map(str.lower, terms) for terms in lists())


@pytest.mark.parametrize(("spellings", "name"), [
    (["abcq", "abcq", "ABCQ"], "abcq"), (["Abcq", "ABCQ", "ABCQ"], "ABCQ"), (["abcq", "Abcq", "ABCQ"], "ABCQ"),
])  # fmt: skip
def test_the_commonest_spelling_is_the_name(spellings: list[str], name: str) -> None:
    """The spelling of most lists; of equals, the first by alphabet, so that the order of lists does not matter."""
    for order in (spellings, spellings[::-1]):
        assert list(learn([[term] for term in order]).new) == [name]


def test_known_skills_keep_their_numbers() -> None:
    """What was known stays where it was; tags stand behind."""
    assert learn(lists()).vocabulary.names[: len(WORDS)] == WORDS.names


def test_a_frequent_spelling_is_a_tag_and_a_twin() -> None:
    """A spelling that enough lists use is a skill of its own and the twin of the canonical one."""
    learned = learn([["ReactJS", "CSS"]] * 3)
    assert learned.spellings == {"ReactJS": "React"}
    assert set(map(frozenset, learned.twins)) == {frozenset(("React", "ReactJS"))}


def test_spellings_side_by_side_are_different_tags() -> None:
    """Where enough lists hold both spellings, their users mean two things, and neither hides the other."""
    assert not learn([["ReactJS", "React"]] * 3).twins
    assert learn([["ReactJS", "React"]] * 2 + [["ReactJS"]]).twins


def test_a_share_of_the_rarer_tag_is_enough() -> None:
    """One list in ten of the rarer tag parts two tags, but not two ways to write the same letters."""
    apart = [["ReactJS", "React"], *[["ReactJS"]] * 6, *[["React"]] * 9]
    assert not learn(apart).twins
    assert learn([*apart, *[["ReactJS"], ["React"]] * 9]).twins
    assert learn([["Redux", "Re dux"], *[["Re dux"]] * 3, *[["Redux"]] * 3]).twins


def test_an_ambiguous_form_becomes_a_tag() -> None:
    """A short form that a community uses is its own word from then on."""
    learned = learn([["TF", "CSS"]] * 3)
    assert "TF" in learned.vocabulary.names
    assert not learned.vocabulary.forms


def test_nothing_to_learn() -> None:
    """No list, empty terms and terms without letters leave the vocabulary as it is."""
    for nothing in ([], [[]], [["", "!!", " "]] * 5):
        learned = learn(nothing)
        assert learned.vocabulary.names == WORDS.names
        assert not learned.new


def test_learning_lists_are_read_as_the_new_words_would() -> None:
    """The quicker reader of the lists gives what a matcher of the new vocabulary gives for names and misspellings."""
    learned = learn(lists())
    terms = [*POTTERS, "Zorblingg", "zorbling", "css", "Kera", "nothing at all", "TF", "ReactJS", "React"]
    matcher = Matcher(learned.vocabulary)
    numbers = learning_reader(learned).numbers(np.arange(len(terms) + 1), np.arange(len(terms)), terms)
    assert numbers.tolist() == [matcher.match(term).number for term in terms]
