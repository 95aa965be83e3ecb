from __future__ import annotations

import copy
import json
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_world import lists

from recommender import SkillRecommender
from recommender.cli import main
from recommender.errors import InputError
from recommender.gaps import KINDS, NEXT_DOOR, ONE_STEP, REACH, distance_of, scale_of
from recommender.trends import KIND_OF

MODEL = SkillRecommender.load()
NAMES = MODEL.vocabulary_.names
PROFILES = st.lists(st.sampled_from(NAMES), max_size=10)


def numbers(names: list[str]) -> list[int]:
    return list(dict.fromkeys(m.number for m in MODEL.match_profile(names) if m.skill))


@settings(max_examples=40, derandomize=True)
@given(PROFILES)
def test_the_demand_before_and_after_is_exact(profile: list[str]) -> None:
    """A gap's demand figures are the sums over what is held, without and with the skill, to the last bit."""
    held = numbers(profile)
    demand = MODEL.outlook_.demand
    for suggestion, gap in zip(MODEL.recommend(profile, 8), MODEL.gaps(profile, 8), strict=True):
        own = demand[MODEL.vocabulary_.number(gap.skill)]
        assert gap.skill == suggestion.skill
        assert gap.demand_before == sum(demand[h] for h in held)
        assert gap.demand_after == gap.demand_before + own
        assert own > 0


@settings(max_examples=40, derandomize=True)
@given(PROFILES)
def test_a_gap_says_what_the_evidence_says(profile: list[str]) -> None:
    """Kinds of demand and lists of supply are those of the suggestion's evidence, no more and no fewer."""
    for suggestion, gap in zip(MODEL.recommend(profile), MODEL.gaps(profile), strict=True):
        asked = {e.what for e in suggestion.evidence if e.kind == "demand"}
        assert set(gap.kinds) == {KINDS[what] for what in asked}
        assert gap.supply == tuple(e for e in suggestion.evidence if e.kind == "supply")
        assert gap.relevance == sum(r.share for r in suggestion.because)


def test_every_kind_of_demand_has_words() -> None:
    """No kind of demand list is left out of the words for it, and no kind of supply is among them."""
    assert set(KINDS) == {what for what, kind in KIND_OF.items() if kind == "demand"}


@settings(max_examples=40, derandomize=True)
@given(PROFILES)
def test_distance_follows_relevance_and_only_a_leap_has_a_bridge(profile: list[str]) -> None:
    """Distances are cut by the named thresholds; what bridges a leap is neither held nor the skill itself."""
    held = {NAMES[h] for h in numbers(profile)}
    for gap in MODEL.gaps(profile, 20):
        far = "next door" if gap.relevance >= NEXT_DOOR else "one step" if gap.relevance >= ONE_STEP else "a leap"
        assert gap.distance == far
        assert gap.first is None or (far == "a leap" and gap.first not in {*held, gap.skill})


def slow_bridge(held: list[int], target: int) -> str | None:
    """Try every skill as a bridge, one at a time."""
    there, best, name = MODEL.relevance(held), 0.0, None
    for number in range(len(NAMES)):
        if number in held or number == target or there[number] < ONE_STEP:
            continue
        step = min(there[number], MODEL.relevance([number])[target])
        if step > best:
            best, name = step, NAMES[number]
    return name if best >= ONE_STEP else None


@pytest.mark.parametrize("profile", [["bookkeeping", "quickbooks"], ["welding"], ["voice over", "narration"]])
def test_the_bridge_is_the_one_that_trying_all_finds(profile: list[str]) -> None:
    """What to learn first equals a slow search over all skills."""
    held = numbers(profile)
    leaps = [gap for gap in MODEL.gaps(profile, 12) if gap.distance == "a leap"][:3]
    assert leaps
    for gap in leaps:
        assert gap.first == slow_bridge(held, MODEL.vocabulary_.number(gap.skill))


@settings(max_examples=25, derandomize=True)
@given(PROFILES, st.integers(0, 5))
def test_a_plan_chooses_each_step_as_if_the_former_were_held(profile: list[str], n: int) -> None:
    """Each step is the best suggestion once the former are held, and the demand figures are exact sums."""
    plan = MODEL.plan(profile, n)
    held = numbers(profile)
    assert len(plan.steps) == n
    for at, step in enumerate(plan.steps):
        assert MODEL.suggest(held, 1, before=held[len(numbers(profile)) :]) == [step]
        held.append(MODEL.vocabulary_.number(step.skill))
        assert plan.demand[at + 1] == MODEL.outlook_.demand[np.array(held)].sum()
    assert plan.gain == plan.demand[-1] - plan.demand[0]


def test_a_plan_does_not_say_one_thing_thrice() -> None:
    """A step of one family with a former one has lost its share, as in a list; somewhere that changes the choice."""
    profiles = [[name] for name in NAMES[:: len(NAMES) // 60]]
    plans = [(numbers(profile), MODEL.plan(profile, 4).steps) for profile in profiles]
    lost = [step.parts["variety"] for _, steps in plans for step in steps[1:]]
    assert all(part <= 0 for part in lost)
    families, places = MODEL.sums._families, {n: at for at, n in enumerate(MODEL.outlook_.in_demand.tolist())}
    for _, steps in plans:
        chosen = [places[MODEL.vocabulary_.number(step.skill)] for step in steps]
        whole = [step.score - step.parts.get("variety", 0.0) for step in steps]
        wanted = [0.0 - max(w, 0.0) * took / 256 for w, took in zip(whole, families.lost(chosen), strict=True)]
        assert [step.parts.get("variety", 0.0) for step in steps] == wanted
    assert any(MODEL.suggest([*held, *(MODEL.vocabulary_.number(s.skill) for s in steps[:at])], 1)[0].skill != step.skill
               for held, steps in plans for at, step in enumerate(steps))  # fmt: skip


def test_distances_of_a_fitted_model_follow_its_scale() -> None:
    """Twice as loud a fit says the same distances: the thresholds rise with the model's reach."""
    fitted = SkillRecommender().fit(lists())
    louder = copy.copy(fitted)
    louder.weights_ = fitted.weights_._replace(together=2 * fitted.weights_.together)
    assert scale_of(louder) == 2 * scale_of(fitted)
    assert scale_of(MODEL) == 1.0
    asked = ["Zorbling", "Quenchwork"]
    held = [m.number for m in fitted.match_profile(asked)]
    for number in range(0, len(fitted.vocabulary_), 50):
        here, there = (one.relevance(held)[number] for one in (fitted, louder))
        assert distance_of(here, scale_of(fitted)) == distance_of(there, scale_of(louder))


def test_the_reach_of_the_shipped_model_is_what_distances_were_measured_on() -> None:
    """The named constant is within a tenth of the shipped model's reach; else the thresholds must be measured anew."""
    assert MODEL.sums.reach == pytest.approx(REACH, rel=0.1)


def test_a_plan_of_fewer_than_none_is_refused() -> None:
    """A negative number of steps is an InputError."""
    with pytest.raises(InputError, match="0 or more"):
        MODEL.plan(["python"], -1)


def run(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0
    return capsys.readouterr().out


def test_the_terminal_shows_gaps_within_eighty_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table has two more lines for each suggestion, and no line is wider than 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    out = run(["score", "bookkeeping, quickbooks", "--gaps", "--format", "table"], capsys)
    assert max(map(len, out.splitlines())) <= 80
    assert len(re.findall("next door|one step|a leap", out)) == 5
    assert out.count("→") == 5


def test_json_nests_the_gap(capsys: pytest.CaptureFixture[str]) -> None:
    """JSON Lines carry the gap as an object inside the suggestion."""
    rows = [json.loads(line) for line in run(["score", "python", "--gaps", "-f", "json"], capsys).splitlines()]
    assert [row["gap"]["skill"] for row in rows] == [row["skill"] for row in rows]
    assert {"kinds", "supply", "distance", "first", "demand_before", "demand_after"} <= set(rows[0]["gap"])


def test_the_terminal_prints_a_plan(capsys: pytest.CaptureFixture[str]) -> None:
    """--plan 3 gives three steps whose demand figures follow on each other."""
    rows = [json.loads(line) for line in run(["score", "python", "--plan", "3", "-f", "json"], capsys).splitlines()]
    assert [row["step"] for row in rows] == [1, 2, 3]
    assert [row["demand_after"] for row in rows[:2]] == [row["demand_before"] for row in rows[1:]]
