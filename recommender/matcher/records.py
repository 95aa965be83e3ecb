"""Define what matching gives: a match, its candidates, and the relations that speak for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from recommender.matcher.differences import Features
from recommender.text import Step

__all__ = ["Candidate", "Match", "Refused", "Relation"]


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


class Refused(Match):
    """Hold the match of a term that is refused, whose candidates are looked for when first asked for.

    That is most of the work of refusing, and who only wants to know what is held never looks. It compares, prints and
    travels as any other match.
    """

    __slots__ = ("_find",)
    _find: Callable[[], tuple[Candidate, ...]]

    @classmethod
    def of(cls, term: str, key: str, steps: tuple[Step, ...], find: Callable[[], tuple[Candidate, ...]]) -> Match:
        """Make one whose candidates ``find`` gives, best first."""
        made = cls.__new__(cls)
        told = {"term": term, "key": key, "skill": None, "number": -1, "how": "refused", "steps": steps, "evidence": ()}
        for name, value in told.items():
            object.__setattr__(made, name, value)
        object.__setattr__(made, "_find", find)
        return made

    def __getattr__(self, name: str) -> Any:
        """Give what is not set yet."""
        if name not in ("candidates", "score"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        found = self._find()
        object.__setattr__(self, "score", found[0].score if found else 0.0)
        object.__setattr__(self, "candidates", found)
        return getattr(self, name)

    def __eq__(self, other: object) -> bool:
        return self._plain() == (other._plain() if isinstance(other, Refused) else other)

    def __hash__(self) -> int:
        return hash(self._plain())

    def __repr__(self) -> str:
        return repr(self._plain())

    def __reduce__(self) -> tuple[type[Match], tuple[object, ...]]:
        return Match, _values(self)

    def _plain(self) -> Match:
        return Match(*_values(self))


def _values(match: Match) -> tuple[Any, ...]:
    """Give the fields of a match in order, as they are."""
    return tuple([getattr(match, field.name) for field in fields(Match)])


class Relation(NamedTuple):
    """Hold one way in which a term may stand for a skill: the number, kind, features, and steps to the reading."""

    number: int
    how: str
    features: Features
    steps: tuple[Step, ...]
