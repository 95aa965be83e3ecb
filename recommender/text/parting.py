"""Part an item at slashes and joining words, where what is known says so: "SQL/MySQL" is two, "CI/CD" is one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from recommender.text.qualifiers import is_qualifier

__all__ = ["AND", "WITH", "Known", "Parts", "halved", "joined", "of_several", "slashes"]

# Tells which skill a term means (any value that is equal for equal skills), None if it knows none.
Known = Callable[[str], object]
# How an item was parted, and into what; None where it is one.
Parts = tuple[str, list[str]] | None

# Parts that are shorter on both sides of a tight slash are one name: CI/CD, A/B, UI/UX, TCP/IP, PL/SQL.
SHORTEST_PART: Final = 3
# Half of a known name may be shorter, but one letter is a version or a grade ("DO-178B/C").
SHORTEST_HALF: Final = 2
WITH: Final = re.compile(r"\s+(?:with|using|via|in|and|or|et|und|y)\s+|\s*(?:&|(?<!\+)\+(?!\+))\s*", re.IGNORECASE)
_PLUS: Final = re.compile(r"/|\s\+\s")
AND: Final = re.compile(r"\s+(?:and|&)\s+", re.IGNORECASE)


def halved(bare: str, whole: object, known: Known) -> bool:
    """Tell whether a known name means only one of the skills that it names: "SEO/SEM" is two, "CI/CD" is one."""
    parts = [part.strip() for part in _PLUS.split(bare)]
    if len(parts) == 1:
        parts = [part.strip() for part in AND.split(bare)]
        if any(" " in part for part in parts):
            return False
    if len(parts) == 1 or min(map(len, parts)) < SHORTEST_HALF:
        return False
    return of_several(parts, whole, known)


def of_several(parts: list[str], whole: object, known: Known) -> bool:
    """Tell whether parts that are skills of their own are told by a name that means but one of them."""
    said = [known(part) for part in parts]
    # A part that is ambiguous by itself ("CI", "IP") is no skill apart from the name.
    return whole in said and all(isinstance(one, int) for one in said) and len(set(said)) > 1


def slashes(bare: str, known: Known | None) -> Parts:
    """Read "SQL/MySQL" as two, "CI/CD" and "UI/UX" as one."""
    if "/" not in bare or "//" in bare:
        return None
    parts = [part.strip() for part in bare.split("/")]
    if not all(parts) or any(is_qualifier(part) or part.isdigit() for part in parts):
        return None
    if known is not None and all(known(part) is not None for part in parts):
        return "slash", parts
    if any(" " in part for part in parts) or min(map(len, parts)) < SHORTEST_PART:
        return None
    return "slash", parts


def joined(bare: str, known: Known | None) -> Parts:
    """Read "Word and Excel", "HTML & CSS", "IaC with Terraform" as two where both, or what is joined, are known."""
    if known is None:
        return None
    for match in WITH.finditer(bare):
        left, right = bare[: match.start()].strip(), bare[match.end() :].strip()
        if left and right and known(left) is not None and _readable(right, known):
            return "and", [left, right]
    return None


def _readable(rest: str, known: Known) -> bool:
    """Tell whether a rest is known, or parts further into what is known."""
    return known(rest) is not None or joined(rest, known) is not None
