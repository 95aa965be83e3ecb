"""Judge a model on a platform's own lists, beside the classics, so that it can be trusted or left.

Where words meet `evaluation`, which sees numbers only: lists are split so that no list (in whatever spelling) stands on
both sides, one skill of a test list is hidden at a time, and each system ranks the same skills: those that enough
training lists hold. The baselines get the same skill numbers, so that they gain by the matching too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender import baselines, evaluation, metrics
from recommender.errors import InputError
from recommender.evaluation import Scorer
from recommender.folds import list_identities, taken
from recommender.metrics import Interval
from recommender.model import SkillRecommender
from recommender.profiles import coded
from recommender.text import key

__all__ = ["OURS", "Judgement", "Trial", "Verdict", "judge", "scorers", "split_terms", "trial_of"]

OURS = "recommender"
BASELINES = ("popularity", "item-kNN", "EASE")

CUTOFF = 10
"""Suggestions that are looked at, as many as fill a screen."""
LEAST_LISTS = 3
"""Training lists that must hold a skill before it is asked for: rarer ones no classic can learn."""
MOST_ITEMS = 6000
"""Skills that are ranked, the commonest: the baselines hold squares of them (288 MB)."""
MOST_TESTED = 4000
"""Test lists that are asked about: intervals are then within .01, and a minute is enough."""
STRENGTHS = (10.0, 20.0, 50.0, 100.0, 200.0, 400.0)
"""Strengths among which EASE gets its best, on an inner split of the training lists."""

Rows = tuple[NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True)
class Verdict:
    """Hold the figures of one system: means with bootstrap intervals, coverage, calibration error and its curve."""

    metrics: Mapping[str, Interval]
    coverage: float
    calibration: float
    curve: tuple[list[float], list[float]]


@dataclass(frozen=True)
class Judgement:
    """Hold the verdicts by system, the paired differences (ours minus theirs) by metric, and what was judged on."""

    verdicts: Mapping[str, Verdict]
    differences: Mapping[str, Mapping[str, Interval]]
    facts: Mapping[str, float]


@dataclass(frozen=True)
class Trial:
    """Hold numbered lists: the skills that are ranked (numbers of the model), training rows, and the questions."""

    items: NDArray[np.int64]
    train: Rows
    cases: evaluation.Cases


def judge(
    lists: Sequence[Sequence[str]], model: SkillRecommender, fit: bool, say: Callable[[str], None] = lambda _: None
) -> Judgement:
    """Judge ``model`` on lists of terms: fitted here on the training part if ``fit``, else as it is.

    Raises
    ------
    InputError
        There are too few lists to hide anything.
    """
    split = split_terms(lists)
    if fit:
        model.fit([lists[i] for i in split.train.tolist()], say=say)
    say("matching")
    trial = trial_of(model, lists, split)
    if not len(trial.cases):
        raise InputError(
            f"no test list holds 3 skills that {LEAST_LISTS} training lists hold too; there are {len(lists)} lists. "
            "Pass more or longer lists."
        )
    answered = {}
    for name, scorer in scorers(model, trial, say):
        say(f"asking {name} {len(trial.cases):,} questions")
        answered[name] = evaluation.answers(scorer, trial.cases, min(CUTOFF, len(trial.items)))
    say("drawing intervals")
    values = {name: _values(found.ranks) for name, found in answered.items()}
    verdicts = {name: _verdict(found, values[name], trial) for name, found in answered.items()}
    facts = {
        "lists": len(lists), "training lists": len(split.train), "test lists": len(np.unique(trial.cases.lists)),
        "questions": len(trial.cases), "skills": len(trial.items), "recognised share": _recognised(model, lists),
    }  # fmt: skip
    return Judgement(verdicts, _differences(values, trial.cases.lists), facts)


def split_terms(lists: Sequence[Sequence[str]]) -> evaluation.Split:
    """Split lists by their folded terms."""
    numbers: dict[str, int] = {}
    folded: dict[str, int] = {}
    rows = []
    for terms in lists:
        for term in terms:
            if term not in folded:
                folded[term] = numbers.setdefault(key(term), len(numbers))
        rows.append([folded[term] for term in terms])
    filled = [i for i, row in enumerate(rows) if row]
    if not filled:
        raise InputError("no list holds a skill. Check the column of skills.")
    indptr = np.cumsum([0, *(len(rows[i]) for i in filled)])
    found = evaluation.split_lists(indptr, np.concatenate([rows[i] for i in filled]), len(numbers))
    place = np.array(filled)
    return evaluation.Split(place[found.train], place[found.test])


def trial_of(model: SkillRecommender, lists: Sequence[Sequence[str]], split: evaluation.Split) -> Trial:
    """Number the lists as a fitted model reads them, and hide what can be asked for."""
    train = model.held_rows([lists[i] for i in split.train.tolist()])
    counts = np.bincount(train[1], minlength=len(model.vocabulary_))
    commonest = np.argsort(-counts, kind="stable")[:MOST_ITEMS]
    items = np.sort(commonest[counts[commonest] >= LEAST_LISTS])
    place = np.full(len(counts), -1)
    place[items] = np.arange(len(items))
    rng = np.random.default_rng(evaluation.SEED)
    chosen = np.sort(rng.permutation(split.test)[:MOST_TESTED])
    test = model.held_rows([lists[i] for i in chosen.tolist()])
    apart = taken(*test, _unseen(train, test))
    numbered, asked = _renumbered(train, place), _renumbered(apart, place)
    known = np.ones(len(items), bool)
    cases = evaluation.hidden_cases(*asked, len(items), np.arange(len(asked[0]) - 1), known)
    return Trial(items, numbered, cases)


def _unseen(train: Rows, test: Rows) -> NDArray[np.int64]:
    """Find the test lists that, once matched, equal neither a training list nor an earlier test list."""
    both = (np.concatenate([train[0], train[0][-1] + test[0][1:]]), np.concatenate([train[1], test[1]]))
    owners = np.repeat(np.arange(len(both[0]) - 1), np.diff(both[0]))
    order = np.lexsort((both[1], owners))  # identities compare lists in ascending order
    identities = list_identities(both[0], both[1][order])
    first = np.zeros(len(identities), bool)
    first[np.unique(identities, return_index=True)[1]] = True
    return np.flatnonzero(first[len(train[0]) - 1 :])


def _renumbered(rows: Rows, place: NDArray[np.int64]) -> Rows:
    """Number skills by their place among those that are ranked, and leave the others out."""
    moved = place[rows[1]]
    return np.concatenate([[0], np.cumsum(moved >= 0)])[rows[0]], moved[moved >= 0]


def scorers(model: SkillRecommender, trial: Trial, say: Callable[[str], None]) -> Sequence[tuple[str, Scorer]]:
    """Give our model and the fitted baselines, by name, each scoring the skills of a trial.

    Ours is asked as for all candidates, where its order is that of the scores: variety parts the in-demand ones only.
    """
    size = len(trial.items)

    def ours(held: NDArray[np.int64]) -> NDArray[np.float64]:
        return model.scores(trial.items[held].tolist())[trial.items]

    say("fitting the baselines")
    return [
        (OURS, ours),
        ("popularity", baselines.popularity(*trial.train, size)),
        ("item-kNN", baselines.item_knn(*trial.train, size)),
        ("EASE", baselines.ease(*trial.train, size, _strength(trial))),
    ]


def _strength(trial: Trial) -> float:
    """Choose the strength of EASE on an inner split."""
    size = len(trial.items)
    inner = evaluation.split_lists(*trial.train, size)
    rows = taken(*trial.train, inner.train)
    known = np.bincount(rows[1], minlength=size) >= LEAST_LISTS
    cases = evaluation.hidden_cases(*trial.train, size, inner.test[: MOST_TESTED // 4], known)
    if not len(cases):
        return baselines.EASE_STRENGTH
    return baselines.best_strength(lambda s: baselines.ease(*rows, size, s), cases, STRENGTHS)[0]


def _values(ranks: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    return {
        "recall@5": metrics.recall(ranks, 5), "recall@10": metrics.recall(ranks, 10),
        "nDCG@10": metrics.discounted(ranks, CUTOFF), "MRR": metrics.reciprocal_rank(ranks),
    }  # fmt: skip


def _verdict(found: evaluation.Answers, values: Mapping[str, NDArray[np.float64]], trial: Trial) -> Verdict:
    """Sum up one system; what its scores promise is learned on every second list and judged on the others."""
    cases = trial.cases
    right = (found.best == cases.hidden[:, None]).astype(np.float64)
    learned = np.unique(cases.lists, return_inverse=True)[1] % 2 == 0
    judged = ~learned if (~learned).any() else learned
    probability = metrics.promised(found.scores[learned].ravel(), right[learned].ravel())
    chances, outcomes = probability(found.scores[judged].ravel()), right[judged].ravel()
    promised, true, _ = metrics.reliability(chances, outcomes)
    return Verdict(
        {name: metrics.bootstrap(own, cases.lists) for name, own in values.items()},
        metrics.coverage(found.best, len(trial.items)),
        metrics.calibration_error(chances, outcomes),
        (promised.tolist(), true.tolist()),
    )


def _differences(
    values: Mapping[str, Mapping[str, NDArray[np.float64]]], lists: NDArray[np.int64]
) -> dict[str, dict[str, Interval]]:
    return {
        name: {m: metrics.paired_difference(values[OURS][m], values[name][m], lists) for m in values[OURS]}
        for name in BASELINES
    }


def _recognised(model: SkillRecommender, lists: Sequence[Sequence[str]]) -> float:
    """Give the share of mentions that the model knows: what it refuses is not asked for."""
    numbers = model.reader.numbers(*coded(lists))
    return float((numbers >= 0).mean())
