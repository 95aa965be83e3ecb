"""Find the names that share most letters with a term: TF-IDF over hashed word pieces, by postings.

Memory is one weight per piece of each name and no names-by-terms matrix is ever made. Pieces are stems of words and
character trigrams of words with their edges marked (Cavnar & Trenkle, 1994), hashed to a fixed number of columns
(Weinberger et al., 2009), so that no dictionary has to be stored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from recommender.matcher.forms import SMALL_WORDS, stem
from recommender.matcher.synonyms import plain_words, said_for

__all__ = ["GramIndex"]

# Columns that pieces are hashed to; 30,000 names have some 25,000 distinct pieces, so few share a column.
COLUMNS: Final = 1 << 16
# A stem says more than one of its trigrams; chosen on the project's own aliases (benchmarks/calibration.py).
STEM_WEIGHT: Final = 2.0
SMALL_WORD_WEIGHT: Final = 0.3
# A word that is said for another brings the other's names into view, below those that hold the word itself. Only what
# is asked is widened so: the index does not depend on the table of synonyms.
SAID_WEIGHT: Final = 1.4


@lru_cache(maxsize=1 << 15)
def _pieces(word: str) -> tuple[tuple[int, float], ...]:
    """Hash the pieces of one word, with their weights."""
    if word in SMALL_WORDS:
        return ((crc32(word.encode()) % COLUMNS, SMALL_WORD_WEIGHT),)
    marked = f" {word[:40]} "
    grams = Counter(marked[i : i + 3] for i in range(len(marked) - 2))
    pieces = [(crc32(gram.encode()) % COLUMNS, 1.0) for gram in grams]
    return (*pieces, (_stem_column(stem(word)), STEM_WEIGHT))


def _stem_column(root: str) -> int:
    return crc32(f"={root}".encode()) % COLUMNS


@lru_cache(maxsize=1 << 14)
def _said(word: str) -> tuple[tuple[int, float], ...]:
    """Hash the stems of the words that a word is said for, with their weights."""
    if word in SMALL_WORDS:
        return ()
    return tuple([(_stem_column(root), SAID_WEIGHT * share) for root, share in said_for(word).items()])


def _weights(words: list[str]) -> dict[int, float]:
    found: dict[int, float] = {}
    for word in plain_words(words):
        for column, weight in _pieces(word):
            found[column] = max(weight, found.get(column, 0.0))
    return found


class GramIndex:
    """Rank names by cosine similarity of their pieces to a term.

    Args:
        starts: int32, shape (COLUMNS + 1,), where each column's postings start.
        names: int32, shape (postings,), the numbers of names that hold the column.
        weights: float16, shape (postings,), the normalised TF-IDF weight of the column in that name.
        idf: float32, shape (COLUMNS,).
        size: how many names there are.
    """

    def __init__(
        self,
        starts: NDArray[np.int32],
        names: NDArray[np.int32],
        weights: NDArray[np.float16],
        idf: NDArray[np.float32],
        size: int,
    ) -> None:
        self.starts, self.names, self.weights, self.idf, self.size = starts, names, weights, idf, size

    @classmethod
    def build(cls, keys: Sequence[str]) -> GramIndex:
        """Index the keys; their numbers are their places."""
        columns: list[int] = []
        values: list[float] = []
        counts: list[int] = []
        for key in keys:
            found = _weights(key.split(" "))
            columns += found.keys()
            values += found.values()
            counts.append(len(found))
        column = np.array(columns, dtype=np.int32)
        rows = np.repeat(np.arange(len(keys), dtype=np.int32), counts)
        holding = np.bincount(column, minlength=COLUMNS)
        idf = (1.0 + np.log((1.0 + len(keys)) / (1.0 + holding))).astype(np.float32)
        weight = np.array(values, dtype=np.float32) * idf[column]
        norm = np.sqrt(np.bincount(rows, weights=weight.astype(np.float64) ** 2, minlength=len(keys)))
        weight = (weight / norm[rows]).astype(np.float16)
        order = np.argsort(column, kind="stable")
        starts = np.concatenate([[0], np.cumsum(holding)]).astype(np.int32)
        return cls(starts, rows[order], weight[order], idf, len(keys))

    def _said(self, key: str, found: dict[int, float]) -> dict[int, float]:
        """Weigh the stems of what may be said for the words of a key; none more than the word itself."""
        weighed: dict[int, float] = {}
        for word in plain_words(key.split(" ")):
            own = float(self.idf[_stem_column(stem(word))])
            for column, weight in _said(word):
                if column not in found:
                    value = weight * min(own, float(self.idf[column]))
                    weighed[column] = max(value, weighed.get(column, 0.0))
        return weighed

    def nearest(self, key: str, most: int) -> list[tuple[int, float]]:
        """Give the numbers of the nearest names and how near they are, best first, ties by number.

        That is the cosine of their pieces, and more where words are said for each other.
        """
        found = _weights(key.split(" "))
        columns = np.fromiter(found.keys(), dtype=np.int64, count=len(found))
        asked = np.fromiter(found.values(), dtype=np.float32, count=len(found)) * self.idf[columns]
        norm = float(np.sqrt((asked.astype(np.float64) ** 2).sum()))
        said = self._said(key, found)
        columns = np.concatenate([columns, np.fromiter(said.keys(), dtype=np.int64, count=len(said))])
        asked = np.concatenate([asked, np.fromiter(said.values(), dtype=np.float32, count=len(said))])
        spans = [
            (int(a), int(b), float(w))
            for a, b, w in zip(self.starts[columns], self.starts[columns + 1], asked, strict=True)
            if b > a
        ]
        if not spans or norm == 0.0:
            return []
        names = np.concatenate([self.names[a:b] for a, b, _ in spans])
        weights = np.concatenate([self.weights[a:b].astype(np.float32) * (w / norm) for a, b, w in spans])
        scores = np.bincount(names, weights=weights, minlength=self.size)
        top = np.argpartition(-scores, most - 1)[:most] if len(scores) > most else np.arange(len(scores))
        top = top[np.lexsort((top, -scores[top]))]
        return [(int(i), float(scores[i])) for i in top if scores[i] > 0.0]
