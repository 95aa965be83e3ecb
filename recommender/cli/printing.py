"""Print records as a table, JSON Lines, CSV or Markdown; results on stdout, everything else on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum

__all__ = ["Format", "chosen", "note", "print_records", "visible"]

Record = Mapping[str, object]


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
    """Say something beside the results, on stderr."""
    print(visible(text), file=sys.stderr)


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


def print_records(records: Sequence[Record], format: Format | None = None, title: str = "") -> None:
    """Print records that share their keys.

    A table and Markdown show values as people read them; JSON Lines keep them whole; CSV writes lists joined by "; ".
    """
    writer = {
        Format.table: _table, Format.json: _json_lines, Format.csv: _csv, Format.markdown: _markdown,
    }[chosen(format)]  # fmt: skip
    writer(records, title)


def _columns(records: Sequence[Record]) -> list[str]:
    return list(dict.fromkeys(key for record in records for key in record))


def _json_lines(records: Sequence[Record], title: str) -> None:
    del title
    for record in records:
        sys.stdout.write(json.dumps(record, ensure_ascii=False, default=str) + "\n")


def _csv(records: Sequence[Record], title: str) -> None:
    import csv

    del title
    columns = _columns(records)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_plain(record.get(column)) for column in columns] for record in records)


def _markdown(records: Sequence[Record], title: str) -> None:
    columns = _columns(records)
    if title:
        print(f"**{visible(title)}**\n")
    print("| " + " | ".join(columns) + " |")
    print("|" + " --- |" * len(columns))
    for record in records:
        print("| " + " | ".join(visible(record.get(column)).replace("|", "\\|") for column in columns) + " |")


def _table(records: Sequence[Record], title: str) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, title=Text(visible(title)) if title else None, title_justify="left", pad_edge=False)
    columns = _columns(records)
    for column in columns:
        numbers = all(isinstance(record.get(column), int | float | None) for record in records)
        table.add_column(Text(column), justify="right" if numbers else "left", overflow="fold")
    for record in records:
        table.add_row(*(Text(visible(record.get(column))) for column in columns))
    Console().print(table)
