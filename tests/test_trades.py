"""People of many trades, none of whose words stand in the article, get suggestions that grow out of their own trade."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from recommender import SkillRecommender, places, roles

MODEL = SkillRecommender.load()
FIELD = {skill.name: skill.field for skill in MODEL.vocabulary_.skills}
PROFILES = json.loads((Path(__file__).parent / "golden" / "trades" / "profiles.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile["trade"])
def test_suggestions_grow_out_of_the_trade(profile: dict[str, Any]) -> None:
    """Every term is understood, all five suggestions are personal, and at least four are of the trade or next to it."""
    assert [m.term for m in MODEL.match_profile(profile["skills"]) if m.skill is None] == []
    answer = MODEL.recommend(profile["skills"])
    assert all(suggestion.personal for suggestion in answer)
    near = [s.skill for s in answer if FIELD[s.skill] in profile["fields"]]
    assert len(near) >= 4, [(s.skill, FIELD[s.skill]) for s in answer]


def test_different_trades_get_different_suggestions() -> None:
    """No two trades of the sample get the same five."""
    answers = [frozenset(s.skill for s in MODEL.recommend(profile["skills"])) for profile in PROFILES]
    assert len(set(answers)) == len(answers)


@pytest.mark.parametrize(("one", "other"), roles.read_overlaps(places.data_folder() / "overlaps.tsv"))
def test_what_a_held_skill_holds_is_never_suggested(one: str, other: str) -> None:
    """Who holds C/C++ is not told to learn C, nor the other way round: neither alone nor among many."""
    for held, barred in ((one, other), (other, one)):
        every = len(MODEL.vocabulary_)
        assert barred not in [s.skill for s in MODEL.recommend([held], every // 50, "all")]
        assert barred not in [s.skill for s in MODEL.recommend_many([[held]], every // 50, "all")[0]]
