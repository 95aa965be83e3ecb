"""Describe how alike two names are that no single relation explains: shared words, letters and order, as features.

These serve to rank the candidates that are shown when a term is refused. Words are aligned softly: each counts, by its
inverse frequency, as far as the word of the other name that comes nearest stands for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler, Prefix

from recommender.matcher.differences import Features
from recommender.matcher.forms import SMALL_WORDS, squeezed, stem
from recommender.matcher.synonyms import plain_words, said_for
from recommender.matcher.words import HEADS, VENDORS

__all__ = ["Name", "resemblance"]

# How far a word stands for another of its stem, for one that is spelt alike, that it begins ("admin" is said for
# "administration"; of .5 to .8 all rank as well), and that it is part of.
SAME_STEM: Final = 0.97
SPELT_ALIKE: Final = 0.8
CUT_OFF: Final = 0.6
PART_OF: Final = 0.55
# Words are spelt alike from this Jaro-Winkler similarity on, and parts of words count from this length on.
LEAST_ALIKE: Final = 0.9
LEAST_FOR_PART: Final = 5
LEAST_CUT_OFF: Final = 3
# Words with one opening share so many first letters, which are so much of the longer one; they then stand for each
# other by the base and the share, added.
LEAST_OPENING: Final = 4
LEAST_OPENING_SHARE: Final = 0.5
OPENING_BASE: Final = 0.35
OPENING_SHARE: Final = 0.5
# Two words belong to each other from this likeness on.
ALIGNED: Final = 0.5
WHOLE: Final = 0.99
SMALL_WEIGHT: Final = 0.1
HEAD_WEIGHT: Final = 0.4


@lru_cache(maxsize=1 << 16)
def _likeness(word: str, other: str) -> float:
    """Tell how far a word stands for another, from 0 to 1."""
    if word == other:
        return 1.0
    root, roots = stem(word), stem(other)
    if root == roots:
        return SAME_STEM
    found = said_for(word).get(roots, 0.0)
    if min(len(word), len(other)) >= LEAST_CUT_OFF and (word.startswith(other) or other.startswith(word)):
        found = max(found, CUT_OFF)
    if word[0] == other[0] and min(len(word), len(other)) >= LEAST_OPENING:
        shared = Prefix.similarity(root, roots)
        share = shared / max(len(root), len(roots))
        if shared >= LEAST_OPENING and share >= LEAST_OPENING_SHARE:
            found = max(found, OPENING_BASE + OPENING_SHARE * share)
        if JaroWinkler.similarity(word, other, score_cutoff=LEAST_ALIKE):
            found = max(found, SPELT_ALIKE)
    elif min(len(word), len(other)) >= LEAST_FOR_PART and (word in other or other in word):
        found = max(found, PART_OF)
    return found


class Name:
    """Hold a key's words with what comparing needs of them."""

    __slots__ = ("content", "key", "squeezed", "total", "weights", "words")

    def __init__(self, key: str, weight: Callable[[str], float]) -> None:
        self.key = key
        self.squeezed = squeezed(key)
        self.words = plain_words(key.split(" "))
        self.weights = [weight(word) * _standing(word) for word in self.words]
        self.total = sum(self.weights)
        places = range(len(self.words))
        self.content = [i for i in places if self.words[i] not in SMALL_WORDS] or list(places)

    def covered(self, shares: Sequence[float], places: Sequence[int] | None = None) -> float:
        """Give the weighted mean of what stands for each word, of all words or of those at some places."""
        if places is None:
            return sum([w * s for w, s in zip(self.weights, shares, strict=True)]) / self.total
        total = sum([self.weights[i] for i in places])
        return sum([self.weights[i] * shares[i] for i in places]) / total if total else self.covered(shares)


@lru_cache(maxsize=1 << 14)
def _standing(word: str) -> float:
    """Tell how much a word's class lets it say."""
    if word in SMALL_WORDS:
        return SMALL_WEIGHT
    return HEAD_WEIGHT if word in HEADS or word in VENDORS else 1.0


def _of_both(forward: float, back: float) -> float:
    """Give the harmonic mean: both names must be covered."""
    return 2 * forward * back / (forward + back) if forward + back else 0.0


def resemblance(asked: Name, held: Name, cosine: float, phrase: bool) -> Features:
    """Describe how alike two names are; ``cosine`` is how near the index of pieces found them.

    Phrases and names differ in what tells: a verb may be said for another, a name's first word hardly.
    """
    table = [[_likeness(word, other) for other in held.words] for word in asked.words]
    return (_of_phrase if phrase else _of_name)(asked, held, cosine, table)


def _of_phrase(asked: Name, held: Name, cosine: float, table: list[list[float]]) -> Features:
    """Describe a phrase: what is done, to what, in which order."""
    ours = [max(row) for row in table]
    theirs = [max(column) for column in zip(*table, strict=True)]
    exact_ours = [float(share >= SAME_STEM) for share in ours]
    exact_theirs = [float(share >= SAME_STEM) for share in theirs]
    first, their_first = asked.content[0], held.content[0]
    return {
        "phrase: alike": 1.0,
        "phrase: cosine": cosine,
        "phrase: of both": _of_both(asked.covered(ours), held.covered(theirs)),
        "phrase: of both, exactly": _of_both(asked.covered(exact_ours), held.covered(exact_theirs)),
        # What comes after the verb: the things that it is done to.
        "phrase: things of both": _of_both(
            asked.covered(ours, asked.content[1:]), held.covered(theirs, held.content[1:])
        ),
        "phrase: first words": table[first][their_first],
        "phrase: neighbours": _neighbours(asked, table, ours),
        "phrase: letters alike": fuzz.ratio(asked.key, held.key) / 100,
        "phrase: joined alike": fuzz.ratio(asked.squeezed, held.squeezed) / 100,
        "phrase: sorted alike": fuzz.token_sort_ratio(asked.key, held.key) / 100,
    }


def _neighbours(asked: Name, table: list[list[float]], ours: list[float]) -> float:
    """Give the share of neighbouring words whose counterparts are neighbours too."""
    places = [row.index(best) for row, best in zip(table, ours, strict=True)]
    pairs = list(pairwise(asked.content))
    kept = [1 for i, j in pairs if min(ours[i], ours[j]) > ALIGNED and abs(places[i] - places[j]) == 1]
    return len(kept) / max(1, len(pairs))


def _of_name(asked: Name, held: Name, cosine: float, table: list[list[float]]) -> Features:
    """Describe a name."""
    forward = asked.covered([max(row) for row in table])
    back = held.covered([max(column) for column in zip(*table, strict=True)])
    longer = len(held.words) - len(asked.words)
    features = {
        "alike": 1.0,
        "cosine": cosine,
        "letters alike": fuzz.ratio(asked.key, held.key) / 100,
        "of ours": forward,
        "of theirs": back,
        "of both": _of_both(forward, back),
        "left over": asked.total * (1 - forward) / 10,
        "missing": held.total * (1 - back) / 10,
        "same first word": float(table[0][0] >= SAME_STEM),
        "same last word": float(table[-1][-1] >= SAME_STEM),
        "longer": float(max(0, longer)),
        "shorter": float(max(0, -longer)),
        "joined alike": fuzz.ratio(asked.squeezed, held.squeezed) / 100,
        "opening alike": JaroWinkler.similarity(asked.key, held.key),
        "held whole": float(back > WHOLE),
        "holds whole": float(forward > WHOLE),
    }
    return {f"name: {name}": value for name, value in features.items()}
