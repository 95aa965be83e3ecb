"""Write many lists, and the names that moved, as one text for a model folder, and read it again.

The text is read at every start of the program, so it is compact, and what it holds is not checked a second time: the
lists were checked when they were written, and the model folder checks the hash of the text.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from recommender.errors import TrendError
from recommender.trends.periods import Period
from recommender.trends.records import Moved, TrendItem, TrendList

__all__ = ["from_json", "to_json"]

_PLAIN = (
    "id",
    "publisher",
    "title",
    "what",
    "measure",
    "unit",
    "region",
    "scope",
    "grade",
    "licence",
    "complete",
    "note",
)
_ITEM = ("name", "rank", "value", "previous", "note")


def to_json(lists: tuple[TrendList, ...], moved: tuple[Moved, ...] = ()) -> str:
    """Write several lists and the names that moved as one text, for a model folder."""
    content = {
        "lists": [_row(trend) for trend in lists],
        "moved": [[row.name, row.now, str(row.since), row.source] for row in moved],
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> tuple[tuple[TrendList, ...], tuple[Moved, ...]]:
    """Read what `to_json` wrote; raise `TrendError` for anything else."""
    try:
        content = json.loads(text)
        moved = tuple(Moved(name, now, date.fromisoformat(since), by) for name, now, since, by in content["moved"])
        return tuple(_list(*row) for row in content["lists"]), moved
    except (ValueError, KeyError, TypeError) as problem:
        raise TrendError(f"no trend lists: {problem}. Build the model again: make model") from problem


def _row(trend: TrendList) -> list[Any]:
    days = [str(day) if day else None for day in (trend.period, trend.baseline, trend.published)]
    items = [[getattr(item, name) for name in _ITEM] for item in trend.items]
    return [[getattr(trend, name) for name in _PLAIN], days, list(trend.sources), items]


def _list(plain: list[Any], days: list[str | None], sources: list[str], items: list[list[Any]]) -> TrendList:
    period, baseline, published = days
    return TrendList.unchecked(
        **dict(zip(_PLAIN, plain, strict=True)),
        period=Period.parse(str(period)),
        baseline=Period.parse(baseline) if baseline else None,
        published=date.fromisoformat(published) if published else None,
        sources=tuple(sources),
        items=tuple([TrendItem(*item) for item in items]),
    )
