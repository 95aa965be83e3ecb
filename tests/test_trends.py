"""Trend lists: their files, periods, tables and comparison, and the shipped ones."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.errors import MissingFileError, TableError, TrendError
from recommender.places import data_folder
from recommender.suggestions import Evidence
from recommender.trends import (
    KIND_OF,
    WHATS,
    Period,
    TrendItem,
    TrendList,
    compare,
    file_name,
    from_json,
    list_id,
    read_folder,
    read_list,
    read_moved,
    read_table,
    read_text,
    select,
    to_json,
    write_list,
)
from recommender.trends.files import to_record
from recommender.trends.periods import find


def made(*names: str, **words: object) -> TrendList:
    """Make a list of hires with these names, ranked from 1."""
    facts: dict[str, object] = {
        "id": "upwork-2023q2-hired", "publisher": "Upwork", "title": "Hired", "what": "hired", "period": Period.parse("2023-Q2"),
        "items": tuple(TrendItem(name, place) for place, name in enumerate(names, start=1)),
    }  # fmt: skip
    return TrendList(**(facts | words))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "dates"),
    [
        ("2023-01-01..2023-06-30", "2023-01-01..2023-06-30"),
        ("2023-Q2", "2023-04-01..2023-06-30"),
        ("Q2 2023", "2023-04-01..2023-06-30"),
        ("the second quarter of 2023", "2023-04-01..2023-06-30"),
        ("2023-H2", "2023-07-01..2023-12-31"),
        ("1H 2023", "2023-01-01..2023-06-30"),
        ("the first half of 2023", "2023-01-01..2023-06-30"),
        ("first six months of 2023", "2023-01-01..2023-06-30"),
        ("2025-08", "2025-08-01..2025-08-31"),
        ("in August 2025", "2025-08-01..2025-08-31"),
        ("Aug. 2025", "2025-08-01..2025-08-31"),
        ("2024-02", "2024-02-01..2024-02-29"),
        ("2025", "2025-01-01..2025-12-31"),
        ("30 days to 2026-10-18", "2026-09-19..2026-10-18"),
        ("release 29.2 (February 2025)", "2025-02-01..2025-02-28"),
        ("from January 1 to June 30, 2023", "2023-01-01..2023-06-30"),
        ("between 1 January and 30 June 2023", "2023-01-01..2023-06-30"),
        ("July 2022 to June 2023", "2022-07-01..2023-06-30"),
        ("June 3-9, 2024", "2024-06-03..2024-06-09"),
        ("2025..2030", "2025-01-01..2030-12-31"),
        ("2025-01..2025-12", "2025-01-01..2025-12-31"),
    ],
)
def test_periods_are_read(words: str, dates: str) -> None:
    """Every form of a period that the facts and articles use becomes its first and last day."""
    assert str(Period.parse(words)) == dates
    assert str(Period.parse(Period.parse(words).words())) == dates


@pytest.mark.parametrize(
    "words", ["", "soon", "2023-02-30", "2023-13", "Q5 2023", "31 June 2023", "Q1 2023 or Q2 2023", "20230", "$2024"]
)
def test_no_period_is_guessed(words: str) -> None:
    """What names no period, or two, or a day that no calendar has, is refused with the forms that are read."""
    with pytest.raises(TrendError, match=r"Write 2023-01-01\.\.2023-06-30"):
        Period.parse(words)


def test_a_year_inside_a_date_is_no_second_period() -> None:
    """The longest reading of a place wins, and covers it."""
    assert [str(found.period) for found in find("from May 2, 2023 to June 2023, and in 2024")] == [
        "2023-05-02..2023-05-02", "2023-06-01..2023-06-30", "2024-01-01..2024-12-31",
    ]  # fmt: skip


@settings(max_examples=60, derandomize=True)
@given(st.dates(date(1991, 1, 1), date(2090, 1, 1)), st.integers(0, 900))
def test_periods_survive_their_own_words(start: date, days: int) -> None:
    """A period printed as dates, or said in words, reads back as itself."""
    period = Period(start, date.fromordinal(start.toordinal() + days))
    assert Period.parse(str(period)) == period
    assert Period.parse(period.words()) == period


def test_a_list_round_trips(tmp_path: Path) -> None:
    """What is written reads back equal, and writing it again changes nothing."""
    trend = made(
        "Go", ".NET", "C++", baseline=Period.parse("2023-Q1"), published=date(2023, 8, 22), scope="backend",
        sources=("https://example.org/a",), note="a note", grade="A", complete=False,
    )  # fmt: skip
    path = write_list(trend, tmp_path / "deep" / "folder")
    before = path.read_bytes()
    assert read_list(path) == trend
    assert write_list(trend, path.parent) == path
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == [file_name(trend)]


def test_lists_are_never_edited(tmp_path: Path) -> None:
    """Another list under a name that is taken is refused, and the file stays as it was."""
    path = write_list(made("Go", "Rust"), tmp_path)
    before = path.read_bytes()
    with pytest.raises(TrendError, match="never edited"):
        write_list(made("Rust", "Go"), tmp_path)
    assert path.read_bytes() == before


FAULTS = [
    ({"version": 2}, "version 2 is newer than 1"),
    ({"format": "other"}, "not a recommender-trends file"),
    ({"colour": "red"}, "unknown key 'colour'"),
    ({"period": None}, "no period"),
    ({"period": "soon"}, "holds no period"),
    ({"published": "soon"}, "published: 'soon'"),
    ({"what": "liked"}, "what 'liked' is not one of searched"),
    ({"kind": "supply"}, "shows demand"),
    ({"unit": "euro"}, "unit 'euro'"),
    ({"grade": "Z"}, "grade 'Z'"),
    ({"title": 7}, "title is not text"),
    ({"publisher": ""}, "no publisher"),
    ({"items": []}, "no items"),
    ({"items": [{"rank": 1}]}, "item 1 has no name"),
    ({"items": [{"name": "Go", "rank": 0}]}, "rank 0 of 'Go' is not a whole number"),
    ({"items": [{"name": "Go", "rank": 1.5}]}, "rank 1.5"),
    ({"items": [{"name": "Go", "rank": True}]}, "rank True"),
    ({"items": [{"name": "Go", "rank": 2}, {"name": "C", "rank": 1}]}, "rank 1 of 'C' stands after rank 2"),
    ({"items": [{"name": "Go", "rank": 1}, {"name": "GO", "rank": 2}]}, "name 'GO' stands at 1 and at 2"),
    ({"items": [{"name": " Go"}]}, "blanks around it"),
    ({"items": [{"name": "Go", "value": 5}]}, "has no unit"),
    ({"items": [{"name": "Go", "value": "5 %"}]}, "is not a finite number"),
    ({"items": [{"name": "Go", "stars": 5}]}, "unknown key 'stars' in item 1"),
    ({"sources": "x"}, "sources is not a list"),
]


@pytest.mark.parametrize(("change", "message"), FAULTS)
def test_bad_files_are_refused(tmp_path: Path, change: dict[str, object], message: str) -> None:
    """Each fault of a list's file is told in one line that names the file."""
    path = write_list(made("Go", "C"), tmp_path)
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | change), "utf-8")
    with pytest.raises(TrendError, match=re.escape(message)) as refusal:
        read_list(path)
    assert path.name in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_all_faults_at_once(tmp_path: Path) -> None:
    """A file with three faults is told of three faults; a folder tells the faults of all its files."""
    path = write_list(made("Go", "C"), tmp_path)
    path.write_text(
        json.dumps(json.loads(path.read_text("utf-8")) | {"colour": 1, "period": "soon", "items": [{}]}), "utf-8"
    )
    (tmp_path / "other.json").write_text("[]")
    with pytest.raises(TrendError, match=r"colour.*period.*item 1.*other\.json"):
        read_folder(tmp_path)


def test_one_id_twice_in_a_folder(tmp_path: Path) -> None:
    """Two files with one id are refused, both named."""
    path = write_list(made("Go", "C"), tmp_path)
    (tmp_path / "copy.json").write_bytes(path.read_bytes())
    with pytest.raises(TrendError, match=r"copy\.json.*both have the id|both have the id"):
        read_folder(tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_that_are_read(tmp_path: Path, encoding: str) -> None:
    """UTF-8 with and without its mark, and UTF-16 with it, give the same text."""
    path = tmp_path / "a.txt"
    path.write_text("Größe • Ж", encoding)
    assert read_text(path) == "Größe • Ж"


def test_places_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing file, a folder, Latin-1 and a name with NUL each give one line with the way out."""
    (tmp_path / "latin.txt").write_bytes("Größe".encode("latin-1"))
    with pytest.raises(TrendError, match="byte 2 is not UTF-8"):
        read_text(tmp_path / "latin.txt")
    with pytest.raises(MissingFileError, match="Check the path"):
        read_text(tmp_path / "none.txt")
    with pytest.raises(TrendError, match="is a folder"):
        read_text(tmp_path)
    with pytest.raises(TrendError, match="cannot be read"):
        read_text("a\0b")
    with pytest.raises(MissingFileError, match="no folder"):
        read_folder(tmp_path / "none")


def table(tmp_path: Path, text: str, name: str = "t.csv") -> TrendList:
    """Read a table of this text."""
    (tmp_path / name).write_text(text, "utf-8")
    return read_table(tmp_path / name, id="x", publisher="X", period=Period.parse("2025"), what="searches-growing")


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("rank,name\n2,Go\n1,C\n", [("C", 1, None), ("Go", 2, None)]),
        ("Skill\tGrowth %\nGo\t+12.5%\nC\t1,200\n", [("C", None, 1200.0), ("Go", None, 12.5)]),
        ("name;growth\nGo;12,5\nC;−3\n", [("Go", None, 12.5), ("C", None, -3.0)]),
        ('id,Name,Position\n9,"Writing, editing",1\n8,C,2\n', [("Writing, editing", 1, None), ("C", 2, None)]),
        ("Go\nC\n", [("Go", None, None), ("C", None, None)]),
        ("# a comment\nname,count\r\nGo,10\r\n\r\nC,\r\n", [("Go", None, 10.0), ("C", None, None)]),
    ],
)
def test_tables(tmp_path: Path, text: str, rows: list[object]) -> None:
    """Columns are found by their header in CSV, TSV and semicolon tables; rows are put in order."""
    assert [(item.name, item.rank, item.value) for item in table(tmp_path, text).items] == rows


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", "no column of names. Columns: a, b"),
        ("name,rank\nGo,first\n,2\nGo,3\n", "line 2: a rank or figure of 'Go' is no number; line 3: no name; line 4"),
        ("", "no rows"),
        ("name\0,x\n", "NUL"),
    ],
)
def test_bad_tables(tmp_path: Path, text: str, message: str) -> None:
    """A table without names, or with bad figures, tells its columns or all its lines."""
    with pytest.raises(TableError, match=re.escape(message)):
        table(tmp_path, text)


def test_compare_sorts_every_name_once() -> None:
    """Entered, left, rose, fell and stayed are the whole of both lists, each name once; case does not count."""
    found = compare(made("A", "B", "C", "D"), made("b", "A", "C", "E"))
    assert found.entered == (("E", 4),)
    assert found.left == (("D", 4),)
    assert found.rose == (("b", 2, 1),)
    assert found.fell == (("A", 1, 2),)
    assert found.stayed == (("C", 3),)


@settings(max_examples=60, derandomize=True)
@given(
    st.lists(st.sampled_from("ABCDEFG"), unique=True, min_size=1),
    st.lists(st.sampled_from("ABCDEFG"), unique=True, min_size=1),
)
def test_compare_both_ways(first: list[str], second: list[str]) -> None:
    """Read the other way round, what entered left, and what rose fell."""
    a, b = made(*first), made(*second)
    there, back = compare(a, b), compare(b, a)
    assert there.entered == back.left
    assert {(name, new, old) for name, old, new in there.rose} == set(back.fell)
    assert len(there.entered) + len(there.rose) + len(there.fell) + len(there.stayed) == len(b.items)


def test_age_counts_from_what_was_observed() -> None:
    """A list ages from the end of its period, and does not exist before it was published."""
    trend = made("Go", published=date(2023, 8, 22))
    assert trend.age(date(2023, 8, 22)) == 53
    assert trend.age(date(2023, 8, 1)) < 0
    outlook = replace(trend, period=Period.parse("2025..2030"))
    assert outlook.age(date(2023, 8, 22)) == 0


def test_select() -> None:
    """Lists are chosen by id, file name, publisher, year or a part of an id; a wrong name is told the nearest."""
    lists = (made("Go"), made("C", id="malt-2024-hired", publisher="Malt", period=Period.parse("2024")))
    for name in ("malt-2024-hired", file_name(lists[1]), "MALT", "2024", "2024-h"):
        assert select(lists, name) == lists[1:]
    with pytest.raises(TrendError, match="Nearest: malt-2024-hired"):
        select(lists, "malt-2025-hires")


# --- the shipped lists -------------------------------------------------------------------------------------------------

SHIPPED = read_folder(data_folder() / "trends")


@pytest.mark.parametrize("trend", SHIPPED, ids=lambda trend: trend.id)
def test_shipped_list_is_whole(trend: TrendList) -> None:
    """Every shipped list is sourced, graded A or B, measured, published, of at least three names, and in order."""
    assert trend.sources
    assert all(source.startswith("http") for source in trend.sources)
    assert trend.grade in ("A", "B")
    assert trend.measure
    assert trend.published is not None
    assert len(trend.items) >= 3
    ranks = [item.rank for item in trend.items if item.rank]
    values = [item.value for item in trend.items if item.value is not None]
    assert ranks == sorted(ranks)
    assert ranks or values == sorted(values, reverse=True)
    assert trend.unit == "order" or values
    assert all(name.isascii() for item in trend.items for name in [item.name])
    assert trend.id.startswith(list_id(trend.publisher, trend.period, trend.what))


def test_no_list_is_shipped_twice() -> None:
    """No two shipped lists have one id, or the same names of the same kind and period, or overlap as parts of one table."""
    assert len({trend.id for trend in SHIPPED}) == len(SHIPPED)
    keys = {(trend.publisher, trend.what, trend.period, trend.scope) for trend in SHIPPED if "used" not in trend.what}
    assert len(keys) == len([trend for trend in SHIPPED if "used" not in trend.what])
    names = [(trend.what, tuple(item.name.casefold() for item in trend.items)) for trend in SHIPPED]
    assert len(set(names)) == len(names)


def test_the_four_lists_of_the_article() -> None:
    """The four lists of the first article are shipped with ten names each, three of demand and one of supply."""
    four = [
        select(SHIPPED, f"upwork-2023{rest}")[0]
        for rest in ("h1-searched", "q2-searches-growing", "h1-hired", "q2-profiles-growing")
    ]
    assert [len(trend.items) for trend in four] == [10] * 4
    assert [trend.kind for trend in four] == ["demand", "demand", "demand", "supply"]
    assert all([item.rank for item in trend.items] == list(range(1, 11)) for trend in four)
    assert len({item.name.rstrip("s") for trend in four for item in trend.items}) == 21


def test_role_families_are_scoped() -> None:
    """Lists of one role family say so, so that demand in general does not count them."""
    scoped = [trend for trend in SHIPPED if trend.scope]
    assert len(scoped) >= 15
    assert {trend.publisher for trend in scoped} >= {"Qarera"}
    assert all("role family" not in trend.measure for trend in SHIPPED if not trend.scope)


def test_every_kind_of_measure_has_a_side() -> None:
    """Each kind of measure shows demand or supply."""
    assert set(KIND_OF) == set(WHATS)
    assert set(KIND_OF.values()) == {"demand", "supply"}


def test_moved_names(tmp_path: Path) -> None:
    """The shipped table of moved names reads; Bard points to Gemini since February 2024; faults tell their lines."""
    moved = read_moved(data_folder() / "moved.tsv")
    bard = next(row for row in moved if row.name == "Bard")
    assert (bard.now, bard.since) == ("Google Gemini", date(2024, 2, 8))
    assert all(row.source.startswith("https://") for row in moved)
    path = tmp_path / "moved.tsv"
    path.write_text("name\tnow\tsince\tsource\nA\tB\tsoon\tx\nA\tB\n")
    with pytest.raises(TrendError, match=r"no line '# format.*line 2.*line 3"):
        read_moved(path)


def test_a_reason_names_what_the_list_shows() -> None:
    """Where the words for a kind of measure would say something else than the list measured, the list's own are said:
    earnings are no hires; and evidence carries the measure in full."""
    earned = next(trend for trend in SHIPPED if trend.id == "upwork-2025-hires-growing")
    assert earned.shows == "fastest-growing freelancer earnings"
    told = Evidence(
        earned.id, earned.publisher, earned.title, earned.what, earned.kind, "2025", "AI integration", 2, 178.0,
        earned.unit, 0.5, earned.measure, earned.shows,
    )  # fmt: skip
    assert told.words() == "#2 of fastest-growing freelancer earnings (+178 %), Upwork, 2025"
    assert replace(told, shows="").words() == "#2 of fastest-growing hires (+178 %), Upwork, 2025"


@pytest.mark.parametrize("trend", SHIPPED, ids=lambda trend: trend.id)
def test_measures_and_kinds_say_the_same(trend: TrendList) -> None:
    """A list counted as hires, postings or searches whose measure says none of these words has words of its own."""
    words = {"hired": ("hire",), "hires-growing": ("hiring",), "posted": ("posting", "listing"),
             "postings-growing": ("posted", "posting"), "searched": ("search",), "searches-growing": ("search",)}  # fmt: skip
    said = any(word in trend.measure for word in words.get(trend.what, ("",)))
    assert said or trend.shows


def test_what_a_list_shows_is_written_only_where_it_is_said(tmp_path: Path) -> None:
    """The words of a list go through its file and a model's text; a list without them is written as ever."""
    plain, said = made("Go"), replace(made("Go", id="x-2024-hired"), shows="gigs")
    assert "shows" not in to_record(plain)
    assert read_list(write_list(said, tmp_path)).shows == "gigs"
    lists, _ = from_json(to_json([plain, said]))
    assert [trend.shows for trend in lists] == ["", "gigs"]


def test_words_beside_lists_are_told_with_them(tmp_path: Path) -> None:
    """A table in a folder of lists says what they show; one of another format, or of lists that are not there, is refused."""
    plain = made("Go")
    write_list(plain, tmp_path)
    table = tmp_path / "shows.tsv"
    table.write_text(f"# format: recommender-shows 1\nid\tshows\n{plain.id}\tgigs\n", encoding="utf-8")
    assert [trend.shows for trend in read_folder(tmp_path)] == ["gigs"]
    for text, says in (
        ("id\tshows\n", "begins with no line"),
        ("# format: recommender-shows 1\nid\tshows\nx\ty\n", "for x"),
    ):
        table.write_text(text, encoding="utf-8")
        with pytest.raises(TrendError, match=says):
            read_folder(tmp_path)
