"""Define the records of the vocabulary: a skill, a sense of an ambiguous form, and what a key stands for."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Entry", "Sense", "Skill"]


class Skill(NamedTuple):
    """Describe one canonical skill.

    ``field`` is the trade it belongs to ("design"), ``kind`` what it is ("tool", "method"), ``within`` the broader
    skills, ``aliases`` other names that mean the same.
    """

    name: str
    field: str = ""
    kind: str = ""
    within: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


class Sense(NamedTuple):
    """Describe one meaning of an ambiguous form such as "TF".

    ``skill`` is None where the meaning is no skill of the vocabulary. ``prior`` is the probability of this meaning in a
    skill list that holds no other evidence. ``cues`` speak for it: names of skills, ``@field`` for any skill of a
    field, or ``"words"`` in quotes that stand in other terms of the list.
    """

    form: str
    skill: str | None
    meaning: str
    prior: float
    cues: tuple[str, ...] = ()


class Entry(NamedTuple):
    """Tell what a key stands for: the number of a skill, and whether the key is its canonical name or an alias."""

    number: int
    canonical: bool
