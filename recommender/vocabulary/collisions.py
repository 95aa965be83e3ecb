"""Fold the names of all skills to keys, and tell of every two skills that share one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NoReturn

from recommender.errors import CollisionError, VocabularyError
from recommender.text import key
from recommender.vocabulary.skills import Skill

__all__ = ["fold_all", "joined_faults", "refuse"]

# An error names so many faults and counts the rest: one line stays one line.
MOST_FAULTS_NAMED: Final = 5


def joined_faults(faults: Sequence[str]) -> str:
    """Join the first faults into one line and count the rest."""
    named = "; ".join(faults[:MOST_FAULTS_NAMED])
    return named if len(faults) <= MOST_FAULTS_NAMED else f"{named}; and {len(faults) - MOST_FAULTS_NAMED} more"


def refuse(name: str) -> NoReturn:
    """Raise `VocabularyError` for a name that no key can be made of."""
    raise VocabularyError(f"skill {name!r} holds no letter and no digit, so nothing can match it. Leave it out.")


def fold_all(skills: Sequence[Skill], places: Sequence[str]) -> tuple[list[str], list[int]]:
    """Fold all names and aliases; tell of all collisions at once. ``places`` says where each skill stands."""
    codes: dict[str, int] = {}
    faults: list[str] = []

    def add(term: str, number: int, code: int) -> None:
        folded = key(term) or refuse(term)
        other = codes.setdefault(folded, code)
        holder = other if other >= 0 else ~other
        if holder != number:
            faults.append(f"key {folded!r} of {term!r}: {places[holder]} and {places[number]}")

    for number, skill in enumerate(skills):
        add(skill.name, number, number)
    for number, skill in enumerate(skills):
        for alias in skill.aliases:
            add(alias, number, ~number)
    if faults:
        raise CollisionError(
            f"two skills share one key: {joined_faults(faults)}. Rename one, or make one name an alias of the other."
        )
    return list(codes), list(codes.values())
