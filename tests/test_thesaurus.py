"""The table of synonyms is read whole or refused, and its scan finds what a plain reading finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from recommender import thesaurus
from recommender.errors import MissingFileError, VocabularyError
from recommender.matcher.forms import stem
from recommender.matcher.synonyms import STRENGTHS, mates, plain_words, said_for
from recommender.places import data_folder

PATH = data_folder() / "synonyms.tsv"
HEAD = f"# format: {thesaurus.FORMAT}\nkind\tword\tothers\n"


def test_the_shipped_table_is_sound() -> None:
    """Every row has a known kind, a word and others, none twice; no row stands there twice."""
    rows = thesaurus.check(PATH).strip().split("\n")
    assert len(rows) == len(set(rows)) > 25000
    for row in rows:
        _, word, others = row.split("\t")
        held = others.split("; ") if row.startswith("phrase") else [word, *others.split(" ")]
        assert len(held) == len(set(held)), row


def test_the_scan_equals_a_plain_reading() -> None:
    """A word stands for what the rows that hold a word of its stem say, however they are found."""
    rows = [row.split("\t") for row in thesaurus.check(PATH).strip().split("\n")]
    for word in ("supervise", "supervising", "repairs", "vessel", "taught", "staff", "zebra"):
        root, found = stem(word), set()
        for kind, head, others in rows:
            stems = {stem(other) for other in (head, *others.split(" "))} if kind != "phrase" else set()
            found |= stems - {root} if root in stems else set()
        assert set(said_for(word)) == found, word


def test_an_index_finds_what_scans_find(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks for many words gets the same rows, in the same order."""
    openings = ["sup", "supe", "bookkeep", "to", "t", "look after", "go on", "up to", "zzz", "-", ""]
    scanned = [list(map(thesaurus._row, thesaurus._scanned(opening))) for opening in openings]
    monkeypatch.setattr(thesaurus, "SCANS_BEFORE_INDEX", 0)
    assert [list(thesaurus.rows_with(opening)) for opening in openings] == scanned


def test_words_stand_for_each_other_both_ways() -> None:
    """As far as a word is said for another, so far the other is said for it."""
    for word in ("monitor", "garment", "loan", "teach"):
        for other, share in said_for(word).items():
            back = [said_for(mate).get(stem(word)) for mate in mates(word) if stem(mate) == other]
            assert all(value == share for value in back), (word, other)
            assert 0 < share <= max(STRENGTHS.values())


def test_phrases_are_said_in_one_word() -> None:
    """The longest phrase counts, in any inflection; other words stay as they are."""
    assert plain_words(["carrying", "out", "errands"]) == ["perform", "errands"]
    assert plain_words(["taking", "care", "of", "horses"]) == ["care", "horses"]
    assert plain_words(["set"]) == ["set"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("kind\tword\tothers\nsame\ta\tb\n", "is no"),
        ("# format: recommender-synonyms 9\nkind\tword\tothers\n", "is no"),
        (f"{HEAD}same\ta\tb\nlike\ta\tb\n", "lines 4"),
        (f"{HEAD}same\ta\n", "lines 3"),
        (f"{HEAD}same\ta\t\n", "lines 3"),
    ],
)
def test_a_table_of_another_kind_is_refused(tmp_path: Path, text: str, says: str) -> None:
    """The error names the file, and the lines that are no rows."""
    path = tmp_path / "synonyms.tsv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(VocabularyError, match=says):
        thesaurus.check(path)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    """No file is an error of its own kind where one is asked for."""
    with pytest.raises(MissingFileError, match="no such file"):
        thesaurus.check(tmp_path / "synonyms.tsv")
