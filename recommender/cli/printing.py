"""Print records as a table, JSON Lines, CSV or Markdown; results on stdout, everything else on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum

__all__ = ["Format", "chosen", "note", "print_records", "visible"]

Record = Mapping[str, object]

NARROWEST = 10
"""Letters that a column of a table shows at least, unless its values are shorter: less breaks every word."""

GAP = 3
"""Blanks between two columns."""


class Format(StrEnum):
    """Name the output formats."""

    table = "table"
    json = "json"
    csv = "csv"
    markdown = "markdown"


def chosen(format: Format | None) -> Format:
    """Return what was asked for, else a table on a terminal and JSON Lines when piped."""
    return format or (Format.table if sys.stdout.isatty() else Format.json)


def note(text: str) -> None:
    """Say something beside the results, on stderr; on a terminal, lines break between words."""
    said = visible(text)
    if sys.stderr.isatty() and len(said) > (width := _width()):
        import textwrap

        said = textwrap.fill(said, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    print(said, file=sys.stderr)


def _width() -> int:
    import shutil

    return shutil.get_terminal_size().columns


def visible(value: object) -> str:
    """Write a value so that no character of it can steer a terminal.

    >>> visible("a\\x1b[31mb")
    'a\\\\x1b[31mb'
    """
    text = _plain(value)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\u200c\u200d" else c.encode("unicode_escape").decode() for c in text)


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_plain(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(_plain(item) for item in value)
    return str(value)


def print_records(
    records: Sequence[Record], format: Format | None = None, title: str = "", columns: Sequence[str] = ()
) -> None:
    """Print records that share their keys.

    A table and Markdown show values as people read them; JSON Lines keep them whole; CSV writes lists joined by "; ".
    Without records, CSV and Markdown are their header alone, if ``columns`` names it, and a table is nothing.
    """
    style = chosen(format)
    if not records:
        if columns and style in (Format.csv, Format.markdown):
            _WRITERS[style]([], "", columns)
        return
    _WRITERS[style](records, title, _columns(records))


def _columns(records: Sequence[Record]) -> list[str]:
    return list(dict.fromkeys(key for record in records for key in record))


def _json_lines(records: Sequence[Record], title: str, columns: Sequence[str]) -> None:
    del title, columns
    steered = sys.stdout.isatty()
    for record in records:
        line = json.dumps(record, ensure_ascii=False, default=str)
        if steered and not line.isprintable():  # what JSON leaves as it is may still steer a terminal
            line = "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in line)
        sys.stdout.write(line + "\n")


def _csv(records: Sequence[Record], title: str, columns: Sequence[str]) -> None:
    import csv

    del title
    write = visible if sys.stdout.isatty() else _plain
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([write(record.get(column)) for column in columns] for record in records)


def _markdown(records: Sequence[Record], title: str, columns: Sequence[str]) -> None:
    if title:
        print(f"**{visible(title)}**\n")
    print("| " + " | ".join(columns) + " |")
    print("|" + " --- |" * len(columns))
    for record in records:
        print("| " + " | ".join(visible(record.get(column)).replace("|", "\\|") for column in columns) + " |")


def _table(records: Sequence[Record], title: str, columns: Sequence[str]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    cells = [[visible(record.get(column)) for column in columns] for record in records]
    widest = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    if sum(min(width, NARROWEST) + GAP for width in widest) > console.width:
        _blocks(cells, title, columns, console.width)
        return
    table = Table(box=SIMPLE_HEAD, title=Text(visible(title)) if title else None, title_justify="left", pad_edge=False)
    for column in columns:
        numbers = all(isinstance(record.get(column), int | float | None) for record in records)
        table.add_column(Text(column), justify="right" if numbers else "left", overflow="fold")
    for row in cells:
        table.add_row(*map(Text, row))
    console.print(table)


def _blocks(rows: Sequence[Sequence[str]], title: str, columns: Sequence[str], width: int) -> None:
    """Print each record as lines of its own, where columns side by side would be too narrow to read."""
    import textwrap

    if title:
        print(visible(title))
    label = min(max(map(len, columns)), NARROWEST * 2)
    for row in rows:
        print()
        for column, cell in zip(columns, row, strict=True):
            if cell:
                begin = f"{column:<{label}}  "
                print(
                    textwrap.fill(
                        cell,
                        max(width, label + 2 + NARROWEST),
                        initial_indent=begin,
                        subsequent_indent=" " * len(begin),
                    )
                )


_WRITERS = {Format.table: _table, Format.json: _json_lines, Format.csv: _csv, Format.markdown: _markdown}
