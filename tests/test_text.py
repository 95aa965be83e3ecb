from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.text import explain, is_qualifier, key, look_alike_words, split_list, unqualified

GOLDEN = Path(__file__).parent / "golden" / "text"
# Everything that Python calls a string, lone surrogates too.
ANY_TEXT = st.text(st.characters(), max_size=60)
NAMES_APART = [
    "C",
    "C++",
    "C#",
    "F#",
    ".NET",
    "NET",
    "R",
    "Go",
    "Node.js",
    "A/B testing",
    "CI/CD",
    "3D",
    "2D",
    "LL.M.",
    "LLM",
]


def rows(*names: str) -> list[tuple[str, str]]:
    found = []
    for name in names:
        with (GOLDEN / name).open(encoding="utf-8", newline="") as file:
            found += [(row[0], row[1]) for row in list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]]
    return found


@pytest.mark.parametrize(("term", "folded"), rows("synthetic/keys.tsv", "in_the_wild/keys.tsv"))
def test_golden_keys(term: str, folded: str) -> None:
    """Each golden term folds to its key, and the key to itself."""
    assert key(term) == folded == key(folded)


def test_names_that_stay_apart() -> None:
    """Signs that tell names apart survive folding."""
    assert len({key(name) for name in NAMES_APART}) == len(NAMES_APART)


def test_folding_every_code_point_twice_changes_nothing() -> None:
    """Folding is idempotent for every code point, alone and inside a Latin word."""
    for start in range(0, sys.maxunicode + 1, 512):
        text = " x ".join(
            f"{chr(point)} a{chr(point)}b" for point in range(start, min(start + 512, sys.maxunicode + 1))
        )
        once = key(text)
        assert key(once) == once, hex(start)


@given(ANY_TEXT)
def test_folding_is_idempotent(term: str) -> None:
    """Folding twice is folding once, for any string."""
    assert key(key(term)) == key(term)


@given(ANY_TEXT)
def test_explanation_is_the_folding(term: str) -> None:
    """The explained key is the key; its steps lead from the term to it without a gap."""
    folded, steps = explain(term)
    assert folded == key(term)
    path = [term, *[step.after for step in steps]]
    assert [step.before for step in steps] == path[:-1]
    assert path[-1] == folded


@given(st.text(st.characters(max_codepoint=127), max_size=40))
def test_ascii_needs_no_other_fixers(term: str) -> None:
    """The short way for ASCII gives what the long way gives: a letter beyond ASCII elsewhere changes nothing."""
    assert key(f"{term} \u00df") == f"{key(term)} ss".strip()


def test_whole_words_of_another_script_stay() -> None:
    """Only words that mix scripts fold by looks; others are left, and can be read by looks when asked."""
    assert key("СЕО") == "сео"
    assert look_alike_words(key("СЕО")) == "ceo"
    assert look_alike_words(key("собака")) == key("собака")


@pytest.mark.parametrize(("term", "bare"), rows("synthetic/qualified.tsv"))
def test_golden_qualifiers(term: str, bare: str) -> None:
    """Levels, years and phrases come off; parts of names stay."""
    steps = unqualified(term)
    assert (steps[-1].after if steps else term) == bare


@given(ANY_TEXT)
def test_qualifiers_never_fail_and_only_cut(term: str) -> None:
    """Taking qualifiers off never fails, and each step leaves a part of the text before it."""
    assert all(step.after in step.before for step in unqualified(term))
    assert isinstance(is_qualifier(term), bool)


@pytest.mark.parametrize(
    ("text", "terms"), json.loads((GOLDEN / "synthetic" / "lists.json").read_text(encoding="utf-8"))
)
def test_golden_lists(text: str, terms: list[str]) -> None:
    """Lists split as their authors meant them."""
    assert [piece.term for piece in split_list(text)] == terms


def test_what_is_known_decides_what_parts() -> None:
    """With names known, "and", "with" and a tight slash part known names and nothing else."""
    names = ["word", "excel", "r and d", "html", "css", "ci cd", "tf", "iac"]

    def known(term: str) -> str | None:
        return key(term) if key(term) in names else None

    def split(text: str) -> list[str]:
        return [piece.term for piece in split_list(text, known)]

    assert split("Word and Excel; R and D; CI/CD; HTML CSS; IaC with TF; R and D") == [
        "Word", "Excel", "R and D", "CI/CD", "HTML CSS", "IaC", "TF", "R and D",
    ]  # fmt: skip
    assert split("cats and dogs, TF in Excel") == ["cats and dogs", "TF", "Excel"]


def test_a_name_that_means_half_of_what_it_says_is_parted() -> None:
    """A known name is parted where it means only one of the skills that it names, but not at what is ambiguous."""
    means = {"seo": 1, "sem": 2, "seo sem": 2, "git": 3, "github": 4, "git and github": 3, "ui": 5, "ux": 6, "ui ux": 7}
    means |= {"tcp": 8, "tcp ip": 8, "do 178b": 9, "c": 10, "do 178b c": 9}

    def known(term: str) -> int | str | None:
        return "ip" if key(term) == "ip" else means.get(key(term))

    text = "SEO/SEM, Git & GitHub, UI/UX, TCP/IP, DO-178B/C"
    assert [piece.term for piece in split_list(text, known)] == [
        "SEO", "SEM", "Git", "GitHub", "UI/UX", "TCP/IP", "DO-178B/C",
    ]  # fmt: skip


@given(ANY_TEXT)
def test_splitting_never_fails_nor_adds(text: str) -> None:
    """Splitting never fails; every term is a piece of the text or, from a literal, of what it says."""
    for piece in split_list(text):
        assert any(c.isalnum() for c in piece.term)


@pytest.mark.parametrize(
    "unit", ["a", "(,", "[", "a,", "'", '["a",', "# ", "- ", " ", "a/", "a (b) ", "a and ", "\u200b", "A."]
)
def test_long_input_is_read(unit: str) -> None:
    """A megabyte of anything is folded and split, without deep recursion."""
    text = unit * (200_000 // len(unit))
    assert key(key(text)) == key(text)
    split_list(text)
    unqualified(text)
