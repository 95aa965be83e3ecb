"""Add up, for one profile, what orders the skills: the hall of numbers, which knows no word.

What held skills say (`together`, from lists and roles; `similar`, from documents), what dated lists show (`demand`) and
how common a skill is (`popularity`) are parts of one sum. Every number added is a multiple of a power of two (see
`fixedpoint`), so a score equals the sum of its parts, and the scorer of many profiles (`scoring`) finds the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender import ranking, variety
from recommender.errors import InputError
from recommender.neighbours import Neighbours, Rows, profile_scales
from recommender.ranking import Candidates, Weights
from recommender.scoring import Scorer

__all__ = ["RELATED", "Answer", "Rooms", "Sums"]

RELATED = 1.0
"""Relevance from which a skill's demand counts in full; from .5 to 2 the mission test changed by less than .01."""

Floats = NDArray[np.float64]


class Rooms(NamedTuple):
    """Hold what is added up: arrays of a model's rooms, skills being numbers.

    ``together`` may have rows for ``pairs`` (int32, (pairs, 2)) behind those of the skills; ``twins`` are spellings of
    one skill; ``demand`` and ``popularity`` are float64 (skills,), ``in_demand`` the ascending numbers of the default
    candidates.
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


class Sums:
    """Score, rank and split for one profile given by numbers; make the scorer of many."""

    def __init__(self, rooms: Rooms) -> None:
        self.rooms = rooms
        self.size = len(rooms.popularity)
        self._scorers: dict[str, Scorer] = {}

    def scorer(self, candidates: Candidates) -> Scorer:
        """Return what scores many profiles at once; made when first asked for."""
        if candidates not in self._scorers:
            items, rooms, w = self._items(candidates), self.rooms, self.rooms.weights
            self._scorers[candidates] = Scorer(
                [(rooms.together, w.together), (rooms.similar, w.similar)],
                items,
                rooms.demand[items] * w.demand_among(candidates),
                rooms.popularity[items] * w.popularity,
                RELATED, rooms.pairs, rooms.twins, self._alike(candidates, True),
            )  # fmt: skip
        return self._scorers[candidates]

    def relevance(self, held: Sequence[int]) -> Floats:
        """Return how strongly the held skills speak for each skill, float64 (skills,)."""
        said = (rows.scores() * loud for rows, loud in self._voices(held).values())
        return np.asarray(sum(one[: self.size] for one in said), np.float64)

    def scores(self, held: Sequence[int], candidates: Candidates = "all") -> Floats:
        """Return the score of every skill before variety, float64 (skills,); -inf for what is never suggested."""
        items = self._items(candidates)
        out = np.full(self.size, -np.inf)
        out[items] = np.sum(list(self._parts(held, items, candidates).values()), axis=0)
        out[[*held, *self._twins_of(held)]] = -np.inf
        return out

    def best(self, held: Sequence[int], n: int, candidates: Candidates) -> list[int]:
        """Return the numbers of the ``n`` best candidates in the order of choosing.

        Raises
        ------
        InputError
            ``n`` is negative, or ``candidates`` is neither "in-demand" nor "all".
        """
        items = self._items(candidates)
        parts = self._parts(held, items, candidates)
        barred = [*held, *self._twins_of(held)]
        return ranking.rank(parts, items, barred, n, self._alike(candidates, bool(held)))

    def explained(self, held: Sequence[int], items: Sequence[int], candidates: Candidates) -> Answer:
        """Split the scores of candidates, given in the order of choosing from the best on: every part, and all shares.

        `variety` is taken off for what stands before.
        """
        given = {
            name: self._credited(rows.contributions(items), held) * loud
            for name, (rows, loud) in self._voices(held).items()
        }
        relevance = {name: shares.sum(0) for name, shares in given.items()}
        standing = self._standing(relevance, np.asarray(items, np.int64), bool(held), candidates)
        whole = {**relevance, **standing}
        alike = self._alike(candidates, bool(held))
        if alike is not None:
            lost = variety.shares(alike, self._items(candidates).searchsorted(items))
            whole["variety"] = 0.0 - np.maximum(np.sum(list(whole.values()), axis=0), 0.0) * lost
        shares = sum(given.values()).T.tolist()  # type: ignore[union-attr]
        return Answer(items, {name: values.tolist() for name, values in whole.items()}, shares)

    def _items(self, candidates: Candidates) -> NDArray[np.int64]:
        if candidates == "in-demand":
            return self.rooms.in_demand
        if candidates == "all":
            return np.arange(self.size)
        raise InputError(f"candidates is {candidates!r}. Choose 'in-demand' or 'all'.")

    def _alike(self, candidates: Candidates, personal: bool) -> NDArray[np.int16] | None:
        """Return what candidates take from each other; None where the ranking stays raw: all skills, nothing held."""
        return self._likeness if candidates == "in-demand" and personal else None

    @cached_property
    def _likeness(self) -> NDArray[np.int16]:
        return variety.likeness(self.rooms.similar, self.rooms.in_demand)

    def _voices(self, held: Sequence[int]) -> dict[str, tuple[Rows, float]]:
        """Return what speaks for relevance: rows of the held skills, and how loudly they count."""
        scale = profile_scale(len(held))
        pairs = [number for number, *_ in self._pairs_among(held)]
        rooms = self.rooms
        return {
            "together": (rooms.together.rows([*held, *pairs]), rooms.weights.together * scale),
            "similar": (rooms.similar.rows(held), rooms.weights.similar * scale),
        }

    def _parts(self, held: Sequence[int], items: NDArray[np.int64], candidates: Candidates) -> dict[str, Floats]:
        relevance = {name: rows.scores()[items] * loud for name, (rows, loud) in self._voices(held).items()}
        return {**relevance, **self._standing(relevance, items, bool(held), candidates)}

    def _standing(
        self, relevance: Mapping[str, Floats], items: NDArray[np.int64], personal: bool, candidates: Candidates
    ) -> dict[str, Floats]:
        """Return the parts that do not split over held skills.

        Demand counts as far as a skill is related: an unrelated skill, however much in demand, gets nothing from it. A
        profile in which nothing is recognised has no relevance to be gated by.
        """
        weights = self.rooms.weights
        demand = self.rooms.demand[items] * weights.demand_among(candidates)
        if personal:
            demand = demand * ranking.relatedness(np.sum(list(relevance.values()), axis=0), RELATED)
        parts = {"demand": demand}
        if weights.popularity:
            parts["popularity"] = self.rooms.popularity[items] * weights.popularity
        return parts

    def _twins_of(self, held: Sequence[int]) -> list[int]:
        """Return the other spellings of held skills, where a fit made them skills of their own."""
        if not len(self.rooms.twins):
            return []
        hit = np.isin(self.rooms.twins, held)
        other: list[int] = self.rooms.twins[:, ::-1][hit].tolist()
        return other

    def _pairs_among(self, held: Sequence[int]) -> list[tuple[int, int, int]]:
        """Return the pairs among the held skills: their row of `together`, and the places of the two in ``held``."""
        pairs = self.rooms.pairs
        if not len(pairs) or len(held) < 2:
            return []
        place = {number: at for at, number in enumerate(held)}
        found = np.flatnonzero(np.isin(pairs, held).all(1)).tolist()
        return [(self.size + p, place[a], place[b]) for p, (a, b) in zip(found, pairs[found].tolist(), strict=True)]

    def _credited(self, shares: Floats, held: Sequence[int]) -> Floats:
        """Credit what a pair says to its two skills, half each (pair rows lie on a grid of double steps)."""
        if len(shares) == len(held):
            return shares
        out = shares[: len(held)]
        for row, (_, one, other) in zip(shares[len(held) :], self._pairs_among(held), strict=True):
            out[one] += row / 2
            out[other] += row / 2
        return out


@cache
def profile_scale(held: int) -> float:
    """Weigh one profile's relevance by its length; see `neighbours.profile_scales`."""
    return float(profile_scales(np.array([held]))[0])
