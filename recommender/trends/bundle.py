"""Write many lists, and the names that moved, as one text for a model folder, and read it again.

The text is read at every start of the program, so it is compact, and what it holds is not checked a second time: the
lists were checked when they were written, and the model folder checks the hash of the text.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from recommender.errors import TrendError
from recommender.trends.periods import Period
from recommender.trends.records import Moved, TrendItem, TrendList

__all__ = ["Bundle", "from_json", "lengths", "to_json"]

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
    "shows",  # the last, as models of before have none
)
_ITEM = ("name", "rank", "value", "previous", "note")


def to_json(lists: Sequence[TrendList], moved: tuple[Moved, ...] = ()) -> str:
    """Write several lists and the names that moved as one text, for a model folder."""
    content = {
        "lists": [_row(trend) for trend in lists],
        "moved": [[row.name, row.now, str(row.since), row.source] for row in moved],
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


class Bundle(Sequence[TrendList]):
    """Hold stored lists, each made when first looked at: a start shows some of them, seldom all."""

    def __init__(self, rows: list[list[Any]]) -> None:
        self._rows = rows
        self._made: dict[int, TrendList] = {}
        self.lengths = [len(items) for *_, items in rows]

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return tuple([self[i] for i in range(*at.indices(len(self)))])
        place = range(len(self))[at]
        if place not in self._made:
            self._made[place] = _list(*self._rows[place])
        return self._made[place]


def lengths(lists: Sequence[TrendList]) -> list[int]:
    """Count the items of each list, without making those of a `Bundle`."""
    return lists.lengths if isinstance(lists, Bundle) else [len(trend.items) for trend in lists]


def from_json(text: str) -> tuple[Sequence[TrendList], tuple[Moved, ...]]:
    """Read what `to_json` wrote; raise `TrendError` for anything else."""
    try:
        content = json.loads(text)
        moved = tuple([Moved(name, now, date.fromisoformat(since), by) for name, now, since, by in content["moved"]])
        return Bundle(content["lists"]), moved
    except (ValueError, KeyError, TypeError) as problem:
        raise TrendError(f"no trend lists: {problem}. Build the model again: make model") from problem


def _row(trend: TrendList) -> list[Any]:
    days = [str(day) if day else None for day in (trend.period, trend.baseline, trend.published)]
    items = [[getattr(item, name) for name in _ITEM] for item in trend.items]
    return [[getattr(trend, name) for name in _PLAIN], days, list(trend.sources), items]


def _list(plain: list[Any], days: list[str | None], sources: list[str], items: list[list[Any]]) -> TrendList:
    period, baseline, published = days
    return TrendList.unchecked(
        **{"shows": "", **dict(zip(_PLAIN, plain, strict=False))},
        period=Period.parse(str(period)),
        baseline=Period.parse(baseline) if baseline else None,
        published=date.fromisoformat(published) if published else None,
        sources=tuple(sources),
        items=tuple([TrendItem(*item) for item in items]),
    )
