"""Hold the hall where words and numbers meet: `SkillRecommender`.

A profile's terms are matched to skills (`matcher`); what the held skills say about every other skill (`together_`, from
lists and roles; `similar_`, from documents) and what dated lists say (`outlook_`) are parts of one sum (`sums`), and
the best sums are suggested. Tables of profiles are the business of `tabular`, scikit-learn's manners of `estimator`.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from operator import is_
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from recommender import places, ranking, storage
from recommender.errors import NotFittedError, ProfileError
from recommender.estimator import Estimator
from recommender.matcher import Match, Matcher
from recommender.neighbours import Neighbours
from recommender.outlook import Outlook, trend_skills
from recommender.profiles import held_numbers, lists_of, marks_of, terms_of
from recommender.ranking import Candidates, Weights
from recommender.suggestions import Suggestion, reasons
from recommender.sums import Answer, Rooms, Sums
from recommender.tabular import N_SUGGESTIONS, Profiles
from recommender.vocabulary import Vocabulary

if TYPE_CHECKING:
    from recommender.gaps import Gap, Plan
    from recommender.scoring import Scorer
    from recommender.trends import TrendList

__all__ = ["Candidates", "SkillRecommender", "Weights", "held_numbers"]

MIN_COUNT = 3
"""Lists that must hold an unknown term before it becomes a skill: two may be one person's two accounts."""


_DERIVED = ("_sums", "reader", "_columns")  # of a model, made when first asked for


def _silent(words: str) -> None:
    """Say nothing."""


class SkillRecommender(Estimator):
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
    marks_
        A sketch of the lists that were learned from, so that nobody judges the model on them; see `profiles.marks_of`.
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
    marks_: NDArray[np.uint64] = np.zeros(0, np.uint64)
    KIND: ClassVar[str] = "skill-recommender"
    FITTED_WEIGHTS: ClassVar[Weights] = Weights(together=8.0, similar=0.0, demand=1.0, demand_all=0.0, popularity=8.0)

    def __init__(self, min_count: int = MIN_COUNT, base: str | None = None, vocabulary: str | None = None) -> None:
        self.min_count = min_count
        self.base = base
        self.vocabulary = vocabulary

    def fit(self, profiles: Profiles, y: object = None, say: Callable[[str], None] = _silent) -> Self:
        """Learn from lists of skills which words a community uses and what goes together; return self.

        Starts from the shipped vocabulary and knowledge: terms that it does not know but `min_count` lists hold become
        skills, under their commonest spelling. Deterministic: the same lists in any order give the same model.

        Parameters
        ----------
        profiles : iterable of lists of raw terms, or a column of pandas, polars or pyarrow
            A null is an empty profile; a string is a list as people write it ("python, sql").
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
        for derived in ("reader", "_columns"):  # of an earlier fit
            self.__dict__.pop(derived, None)
        _, self.learned_ = fitting.fit(self, base, lists, say)
        self.marks_ = marks_of(lists, base.marks_)
        return self

    # -- words to skills --------------------------------------------------------------------------------------------

    def match(self, term: str) -> Match:
        """Say what one term is taken for; see `Matcher.match`. Raises `ProfileError` for anything but a string."""
        if not isinstance(term, str):
            raise ProfileError(f"a term is a string, this is a {type(term).__name__}: {term!r:.40}. Pass a string.")
        return self._fitted().matcher_.match(term)

    def match_profile(self, skills: Iterable[str] | str | None) -> list[Match]:
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
        self, skills: Iterable[str] | str | None, n: int = N_SUGGESTIONS, candidates: Candidates = "in-demand"
    ) -> list[Suggestion]:
        """Suggest the skills to add next to a list of skills.

        A list in which nothing is recognised gets the skills most in demand; then no suggestion is `personal`.

        Parameters
        ----------
        skills : iterable of str, or one str that holds a list
            Terms as people write them; a null is an empty profile, as in a table.
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

    def scorer(self, candidates: Candidates) -> Scorer:
        """Return what scores many profiles at once; made when first asked for."""
        return self.sums.scorer(candidates)

    def suggest(
        self, held: Sequence[int], n: int, candidates: Candidates = "in-demand", before: Sequence[int] = ()
    ) -> list[Suggestion]:
        """Suggest for skills given by number; ``before`` are those of them that a plan chose already."""
        return self._told(held, self.sums.answer(held, n, candidates, before))

    def explain(self, held: Sequence[int], items: Sequence[int], candidates: Candidates) -> list[Suggestion]:
        """Make the suggestions of chosen candidates: every part, split over what is held; their sum is the score.

        ``items`` come in the order of choosing, from the best on, as far as they are not -1.
        """
        return self._told(held, self.sums.explained(held, [item for item in items if item >= 0], candidates))

    def _told(self, held: Sequence[int], answer: Answer) -> list[Suggestion]:
        """Say an answer in words; there is no other place where a suggestion is made, so all doors tell one story."""
        words, outlook = self.vocabulary_.names, self.outlook_
        names = [words[h] for h in held]
        out = []
        for at, item in enumerate(answer.items):
            parts = {name: values[at] for name, values in answer.parts.items()}
            said = reasons(names, answer.shares[at])
            told = outlook.evidence(item), outlook.notes(item)
            out.append(Suggestion(words[item], sum(parts.values()), parts, said, *told))
        return out

    def gaps(
        self, skills: Iterable[str] | str | None, n: int = N_SUGGESTIONS, candidates: Candidates = "in-demand"
    ) -> list[Gap]:
        """Return what lies between a profile and each skill that `recommend` suggests to it, in the same order."""
        from recommender import gaps

        held = held_numbers(self.match_profile(skills))
        return gaps.gaps_of(self, held, self.suggest(held, n, candidates))

    def plan(self, skills: Iterable[str] | str | None, n: int = 3) -> Plan:
        """Choose ``n`` in-demand skills together: each as if the former were held; see `gaps.plan_of`."""
        from recommender import gaps

        ranking.check_count(n)
        return gaps.plan_of(self, held_numbers(self.match_profile(skills)), n)

    def relevance(self, held: Sequence[int]) -> NDArray[np.float64]:
        """Return how strongly skills given by number speak for each skill, float64 (skills,)."""
        return self.sums.relevance(held)

    def scores(self, held: Sequence[int], candidates: Candidates = "all") -> NDArray[np.float64]:
        """Score every skill beside skills given by number, float64 (skills,): what `recommend` orders by.

        Variety, which needs an order to begin with, is left out. What is never suggested has -inf:
        the held skills, their other spellings, and what is no candidate.
        """
        return self.sums.scores(held, candidates)

    @property
    def sums(self) -> Sums:
        """Return what adds up the parts of scores; made anew whenever a room or a weight was exchanged."""
        self._fitted()
        outlook = self.outlook_
        rooms = Rooms(
            self.together_, self.similar_, self.pairs_, self.twins_, outlook.demand, outlook.in_demand,
            self.popularity_, self.weights_,
        )  # fmt: skip
        made: Sums | None = self.__dict__.get("_sums")
        if made is None or not all(map(is_, made.rooms, rooms)):
            made = self.__dict__["_sums"] = Sums(rooms)
        return made

    # -- views and files --------------------------------------------------------------------------------------------

    def view(self, as_of: date | None = None, names: Sequence[str] = (), lists: Sequence[TrendList] = ()) -> Self:
        """Return the same model as of a day, or with some trend lists only; nothing is copied but the outlook.

        Parameters
        ----------
        as_of : datetime.date, optional
            The day; by default that of the newest list.
        names : sequence of str
            Lists of the model that count: ids, publishers, years or parts of ids.
        lists : sequence of TrendList
            Lists of one's own that count, beside those named; without names they alone show demand.

        See `Outlook.narrowed` for what is raised.
        """
        out = copy.copy(self._fitted())
        found = trend_skills(lists, self.matcher_) if lists else ()
        out.outlook_ = self.outlook_.narrowed(as_of, names, lists, found)
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

    def __copy__(self) -> Self:
        out = type(self).__new__(type(self))
        out.__dict__.update(self.__dict__)
        return out

    def __getstate__(self) -> dict[str, Any]:
        """Give what was learned; what is worked out from it is made anew where a copy or a pickle wakes up."""
        return {name: held for name, held in self.__dict__.items() if name not in _DERIVED}

    def _fitted(self) -> Self:
        if not hasattr(self, "weights_"):
            raise NotFittedError("this SkillRecommender is not fitted. Call fit(profiles), or SkillRecommender.load().")
        return self
