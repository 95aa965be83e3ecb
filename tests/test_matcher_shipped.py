"""The shipped vocabulary and senses read profiles as their writers meant them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from recommender import SkillRecommender

GOLDEN = Path(__file__).parent / "golden" / "matcher"
MODEL = SkillRecommender.load()


def cases(name: str) -> list[list[object]]:
    found: list[list[object]] = json.loads((GOLDEN / name).read_text("utf-8"))
    return found


def pairs(name: str = "must_not_match/shipped.tsv") -> list[list[str]]:
    with (GOLDEN / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]


@pytest.mark.parametrize(("profile", "meant"), cases("in_the_wild/profiles.json") + cases("adversarial/profiles.json"))
def test_the_rest_of_a_profile_decides(profile: str, meant: dict[str, str | None]) -> None:
    """Short and double-faced names mean what the rest of the profile says, or are refused."""
    found = {match.term: match.skill for match in MODEL.match_profile(profile)}
    assert {term: found[term] for term in meant} == meant


@pytest.mark.parametrize(("profile", "given", "never"), cases("in_the_wild/regression.json"))
def test_regression_profiles(profile: str, given: list[str], never: list[str]) -> None:
    """Profiles that plain matching gets wrong give the skills they name, and none of those they only look like."""
    found = {match.skill for match in MODEL.match_profile(profile)}
    assert set(given) <= found
    assert found.isdisjoint(never)


@pytest.mark.parametrize(("skill", "term"), pairs())
def test_other_things_are_not_taken_for_a_skill(skill: str, term: str) -> None:
    """What merely looks like a skill of the vocabulary is another skill, or refused."""
    assert MODEL.vocabulary_.number(skill) >= 0
    assert MODEL.match(term).skill != skill


@pytest.mark.parametrize(("written", "skills"), pairs("in_the_wild/spellings.tsv"))
def test_what_people_write_is_understood(written: str, skills: str) -> None:
    """Spellings of freelancers' profiles give the skills that were meant, and no others."""
    assert [match.skill for match in MODEL.match_profile(written)] == skills.split("; ")


@pytest.mark.parametrize(("term", "never", "why"), pairs("adversarial/refused.tsv"))
def test_words_near_a_name_are_not_taken_for_it(term: str, never: str, why: str) -> None:
    """English words and phrases that hold or resemble a name are no spelling of it."""
    assert MODEL.vocabulary_.number(never) >= 0
    assert MODEL.match(term).skill != never, why


@pytest.mark.xfail(strict=True, reason="see the column why")
@pytest.mark.parametrize(("term", "skill", "why"), pairs("known_failures/shipped.tsv"))
def test_known_failures_of_the_shipped_vocabulary(term: str, skill: str, why: str) -> None:
    """What is not found yet, and why."""
    assert MODEL.match(term).skill == skill, why
