from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics.pairwise import cosine_similarity

from recommender import fixedpoint
from recommender.documents import Documents
from recommender.errors import NotFittedError

WORLD = [
    ["logo", "design", "brand"],
    ["brand", "identity", "design"],
    ["python", "programming"],
    ["django", "python", "web", "programming"],
    ["web", "design", "html"],
    [],
]


def test_run_time_figures_equal_scikit_learn() -> None:
    """numpy alone gives the cosines that scikit-learn's TF-IDF gives, to half a step of the grid."""
    documents = Documents().fit(WORLD)
    rows = TfidfVectorizer(analyzer=lambda d: d, sublinear_tf=True).fit_transform(WORLD)
    expected = cosine_similarity(rows)
    np.fill_diagonal(expected, 0)
    for held in ([0], [2, 3], [0, 1, 4], [5], []):
        found = documents.scores(held)
        assert np.abs(found - expected[held].sum(0)).max() <= len(held) * fixedpoint.WEIGHT_STEP / 2


def test_a_small_world_comes_out_right() -> None:
    """Someone who programs Python is nearest to Django, someone who makes logos to brand identity."""
    documents = Documents().fit(WORLD)
    assert documents.scores([2]).argmax() == 3
    assert documents.scores([0]).argmax() == 1


def test_an_empty_world_is_fitted_all_the_same() -> None:
    """No words at all is a defined case: every similarity is zero."""
    documents = Documents().fit([[], []])
    assert documents.scores([0, 1]).tolist() == [0, 0]
    assert Documents().fit([]).scores([]).shape == (0,)


def test_unfitted_says_so() -> None:
    """Use before fit raises NotFittedError, which also is a ValueError and an AttributeError."""
    with pytest.raises(NotFittedError, match="Call fit"):
        Documents().scores([0])


def test_the_round_trip_is_bit_equal() -> None:
    """A stored and reloaded room scores the same bytes."""
    documents = Documents().fit(WORLD)
    again = Documents.from_arrays(documents.arrays())
    assert documents.scores([0, 3]).tobytes() == again.scores([0, 3]).tobytes()
    assert documents.contributions([0, 3], [1, 2]).tobytes() == again.contributions([0, 3], [1, 2]).tobytes()
