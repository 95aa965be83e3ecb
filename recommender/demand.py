"""Turn appearances in dated lists into one demand figure per skill, and its exact split over the lists.

Publishers measure different things (searches, hires, postings; ranks, shares, growth), so figures are never added. The
method, in four steps:

1. *Position.* Each line gets a unitless score in (0, 1] by its place in its own list: ``1 / log2(1 + rank)``, the
   discount of DCG (Jaervelin and Kekaelaeinen, ACM TOIS 20(4), 2002). On a list of growth the place is worked out anew
   from the growth, cut at `GROWTH_CAP`: beyond it a figure tells of a tiny base, not of more demand, and such lines
   share one place. Growth that is not above zero scores 0. On a list without order all lines get the mean score of its
   places. A skill that stands twice on a list, under two names, counts once, at its better place.
2. *Weight of a list.* ``grade x 0.5 ** (age / half-life)``; a list of the future (age below zero) counts nothing, nor
   does one confined to a role family (scope), nor, for demand, one that shows supply.
3. *Kinds of measure.* The weighted positions of a skill on all lists of one kind add up to ``x`` and saturate,
   ``x / (x + SATURATION)``: the fifth list of a kind says less than the first.
4. *Demand.* The kinds, weighted by `KIND_WEIGHTS`, add up; divided by the highest sum of any skill, the figure lies in
   [0, 1], 1 being the skill most in demand on that day.

An appearance has that share of its kind that it has of ``x``, so the parts of a skill add up to its figure exactly.
Growing supply is worked out in the same way from its own lists, and set beside growing demand (`growth_`), not added.
"""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recommender.errors import DataError, NotFittedError

__all__ = [
    "EXPECTED",
    "HALF_LIFE_DAYS",
    "HIRED",
    "HIRES_GROWING",
    "KIND_WEIGHTS",
    "POSTED",
    "POSTINGS_GROWING",
    "PROFILES",
    "PROFILES_GROWING",
    "SEARCHED",
    "SEARCHES_GROWING",
    "USED",
    "Appearances",
    "Demand",
    "Lists",
]

# Numbers of the kinds of measure: the order of `recommender.trends.WHATS` (a test holds both equal).
SEARCHED, SEARCHES_GROWING, HIRED, HIRES_GROWING, POSTED, POSTINGS_GROWING = range(6)
EXPECTED, PROFILES, PROFILES_GROWING, USED = range(6, 10)
GROWING_DEMAND: Final = (SEARCHES_GROWING, HIRES_GROWING, POSTINGS_GROWING)
GROWING_SUPPLY: Final = (PROFILES_GROWING,)

HALF_LIFE_DAYS: Final = 548.0
"""A year and a half. The one fad with a published curve (searches for "prompt engineer" at Indeed: 144 per million in
April 2023, 20-30 in early 2026) halved every 410 days; what lasts hardly fades, and is printed again anyway."""

GROWTH_CAP: Final = 300.0
"""Per cent. A quadrupled demand is news; +18,347 % of an unknown base is not sixty times the news."""

SATURATION: Final = 1.0
"""Sum of positions at which a kind gives half of what it can: one fresh first place on a list of grade A."""

HEADROOM: Final = 1.0 + 2.0**-40
"""What the highest sum is raised by before dividing, so that no rounding can lift a figure above 1."""

KIND_WEIGHTS: Final[tuple[float, ...]] = (
    0.7,  # searched: a wish, not yet money
    0.6,  # searches growing: a wish, and a change that may pass
    1.0,  # hired: money was paid for it
    0.8,  # hires growing: money, but from an unknown base
    0.6,  # posted: mostly employment, which freelancing follows
    0.6,  # postings growing
    0.3,  # expected: an opinion of employers or editors
    0.0,  # profiles: supply
    0.0,  # profiles growing: supply
    0.0,  # used: what people do, whether asked for or not
)
"""How much a kind of measure says about the chance to be paid for a skill; judged: no outcome data exist to fit to."""


class Appearances(NamedTuple):
    """Hold the lines of all lists as columns of one length: whose skill, on which list, where.

    `skill` and `list` are numbers from 0; `rank` (from 1) and `growth` (per cent, on lists of growth) are float64, NaN
    where not published.
    """

    skill: NDArray[np.int64]
    list: NDArray[np.int64]
    rank: NDArray[np.float64]
    growth: NDArray[np.float64]


class Lists(NamedTuple):
    """Hold the facts of all lists as columns: kind of measure, age in days, length, weight of the grade, scope or not.

    `length` counts the lines as printed; a list may be longer than the lines that are skills of ours.
    """

    kind: NDArray[np.int64]
    age: NDArray[np.float64]
    length: NDArray[np.int64]
    grade: NDArray[np.float64]
    scoped: NDArray[np.bool_]


class Demand:
    """Estimate demand per skill from dated lists; unfitted until `fit`.

    After `fit`: `demand_`, `growth_` and `supply_`, float64 of shape (skills,), in [0, 1]. `demand_` is relative to the
    skill most in demand; `growth_` (lists of growing demand alone) and `supply_` (lists of growing supply alone) are on
    one scale and may be compared: where `supply_` is above `growth_`, supply grows faster.
    """

    def __init__(
        self,
        half_life_days: float = HALF_LIFE_DAYS,
        growth_cap: float = GROWTH_CAP,
        saturation: float = SATURATION,
        kind_weights: tuple[float, ...] = KIND_WEIGHTS,
    ) -> None:
        self.half_life_days = half_life_days
        self.growth_cap = growth_cap
        self.saturation = saturation
        self.kind_weights = kind_weights

    def fit(self, appearances: Appearances, lists: Lists, n_skills: int) -> Demand:
        """Work out the figures of ``n_skills`` skills; the order of appearances does not matter. Returns self.

        Raises `DataError` when columns differ in length, or numbers lie outside their range.

        >>> lines = Appearances(*map(np.asarray, ([0, 1], [0, 0], [1.0, 2.0], [np.nan, np.nan])))
        >>> lists = Lists(*map(np.asarray, ([HIRED], [0.0], [2], [1.0], [False])))
        >>> Demand().fit(lines, lists, 3).demand_.round(3).tolist()
        [1.0, 0.774, 0.0]
        """
        lines, facts = _checked(appearances, lists, n_skills, self)
        kind = facts.kind[lines.list]
        place = _best_of_each(lines, positions(lines, facts, self.growth_cap))
        weight = self._weights(facts)[lines.list] * place
        wanted = np.asarray(self.kind_weights)[kind] * self._saturated(lines.skill * len(KIND_WEIGHTS) + kind, weight)
        peak = _exact_sums(lines.skill, wanted, n_skills).max(initial=0.0) * HEADROOM
        self.contributions_ = wanted / (peak or 1.0)
        self.growth_contributions_ = self._saturated(lines.skill, weight * np.isin(kind, GROWING_DEMAND))
        self.supply_contributions_ = self._saturated(lines.skill, weight * np.isin(kind, GROWING_SUPPLY))
        self.demand_ = _exact_sums(lines.skill, self.contributions_, n_skills)
        self.growth_ = _exact_sums(lines.skill, self.growth_contributions_, n_skills)
        self.supply_ = _exact_sums(lines.skill, self.supply_contributions_, n_skills)
        self._rows = np.argsort(lines.skill, kind="stable")
        self._bounds = np.searchsorted(lines.skill[self._rows], np.arange(n_skills + 1))
        return self

    def parts(self, skill: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Split the figure of a skill: numbers of its appearances, and what each gives, largest first.

        ``math.fsum`` of the contributions is ``demand_[skill]`` exactly. Appearances that give nothing are left out.
        Raises `NotFittedError` before `fit`, and `DataError` for a number that is no skill.
        """
        return self._split(skill, self._fitted().contributions_)

    def supply_parts(self, skill: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Split the supply figure of a skill over the lists of growing supply, as `parts` does for demand."""
        return self._split(skill, self._fitted().supply_contributions_)

    def _fitted(self) -> Demand:
        if not hasattr(self, "demand_"):
            raise NotFittedError("Demand is not fitted. Call fit with appearances and lists first.")
        return self

    def _split(self, skill: int, given: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        if not 0 <= skill < len(self.demand_):
            raise DataError(f"no skill {skill} among {len(self.demand_)}. Pass a number from 0 up.")
        rows = self._rows[self._bounds[skill] : self._bounds[skill + 1]]
        rows = rows[given[rows] > 0.0]
        rows = rows[np.lexsort((rows, -given[rows]))]
        return rows.astype(np.int64), given[rows]

    def _weights(self, lists: Lists) -> NDArray[np.float64]:
        """Weigh each list by its grade, age and scope (step 2)."""
        fresh = np.exp2(-np.maximum(lists.age, 0.0) / self.half_life_days)
        return np.asarray(np.where((lists.age < 0) | lists.scoped, 0.0, fresh * lists.grade), dtype=np.float64)

    def _saturated(self, cell: NDArray[np.int64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give each appearance its part of ``x / (x + saturation)``, x being the sum over its cell (step 3)."""
        size = int(cell.max(initial=-1)) + 1
        total = _exact_sums(cell, weight, size)[cell] + self.saturation
        return np.asarray(weight / total, dtype=np.float64)


def positions(lines: Appearances, lists: Lists, growth_cap: float = GROWTH_CAP) -> NDArray[np.float64]:
    """Score each line in [0, 1] by its place in its own list (step 1): float64 of the number of lines."""
    out = np.zeros(len(lines.skill))
    for number in range(len(lists.kind)):
        rows = np.flatnonzero(lines.list == number)
        if len(rows):
            length = max(int(lists.length[number]), len(rows))
            growing = int(lists.kind[number]) in (*GROWING_DEMAND, *GROWING_SUPPLY)
            out[rows] = _positions_of_one(lines.rank[rows], lines.growth[rows], length, growing, growth_cap)
    return out


def _best_of_each(lines: Appearances, place: NDArray[np.float64]) -> NDArray[np.float64]:
    """Count a skill once per list: of lines that are one skill under two names ("llm", "llms") only the best scores."""
    order = np.lexsort((-place, lines.list, lines.skill))
    again = (np.diff(lines.skill[order], prepend=-1) == 0) & (np.diff(lines.list[order], prepend=-1) == 0)
    out = place.copy()
    out[order[again]] = 0.0
    return out


def _positions_of_one(
    rank: NDArray[np.float64], growth: NDArray[np.float64], length: int, growing: bool, cap: float
) -> NDArray[np.float64]:
    known = np.isfinite(growth)
    if growing and known.any():
        cut = np.where(known, np.minimum(growth, cap), -np.inf)
        higher = len(cut) - np.searchsorted(np.sort(cut), cut, side="right")  # ties share the better place
        return np.asarray(np.where(known, (growth > 0) * _discount(higher + 1.0), _discount(float(length))))
    ranked = np.isfinite(rank)
    if ranked.any():
        return _discount(np.where(ranked, rank, float(length)))
    return np.full(len(rank), _discount(np.arange(1.0, length + 1.0)).mean())


def _discount(rank: ArrayLike) -> NDArray[np.float64]:
    return np.asarray(1.0 / np.log2(1.0 + np.asarray(rank, dtype=np.float64)))


def _exact_sums(cell: NDArray[np.int64], values: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Add up values per cell, correctly rounded, so that neither order nor grouping can change a sum."""
    out = np.zeros(size)
    rows = np.flatnonzero(values)
    if not len(rows):
        return out
    rows = rows[np.argsort(cell[rows], kind="stable")]
    owners, terms = cell[rows], values[rows].tolist()  # a list: `fsum` is slow on numpy scalars
    bounds = np.flatnonzero(np.diff(owners, prepend=-1))
    ends = [*bounds[1:].tolist(), len(rows)]
    sums = [math.fsum(terms[start:stop]) for start, stop in zip(bounds.tolist(), ends, strict=True)]
    out[owners[bounds]] = sums
    return out


def _checked(appearances: Appearances, lists: Lists, n_skills: int, own: Demand) -> tuple[Appearances, Lists]:
    """Bring columns to their dtypes; refuse what does not fit together, all faults at once."""
    types: tuple[Any, ...] = (np.int64, np.int64, np.float64, np.float64)
    lines = Appearances(*(np.asarray(column, dtype=dtype) for column, dtype in zip(appearances, types, strict=True)))
    types = (np.int64, np.float64, np.int64, np.float64, np.bool_)
    facts = Lists(*(np.asarray(column, dtype=dtype) for column, dtype in zip(lists, types, strict=True)))
    faults = []
    for name, columns in (("appearances", lines), ("lists", facts)):
        if len({column.size for column in columns}) != 1:
            faults.append(f"columns of {name} have {[column.size for column in columns]} rows")
    for name, column, size in (("skill", lines.skill, n_skills), ("list", lines.list, facts.kind.size)):
        if column.size and not (column.min() >= 0 and column.max() < size):
            faults.append(f"{name} numbers reach from {column.min()} to {column.max()}, but there are {size}")
    if facts.kind.size and not (facts.kind.min() >= 0 and facts.kind.max() < len(KIND_WEIGHTS)):
        faults.append(
            f"kind numbers reach from {facts.kind.min()} to {facts.kind.max()}, but there are {len(KIND_WEIGHTS)}"
        )
    if np.any(lines.rank < 1):
        faults.append(f"a rank is {np.nanmin(lines.rank):g}")
    if len(own.kind_weights) != len(KIND_WEIGHTS) or not own.half_life_days > 0 or not own.saturation > 0:
        faults.append(f"half-life and saturation must be above zero, with {len(KIND_WEIGHTS)} weights of kinds")
    if faults:
        raise DataError(f"demand: {'; '.join(faults)}. Build the columns from one set of lists.")
    return lines, facts
