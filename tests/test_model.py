from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import SkillRecommender, variety
from recommender.errors import InputError, NotFittedError, ProfileError, TrendError
from recommender.suggestions import Suggestion

MODEL = SkillRecommender.load()
NAMES = MODEL.vocabulary_.names
PROFILES = st.lists(st.sampled_from(NAMES), max_size=12)
CANDIDATES = st.sampled_from(["in-demand", "all"])


def sums_hold(suggestion: Suggestion) -> bool:
    relevance = sum(suggestion.parts[name] for name in ("together", "similar"))
    return (
        sum(suggestion.parts.values()) == suggestion.score
        and sum(reason.share for reason in suggestion.because) == relevance
    )


@settings(max_examples=60)
@given(PROFILES, st.integers(0, 30), CANDIDATES)
def test_laws_of_suggestions(profile: list[str], n: int, candidates: str) -> None:
    """Scores fall, parts sum to the score and reasons to the relevance exactly, nothing held comes back, n are given."""
    answer = MODEL.recommend(profile, n, candidates)
    scores = [s.score for s in answer]
    assert scores == sorted(scores, reverse=True)
    assert all(sums_hold(s) for s in answer)
    held = {m.skill for m in MODEL.match_profile(profile)}
    assert not held & {s.skill for s in answer}
    pool = set(NAMES if candidates == "all" else (NAMES[i] for i in MODEL.outlook_.in_demand))
    assert len(answer) == min(n, len(pool - held))


@settings(max_examples=30)
@given(st.lists(st.text(max_size=40), max_size=20))
def test_any_text_is_an_answer(profile: list[str]) -> None:
    """No string, however odd, ends a run."""
    assert len(MODEL.recommend(profile)) == 5


@settings(max_examples=30)
@given(PROFILES)
def test_the_order_of_a_profile_does_not_change_the_answer(profile: list[str]) -> None:
    """A profile is a set: shuffled, it gets the same suggestions with the same scores."""
    one = [(s.skill, s.score) for s in MODEL.recommend(profile)]
    assert one == [(s.skill, s.score) for s in MODEL.recommend(profile[::-1])]


@settings(max_examples=20)
@given(st.lists(PROFILES, max_size=6), CANDIDATES)
def test_many_profiles_get_the_answers_of_one(profiles: list[list[str]], candidates: str) -> None:
    """recommend_many equals recommend, profile by profile, to the last bit."""
    assert MODEL.recommend_many(profiles, 7, candidates) == [MODEL.recommend(p, 7, candidates) for p in profiles]


def test_demand_evidence_adds_up() -> None:
    """The lists that show a skill's demand carry shares that sum to its demand figure exactly."""
    outlook = MODEL.outlook_
    for number in outlook.in_demand.tolist():
        assert sum(e.share for e in outlook.evidence(number)) == outlook.demand[number]


def test_an_unrelated_fashion_never_outranks_a_related_skill() -> None:
    """Demand counts only as far as a skill is related, so what nothing held speaks for gets nothing from it."""
    for profile in (["bookkeeping", "quickbooks"], ["voice over", "narration"], ["python", "django"]):
        answer = MODEL.recommend(profile, 50)
        unrelated = [s.score for s in answer if s.parts["together"] + s.parts["similar"] <= 0]
        related = [s.score for s in answer if s.parts["together"] + s.parts["similar"] > 0]
        assert not unrelated or min(related) >= max(unrelated)


@pytest.mark.parametrize("profile", [[], ["qqqq zzzz"], ["", " ", "\x00"]])
def test_nothing_recognised_gets_what_is_in_demand(profile: list[str]) -> None:
    """An empty or unknown profile gets the skills most in demand, and none of them claims to be personal."""
    answer = MODEL.recommend(profile)
    top = MODEL.outlook_.demand.max()
    assert answer[0].parts["demand"] == top * MODEL.weights_.demand
    assert not any(s.personal or s.because for s in answer)


def test_the_view_of_a_day_reproduces_the_lists_of_that_day() -> None:
    """As of September 2023, and with Upwork's lists alone, only the article's four lists speak."""
    view = MODEL.view(date(2023, 9, 1), ["upwork-2023"])
    ids = {e.list for number in view.outlook_.in_demand.tolist() for e in view.outlook_.evidence(number)}
    assert ids
    assert all("2023" in name and name.startswith("upwork") for name in ids)
    assert {s.skill for s in view.recommend([], n=5)} >= {"ChatGPT", "AI chatbot"}
    assert MODEL.outlook_.as_of > date(2026, 1, 1)


def test_a_view_without_lists_is_refused() -> None:
    """An unknown name of a list is an error that names the nearest ones."""
    with pytest.raises(TrendError):
        MODEL.view(names=["no-such-list"])


def test_a_moved_name_is_said() -> None:
    """Bard stays in the lists of 2023, and the suggestion says what it became."""
    answer = MODEL.recommend(["chatgpt", "prompt engineering"], n=200)
    bard = next(s for s in answer if any(e.name == "Bard" for e in s.evidence))
    assert any("Gemini" in note for note in bard.notes)


@pytest.mark.parametrize(("profile", "error"), [(1, ProfileError), ([1], ProfileError), ({"a": 1}, ProfileError)])
def test_what_is_no_profile_is_refused(profile: object, error: type[Exception]) -> None:
    """A profile that is no list of strings is a ProfileError, which also is a ValueError."""
    with pytest.raises(error):
        MODEL.recommend(profile)  # type: ignore[arg-type]


def test_wrong_arguments_are_refused() -> None:
    """Unknown candidates and negative numbers say what would be right."""
    with pytest.raises(InputError, match="in-demand"):
        MODEL.recommend(["python"], candidates="some")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="0 or more"):
        MODEL.recommend(["python"], n=-1)


def test_unfitted_says_so() -> None:
    """Use before fit or load raises NotFittedError."""
    with pytest.raises(NotFittedError, match="Call fit"):
        SkillRecommender().recommend(["python"])


def test_a_string_is_read_as_a_list() -> None:
    """One string holds a list as people write it."""
    assert MODEL.recommend("Python, OpenCV") == MODEL.recommend(["Python", "OpenCV"])


def test_save_and_load_give_the_same_answers(tmp_path: object) -> None:
    """A model makes the round trip through a folder bit-equal."""
    MODEL.save(f"{tmp_path}/copy")
    again = SkillRecommender.load(f"{tmp_path}/copy")
    profile = ["python", "opencv", "copywriting"]
    assert again.recommend(profile, 20, "all") == MODEL.recommend(profile, 20, "all")
    assert again.vocabulary_.content_hash == MODEL.vocabulary_.content_hash
    for room in ("together_", "similar_"):
        for name, array in getattr(MODEL, room).arrays().items():
            assert np.array_equal(array, getattr(again, room).arrays()[name])


def raw_scores(profile: list[str]) -> dict[str, float]:
    """Return what each in-demand skill scores before variety."""
    held = list(dict.fromkeys(m.number for m in MODEL.match_profile(profile) if m.skill))
    raw = MODEL.scores(held, "in-demand")
    return {NAMES[i]: float(raw[i]) for i in np.flatnonzero(raw > -np.inf).tolist()}


def slow_variety(profile: list[str], n: int) -> list[tuple[str, float, float]]:
    """Choose one at a time, looking at every pair: the obvious twin of the fast choice."""
    raw, chosen = raw_scores(profile), list[tuple[str, float, float]]()
    rows = {name: dict(zip(*(a.tolist() for a in MODEL.similar_.row(NAMES.index(name))), strict=True)) for name in raw}
    number = {name: NAMES.index(name) for name in raw}

    def lost(name: str) -> float:
        alike = [max(rows[name].get(number[o], 0), rows[o].get(number[name], 0)) / 4096 for o, *_ in chosen]
        near = [round(min(a, 1.0) * variety.VARIETY * 256) / 256 for a in alike if a >= variety.FAMILY]
        return max(raw[name], 0.0) * max(near, default=0.0)

    for _ in range(min(n, len(raw))):
        left = [name for name in raw if name not in {c[0] for c in chosen}]
        best = min(left, key=lambda name: (lost(name) - raw[name], number[name]))
        chosen.append((best, raw[best] - lost(best), 0.0 - lost(best)))
    return chosen


FAMILIES = [
    ["python", "pandas", "machine learning"], ["customer service", "data entry"], ["logo design", "illustrator"],
    ["bookkeeping", "quickbooks"], ["openai api", "langchain", "python"], ["python", "opencv"],
]  # fmt: skip


@pytest.mark.parametrize("profile", FAMILIES)
def test_variety_equals_choosing_one_at_a_time(profile: list[str]) -> None:
    """Order, scores and the part taken off are those of a slow greedy choice over all pairs."""
    fast = [(s.skill, s.score, s.parts["variety"]) for s in MODEL.recommend(profile, 10)]
    assert fast == slow_variety(profile, 10)


@settings(max_examples=40)
@given(PROFILES, st.integers(1, 30))
def test_laws_of_variety(profile: list[str], n: int) -> None:
    """Variety only takes, never from the first, never all; fewer asked for are the first of more; "all" stays raw."""
    answer = MODEL.recommend(profile, n)
    lost = [s.parts.get("variety", 0.0) for s in answer]
    assert lost[0] == 0.0
    assert all(-s.score <= part <= 0.0 or part == 0.0 for s, part in zip(answer, lost, strict=True))
    assert MODEL.recommend(profile, 30)[:n] == answer
    assert all("variety" not in s.parts for s in MODEL.recommend(profile, 3, "all"))


def test_variety_parts_a_family() -> None:
    """Somewhere in the families something is taken off: the step is not idle."""
    assert any(s.parts["variety"] < 0 for profile in FAMILIES for s in MODEL.recommend(profile, 15))


@pytest.mark.parametrize("n", [0, 1, 2, 5, 40, 1000])
def test_many_profiles_have_the_variety_of_one(n: int) -> None:
    """However many are asked for, the scorer of many gives items and scores of one profile, and -1 where none is left."""
    rows = [*FAMILIES, [], [NAMES[i] for i in MODEL.outlook_.in_demand.tolist()[:-3]], *FAMILIES]
    best = MODEL.scorer("in-demand").best(*MODEL.held_rows(rows), n)
    for profile, items, scores in zip(rows, best.items.tolist(), best.scores.tolist(), strict=True):
        found = [(NAMES[i], score) for i, score in zip(items, scores, strict=True) if i >= 0]
        assert found == [(s.skill, s.score) for s in MODEL.recommend(profile, n)]


@pytest.mark.parametrize(
    "profile",
    [None, float("nan"), [], [None], ["python", None], "python, opencv", ("python",), {"python", "seo"}, ["python", 1], 1, 1.5,
     {"a": 1}, b"python", [["python"]]],
)  # fmt: skip
def test_one_profile_is_read_like_many(profile: object) -> None:
    """Whatever is passed as a profile, recommend and recommend_many give the same answer or the same error; a null is
    an empty profile, and nulls within a list are passed over."""

    def answer(ask: Callable[[], Sequence[Suggestion]]) -> object:
        try:
            return [(s.skill, s.score) for s in ask()]
        except ProfileError as error:
            return str(error)

    one = answer(lambda: MODEL.recommend(profile, 3))  # type: ignore[arg-type]
    assert one == answer(lambda: MODEL.recommend_many([profile], 3)[0])  # type: ignore[list-item]
    if profile is None:
        assert one == answer(lambda: MODEL.recommend([], 3))
