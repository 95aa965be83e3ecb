"""Read skills and senses from tables: the project's own files, and CSV or TSV of others (ESCO as it is published)."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

from recommender.errors import TableError, VocabularyError
from recommender.files import read_text
from recommender.vocabulary.skills import Sense, Skill

__all__ = ["read_senses", "read_skills", "read_table"]

SKILLS_FORMAT: Final = "recommender-skills 1"
SENSES_FORMAT: Final = "recommender-senses 1"
SKILLS_COLUMNS: Final = ("name", "field", "kind", "within", "aliases")
SENSES_COLUMNS: Final = ("form", "skill", "meaning", "prior", "cues")
NAME_COLUMNS: Final = ("name", "skill", "preferredlabel", "canonical", "label", "title", "tag", "term")
ALIAS_COLUMNS: Final = ("aliases", "alias", "altlabels", "hiddenlabels", "synonyms", "alternatives", "other names")


def _parts(cell: str, separator: str = ";") -> tuple[str, ...]:
    return tuple(part for raw in cell.split(separator) if (part := raw.strip()))


def _rows(path: Path, wanted: str, columns: tuple[str, ...]) -> list[tuple[int, list[str]]]:
    """Check the ``# key: value`` header of one of our files and give its rows with their line numbers."""
    head: dict[str, str] = {}
    rows: list[tuple[int, list[str]]] = []
    for line_number, line in enumerate(read_text(path, VocabularyError).splitlines(), 1):
        if line.startswith("#"):
            name, _, value = line[1:].partition(":")
            head[name.strip()] = value.strip()
        elif line.strip():
            rows.append((line_number, line.split("\t")))
    if head.get("format") != wanted:
        raise VocabularyError(
            f"{path}: format is {head.get('format', 'not said')!r}; this version reads {wanted!r}. "
            f"Begin the file with '# format: {wanted}', or use a newer recommender."
        )
    if not rows or tuple(rows[0][1]) != columns:
        raise VocabularyError(f"{path}: the first row must be the columns {', '.join(columns)}, parted by tabs.")
    faults = [str(number) for number, row in rows[1:] if not 0 < len(row) <= len(columns)]
    if faults:
        raise VocabularyError(f"{path}: more than {len(columns)} columns in lines {', '.join(faults[:5])}. Mend them.")
    return [(number, row + [""] * (len(columns) - len(row))) for number, row in rows[1:]]


def read_skills(path: Path) -> tuple[tuple[Skill, ...], list[str]]:
    """Read ``skills.tsv``: the skills, and for each the place where it stands."""
    skills, places = [], []
    for line_number, (name, field, kind, within, aliases) in _rows(path, SKILLS_FORMAT, SKILLS_COLUMNS):
        skills.append(Skill(name.strip(), field.strip(), kind.strip(), _parts(within), _parts(aliases)))
        places.append(f"{name.strip()!r} ({path.name} line {line_number})")
    return tuple(skills), places


def read_senses(path: Path) -> tuple[Sense, ...]:
    """Read ``senses.tsv``; no file, no senses. A skill written ``-`` means that the sense is none of ours."""
    if not path.exists():
        return ()
    senses = []
    for line_number, (form, skill, meaning, prior, cues) in _rows(path, SENSES_FORMAT, SENSES_COLUMNS):
        try:
            weight = float(prior)
        except ValueError:
            raise VocabularyError(
                f"{path}: line {line_number}: prior {prior!r} is no number. Write a probability, such as 0.4."
            ) from None
        held = None if skill.strip() in ("-", "") else skill.strip()
        senses.append(Sense(form.strip(), held, meaning.strip(), weight, _parts(cues)))
    return tuple(senses)


def _columns(path: Path, header: list[str]) -> tuple[int, list[int]]:
    named = [name.strip().lower().replace("_", " ") for name in header]
    name = next((named.index(wanted) for wanted in NAME_COLUMNS if wanted in named), None)
    if name is None:
        raise TableError(
            f"{path}: no column of names. Columns: {', '.join(header)}. "
            "Call it 'name' (or skill, preferredLabel, label)."
        )
    return name, [at for at, column in enumerate(named) if column in ALIAS_COLUMNS]


def _aliases(cell: str) -> tuple[str, ...]:
    """Split a cell of aliases: by line as ESCO does, else by semicolon or bar."""
    for separator in ("\n", ";", "|"):
        if separator in cell:
            return _parts(cell, separator)
    return _parts(cell, "\n")


def read_table(path: Path) -> tuple[tuple[Skill, ...], list[str]]:
    """Read a CSV or TSV with a column of names and, if there, columns of aliases.

    ESCO's official files work as they are (``preferredLabel``; ``altLabels``, ``hiddenLabels`` by line). Several rows
    may give the same name, one alias each.

    Raises:
        MissingFileError: no such file.
        TableError: no column of names, or no row.
    """
    text = read_text(path, VocabularyError)
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    lines = text.splitlines(keepends=True)
    delimiter = max(",;\t", key=lambda mark: (lines[0] if lines else "").count(mark))
    reader = csv.reader(lines, delimiter=delimiter)
    header = next(reader, [])
    name_at, alias_at = _columns(path, header)
    aliases: dict[str, dict[str, None]] = {}
    places: dict[str, str] = {}
    for row in reader:
        name = row[name_at].strip() if len(row) > name_at else ""
        if name:
            places.setdefault(name, f"{name!r} (line {reader.line_num})")
            found = aliases.setdefault(name, {})
            found.update(dict.fromkeys(alias for at in alias_at if len(row) > at for alias in _aliases(row[at])))
    if not aliases:
        raise TableError(f"{path}: no row holds a name. Fill the column {header[name_at]!r}.")
    return tuple(Skill(name, aliases=tuple(held)) for name, held in aliases.items()), list(places.values())
