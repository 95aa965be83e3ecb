"""Describe how alike two names are that no single relation explains: shared words, letters and order, as features.

These serve to rank the candidates that are shown when a term is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from recommender.matcher.differences import Features
from recommender.matcher.forms import SMALL_WORDS, squeezed, stem
from recommender.matcher.synonyms import groups, plain_words
from recommender.matcher.words import HEADS, VENDORS

__all__ = ["Name", "resemblance"]

# How much of a word's weight a part-equal word counts for, and the likeness from which two words are part-equal.
ALIKE_SHARE: Final = 0.8
LEAST_ALIKE: Final = 0.88
GROUP_SHARE: Final = 0.7
OPENING_SHARE: Final = 0.6
LEAST_FOR_PHRASE: Final = 3
WHOLE: Final = 0.99
SMALL_WEIGHT: Final = 0.1
HEAD_WEIGHT: Final = 0.4


def _share(word: str, own: tuple[int, ...], others: list[str], theirs: set[int]) -> float:
    """Tell how much of a word stands in another name that does not hold its stem, from 0 to 1."""
    if own and not theirs.isdisjoint(own):
        return GROUP_SHARE
    if len(word) < 3:
        return 0.0
    for other in others:
        # Words that are alike share their first letter nearly always; the rest is not worth the comparison.
        if other[0] == word[0] and JaroWinkler.similarity(word, other, score_cutoff=LEAST_ALIKE):
            return ALIKE_SHARE
    opened = [other for other in others if len(other) > 2 and (other.startswith(word) or word.startswith(other))]
    return OPENING_SHARE if opened else 0.0


class Name:
    """Hold a key's words with what comparing needs of them."""

    __slots__ = ("groups", "key", "squeezed", "stems", "total", "weights", "words")

    def __init__(self, key: str, weight: Callable[[str], float]) -> None:
        self.key = key
        self.squeezed = squeezed(key)
        self.words = plain_words(key.split(" "))
        self.stems = [stem(word) for word in self.words]
        self.groups = [groups(word) for word in self.words]
        self.weights = [weight(word) * _standing(word) for word in self.words]
        self.total = sum(self.weights)

    def covered_by(self, other: Name) -> float:
        """Give the weighted share of the words that stand in another name."""
        found, theirs = 0.0, {number for numbers in other.groups for number in numbers}
        for word, root, own, value in zip(self.words, self.stems, self.groups, self.weights, strict=True):
            found += value if root in other.stems else value * _share(word, own, other.words, theirs)
        return found / self.total


@lru_cache(maxsize=1 << 14)
def _standing(word: str) -> float:
    """Tell how much a word's class lets it say."""
    if word in SMALL_WORDS:
        return SMALL_WEIGHT
    return HEAD_WEIGHT if word in HEADS or word in VENDORS else 1.0


def resemblance(asked: Name, held: Name, cosine: float) -> Features:
    """Describe how alike two names are; ``cosine`` is that of their pieces."""
    forward, back = asked.covered_by(held), held.covered_by(asked)
    longer = len(held.words) - len(asked.words)
    features = {
        "cosine": cosine,
        "letters alike": fuzz.ratio(asked.key, held.key) / 100,
        "of ours": forward,
        "of theirs": back,
        "of both": 2 * forward * back / (forward + back) if forward + back else 0.0,
        "left over": asked.total * (1 - forward) / 10,
        "missing": held.total * (1 - back) / 10,
        "same first word": float(asked.stems[0] == held.stems[0]),
        "same last word": float(asked.stems[-1] == held.stems[-1]),
        "longer": float(max(0, longer)),
        "shorter": float(max(0, -longer)),
        "joined alike": fuzz.ratio(asked.squeezed, held.squeezed) / 100,
        "opening alike": JaroWinkler.similarity(asked.key, held.key),
        "held whole": float(back > WHOLE),
        "holds whole": float(forward > WHOLE),
    }
    # Phrases and short names differ in what tells: a verb may be said for another, a name's first word hardly.
    sort = "phrase" if len(asked.words) >= LEAST_FOR_PHRASE else "name"
    return {f"{sort}: alike": 1.0, **{f"{sort}: {name}": value for name, value in features.items()}}
