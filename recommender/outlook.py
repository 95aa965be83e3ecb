"""See the demand of a day: dated lists joined with the vocabulary, as figures, evidence and notes.

`trends` holds words and dates, `demand` numbers; here they meet. An outlook is made for one day (``as_of``) and one
choice of lists, so that the view of 2023, or of one publisher, can be reproduced at any time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from recommender import fixedpoint
from recommender.errors import InputError, TrendError
from recommender.matcher import Matcher
from recommender.suggestions import Evidence
from recommender.trends import WHATS, Moved, TrendItem, TrendList, lengths

if TYPE_CHECKING:
    from recommender.demand import Lists

__all__ = ["Figures", "Outlook", "newest_day", "trend_skills"]

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


class Figures(NamedTuple):
    """Carry what was worked out from lists for one day, so that it need not be done again at each start.

    ``shares``: int16, what each line that is a skill gives to its demand, in weight steps; ``outgrown``: int32, the
    numbers of the skills whose supply grows faster than demand.
    """

    shares: NDArray[np.int16]
    outgrown: NDArray[np.int32]


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
    figures : Figures, optional
        What an outlook of the same lists and day worked out before.

    Attributes
    ----------
    demand : float64 array, shape (size,)
        Demand in [0, 1], a multiple of the weight step.
    in_demand : int64 array
        Numbers of the skills with demand above zero, ascending.
    """

    def __init__(
        self, lists: Sequence[TrendList], numbers: Sequence[int], size: int, moved: Sequence[Moved], as_of: date,
        figures: Figures | None = None,
    ) -> None:  # fmt: skip
        self.lists, self.numbers, self.size, self.moved, self.as_of = lists, numbers, size, tuple(moved), as_of
        self.figures = figures or _figures_of(lists, numbers, size, as_of)
        kept = np.asarray(numbers, np.int64)
        self._skills = kept[kept >= 0]
        self._shares = self.figures.shares.astype(np.float64) * fixedpoint.WEIGHT_STEP
        self.demand: NDArray[np.float64] = np.asarray(
            np.bincount(self._skills, weights=self._shares, minlength=size), np.float64
        )
        self.in_demand = np.asarray(np.flatnonzero(self.demand), np.int64)
        self._evidence: dict[int, tuple[Evidence, ...]] = {}
        self._notes: dict[int, tuple[str, ...]] = {}

    def narrowed(
        self, as_of: date | None = None, names: Sequence[str] = (), others: Sequence[TrendList] = (),
        skills: Sequence[int] = (),
    ) -> Self:  # fmt: skip
        """Return the outlook of another day, or of some of the lists only, or of ``others`` with their ``skills``.

        Raises
        ------
        InputError
            ``as_of`` is no day, or ``names`` no sequence of strings.
        TrendError
            A name fits no list, or no list was published by the day.
        """
        if as_of is not None and (not isinstance(as_of, date) or isinstance(as_of, datetime)):
            raise InputError(f"as_of is {as_of!r:.40}. Pass a datetime.date, such as date(2023, 9, 1).")
        if isinstance(names, str) or not all(isinstance(name, str) for name in names):
            raise InputError(f"names is {names!r:.60}. Pass a list of strings, such as ['Upwork'].")
        lists, numbers = self.lists, self.numbers
        if names:
            from recommender.trends import select  # the room of files

            chosen = {trend.id for name in names for trend in select(lists, name)}
            ends = np.cumsum([0, *lengths(lists)])
            kept = [i for i, trend in enumerate(lists) if trend.id in chosen]
            numbers = [number for i in kept for number in numbers[ends[i] : ends[i + 1]]]
            lists = tuple(lists[i] for i in kept)
        if others:
            own = (lists, numbers) if names else ((), [])
            lists, numbers = _joined(*own, others, skills)
        day = as_of or newest_day(lists)
        if all(trend.age(day) < 0 for trend in lists):
            first = min(trend.published or trend.period.end for trend in lists)
            raise TrendError(
                f"no trend list was published by {day}: the first of {len(lists)} is of {first}. Name a later day."
            )
        return type(self)(lists, numbers, self.size, self.moved, day)

    @cached_property
    def _lines(self) -> list[tuple[int, int]]:
        """Return list and place in it of each line that is a skill."""
        places = [(i, place) for i, length in enumerate(lengths(self.lists)) for place in range(length)]
        return [place for place, number in zip(places, self.numbers, strict=True) if number >= 0]

    def _line(self, row: int) -> tuple[TrendList, TrendItem]:
        of_list, place = self._lines[row]
        trend = self.lists[of_list]
        return trend, trend.items[place]

    def evidence(self, number: int) -> tuple[Evidence, ...]:
        """Return the appearances of a skill that were published by the day, those that count most first."""
        if number not in self._evidence:
            lines = [(r, *self._line(r)) for r in np.flatnonzero(self._skills == number).tolist()]
            lines = [line for line in lines if line[1].age(self.as_of) >= 0]
            lines.sort(key=lambda line: (-self._shares[line[0]], -line[1].observed.toordinal(), line[0]))
            self._evidence[number] = tuple([_evidence(t, item, float(self._shares[r])) for r, t, item in lines])
        return self._evidence[number]

    def notes(self, number: int) -> tuple[str, ...]:
        """Return what a reader should know: names that moved, supply that outgrows demand."""
        if number not in self._notes:
            self._notes[number] = tuple(self._noted(number))
        return self._notes[number]

    def _fall(self, number: int) -> list[str]:
        """Say that the newest figure of growing demand is a fall: older rises must not hide it."""
        told = [self._line(row) for row in np.flatnonzero(self._skills == number).tolist()]
        figures = [
            (trend.observed, _growth(trend, item), trend)
            for trend, item in told
            if trend.kind == "demand" and trend.age(self.as_of) >= 0 and not math.isnan(_growth(trend, item))
        ]
        if not figures:
            return []
        _, growth, trend = max(figures, key=lambda figure: figure[:2])
        return [f"fell by {-growth:.0f} % in {trend.period.words()} ({trend.publisher})"] if growth < 0 else []

    def _noted(self, number: int) -> list[str]:
        names = {item.name for item in self.evidence(number)}
        out = [
            f"{m.name} became {m.now} in {m.since:%B %Y}"
            for m in self.moved
            if m.name in names and m.since <= self.as_of
        ]
        out += self._fall(number)
        if number in self.figures.outgrown:
            out.append("supply grows faster than demand")
        return out


def _joined(
    lists: Sequence[TrendList], numbers: Sequence[int], others: Sequence[TrendList], skills: Sequence[int]
) -> tuple[tuple[TrendList, ...], list[int]]:
    """Put lists behind lists; one whose id is there already is the same list, and counts once."""
    ids, out, of_all, start = {trend.id for trend in lists}, [*lists], [*numbers], 0
    for trend in others:
        stop = start + len(trend.items)
        if trend.id not in ids:
            ids.add(trend.id)
            out.append(trend)
            of_all += skills[start:stop]
        start = stop
    return tuple(out), of_all


def _figures_of(lists: Sequence[TrendList], numbers: Sequence[int], size: int, as_of: date) -> Figures:
    from recommender.demand import Appearances, Demand  # a loaded model brings its figures

    rows = [(i, item) for i, trend in enumerate(lists) for item in trend.items]
    kept = [(i, item, n) for (i, item), n in zip(rows, numbers, strict=True) if n >= 0]
    lines = Appearances(
        np.array([n for *_, n in kept], np.int64),
        np.array([i for i, *_ in kept], np.int64),
        np.array([math.nan if item.rank is None else item.rank for _, item, _ in kept]),
        np.array([_growth(lists[i], item) for i, item, _ in kept]),
    )
    found = Demand().fit(lines, _facts(lists, as_of), size)
    # Each appearance is rounded, then summed: so the shares shown add up to the figure shown.
    shares = np.rint(found.contributions_ / fixedpoint.WEIGHT_STEP).astype(np.int16)
    return Figures(shares, np.flatnonzero(found.supply_ > found.growth_ + OUTGROWN).astype(np.int32))


def _growth(trend: TrendList, item: TrendItem) -> float:
    return item.value if trend.growing and trend.unit == "percent" and item.value is not None else math.nan


def _facts(lists: Sequence[TrendList], as_of: date) -> Lists:
    from recommender.demand import Lists

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
        item.value, trend.unit, share, trend.measure, trend.shows,
    )  # fmt: skip
