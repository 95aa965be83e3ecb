"""Hold dated, sourced lists of skills in demand or in supply, and their files.

A list says what one publisher printed about one period: names in rank order, with figures where it gave them. Lists
are facts: never edited, only added; what they mean for a skill today is worked out in `recommender.demand`.

Small rooms: `periods` (words to dates), `records` (the lists), `files` (JSON folders in and out), `tables` (CSV and TSV
of names), `moved` (names that changed), `bundle` (many lists as one text).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recommender.trends.bundle import from_json, lengths, to_json
    from recommender.trends.files import (
        FORMAT,
        VERSION,
        file_name,
        list_id,
        lists_at,
        read_folder,
        read_list,
        read_text,
        select,
        write_list,
    )
    from recommender.trends.moved import read_moved
    from recommender.trends.periods import Period
    from recommender.trends.records import KIND_OF, UNITS, WHATS, Comparison, Moved, TrendItem, TrendList, compare
    from recommender.trends.tables import read_table

__all__ = [
    "FORMAT",
    "KIND_OF",
    "UNITS",
    "VERSION",
    "WHATS",
    "Comparison",
    "Moved",
    "Period",
    "TrendItem",
    "TrendList",
    "compare",
    "file_name",
    "from_json",
    "lengths",
    "list_id",
    "lists_at",
    "read_folder",
    "read_list",
    "read_moved",
    "read_table",
    "read_text",
    "select",
    "to_json",
    "write_list",
]

# Scoring a profile needs records and bundle only; the other rooms wait until they are asked for.
_ROOM_OF = {
    **dict.fromkeys(("from_json", "lengths", "to_json"), "bundle"),
    **dict.fromkeys(("FORMAT", "VERSION", "file_name", "list_id", "read_folder", "read_list"), "files"),
    **dict.fromkeys(("lists_at", "read_text", "select", "write_list"), "files"),
    **dict.fromkeys(
        ("KIND_OF", "UNITS", "WHATS", "Comparison", "Moved", "TrendItem", "TrendList", "compare"), "records"
    ),
    "Period": "periods",
    "read_moved": "moved",
    "read_table": "tables",
}


def __getattr__(name: str) -> object:
    if name not in _ROOM_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f"{__name__}.{_ROOM_OF[name]}"), name)
    globals()[name] = value
    return value
