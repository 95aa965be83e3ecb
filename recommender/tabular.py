"""Take profiles by the table: record batches, data frames, and lists of lists, matched in one go.

Words become numbers here, many at a time; what is made of the numbers is the business of `columns` and `scoring`.
"""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from recommender import ranking
from recommender.errors import TableError
from recommender.memory import uncollected
from recommender.profiles import coded, lists_of, terms_of
from recommender.ranking import Candidates
from recommender.suggestions import Suggestion, Suggestions

if TYPE_CHECKING:
    import pyarrow as pa

    from recommender.matcher.profiles import ProfileReader
    from recommender.model import SkillRecommender
    from recommender.scoring import Scorer
    from recommender.vocabulary import Vocabulary

__all__ = ["N_SUGGESTIONS", "Profiles", "Tabular"]

N_SUGGESTIONS = 5
"""Suggestions given unless asked otherwise: as many as a person weighs at once."""

Profiles = Iterable[Iterable[str] | str | None]
"""Profiles as people hold them: each a list of terms, a string that holds a list, or a null, which is empty."""


class Tabular:
    """Score tables of profiles; a recommender brings the words and the answers."""

    vocabulary_: Vocabulary

    @abstractmethod
    def _fitted(self) -> SkillRecommender:
        """Return the recommender itself; raise `NotFittedError` before it is fitted."""

    @abstractmethod
    def scorer(self, candidates: Candidates) -> Scorer:
        """Return what scores many profiles at once."""

    def recommend_many(
        self, profiles: Profiles, n: int = N_SUGGESTIONS, candidates: Candidates = "in-demand"
    ) -> list[Sequence[Suggestion]]:
        """Suggest for many profiles: one list per profile, in order, the same answers as `recommend`.

        All profiles are scored in one go; a list makes its suggestions when they are first looked at.
        """
        ranking.check_count(n)
        model = self._fitted()
        indptr, indices = self.held_rows(self._lists(profiles))
        best = self.scorer(candidates).best(indptr, indices, n, threads=os.cpu_count() or 1)
        counts = (best.items >= 0).sum(axis=1).tolist()

        def explained(row: int) -> list[Suggestion]:
            held = indices[indptr[row] : indptr[row + 1]].tolist()
            return model.explain(held, best.items[row].tolist(), candidates)

        with uncollected():
            return [Suggestions(count, explained, row) for row, count in enumerate(counts)]

    def score_batch(
        self, batch: pa.RecordBatch, n: int = N_SUGGESTIONS, candidates: Candidates = "in-demand",
        skills_column: str | None = None, keep: Sequence[str] | None = None, layout: Literal["wide", "long"] = "wide",
    ) -> pa.RecordBatch:  # fmt: skip
        """Score a `pyarrow.RecordBatch` of profiles; its columns come back with the suggestions beside them.

        Pure: rows get the answers of `recommend`, whatever else the batch holds; see `columns.score`.

        Parameters
        ----------
        batch : pyarrow.RecordBatch
            One profile per row: a string that holds a list, or a list of strings.
        n, candidates
            As for `recommend`; columns ``skill_1``, ``score_1``, ``because_1`` and so on.
        skills_column : str, optional
            The column of profiles; by default found by its name.
        keep : sequence of str, optional
            The columns to pass through; by default all.
        layout : {"wide", "long"}
            One row per profile, or one row per suggestion.

        Raises
        ------
        TableError
            It is no record batch, or has no column of skills.
        """
        import pyarrow as pa

        from recommender import columns

        if not isinstance(batch, pa.RecordBatch):
            raise TableError(
                f"a {type(batch).__name__} is no pyarrow.RecordBatch. Pass one of table.to_batches(), or use "
                "recommend_frame."
            )
        plan = columns.Plan(n, candidates, skills_column, _names(keep), layout)
        return columns.score(self._fitted(), batch, plan)

    def recommend_frame(
        self, frame: Any, n: int = N_SUGGESTIONS, candidates: Candidates = "in-demand",
        skills_column: str | None = None, keep: Sequence[str] | None = None,
    ) -> Any:  # fmt: skip
        """Score a pandas, polars or pyarrow frame and return one of the same kind; parameters as for `score_batch`."""
        from recommender import columns, frames

        plan = columns.Plan(n, candidates, skills_column, _names(keep))
        return frames.score_frame(self._fitted(), frame, plan)

    def split(self, cell: str) -> list[str]:
        """Return the terms of a list as people write it, as `recommend` reads a string."""
        return terms_of(cell, self._fitted().matcher_.known)

    def held_rows(self, profiles: Sequence[Sequence[str]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the held skills of profiles as CSR rows (indptr, indices), each once, in the order of the terms."""
        from recommender.scoring import held_rows

        indptr, codes, terms = coded(profiles)
        return held_rows(indptr, self.reader.numbers(indptr, codes, terms), len(self.vocabulary_))

    @cached_property
    def reader(self) -> ProfileReader:
        """Return what matches the terms of many profiles at once; made when first asked for."""
        from recommender.matcher.profiles import ProfileReader

        return ProfileReader(self._fitted().matcher_)

    def _lists(self, profiles: Profiles) -> list[list[str]]:
        return lists_of(profiles, self._fitted().matcher_.known)


def _names(keep: Sequence[str] | None) -> tuple[str, ...] | None:
    """Take the names of columns; one string alone would be read letter by letter."""
    if isinstance(keep, str):
        raise TableError(f"keep is {keep!r:.60}, one string. Pass a list: keep=[{keep!r:.60}].")
    return None if keep is None else tuple(keep)
