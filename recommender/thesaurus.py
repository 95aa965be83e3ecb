"""Read which words of English are said for each other: `data/synonyms.tsv`.

Paraphrases share meaning, not letters ("mend shoes", "repair footwear"); no statistics of a few thousand names show
that, so it is written down as facts. The file is kept as text: a word is looked up by a scan for its first letters,
which costs less than parsing everything and nothing at all where no word is asked for; who asks for many gets an index.

Source of the kinds of relation: near-synonymy and hyponymy as in WordNet (Miller, 1995), three strengths only.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple

from recommender.errors import MissingFileError, VocabularyError
from recommender.places import data_folder

__all__ = ["FORMAT", "KINDS", "Row", "check", "phrases", "rows_with", "words"]

FORMAT: Final = "recommender-synonyms 1"
COLUMNS: Final = "kind\tword\tothers"
KINDS: Final = ("same", "near", "group", "phrase")
FILE: Final = "synonyms.tsv"
# A scan takes .8 ms, to index the words by their first letters as long as so many scans (27,000 rows, measured).
SCANS_BEFORE_INDEX: Final = 96
INDEXED: Final = 3
_asked = count()


class Row(NamedTuple):
    """Hold one row: how the words belong together, the word that leads, and those that are said for it."""

    kind: str
    word: str
    others: tuple[str, ...]


def _row(line: str) -> Row:
    kind, word, others = line.split("\t")
    return Row(kind, word, tuple(others.split("; " if kind == "phrase" else " ")))


def check(path: Path) -> str:
    """Read the file and give the text of its rows, each between line ends.

    Raises `MissingFileError` where there is none and `VocabularyError` with the lines that are no rows.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise MissingFileError(f"{path}: no such file. Restore the data folder, or unset RECOMMENDER_HOME.") from None
    head, columns, rows = text.partition(f"{COLUMNS}\n")
    if f"# format: {FORMAT}\n" not in head or not columns:
        raise VocabularyError(f"{path}: is no {FORMAT!r}. Begin with that format and the columns kind, word, others.")
    above = head.count("\n") + 2
    faults = [
        str(number)
        for number, line in enumerate(rows.splitlines(), above)
        if line.count("\t") != 2 or line.partition("\t")[0] not in KINDS or line.endswith("\t")
    ]
    if faults:
        raise VocabularyError(f"{path}: no kind, word and others in lines {', '.join(faults[:5])}. Mend them.")
    return f"\n{rows}"


@cache
def _text() -> str:
    """Read the shipped file; a data folder of one's own may leave it out, and then has no synonyms."""
    path = data_folder() / FILE
    return check(path) if path.exists() else "\n"


def rows_with(opening: str) -> Iterator[Row]:
    """Give the rows that hold a word, or a word of a phrase, beginning with these letters; in the file's order.

    >>> [row.word for row in rows_with("bookkeep") if row.kind == "near"][:3]
    ['accountancy', 'accountant', 'accounting']
    """
    if len(opening) < INDEXED or " " in opening[:INDEXED] or next(_asked) < SCANS_BEFORE_INDEX:
        return map(_row, _scanned(opening))
    held = _indexed().get(opening[:INDEXED], ())
    return (_row(line) for line in held if f"\t{opening}" in line or f" {opening}" in line)


def _scanned(opening: str) -> Iterator[str]:
    """Give the lines that hold a word beginning so, from the text as it is."""
    text, end = _text(), 0
    while (at := text.find(opening, end)) >= 0:
        if text[at - 1] in "\t ":
            start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
            yield text[start:end]
        else:
            end = at + 1


@cache
def _indexed() -> dict[str, list[str]]:
    """Hold the lines by the first letters of the words in them."""
    held: dict[str, list[str]] = {}
    for line in _text().split("\n"):
        _, _, words = line.partition("\t")
        for opening in dict.fromkeys([word[:INDEXED] for word in words.replace("\t", " ").split(" ")]):
            held.setdefault(opening, []).append(line)
    return held


@cache
def phrases() -> tuple[tuple[str, str], ...]:
    """Give the phrases of several words, each with the plain word that says the same.

    >>> dict(phrases())["carry out"]
    'perform'
    """
    rows = [_row(line) for line in _text().split("\n") if line.startswith("phrase\t")]
    return tuple((phrase, row.word) for row in rows for phrase in row.others)


@cache
def words() -> frozenset[str]:
    """Hold all words of the file: common English, which is no misspelling of something else.

    >>> "petrol" in words(), "tensorflow" in words()
    (True, False)
    """
    return frozenset(_text().replace(";", " ").split()).difference(KINDS[2:])
