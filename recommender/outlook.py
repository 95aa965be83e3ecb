"""See the demand of a day: dated lists joined with the vocabulary, as figures, evidence and notes.

`trends` holds words and dates, `demand` numbers; here they meet. An outlook is made for one day (``as_of``) and one
choice of lists, so that the view of 2023, or of one publisher, can be reproduced at any time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recommender import fixedpoint
from recommender.demand import Appearances, Demand, Lists
from recommender.errors import TrendError
from recommender.matcher import Matcher
from recommender.suggestions import Evidence
from recommender.trends import WHATS, Moved, TrendItem, TrendList, select

__all__ = ["Outlook", "newest_day", "trend_skills"]

SURE = ("exact", "alias", "sense")
"""Kinds of match that resolve a printed name."""

GRADE_WEIGHTS = {"A": 1.0, "B": 0.7, "C": 0.4}
"""How much a list counts by how it was seen: the publisher's own text, a quotation of it, or unchecked."""

OUTGROWN = 0.15
"""How far the supply figure must lie above that of growing demand before it is said: half a fresh list's first
place."""


def newest_day(lists: Sequence[TrendList]) -> date:
    """Return the day of the newest list: the natural "today" of a set of facts, the same on every machine."""
    if not lists:
        raise TrendError("no trend lists. Add one with recommender trends import, or restore data/trends.")
    return max(trend.published or trend.period.end for trend in lists)


def trend_skills(lists: Sequence[TrendList], matcher: Matcher) -> list[int]:
    """Return the skill number of every name of every list, -1 where there is none.

    The names of a list decide each other's short forms, as the terms of a profile do ("LLM" beside "RAG"). A near
    spelling is not enough: what a publisher printed is a skill, an alias, or unknown.
    """
    numbers = []
    for trend in lists:
        names = [item.name for item in trend.items]
        for beside, name in zip(matcher.match_profile(names), names, strict=True):
            # A list of all trades speaks for every sense at once; then the usual one counts.
            match = beside if beside.how in SURE else matcher.match(name)
            numbers.append(match.number if match.how in SURE else -1)
    return numbers


class Outlook:
    """Know, for every skill, the demand of a day and what shows it.

    Parameters
    ----------
    lists : sequence of TrendList
        The lists that count.
    numbers : sequence of int
        The skill number of every item of every list, in order; -1 where an item is no skill.
    size : int
        Number of skills.
    moved : sequence of Moved
        Names that moved since their lists were printed.
    as_of : date
        The day; lists published later are left out.

    Attributes
    ----------
    demand : float64 array, shape (size,)
        Demand in [0, 1], a multiple of the weight step.
    in_demand : int64 array
        Numbers of the skills with demand above zero, ascending.
    """

    def __init__(
        self, lists: Sequence[TrendList], numbers: Sequence[int], size: int, moved: Sequence[Moved], as_of: date
    ) -> None:
        self.lists, self.numbers, self.size, self.moved, self.as_of = tuple(lists), numbers, size, tuple(moved), as_of
        rows = [(i, item) for i, trend in enumerate(self.lists) for item in trend.items]
        kept = [(i, item, n) for (i, item), n in zip(rows, numbers, strict=True) if n >= 0]
        self._lines: list[tuple[TrendList, TrendItem]] = [(self.lists[i], item) for i, item, _ in kept]
        lines = Appearances(
            np.array([n for *_, n in kept], np.int64),
            np.array([i for i, *_ in kept], np.int64),
            np.array([math.nan if item.rank is None else item.rank for _, item, _ in kept]),
            np.array([_growth(self.lists[i], item) for i, item, _ in kept]),
        )
        self._skills = lines.skill
        self._figures = Demand().fit(lines, _facts(self.lists, as_of), size)
        # Each appearance is rounded, then summed: so the shares shown add up to the figure shown.
        shares = fixedpoint.on_grid(self._figures.contributions_, fixedpoint.WEIGHT_STEP)
        self._shares: NDArray[np.float64] = shares
        self.demand: NDArray[np.float64] = np.asarray(
            np.bincount(lines.skill, weights=shares, minlength=size), np.float64
        )
        self.in_demand: NDArray[np.int64] = np.flatnonzero(self.demand)
        self._evidence: dict[int, tuple[Evidence, ...]] = {}
        self._notes: dict[int, tuple[str, ...]] = {}

    def narrowed(self, as_of: date | None = None, names: Sequence[str] = ()) -> Self:
        """Return the outlook of another day, or of some of the lists only.

        Raises
        ------
        TrendError
            A name fits no list, or no list was published by the day.
        """
        lists, numbers = self.lists, self.numbers
        if names:
            chosen = {trend.id for name in names for trend in select(lists, name)}
            ends = np.cumsum([0, *(len(trend.items) for trend in lists)])
            kept = [i for i, trend in enumerate(lists) if trend.id in chosen]
            numbers = [number for i in kept for number in numbers[ends[i] : ends[i + 1]]]
            lists = tuple(lists[i] for i in kept)
        day = as_of or newest_day(lists)
        if all(trend.age(day) < 0 for trend in lists):
            first = min(trend.published or trend.period.end for trend in lists)
            raise TrendError(
                f"no trend list was published by {day}: the first of {len(lists)} is of {first}. Name a later day."
            )
        return type(self)(lists, numbers, self.size, self.moved, day)

    def evidence(self, number: int) -> tuple[Evidence, ...]:
        """Return the appearances of a skill that were published by the day, those that count most first."""
        if number not in self._evidence:
            own = np.flatnonzero(self._skills == number).tolist()
            rows = [r for r in own if self._lines[r][0].age(self.as_of) >= 0]
            rows.sort(key=lambda r: (-self._shares[r], -self._lines[r][0].observed.toordinal(), r))
            self._evidence[number] = tuple(_evidence(*self._lines[r], float(self._shares[r])) for r in rows)
        return self._evidence[number]

    def notes(self, number: int) -> tuple[str, ...]:
        """Return what a reader should know: names that moved, supply that outgrows demand."""
        if number not in self._notes:
            self._notes[number] = tuple(self._noted(number))
        return self._notes[number]

    def _noted(self, number: int) -> list[str]:
        names = {item.name for item in self.evidence(number)}
        out = [
            f"{m.name} became {m.now} in {m.since:%B %Y}"
            for m in self.moved
            if m.name in names and m.since <= self.as_of
        ]
        if self._figures.supply_[number] > self._figures.growth_[number] + OUTGROWN:
            out.append("supply grows faster than demand")
        return out


def _growth(trend: TrendList, item: TrendItem) -> float:
    return item.value if trend.growing and trend.unit == "percent" and item.value is not None else math.nan


def _facts(lists: Sequence[TrendList], as_of: date) -> Lists:
    def column(value: Callable[[TrendList], float]) -> list[float]:
        return [value(trend) for trend in lists]

    return Lists(
        np.array(column(lambda t: WHATS.index(t.what)), np.int64),
        np.array(column(lambda t: t.age(as_of)), np.float64),
        np.array(column(lambda t: len(t.items)), np.int64),
        np.array(column(lambda t: GRADE_WEIGHTS[t.grade])),
        np.array(column(lambda t: bool(t.scope)), np.bool_),
    )


def _evidence(trend: TrendList, item: TrendItem, share: float) -> Evidence:
    return Evidence(
        trend.id, trend.publisher, trend.title, trend.what, trend.kind, trend.period.words(), item.name, item.rank,
        item.value, trend.unit, share,
    )  # fmt: skip
