"""The knowledge in data/ is held to rules by machine; the rest is reading."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from recommender import places, roles, text, trends
from recommender.matcher import Matcher
from recommender.outlook import trend_skills
from recommender.vocabulary import Vocabulary

DATA = places.data_folder()
VOCABULARY = Vocabulary.read(DATA)
ROLES = roles.read(DATA / "roles.tsv")
LISTS = trends.read_folder(DATA / "trends")
MATCHER = Matcher(VOCABULARY)
NAMES = json.loads((Path(__file__).parent / "golden" / "trades" / "names.json").read_text(encoding="utf-8"))

FIELDS = [
    "software",
    "web",
    "mobile",
    "games",
    "blockchain",
    "hardware",
    "data",
    "ai",
    "cloud",
    "networks",
    "security",
    "it",
    "erp",
    "design",
    "illustration",
    "video",
    "animation",
    "audio",
    "music",
    "photography",
    "architecture",
    "fashion",
    "writing",
    "translation",
    "publishing",
    "marketing",
    "sales",
    "ecommerce",
    "education",
    "language",
    "soft",
    "support",
    "admin",
    "hr",
    "management",
    "business",
    "finance",
    "law",
    "logistics",
    "realestate",
    "hospitality",
    "lifestyle",
    "engineering",
    "manufacturing",
    "science",
    "health",
    "trades",
    "agriculture",
]
# Fields of which some roles are work of hands alone.
WORK_OF_HANDS = {
    "trades", "manufacturing", "agriculture", "logistics", "hospitality", "lifestyle", "engineering", "fashion", "security",
}  # fmt: skip
KINDS = {
    "tool", "platform", "programming-language", "framework", "library", "method", "service", "knowledge", "standard",
    "certificate", "human-language", "soft", "role-name",
}  # fmt: skip


def test_the_vocabulary_is_worth_the_name() -> None:
    """At least 3,000 canonical skills and 12,000 aliases, of every field; no two skills share a key (reading checks)."""
    assert len(VOCABULARY) >= 3000
    assert sum(len(skill.aliases) for skill in VOCABULARY.skills) >= 12000
    assert {skill.field for skill in VOCABULARY.skills} == set(FIELDS)


def test_fields_and_kinds_are_of_the_closed_lists() -> None:
    """A misspelt field or kind is found by machine."""
    assert [s.name for s in VOCABULARY.skills if s.field not in FIELDS or s.kind not in KINDS] == []


def test_skills_stand_in_order() -> None:
    """Rows are sorted by field, then name, so that a change shows where it belongs."""
    rows = [(FIELDS.index(skill.field), skill.name.casefold(), skill.name) for skill in VOCABULARY.skills]
    assert rows == sorted(rows)


def test_broader_skills_exist_and_never_run_in_circles() -> None:
    """Every `within` names a skill, and no skill lies within itself, however many steps up."""
    above = {skill.name: skill.within for skill in VOCABULARY.skills}
    assert [(name, w) for name, within in above.items() for w in within if w not in above] == []

    def circle(name: str, path: tuple[str, ...]) -> tuple[str, ...] | None:
        if name in path:
            return (*path, name)
        return next((c for w in above[name] if (c := circle(w, (*path, name)))), None)

    assert [c for name in above if (c := circle(name, ()))] == []


def test_no_alias_says_what_folding_already_says() -> None:
    """An alias that folds to another of its own skill's keys is filler."""
    filler = []
    for skill in VOCABULARY.skills:
        keys = Counter(text.key(word) for word in (skill.name, *skill.aliases))
        filler += [(skill.name, k) for k, count in keys.items() if count > 1]
    assert filler == []


def test_no_skill_is_an_orphan() -> None:
    """Every skill is tied to the rest: by a broader or narrower skill, a role, or a trend list."""
    tied = {name for role in ROLES for name in (*role.core, *role.often, *role.ai)}
    tied |= {w for skill in VOCABULARY.skills for w in (*skill.within, *([skill.name] if skill.within else []))}
    tied |= {VOCABULARY.names[number] for number in trend_skills(LISTS, MATCHER) if number >= 0}
    assert [skill.name for skill in VOCABULARY.skills if skill.name not in tied] == []


def test_roles_are_many_and_know_their_skills() -> None:
    """At least 250 roles of all trades, each with core skills, every name canonical and none twice in one role.

    Work of hands may have no use for generative AI; of all other roles it is said how it enters.
    """
    assert len(ROLES) >= 250
    for role in ROLES:
        assert len(role.core) >= 3, role.name
        assert role.ai or role.field in WORK_OF_HANDS, role.name
        assert not set(role.core) & set(role.often), role.name
        VOCABULARY.numbers((*role.core, *role.often, *role.ai))


def test_overlaps_know_their_skills() -> None:
    """Every skill of the overlaps is canonical, none holds itself, and no pair is told twice, in either order."""
    pairs = roles.read_overlaps(DATA / "overlaps.tsv")
    VOCABULARY.numbers([name for pair in pairs for name in pair])
    assert len({frozenset(pair) for pair in pairs}) == len(pairs)
    assert all(one != other for one, other in pairs)


@pytest.mark.parametrize("trend", LISTS, ids=lambda trend: trend.id)
def test_every_name_of_a_trend_list_is_known(trend: trends.TrendList) -> None:
    """Whatever a shipped list names is a skill, an alias of one, or a short form that the rest of the list decides."""
    numbers = trend_skills([trend], MATCHER)
    assert [item.name for item, number in zip(trend.items, numbers, strict=True) if number < 0] == []


def test_senses_are_sound() -> None:
    """At least 150 ambiguous forms of two senses or more, priors within 1, none of them an alias, all cues known."""
    forms = defaultdict(list)
    for sense in VOCABULARY.senses:
        forms[sense.form].append(sense)
    assert len(forms) >= 150
    for form, senses in forms.items():
        assert len(senses) >= 2, form
        assert sum(sense.prior for sense in senses) <= 1.001, form
        entry = VOCABULARY.lookup(text.key(form))
        assert entry is None or entry.canonical, form
        cues = [cue for sense in senses for cue in sense.cues]
        assert all(c[1:] in FIELDS for c in cues if c.startswith("@")), form
        VOCABULARY.numbers(c for c in cues if c[0] not in '@"')


def _skill(term: str) -> int:
    entry = VOCABULARY.lookup(text.key(term))
    assert entry is not None, term
    return entry.number


def test_one_thing_has_one_name() -> None:
    """What clients hire for as one thing is one skill, whichever of its names they use."""
    assert [pair for pair in NAMES["one_thing"] if _skill(pair[0]) != _skill(pair[1])] == []


def test_different_things_stay_apart() -> None:
    """Names that look alike, and products that do the same, are skills of their own where clients hire for them apart."""
    assert [pair for pair in NAMES["two_things"] if _skill(pair[0]) == _skill(pair[1])] == []


def test_words_too_wide_are_nobodys_alias() -> None:
    """A word that names a field, or anything at all, is no other name of one skill."""
    assert [word for word in NAMES["too_wide"] if VOCABULARY.lookup(text.key(word)) is not None] == []
