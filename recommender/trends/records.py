"""Hold one published list of skills: who printed it, what was measured, when, and the names in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from recommender.errors import TrendError
from recommender.trends.periods import Period

__all__ = [
    "GRADES",
    "KIND_OF",
    "UNITS",
    "WHATS",
    "Comparison",
    "Moved",
    "TrendItem",
    "TrendList",
    "compare",
    "same_name",
]

WHATS = (
    "searched",  # how often clients or employers searched for it
    "searches-growing",
    "hired",  # projects, contracts, hires, money paid
    "hires-growing",
    "posted",  # job posts or job ads that name it
    "postings-growing",
    "expected",  # what employers say they need, or an editor's ranking without a count of the market
    "profiles",  # how many who offer their work show it
    "profiles-growing",
    "used",  # surveys of those who do the work: what they use, or wish to
)
"""The kinds of measure, closed, in the order of their numbers in `recommender.demand`; figures of two never mix."""

KIND_OF: Mapping[str, str] = MappingProxyType(
    {what: "supply" if what in ("profiles", "profiles-growing", "used") else "demand" for what in WHATS}
)
"""Which side of the market each kind of measure shows."""

UNITS = ("order", "percent", "count")
"""What the values of a list are: none (names in order, or a bare set of names), per cent, or a number of things."""

GRADES = ("A", "B", "C")
"""A: the publisher's own text or open data; B: a third party that quotes it; C: not checked."""


class TrendItem(NamedTuple):
    """Hold one line of a list: the name as printed, its rank and figure where published (`value`, in the list's unit).

    `previous` is the same figure for the baseline, where the publisher printed both.
    """

    name: str
    rank: int | None = None
    value: float | None = None
    previous: float | None = None
    note: str = ""

    def faults(self) -> list[str]:
        """List what is wrong with the line itself."""
        found = []
        if not self.name.strip() or self.name != self.name.strip():
            found.append(f"name {self.name!r} is empty or has blanks around it")
        if self.rank is not None and (isinstance(self.rank, bool) or not isinstance(self.rank, int) or self.rank < 1):
            found.append(f"rank {self.rank!r} of {self.name!r} is not a whole number from 1 up")
        for word, figure in (("value", self.value), ("previous", self.previous)):
            if figure is not None and not (_number(figure) and abs(figure) < float("inf")):
                found.append(f"{word} {figure!r} of {self.name!r} is not a finite number")
        return found


@dataclass(frozen=True, slots=True)
class TrendList:
    """Hold one published list, checked when made: all faults are told at once, in one `TrendError`.

    `what` is one of `WHATS` and decides whether the list shows demand or supply. `scope` names the role family or trade
    that a list is confined to; demand in general does not count such lists. `shows` names what has a place in the list,
    for a reason of one line, where the words for its kind would say something else. `published` is the day on which the
    list could first be read: a view of an earlier day leaves it out.
    """

    id: str
    publisher: str
    title: str
    what: str
    period: Period
    items: tuple[TrendItem, ...]
    measure: str = ""
    unit: str = "order"
    baseline: Period | None = None
    published: date | None = None
    region: str = ""
    scope: str = ""
    sources: tuple[str, ...] = ()
    grade: str = "C"
    licence: str = ""
    complete: bool = True
    note: str = ""
    shows: str = ""

    def __post_init__(self) -> None:
        faults = self._faults()
        if faults:
            name = self.id or self.title or "a list without id"
            raise TrendError(f"trend list {name}: {'; '.join(faults)}. Mend the list and read it again.")

    @classmethod
    def unchecked(cls, **fields: object) -> TrendList:
        """Make a list of all its fields without checking them: for what was checked when it was stored."""
        trend = object.__new__(cls)
        for name, value in fields.items():
            object.__setattr__(trend, name, value)
        return trend

    @property
    def kind(self) -> str:
        """Say which side of the market the list shows: "demand" or "supply"."""
        return KIND_OF[self.what]

    @property
    def growing(self) -> bool:
        """Say whether the list is about growth, not volume."""
        return self.what.endswith("-growing")

    @property
    def observed(self) -> date:
        """Give the day that the figures speak for: the last of the period, or of publication if that came first."""
        return min(self.period.end, self.published) if self.published else self.period.end

    def age(self, day: date) -> int:
        """Count the days from what was observed to a day; below zero if the list could not yet be read on that day.

        >>> words = dict(id="x", publisher="P", title="T", what="hired", items=(TrendItem("Go"),))
        >>> TrendList(period=Period.parse("2023-Q2"), published=date(2023, 8, 22), **words).age(date(2023, 8, 30))
        61
        """
        if self.published and day < self.published:
            return (day - self.published).days
        return (day - self.observed).days

    def find(self, name: str) -> TrendItem | None:
        """Give the line of that name, whatever its case, or None."""
        wanted = same_name(name)
        return next((item for item in self.items if same_name(item.name) == wanted), None)

    def _faults(self) -> list[str]:
        found = [f"no {word}" for word in ("id", "publisher", "title") if not getattr(self, word).strip()]
        for word, value, known in (
            ("what", self.what, WHATS),
            ("unit", self.unit, UNITS),
            ("grade", self.grade, GRADES),
        ):
            if value not in known:
                found.append(f"{word} {value!r} is not one of {', '.join(known)}")
        if not self.items:
            found.append("no items")
        for item in self.items:
            found.extend(item.faults())
        return found or _order_faults(self.items, self.unit)


class Comparison(NamedTuple):
    """Tell how list `b` differs from list `a`: rows of (name, place in a, place in b); names as in `b` where there."""

    entered: tuple[tuple[str, int], ...]
    left: tuple[tuple[str, int], ...]
    rose: tuple[tuple[str, int, int], ...]
    fell: tuple[tuple[str, int, int], ...]
    stayed: tuple[tuple[str, int], ...]


class Moved(NamedTuple):
    """Say that a name of older lists goes by another now, since when, and who says so."""

    name: str
    now: str
    since: date
    source: str


def compare(a: TrendList, b: TrendList) -> Comparison:
    """Compare two lists: what entered, left, rose, fell, stayed.

    Places are published ranks, or the position where a list has none. Names are the same whatever their case.

    >>> words = dict(publisher="P", title="T", what="hired", period=Period.parse("2024"))
    >>> old = TrendList(id="a", items=(TrendItem("Go", 1), TrendItem("C", 2), TrendItem("R", 3)), **words)
    >>> new = TrendList(id="b", items=(TrendItem("R", 1), TrendItem("go", 2), TrendItem("Rust", 3)), **words)
    >>> compare(old, new)
    Comparison(entered=(('Rust', 3),), left=(('C', 2),), rose=(('R', 3, 1),), fell=(('go', 1, 2),), stayed=())
    """
    before, after = _places(a), _places(b)
    both = [(name, before[key][1], place) for key, (name, place) in after.items() if key in before]
    return Comparison(
        entered=tuple(row for key, row in after.items() if key not in before),
        left=tuple(row for key, row in before.items() if key not in after),
        rose=tuple(row for row in both if row[2] < row[1]),
        fell=tuple(row for row in both if row[2] > row[1]),
        stayed=tuple((name, new) for name, old, new in both if new == old),
    )


def same_name(name: str) -> str:
    """Give what two printed names must share to be the same line of a list: letters without case, single blanks."""
    return " ".join(name.casefold().split())


def _places(trend: TrendList) -> dict[str, tuple[str, int]]:
    rows = enumerate(trend.items, start=1)
    return {same_name(item.name): (item.name, item.rank or position) for position, item in rows}


def _number(figure: object) -> bool:
    return isinstance(figure, int | float) and not isinstance(figure, bool)


def _order_faults(items: tuple[TrendItem, ...], unit: str) -> list[str]:
    """Check what lines say together: names once, ranks rising (ties pass, unranked last), values only with a unit."""
    found, seen, last = [], dict[str, int](), 0
    for position, item in enumerate(items, start=1):
        first = seen.setdefault(same_name(item.name), position)
        if first != position:
            found.append(f"name {item.name!r} stands at {first} and at {position}")
        rank = item.rank if item.rank is not None else max(last, len(items) + 1)
        if rank < last:
            found.append(f"rank {rank} of {item.name!r} stands after rank {last}")
        last = rank
        if unit == "order" and item.value is not None:
            found.append(f"value {item.value:g} of {item.name!r} has no unit")
    return found
