"""Let a recommender stand where scikit-learn expects an estimator: `predict`, `transform`, `score`.

Nothing here scores: each verb is a view of what the recommender answers, so that `Pipeline` and `GridSearchCV` take it
as one of theirs. scikit-learn itself is never imported.
"""

from __future__ import annotations

import os
from abc import abstractmethod
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recommender.errors import InputError
from recommender.parameters import Parameters
from recommender.tabular import N_SUGGESTIONS, Profiles, Tabular

__all__ = ["Estimator"]


class Estimator(Tabular, Parameters):
    """Turn profiles into what scikit-learn works with; a recommender brings `fit` and the answers."""

    base: str | None

    @abstractmethod
    def fit(self, profiles: Profiles, y: object = None) -> Self:
        """Learn from lists of skills."""

    @classmethod
    @abstractmethod
    def load(cls, path: str | os.PathLike[str] | None = None) -> Self:
        """Load a model."""

    def predict(self, profiles: Profiles) -> NDArray[np.object_]:
        """Name the `N_SUGGESTIONS` best in-demand skills of each profile, object (profiles, suggestions).

        Where fewer candidates are left, the last names are None.
        """
        answers = [[s.skill for s in answer] for answer in self.recommend_many(profiles)]
        filled = [names + [None] * (N_SUGGESTIONS - len(names)) for names in answers]
        return np.array(filled, dtype=object).reshape(-1, N_SUGGESTIONS)

    def transform(self, profiles: Profiles) -> Any:
        """Turn profiles into a sparse matrix, float64 (profiles, skills): 1 where a skill is held."""
        from scipy.sparse import csr_matrix

        indptr, indices = self.held_rows(self._lists(profiles))
        shape = (len(indptr) - 1, len(self.vocabulary_))
        made = csr_matrix((np.ones(len(indices)), indices, indptr), shape=shape)
        made.sort_indices()
        return made

    def fit_transform(self, profiles: Profiles, y: object = None) -> Any:
        """Fit and transform the same profiles."""
        lists = self.load(self.base)._lists(profiles)
        return self.fit(lists, y).transform(lists)

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """Name the columns of `transform`."""
        del input_features
        return np.array(self._fitted().vocabulary_.names, dtype=object)

    def score(self, profiles: Profiles, y: object = None) -> float:
        """Judge the model by nDCG@10: hide one skill of a list at a time and ask for it back, among all skills.

        Higher is better, which is what `GridSearchCV` asks for. Deterministic; see `folds.hidden_cases` for who is
        asked.

        Raises
        ------
        InputError
            No list holds three recognised skills, so nothing can be hidden.
        """
        del y
        from recommender.folds import CUTOFF, SEED, hidden_cases

        rows = self.held_rows(self._lists(profiles))
        known = np.ones(len(self.vocabulary_), bool)
        indptr, indices, hidden = hidden_cases(*rows, known, np.random.default_rng(SEED))
        if not len(hidden):
            raise InputError("no list holds 3 recognised skills, so none can be hidden. Pass more or longer lists.")
        best = self.scorer("all").best(indptr, indices, CUTOFF).items
        gains = (best == hidden[:, None]) / np.log2(np.arange(CUTOFF) + 2.0)
        return float(gains.sum(axis=1).mean())
