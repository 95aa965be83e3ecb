"""Add up, for one profile, what orders the skills: the hall of numbers, which knows no word.

What held skills say (`together`, from lists and roles; `similar`, from documents), what dated lists show (`demand`) and
how common a skill is (`popularity`) are parts of one sum. Every number added is a multiple of a power of two (see
`fixedpoint`), so a score equals the sum of its parts, and the scorer of many profiles (`scoring`) finds the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender import fixedpoint, ranking
from recommender.neighbours import Neighbours, profile_scales
from recommender.ranking import Candidates, Weights
from recommender.rows import AllColumns, FewColumns
from recommender.variety import STEPS, Families, families_of

if TYPE_CHECKING:
    from recommender.scoring import Scorer

__all__ = ["RELATED", "Answer", "Rooms", "Sums"]

RELATED = 1.0
"""Relevance from which a skill's demand counts in full; from .5 to 2 the mission test changed by less than .01."""

Floats = NDArray[np.float64]


class Rooms(NamedTuple):
    """Hold what is added up: arrays of a model's rooms, skills being numbers.

    ``together`` may have rows for ``pairs`` (int32, (pairs, 2)) behind those of the skills; ``twins`` are pairs, one of
    which is never suggested beside the other; ``demand`` and ``popularity`` are float64 (skills,), ``in_demand`` the
    ascending numbers of the default candidates.
    """

    together: Neighbours
    similar: Neighbours
    pairs: NDArray[np.int32]
    twins: NDArray[np.int32]
    demand: Floats
    in_demand: NDArray[np.int64]
    popularity: Floats
    weights: Weights


class Answer(NamedTuple):
    """Carry chosen candidates in order: the parts of each score, and what each held skill gives to the relevance."""

    items: Sequence[int]
    parts: Mapping[str, list[float]]
    shares: list[list[float]]


class Ground(NamedTuple):
    """Hold what one choice of candidates is scored with; their places, from 0 up, are the columns of the rows.

    ``places`` is None where all skills are candidates, and a place is the skill's number.
    """

    items: NDArray[np.int64]
    places: Mapping[int, int] | None
    rows: Any  # FewColumns or AllColumns
    demand: Floats
    popularity: Floats | None

    def places_of(self, numbers: Sequence[int]) -> list[int]:
        """Return the places of those skills that are candidates."""
        if self.places is None:
            return list(numbers)
        return [self.places[number] for number in numbers if number in self.places]


class Sums:
    """Score, rank and split for one profile given by numbers; make the scorer of many."""

    def __init__(self, rooms: Rooms) -> None:
        self.rooms = rooms
        self.size = len(rooms.popularity)
        self._scorers: dict[str, Scorer] = {}
        self._grounds: dict[str, Ground] = {}
        self._loudness: dict[int, Floats] = {}

    def scorer(self, candidates: Candidates) -> Scorer:
        """Return what scores many profiles at once; made when first asked for."""
        from recommender.scoring import Scorer

        ranking.check_candidates(candidates)
        if candidates not in self._scorers:
            items, rooms, w = self._items(candidates), self.rooms, self.rooms.weights
            self._scorers[candidates] = Scorer(
                [(rooms.together, w.together), (rooms.similar, w.similar)],
                items,
                rooms.demand[items] * w.demand_among(candidates),
                rooms.popularity[items] * w.popularity,
                RELATED, rooms.pairs, rooms.twins, self._relatives(candidates, True),
            )  # fmt: skip
        return self._scorers[candidates]

    def relevance(self, held: Sequence[int]) -> Floats:
        """Return how strongly the held skills speak for each skill, float64 (skills,)."""
        rows = self._ground("all").rows
        said: Floats = np.add.reduce(rows.sums(rows.gathered(self._voiced(held))) * self._loud(held), 0)
        return said

    def scores(self, held: Sequence[int], candidates: Candidates = "all") -> Floats:
        """Return the score of every skill before variety, float64 (skills,); -inf for what is never suggested."""
        ground = self._ground(candidates)
        out = np.full(self.size, -np.inf)
        out[ground.items] = self._totals(ground, ground.rows.gathered(self._voiced(held)), held)
        return out

    @cached_property
    def reach(self) -> float:
        """Return how strongly skills speak in this model: the median, over skills, of the most that one says.

        Of a fitted model only what its lists taught counts: the skills more popular than those that they never show.
        """
        rooms, most = self.rooms, np.zeros(self.size)
        for room, loud in ((rooms.together, rooms.weights.together), (rooms.similar, rooms.weights.similar)):
            starts = room.indptr[: self.size]
            (filled,) = (room.indptr[1 : self.size + 1] > starts).nonzero()
            most[filled] += np.maximum.reduceat(room.steps, starts[filled]) * (loud * fixedpoint.WEIGHT_STEP)
        taught = rooms.popularity > rooms.popularity.min(initial=np.inf)
        return float(np.median(most[taught])) if taught.any() else float(np.median(most))

    def answer(
        self, held: Sequence[int], n: int, candidates: Candidates, before: Sequence[int] = ()
    ) -> Answer:  # fmt: skip
        """Choose the ``n`` best candidates, in the order of choosing, and split their scores.

        ``before`` are skills that were chosen before, to which variety holds as well; they count among ``held``.

        Raises
        ------
        InputError
            ``n`` is negative, or ``candidates`` is neither "in-demand" nor "all".
        """
        ground = self._ground(candidates)
        rows = ground.rows.gathered(self._voiced(held))
        families = self._relatives(candidates, bool(held))
        places, lost = ranking.rank(self._totals(ground, rows, held), n, families, ground.places_of(before))
        return self._split(ground, rows, held, places, None if families is None else lost)

    def explained(self, held: Sequence[int], items: Sequence[int], candidates: Candidates) -> Answer:
        """Split the scores of candidates given in the order of choosing, from the best on: every part, all shares.

        `variety` is taken off for what stands before.
        """
        ground, families = self._ground(candidates), self._relatives(candidates, bool(held))
        places = ground.places_of(items)
        rows = ground.rows.gathered(self._voiced(held))
        return self._split(ground, rows, held, places, None if families is None else families.lost(places))

    # -- candidates -------------------------------------------------------------------------------------------------

    def _items(self, candidates: Candidates) -> NDArray[np.int64]:
        return self.rooms.in_demand if candidates == "in-demand" else np.arange(self.size)

    def _ground(self, candidates: Candidates) -> Ground:
        ranking.check_candidates(candidates)
        found = self._grounds.get(candidates)
        if found is None:
            items, rooms, weights = self._items(candidates), self.rooms, self.rooms.weights
            voices = (rooms.together, rooms.similar)
            rows = AllColumns(voices, self.size) if candidates == "all" else FewColumns(voices, items)
            places = None if candidates == "all" else {number: at for at, number in enumerate(items.tolist())}
            popularity = rooms.popularity[items] * weights.popularity if weights.popularity else None
            demand = rooms.demand[items] * weights.demand_among(candidates)
            found = Ground(items, places, rows, demand, popularity)
            self._grounds[candidates] = found
        return found

    def _relatives(self, candidates: Candidates, personal: bool) -> Families | None:
        """Return what candidates take from each other; None where the ranking stays raw: all skills, nothing held."""
        return self._families if candidates == "in-demand" and personal else None

    @cached_property
    def _families(self) -> Families:
        return families_of(self.rooms.similar, self.rooms.in_demand)

    # -- sums -------------------------------------------------------------------------------------------------------

    def _totals(self, ground: Ground, rows: Any, held: Sequence[int]) -> Floats:
        """Return the score of each candidate before variety; -inf for the held skills and their other spellings."""
        relevance: Floats = np.add.reduce(ground.rows.sums(rows) * self._loud(held), 0)
        total = relevance + self._demand(relevance, ground.demand, bool(held))
        if ground.popularity is not None:
            total += ground.popularity
        for place in ground.places_of([*held, *self._twins_of(held)]):
            total[place] = -np.inf
        return total

    def _split(
        self, ground: Ground, rows: Any, held: Sequence[int], places: list[int], lost: list[int] | None
    ) -> Answer:
        """Make the answer of chosen candidates: parts are sums of the very shares that are shown."""
        chosen = np.array(places, np.intp)
        given = ground.rows.shares(rows, chosen) * self._loud(held)
        heard = np.add.reduce(given, 0)
        relevance = np.add.reduce(heard, 0)
        demand = self._demand(relevance, ground.demand[chosen], bool(held))
        parts = {"together": heard[0].tolist(), "similar": heard[1].tolist(), "demand": demand.tolist()}
        total = relevance + demand
        if ground.popularity is not None:
            popularity = ground.popularity[chosen]
            parts["popularity"] = popularity.tolist()
            total += popularity
        if lost is not None:
            parts["variety"] = [
                0.0 - max(whole, 0.0) * share / STEPS for whole, share in zip(total.tolist(), lost, strict=True)
            ]
        shares = self._credited(np.add.reduce(given, 1), held)
        return Answer(ground.items[chosen].tolist(), parts, shares.T.tolist())

    def _demand(self, relevance: Floats, demand: Floats, personal: bool) -> Floats:
        """Return the part of demand: as far as a skill is related it counts.

        An unrelated skill, however much in demand, gets nothing from it. A profile in which nothing is recognised has
        no relevance to be gated by.
        """
        return ranking.relatedness(relevance, RELATED) * demand if personal else demand

    def _loud(self, held: Sequence[int]) -> Floats:
        """Return what a step of each room's weights counts in a profile of this length, float64 (rooms, 1)."""
        loud = self._loudness.get(len(held))
        if loud is None:
            weights, scale = self.rooms.weights, profile_scales(np.array([len(held)]))
            loud = np.array([[weights.together], [weights.similar]]) * scale * fixedpoint.WEIGHT_STEP
            self._loudness[len(held)] = loud
        return loud

    # -- pairs and twins --------------------------------------------------------------------------------------------

    def _voiced(self, held: Sequence[int]) -> list[int]:
        """Return the rows that speak: of the held skills, then of the pairs among them."""
        return [*held, *(row for row, _, _ in self._pairs_among(held))]

    @cached_property
    def _pair_rows(self) -> dict[tuple[int, int], int]:
        return {(a, b): self.size + at for at, (a, b) in enumerate(np.sort(self.rooms.pairs, axis=1).tolist())}

    @cached_property
    def _in_pairs(self) -> frozenset[int]:
        return frozenset(self.rooms.pairs.ravel().tolist())

    def _pairs_among(self, held: Sequence[int]) -> list[tuple[int, int, int]]:
        """Return the pairs among the held skills: their row, and the places of the two in ``held``."""
        if not len(self.rooms.pairs) or len(held) < 2:
            return []
        members = sorted((number, at) for at, number in enumerate(held) if number in self._in_pairs)
        met = (((a, b), one, other) for (a, one), (b, other) in combinations(members, 2))
        return [(self._pair_rows[pair], one, other) for pair, one, other in met if pair in self._pair_rows]

    def _credited(self, shares: Floats, held: Sequence[int]) -> Floats:
        """Credit what a pair says to its two skills, half each (pair rows lie on a grid of double steps)."""
        if len(shares) == len(held):
            return shares
        out = shares[: len(held)]
        for said, (_, one, other) in zip(shares[len(held) :], self._pairs_among(held), strict=True):
            out[one] += said / 2
            out[other] += said / 2
        return out

    @cached_property
    def _twins(self) -> dict[int, list[int]]:
        out: dict[int, list[int]] = {}
        for one, other in self.rooms.twins.tolist():
            out.setdefault(one, []).append(other)
            out.setdefault(other, []).append(one)
        return out

    def _twins_of(self, held: Sequence[int]) -> list[int]:
        """Return the other spellings of held skills, where a fit made them skills of their own."""
        return [twin for number in held for twin in self._twins.get(number, ())] if self._twins else []
