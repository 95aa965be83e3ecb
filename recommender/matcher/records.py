"""Define what matching gives: a match, its candidates, and the relations that speak for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from recommender.matcher.differences import Features
from recommender.text import Step

__all__ = ["Candidate", "Match", "Relation"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Hold one skill that a term may mean, the probability of it, and the relation that speaks for it."""

    skill: str
    score: float
    how: str


@dataclass(frozen=True, slots=True)
class Match:
    """Tell what a term was taken for.

    ``skill`` is None and ``number`` -1 where the term is refused; ``score`` is the probability that ``skill`` is right
    (of the best candidate, where refused). ``how`` is "exact", "alias", "sense", "near" or "refused"; each candidate
    says its relation more closely. ``steps`` lead from the term to the form that matched; ``evidence`` lists what in
    the profile decided an ambiguous form.
    """

    term: str
    key: str
    skill: str | None
    number: int
    score: float
    how: str
    candidates: tuple[Candidate, ...] = ()
    steps: tuple[Step, ...] = ()
    evidence: tuple[str, ...] = ()


class Relation(NamedTuple):
    """Hold one way in which a term may stand for a skill: the number, kind, features, and steps to the reading."""

    number: int
    how: str
    features: Features
    steps: tuple[Step, ...]
