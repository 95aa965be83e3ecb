"""Hold the hall where words and numbers meet: `SkillRecommender`.

A profile's terms are matched to skills (`matcher`); what the held skills say about every other skill (`together_`, from
lists and roles; `similar_`, from documents) and what dated lists say (`outlook_`) are parts of one sum, and the best
sums
are suggested (`ranking`). Every number added is a multiple of a power of two, so a score equals the sum of its parts.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray

from recommender import places, ranking, storage, trends, variety
from recommender.errors import InputError, NotFittedError, TrendError
from recommender.matcher import Match, Matcher
from recommender.neighbours import Neighbours, Rows, profile_scales
from recommender.outlook import Outlook, newest_day
from recommender.parameters import Parameters
from recommender.profiles import lists_of, terms_of
from recommender.ranking import Candidates, Weights
from recommender.suggestions import Reason, Suggestion
from recommender.vocabulary import Vocabulary

if TYPE_CHECKING:
    import pyarrow as pa

    from recommender.gaps import Gap, Plan
    from recommender.matcher.profiles import ProfileReader
    from recommender.scoring import Scorer

__all__ = ["Candidates", "SkillRecommender", "Weights", "held_numbers"]

N_SUGGESTIONS = 5
"""Suggestions given unless asked otherwise: as many as a person weighs at once."""

MIN_COUNT = 3
"""Lists that must hold an unknown term before it becomes a skill: two may be one person's two accounts."""

RELATED = 1.0
"""Relevance from which a skill's demand counts in full; from .5 to 2 the mission test changed by less than .01."""


def _silent(words: str) -> None:
    """Say nothing."""


class Suggestions(Sequence[Suggestion]):
    """Hold the suggestions of one profile among many; they are made when first looked at, and compare like a list."""

    __slots__ = ("_candidates", "_held", "_items", "_made", "_model")

    def __init__(self, model: SkillRecommender, held: list[int], items: list[int], candidates: Candidates) -> None:
        self._model, self._held, self._items, self._candidates = model, held, items, candidates
        self._made: list[Suggestion] | None = None

    def _list(self) -> list[Suggestion]:
        if self._made is None:
            items = [item for item in self._items if item >= 0]
            self._made = self._model.explain(self._held, items, self._candidates)
        return self._made

    def __getitem__(self, at: Any) -> Any:
        return self._list()[at]

    def __len__(self) -> int:
        return sum(item >= 0 for item in self._items)

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    def __repr__(self) -> str:
        return repr(self._list())

    __hash__ = None  # type: ignore[assignment]  # as a list's


class SkillRecommender(Parameters):
    """Recommend the skills to add next, with reasons.

    >>> model = SkillRecommender.load()
    >>> model.match("pytroch").skill
    'PyTorch'

    Parameters
    ----------
    min_count : int
        Lists that must hold a term unknown to the vocabulary before `fit` makes it a skill.
    base : str, optional
        A model folder to start from instead of the shipped model.
    vocabulary : str, optional
        A table of names and aliases (CSV, TSV, ESCO's files) whose skills `fit` starts from instead of the shipped
        ones; then the lists alone say what goes together.

    Attributes
    ----------
    vocabulary_, matcher_, together_, pairs_, similar_, popularity_, twins_, outlook_, weights_
        The learned rooms, set by `fit` or `load`.
    """

    vocabulary_: Vocabulary
    matcher_: Matcher
    together_: Neighbours
    pairs_: NDArray[np.int32]
    popularity_: NDArray[np.float64]
    twins_: NDArray[np.int32]
    similar_: Neighbours
    outlook_: Outlook
    weights_: Weights
    sources_: Sequence[Mapping[str, str]] = ()
    card_: str = ""
    KIND: ClassVar[str] = "skill-recommender"
    FITTED_WEIGHTS: ClassVar[Weights] = Weights(together=8.0, similar=0.0, demand=1.0, demand_all=0.0, popularity=8.0)

    def __init__(self, min_count: int = MIN_COUNT, base: str | None = None, vocabulary: str | None = None) -> None:
        self.min_count = min_count
        self.base = base
        self.vocabulary = vocabulary

    @cached_property
    def _scorers(self) -> dict[str, Scorer]:
        return {}

    def fit(
        self, profiles: Iterable[Iterable[str] | str | None], y: object = None, say: Callable[[str], None] = _silent
    ) -> Self:
        """Learn from lists of skills which words a community uses and what goes together; return self.

        Starts from the shipped vocabulary and knowledge: terms that it does not know but `min_count` lists hold become
        skills, under their commonest spelling. Deterministic: the same lists in any order give the same model.

        Parameters
        ----------
        profiles : iterable of lists of raw terms, or a column of pandas, polars or pyarrow
            A null is an empty profile.
        y : ignored
            For scikit-learn's pipelines.
        say : callable, optional
            Is told, in a few words, what is being done.

        Raises
        ------
        InputError
            Fewer than two lists hold anything.
        ProfileError
            A profile is no list of strings.
        """
        del y
        from recommender import fitting

        base = SkillRecommender.load(self.base)
        if self.vocabulary is not None:
            base = fitting.of_words(SkillRecommender(), base, Vocabulary.from_table(self.vocabulary))
        lists = lists_of(profiles, base.matcher_.known)
        self.__dict__.pop("reader", None)  # of an earlier fit
        _, self.learned_ = fitting.fit(self, base, lists, say)
        self._scorers.clear()
        self.__dict__.pop("_likeness", None)
        return self

    # -- words to skills --------------------------------------------------------------------------------------------

    def match(self, term: str) -> Match:
        """Say what one term is taken for; see `Matcher.match`."""
        return self._fitted().matcher_.match(term)

    def match_profile(self, skills: Iterable[str] | str) -> list[Match]:
        """Say what each term of a profile is taken for; the other terms decide ambiguous ones.

        Raises
        ------
        ProfileError
            ``skills`` is no list of strings.
        """
        matcher = self._fitted().matcher_
        return matcher.match_profile(terms_of(skills, matcher.known))

    # -- skills to suggestions --------------------------------------------------------------------------------------

    def recommend(
        self, skills: Iterable[str] | str, n: int = N_SUGGESTIONS, candidates: Candidates = "in-demand"
    ) -> list[Suggestion]:
        """Suggest the skills to add next to a list of skills.

        A list in which nothing is recognised gets the skills most in demand; then no suggestion is `personal`.

        Parameters
        ----------
        skills : iterable of str, or one str that holds a list
            Terms as people write them.
        n : int
            How many; fewer only where fewer candidates are left.
        candidates : {"in-demand", "all"}
            Suggest skills of the demand lists, or any skill.

        Raises
        ------
        InputError
            ``n`` is negative, or ``candidates`` is none of the two.
        ProfileError
            ``skills`` is no list of strings.
        """
        return self.suggest_for(self.match_profile(skills), n, candidates)

    def suggest_for(
        self, matches: Iterable[Match], n: int = N_SUGGESTIONS, candidates: Candidates = "in-demand"
    ) -> list[Suggestion]:
        """Suggest for terms that are matched already, so that a caller can show the matches as well."""
        return self.suggest(held_numbers(matches), n, candidates)

    def recommend_many(
        self,
        profiles: Iterable[Iterable[str] | str | None],
        n: int = N_SUGGESTIONS,
        candidates: Candidates = "in-demand",
    ) -> list[Sequence[Suggestion]]:
        """Suggest for many profiles: one list per profile, in order, the same answers as `recommend`.

        All profiles are scored in one go; a list makes its suggestions when they are first looked at.
        """
        ranking.check_count(n)
        indptr, indices = self.held_rows(lists_of(profiles, self._fitted().matcher_.known))
        best = self.scorer(candidates).best(indptr, indices, n, threads=os.cpu_count() or 1)
        bounds, held = indptr.tolist(), indices.tolist()
        rows = (held[bounds[i] : bounds[i + 1]] for i in range(len(bounds) - 1))
        return [Suggestions(self, own, items, candidates) for own, items in zip(rows, best.items.tolist(), strict=True)]

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
        """
        from recommender import columns

        plan = columns.Plan(n, candidates, skills_column, None if keep is None else tuple(keep), layout)
        return columns.score(self._fitted(), batch, plan)

    def recommend_frame(
        self, frame: Any, n: int = N_SUGGESTIONS, candidates: Candidates = "in-demand",
        skills_column: str | None = None, keep: Sequence[str] | None = None,
    ) -> Any:  # fmt: skip
        """Score a pandas, polars or pyarrow frame and return one of the same kind; parameters as for `score_batch`."""
        from recommender import columns, frames

        plan = columns.Plan(n, candidates, skills_column, None if keep is None else tuple(keep))
        return frames.score_frame(self._fitted(), frame, plan)

    def split(self, cell: str) -> list[str]:
        """Return the terms of a list as people write it, as `recommend` reads a string."""
        return terms_of(cell, self._fitted().matcher_.known)

    def held_rows(self, profiles: Sequence[Sequence[str]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the held skills of profiles as CSR rows (indptr, indices), each once, in the order of the terms."""
        from recommender.scoring import held_rows

        lengths = np.fromiter(map(len, profiles), np.int64, len(profiles))
        places: dict[str, int] = {}
        codes = np.fromiter(
            (places.setdefault(term, len(places)) for terms in profiles for term in terms), np.int64, int(lengths.sum())
        )
        indptr = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        return held_rows(indptr, self.reader.numbers(indptr, codes, list(places)), len(self.vocabulary_))

    @cached_property
    def reader(self) -> ProfileReader:
        """Return what matches the terms of many profiles at once; made when first asked for."""
        from recommender.matcher.profiles import ProfileReader

        return ProfileReader(self._fitted().matcher_)

    def scorer(self, candidates: Candidates) -> Scorer:
        """Return what scores many profiles at once; made when first asked for."""
        from recommender.scoring import Scorer

        if candidates not in self._scorers:
            items, w = self._items(candidates), self.weights_
            voices = [(self.together_, w.together), (self.similar_, w.similar)]
            demand, fixed = (
                self.outlook_.demand[items] * w.demand_among(candidates),
                self.popularity_[items] * w.popularity,
            )
            alike = self._alike(candidates, True)
            self._scorers[candidates] = Scorer(voices, items, demand, fixed, RELATED, self.pairs_, self.twins_, alike)
        return self._scorers[candidates]

    def suggest(self, held: Sequence[int], n: int, candidates: Candidates = "in-demand") -> list[Suggestion]:
        """Suggest for skills given by number."""
        items = self._items(candidates)
        parts = self._parts(held, items, candidates)
        barred = [*held, *self._twins_of(held)]
        alike = self._alike(candidates, bool(held))
        return self.explain(held, ranking.rank(parts, items, barred, n, alike), candidates)

    def gaps(
        self, skills: Iterable[str] | str, n: int = N_SUGGESTIONS, candidates: Candidates = "in-demand"
    ) -> list[Gap]:
        """Return what lies between a profile and each skill that `recommend` suggests to it, in the same order."""
        from recommender import gaps

        held = held_numbers(self.match_profile(skills))
        return gaps.gaps_of(self, held, self.suggest(held, n, candidates))

    def plan(self, skills: Iterable[str] | str, n: int = 3) -> Plan:
        """Choose ``n`` in-demand skills together: each next one as if the former were held; see `gaps.Plan`."""
        from recommender import gaps

        ranking.check_count(n)
        return gaps.plan_of(self, held_numbers(self.match_profile(skills)), n)

    def relevance(self, held: Sequence[int]) -> NDArray[np.float64]:
        """Return how strongly skills given by number speak for each skill, float64 (skills,)."""
        said = (rows.scores() * loud for rows, loud in self._voices(held).values())
        return np.asarray(sum(one[: len(self.vocabulary_)] for one in said), np.float64)

    def scores(self, held: Sequence[int], candidates: Candidates = "all") -> NDArray[np.float64]:
        """Score every skill beside skills given by number, float64 (skills,): what `recommend` orders by.

        Variety, which needs an order to begin with, is left out.

        What is never suggested has -inf: the held skills, their other spellings, and what is no candidate.
        """
        items = self._items(candidates)
        out = np.full(len(self.vocabulary_), -np.inf)
        out[items] = np.sum(list(self._parts(held, items, candidates).values()), axis=0)
        out[[*held, *self._twins_of(held)]] = -np.inf
        return out

    def _parts(
        self, held: Sequence[int], items: NDArray[np.int64], candidates: Candidates
    ) -> dict[str, NDArray[np.float64]]:
        relevance = {name: rows.scores()[items] * loud for name, (rows, loud) in self._voices(held).items()}
        return {**relevance, **self._standing(relevance, items, bool(held), candidates)}

    # -- as a citizen of scikit-learn ---------------------------------------------------------------------------------

    def predict(self, profiles: Iterable[Iterable[str] | str | None]) -> NDArray[np.object_]:
        """Name the `N_SUGGESTIONS` best in-demand skills of each profile, object (profiles, suggestions).

        Where fewer candidates are left, the last names are None.
        """
        answers = [[s.skill for s in answer] for answer in self.recommend_many(profiles)]
        filled = [names + [None] * (N_SUGGESTIONS - len(names)) for names in answers]
        return np.array(filled, dtype=object).reshape(-1, N_SUGGESTIONS)

    def transform(self, profiles: Iterable[Iterable[str] | str | None]) -> Any:
        """Turn profiles into a sparse matrix, float64 (profiles, skills): 1 where a skill is held."""
        from scipy.sparse import csr_matrix

        indptr, indices = self._fitted().held_rows(lists_of(profiles, self.matcher_.known))
        shape = (len(indptr) - 1, len(self.vocabulary_))
        made = csr_matrix((np.ones(len(indices)), indices, indptr), shape=shape)
        made.sort_indices()
        return made

    def fit_transform(self, profiles: Iterable[Iterable[str] | str | None], y: object = None) -> Any:
        """Fit and transform the same profiles."""
        lists = lists_of(profiles, SkillRecommender.load(self.base).matcher_.known)
        return self.fit(lists, y).transform(lists)

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """Name the columns of `transform`."""
        del input_features
        return np.array(self._fitted().vocabulary_.names, dtype=object)

    def score(self, profiles: Iterable[Iterable[str] | str | None], y: object = None) -> float:
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

        rows = self._fitted().held_rows(lists_of(profiles, self.matcher_.known))
        known = np.ones(len(self.vocabulary_), bool)
        indptr, indices, hidden = hidden_cases(*rows, known, np.random.default_rng(SEED))
        if not len(hidden):
            raise InputError("no list holds 3 recognised skills, so none can be hidden. Pass more or longer lists.")
        best = self.scorer("all").best(indptr, indices, CUTOFF).items
        gains = (best == hidden[:, None]) / np.log2(np.arange(CUTOFF) + 2.0)
        return float(gains.sum(axis=1).mean())

    def explain(self, held: Sequence[int], items: Sequence[int], candidates: Candidates) -> list[Suggestion]:
        """Make the suggestions of chosen candidates: every part, split over what is held; their sum is the score.

        ``items`` come in the order of choosing, from the best on: `variety` is taken off for what stands before.
        There is no other place where a suggestion is made, so no door can tell another story than the rest.
        """
        given = {
            name: self._credited(rows.contributions(items), held) * loud
            for name, (rows, loud) in self._voices(held).items()
        }
        relevance = {name: shares.sum(0) for name, shares in given.items()}
        standing = self._standing(relevance, np.asarray(items, np.int64), bool(held), candidates)
        whole = {**relevance, **standing}
        alike = self._alike(candidates, bool(held))
        if alike is not None:
            lost = variety.shares(alike, self._items(candidates).searchsorted(items))
            whole["variety"] = 0.0 - np.maximum(np.sum(list(whole.values()), axis=0), 0.0) * lost
        parts = {name: values.tolist() for name, values in whole.items()}
        names = [self.vocabulary_.names[h] for h in held]
        shares = sum(given.values()).T.tolist()  # type: ignore[union-attr]
        return [
            Suggestion(
                self.vocabulary_.names[item], sum(own.values()), own, _reasons(names, shares[at]),
                self.outlook_.evidence(item), self.outlook_.notes(item),
            )
            for at, item in enumerate(items)
            for own in [{name: values[at] for name, values in parts.items()}]
        ]  # fmt: skip

    def _items(self, candidates: Candidates) -> NDArray[np.int64]:
        if candidates == "in-demand":
            return self._fitted().outlook_.in_demand
        if candidates == "all":
            return np.arange(len(self._fitted().vocabulary_))
        raise InputError(f"candidates is {candidates!r}. Choose 'in-demand' or 'all'.")

    def _alike(self, candidates: Candidates, personal: bool) -> NDArray[np.int16] | None:
        """Return what candidates take from each other; None where the ranking stays raw: all skills, nothing held."""
        return self._likeness if candidates == "in-demand" and personal else None

    @cached_property
    def _likeness(self) -> NDArray[np.int16]:
        return variety.likeness(self.similar_, self.outlook_.in_demand)

    def _voices(self, held: Sequence[int]) -> dict[str, tuple[Rows, float]]:
        """Return what speaks for relevance: rows of the held skills, and how loudly they count."""
        scale = profile_scale(len(held))
        pairs = [number for number, *_ in self._pairs_among(held)]
        return {
            "together": (self.together_.rows([*held, *pairs]), self.weights_.together * scale),
            "similar": (self.similar_.rows(held), self.weights_.similar * scale),
        }

    def _twins_of(self, held: Sequence[int]) -> list[int]:
        """Return the other spellings of held skills, where a fit made them skills of their own."""
        if not len(self.twins_):
            return []
        hit = np.isin(self.twins_, held)
        other: list[int] = self.twins_[:, ::-1][hit].tolist()
        return other

    def _pairs_among(self, held: Sequence[int]) -> list[tuple[int, int, int]]:
        """Return the pairs among the held skills: their row of `together_`, and the places of the two in ``held``."""
        if not len(self.pairs_) or len(held) < 2:
            return []
        place = {number: at for at, number in enumerate(held)}
        found = np.flatnonzero(np.isin(self.pairs_, held).all(1)).tolist()
        first = len(self.vocabulary_)
        return [(first + p, place[a], place[b]) for p, (a, b) in zip(found, self.pairs_[found].tolist(), strict=True)]

    def _credited(self, shares: NDArray[np.float64], held: Sequence[int]) -> NDArray[np.float64]:
        """Credit what a pair says to its two skills, half each (pair rows lie on a grid of double steps)."""
        if len(shares) == len(held):
            return shares
        out = shares[: len(held)]
        for row, (_, one, other) in zip(shares[len(held) :], self._pairs_among(held), strict=True):
            out[one] += row / 2
            out[other] += row / 2
        return out

    def _standing(
        self,
        relevance: Mapping[str, NDArray[np.float64]],
        items: NDArray[np.int64],
        personal: bool,
        candidates: Candidates,
    ) -> dict[str, NDArray[np.float64]]:
        """Return the parts that do not split over held skills.

        Demand counts as far as a skill is related: an unrelated skill, however much in demand, gets nothing from it. A
        profile in which nothing is recognised has no relevance to be gated by.
        """
        demand = self.outlook_.demand[items] * self.weights_.demand_among(candidates)
        if personal:
            demand = demand * ranking.relatedness(np.sum(list(relevance.values()), axis=0), RELATED)
        parts = {"demand": demand}
        if self.weights_.popularity:
            parts["popularity"] = self.popularity_[items] * self.weights_.popularity
        return parts

    # -- views and files --------------------------------------------------------------------------------------------

    def view(self, as_of: date | None = None, names: Sequence[str] = ()) -> Self:
        """Return the same model as of a day, or with some of its trend lists only; nothing is copied but the outlook.

        Raises
        ------
        TrendError
            A name fits no list, or no list was published by the day.
        """
        lists, numbers = self.outlook_.lists, self.outlook_.numbers
        if names:
            chosen = {trend.id for name in names for trend in trends.select(lists, name)}
            ends = np.cumsum([0, *(len(trend.items) for trend in lists)])
            kept = [i for i, trend in enumerate(lists) if trend.id in chosen]
            numbers = [number for i in kept for number in numbers[ends[i] : ends[i + 1]]]
            lists = tuple(lists[i] for i in kept)
        day = as_of or newest_day(lists)
        if all(trend.age(day) < 0 for trend in lists):
            first = min(trend.published or trend.period.end for trend in lists)
            raise TrendError(
                f"no trend list was published by {day}: the first of {len(lists)} is of {first}. Name a later day."
            )
        out = copy.copy(self)
        out._scorers = {}
        out.__dict__.pop("_likeness", None)
        out.outlook_ = Outlook(lists, numbers, len(self.vocabulary_), self.outlook_.moved, day)
        return out

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write the fitted model to a folder; see `storage.write` for what may go wrong."""
        from recommender.shelf import stored

        storage.write(folder, stored(self._fitted()))

    @classmethod
    def load(cls, path: str | os.PathLike[str] | None = None) -> Self:
        """Load a model folder, every hash checked; the shipped default unless a path or a shipped name is given."""
        from recommender.shelf import restored

        return restored(cls(), storage.read(places.model_folder(path), cls.KIND))

    def _fitted(self) -> Self:
        if not hasattr(self, "weights_"):
            raise NotFittedError("this SkillRecommender is not fitted. Call fit(profiles), or SkillRecommender.load().")
        return self


@cache
def profile_scale(held: int) -> float:
    """Weigh one profile's relevance by its length; see `neighbours.profile_scales`."""
    return float(profile_scales(np.array([held]))[0])


def held_numbers(matches: Iterable[Match]) -> list[int]:
    """Return the numbers of the recognised skills, each once, in the order of the profile."""
    return list(dict.fromkeys(match.number for match in matches if match.skill is not None))


def _reasons(held: Sequence[str], shares: Sequence[float]) -> tuple[Reason, ...]:
    """Keep the held skills that say anything, loudest first; equal shares in the order of the profile."""
    said = [Reason(name, share) for name, share in zip(held, shares, strict=True) if share]
    return tuple(sorted(said, key=lambda reason: -reason.share))
