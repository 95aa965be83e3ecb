"""Articles in, lists out: golden articles of our own wording, and the laws of the reader."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.article import read_article
from recommender.article.blocks import Line, blocks
from recommender.article.names import inline_items, read_items
from recommender.errors import ArticleError, TrendError
from recommender.trends import Period, TrendList, read_list, read_text, write_list

GOLDEN = Path(__file__).parent / "golden" / "article"


def _cases(*folders: str) -> list[object]:
    marks = {"known_failures": pytest.mark.xfail(reason="not read yet")}
    return [
        pytest.param(path, id=f"{folder}-{path.stem}", marks=marks.get(folder, ()))
        for folder in folders
        for path in sorted((GOLDEN / folder).glob("*.json"))
    ]


def _read(case: Path) -> tuple[dict[str, object], list[TrendList]]:
    expected = json.loads(case.read_text("utf-8"))
    options = dict(expected["options"])
    if "period" in options:
        options["period"] = Period.parse(options["period"])
    return expected, read_article(read_text(case.with_suffix(".txt")), **options)


@pytest.mark.parametrize("case", _cases("synthetic", "known_failures"))
def test_golden_article(case: Path) -> None:
    """Every golden article gives its lists: names in order, publisher, kind of measure, period, baseline, figures."""
    expected, lists = _read(case)
    assert len(lists) == len(expected["lists"])
    if "published" in expected:
        assert {str(found.published) for found in lists} == {expected["published"]}
    for found, wanted in zip(lists, expected["lists"], strict=True):
        baseline = str(found.baseline) if found.baseline else None
        read = {
            "publisher": found.publisher, "what": found.what, "period": str(found.period), "baseline": baseline,
            "names": [item.name for item in found.items], "values": [item.value for item in found.items],
            "ranks": [item.rank for item in found.items],
        }  # fmt: skip
        assert {key: read[key] for key in wanted} == wanted


@pytest.mark.parametrize("case", _cases("must_not_match"))
def test_no_list(case: Path) -> None:
    """Prose without a list, or one that tells no date, is refused in one line that says the way out."""
    wanted = json.loads(case.read_text("utf-8"))["error"]
    with pytest.raises(ArticleError, match=wanted) as refusal:
        _read(case)
    assert "\n" not in str(refusal.value)
    assert "--" in str(refusal.value)


def test_list_survives_file(tmp_path: Path) -> None:
    """A list read from an article is the same after it was written and read again."""
    prose = "Top searches on Fiverr in May 2024:\n1. Excel\n2. Figma (+20%)\n3. Go\n"
    (found,) = read_article(prose)
    assert read_list(write_list(found, tmp_path)) == found


def test_same_kind_twice_gets_two_ids() -> None:
    """Two lists of one publisher, period and kind have two ids, told apart by their titles."""
    prose = "# Top searches for design\nIn May 2024 on Fiverr:\n- A1\n- B1\n- C1\n# Top searches for audio\nIn May 2024 on Fiverr:\n- A2\n- B2\n- C2\n"
    first, second = read_article(prose)
    assert first.id != second.id


def test_given_publisher_and_period_win() -> None:
    """What the caller passes wins over what the text says."""
    prose = "Top searches on Fiverr in May 2024:\n- Excel\n- Figma\n- Go\n"
    (found,) = read_article(prose, publisher="Malt", period=Period.parse("2020"), what="posted")
    assert (found.publisher, str(found.period), found.what) == ("Malt", "2020-01-01..2020-12-31", "posted")


def test_growth_without_order_has_no_rank() -> None:
    """Figures that do not fall down the list are no ranking: ranks stay empty, figures stay."""
    items = read_items((Line("Excel 5%"), Line("Figma 50%"), Line("Go 20%")))
    assert [(item.name, item.rank, item.value) for item in items] == [
        ("Excel", None, 5),
        ("Figma", None, 50),
        ("Go", None, 20),
    ]


def test_inline_needs_three_names() -> None:
    """A colon before one or two names makes no list."""
    assert inline_items("The winners: Excel and Figma") == ()
    assert [line.text for line in inline_items("x: A; B, with C; D")] == ["A", "B, with C", "D"]


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.text(st.sampled_from("Top searches in Q1 2024:\n\n-•*#12.)(,%<li>&; Upwork ABC"), max_size=300))
def test_never_fails_but_in_its_own_way(prose: str) -> None:
    """Whatever the prose, the reader gives lists or its own error."""
    try:
        lists = read_article(prose)
    except TrendError:
        return
    assert all(len(found.items) >= 1 for found in lists)


@pytest.mark.parametrize(
    "line",
    ["*" * 200_000, "a_" * 100_000, "[" * 100_000, "<li" * 60_000, "- " * 100_000, "1. " * 70_000, ":, " * 60_000],
)
def test_worst_case_lines_stay_linear(line: str) -> None:
    """A long line of marks is read without hanging (a quadratic pattern would take minutes)."""
    blocks(line)
    inline_items("x: " + line)
