"""Read a CSV or TSV table of names, with rank or growth, into a trend list.

Columns are picked by their header, whatever their order: a name, and a rank, a growth in per cent, a share, or a count.
"""

from __future__ import annotations

import csv
import io
import os
import re
from datetime import date
from pathlib import Path

from recommender.errors import TableError
from recommender.trends.files import read_text
from recommender.trends.periods import Period
from recommender.trends.records import TrendItem, TrendList, same_name

__all__ = ["read_table"]

_NAMES = ("name", "skill", "skills", "skill name", "term", "technology", "tool", "keyword", "title", "label")
_RANKS = ("rank", "position", "place", "#", "no", "no.", "nr", "ranking")
_PERCENT = (
    "growth",
    "growth %",
    "growth_percent",
    "growth percent",
    "change",
    "change %",
    "percent",
    "%",
    "share",
    "yoy",
    "qoq",
)
_COUNTS = ("count", "value", "postings", "posts", "jobs", "projects", "searches", "hires", "number", "n", "volume")


def read_table(
    path: str | os.PathLike[str],
    *,
    id: str,
    publisher: str,
    period: Period,
    what: str,
    title: str = "",
    baseline: Period | None = None,
    published: date | None = None,
    sources: tuple[str, ...] = (),
    grade: str = "C",
) -> TrendList:
    """Read a table into one list; what a table cannot say (publisher, period, kind of measure) is given.

    Rows are put in the order of their rank, or of their figures, highest first, or stay as they stand. Raises
    `TableError` that names the columns when none is a name, and the lines of all bad figures.
    """
    rows, columns = _rows(path)
    name = _column(columns, _NAMES)
    if name is None and len(columns) == 1:
        name, rows = 0, [(1, columns), *rows]  # a bare file of names has no header
    if name is None:
        raise TableError(f"{path}: no column of names. Columns: {', '.join(columns)[:200]}. Call one of them 'name'.")
    rank, figure, unit = _column(columns, _RANKS), _column(columns, _PERCENT), "percent"
    if figure is None:
        figure, unit = _column(columns, _COUNTS), "count"
    items = _ordered(_items(rows, name, rank, figure, path))
    return TrendList(
        id=id,
        publisher=publisher,
        title=title or Path(path).stem,
        what=what,
        period=period,
        items=items,
        unit=unit if figure is not None else "order",
        baseline=baseline,
        published=published,
        sources=sources,
        grade=grade,
        measure=columns[figure] if figure is not None else "order of the table",
    )


def _rows(path: str | os.PathLike[str]) -> tuple[list[tuple[int, list[str]]], list[str]]:
    """Split a table into its numbered rows and its header; the separator is the one that the header holds most of."""
    text = read_text(path)
    if "\0" in text:
        raise TableError(f"{path}: holds NUL characters, so it is no table of text. Save it as CSV in UTF-8.")
    first = next((line for line in text.splitlines() if line.strip() and not line.startswith("# ")), "")
    separator = max("\t,;|", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        kept = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as problem:
        raise TableError(f"{path}: line {reader.line_num}: {problem}. Check its quotes.") from None
    kept = [(number, row) for number, row in kept if not row[0].startswith("# ")]
    if not kept:
        raise TableError(f"{path}: no rows. Write a header and a row for each name.")
    return kept[1:], [cell.strip() for cell in kept[0][1]]


def _column(columns: list[str], wanted: tuple[str, ...]) -> int | None:
    heads = [re.sub(r"[\s_]+", " ", column.casefold()).strip() for column in columns]
    plain = [word.replace("_", " ") for word in wanted]
    return next((heads.index(word) for word in plain if word in heads), None)


def _items(
    rows: list[tuple[int, list[str]]], name: int, rank: int | None, figure: int | None, path: str | os.PathLike[str]
) -> list[TrendItem]:
    items, faults, seen = [], [], dict[str, int]()
    for number, row in rows:
        cells = [cell.strip() for cell in row] + [""] * (1 + max(name, rank or 0, figure or 0) - len(row))
        if not cells[name]:
            faults.append(f"line {number}: no name")
            continue
        first = seen.setdefault(same_name(cells[name]), number)
        if first != number:
            faults.append(f"line {number}: {cells[name]!r} stands already in line {first}")
        try:
            place = int(cells[rank].strip("#.=")) if rank is not None and cells[rank] else None
            value = _figure(cells[figure]) if figure is not None and cells[figure] else None
            items.append(TrendItem(" ".join(cells[name].split()), place, value))
        except ValueError:
            faults.append(f"line {number}: a rank or figure of {cells[name]!r} is no number")
    if faults:
        told = "; ".join(faults[:10]) + (f"; and {len(faults) - 10} more" if len(faults) > 10 else "")
        raise TableError(f"{path}: {told}. Mend the table and import it again.")
    return items


def _figure(cell: str) -> float:
    """Read "+1,234.5 %" as 1234.5; a comma is a thousands mark, unless it is the only mark before one or two digits."""
    text = cell.replace("%", "").replace("−", "-").replace(" ", "").replace("\u00a0", "").lstrip("+")
    if re.fullmatch(r"-?\d+,\d{1,2}", text):
        text = text.replace(",", ".")
    return float(text.replace(",", ""))


def _ordered(items: list[TrendItem]) -> tuple[TrendItem, ...]:
    """Put ranked rows by rank, else rows with figures by figure, highest first; rows without go last, as they stand."""
    if any(item.rank is not None for item in items):
        return tuple(sorted(items, key=lambda item: (item.rank is None, item.rank or 0)))
    return tuple(sorted(items, key=lambda item: (item.value is None, -(item.value or 0.0))))
