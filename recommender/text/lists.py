"""Split a skill list as people write it into its terms; first version."""

from __future__ import annotations

import re
from dataclasses import dataclass

from recommender.text.fold import Step

__all__ = ["Piece", "split_list"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Hold one term of a list and the steps that read it."""

    term: str
    steps: tuple[Step, ...] = ()


def split_list(text: str) -> list[Piece]:
    """Split at commas, semicolons, pipes, bullets and newlines."""
    return [
        Piece(part.strip(), (Step("list", text, part.strip()),))
        for part in re.split(r"[,;|\n\t•]| / ", text)
        if part.strip()
    ]
