"""Compare skills by their documents: TF-IDF over what is written about each skill.

A skill's document holds the words of its name and aliases, its field, the broader skills it belongs to and the skills
that it is used with. scikit-learn's `TfidfVectorizer` weighs the words when a model is built; the cosines of its rows
(Salton and Buckley, 1988) are kept as neighbour rows, so that at run time a profile is compared by numpy alone: the
similarity of a profile to a skill is the sum of the similarities of the skills it holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recommender.errors import NotFittedError
from recommender.neighbours import Neighbours
from recommender.parameters import Parameters

__all__ = ["Documents"]

MOST_NEIGHBOURS = 96
"""Similar skills kept per skill: half as many (and half the companions) cost the mission test .018 nDCG@10."""

MIN_DOCUMENTS = 1
"""A word of a single document still separates it from others, so no word is too rare."""

_BLOCK = 512
"""Rows of cosines held dense at a time: 512 x 5,000 float64 are 20 MB."""


class Documents(Parameters):
    """Learn which skills are written about in the same words.

    Parameters
    ----------
    most : int
        Neighbours kept per skill.

    Attributes
    ----------
    neighbours_ : Neighbours
        Cosine similarities in steps of 2**-12.
    """

    def __init__(self, most: int = MOST_NEIGHBOURS) -> None:
        self.most = most

    def fit(self, documents: Sequence[Sequence[str]], y: object = None) -> Self:
        """Weigh the words of ``documents`` (a list of words per skill, repeated where they count more); compare."""
        del y  # for scikit-learn's pipelines
        from sklearn.feature_extraction.text import TfidfVectorizer

        # sublinear: a word that stands three times does not say three times as much.
        vectorizer = TfidfVectorizer(analyzer=_as_is, sublinear_tf=True, min_df=MIN_DOCUMENTS)
        if not any(documents):
            self.neighbours_ = Neighbours.strongest(np.zeros((len(documents), len(documents))), self.most)
            return self
        rows = vectorizer.fit_transform(documents)
        self.neighbours_ = _strongest_cosines(rows, self.most)
        return self

    def scores(self, held: Sequence[int]) -> NDArray[np.float64]:
        """Return the similarity of the held skills to every skill, float64, shape (n,)."""
        return self._fitted().scores(held)

    def contributions(self, held: Sequence[int], items: Sequence[int]) -> NDArray[np.float64]:
        """Return what each held skill gives to each item, shape (len(held), len(items)); columns sum to the scores."""
        return self._fitted().contributions(held, items)

    def _fitted(self) -> Neighbours:
        try:
            return self.neighbours_
        except AttributeError:
            raise NotFittedError("Documents is not fitted. Call fit, or load a model.") from None

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the learned arrays by name."""
        return self._fitted().arrays()

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Rebuild a fitted `Documents` from `arrays`."""
        self = cls()
        self.neighbours_ = Neighbours.from_arrays(arrays)
        return self


def _as_is(document: Sequence[str]) -> Sequence[str]:
    return document


def _strongest_cosines(rows: Any, most: int) -> Neighbours:
    columns = rows.T.tocsr()
    starts = range(0, rows.shape[0], _BLOCK)
    return Neighbours.strongest_in_blocks(((rows[i : i + _BLOCK] @ columns).toarray() for i in starts), most)
