"""Describe how alike two names are that no single relation explains: shared words, letters and order, as features.

These serve to rank the candidates that are shown when a term is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from recommender.matcher.differences import Features
from recommender.matcher.forms import SMALL_WORDS, squeezed, stem
from recommender.matcher.words import HEADS, deed

__all__ = ["resemblance"]

# How much of a word's weight a part-equal word counts for, and the likeness from which two words are part-equal.
ALIKE_SHARE: Final = 0.8
LEAST_ALIKE: Final = 0.88
DEED_SHARE: Final = 0.7
OPENING_SHARE: Final = 0.6
WHOLE: Final = 0.99
SMALL_WEIGHT: Final = 0.1
HEAD_WEIGHT: Final = 0.4


def _share(word: str, others: list[str], stems: set[str]) -> float:
    """Tell how much of a word stands in another name, from 0 to 1."""
    if stem(word) in stems:
        return 1.0
    group = deed(word)
    if group is not None and any(deed(other) == group for other in others):
        return DEED_SHARE
    from rapidfuzz.distance import JaroWinkler

    best = 0.0
    for other in others:
        if len(word) >= 3 and len(other) >= 3:
            if other.startswith(word) or word.startswith(other):
                best = max(best, OPENING_SHARE)
            if JaroWinkler.similarity(word, other) >= LEAST_ALIKE:
                best = max(best, ALIKE_SHARE)
    return best


def _covered(words: list[str], others: list[str], weight: Callable[[str], float]) -> tuple[float, float]:
    """Give the weighted share of the words that stand in the others, and the weight of what is left."""
    stems = {stem(other) for other in others}
    total, found = 0.0, 0.0
    for word in words:
        value = weight(word) * (SMALL_WEIGHT if word in SMALL_WORDS else HEAD_WEIGHT if word in HEADS else 1.0)
        total += value
        found += value * _share(word, others, stems)
    return found / total, total - found


def resemblance(asked: str, held: str, cosine: float, weight: Callable[[str], float]) -> Features:
    """Describe how alike two keys are; ``weight`` says how much a word tells (its inverse frequency)."""
    from rapidfuzz import fuzz
    from rapidfuzz.distance import JaroWinkler

    ours, theirs = asked.split(" "), held.split(" ")
    forward, left = _covered(ours, theirs, weight)
    back, missing = _covered(theirs, ours, weight)
    both = 2 * forward * back / (forward + back) if forward + back else 0.0
    return {
        "alike": 1.0,
        "cosine": cosine,
        "letters alike": fuzz.ratio(asked, held) / 100,
        "sorted alike": fuzz.token_sort_ratio(asked, held) / 100,
        "of ours": forward,
        "of theirs": back,
        "of both": both,
        "left over": left / 10,
        "missing": missing / 10,
        "same first word": float(stem(ours[0]) == stem(theirs[0])),
        "same last word": float(stem(ours[-1]) == stem(theirs[-1])),
        "longer": float(max(0, len(theirs) - len(ours))),
        "shorter": float(max(0, len(ours) - len(theirs))),
        "joined alike": fuzz.ratio(squeezed(asked), squeezed(held)) / 100,
        "opening alike": JaroWinkler.similarity(asked, held),
        "held whole": float(back > WHOLE),
        "holds whole": float(forward > WHOLE),
    }
