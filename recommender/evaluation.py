"""Judge a recommender on lists it has not seen: splits, questions, and what was answered.

Everything is numbers and callables: a *fitter* takes training lists and gives a *scorer*, a scorer takes held items
and gives one score per item. So the same code judges any model, on anybody's lists. Equal lists never stand on both
sides of a split, and ties count half against the model. What answers are worth is `metrics`, what there is to beat
`baselines`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.errors import InputError
from recommender.folds import FEWEST_HELD, MOST_HIDDEN, distinct_lists, list_identities, taken
from recommender.weights import Floats, Numbers

__all__ = [
    "Answers",
    "Cases",
    "Split",
    "answers",
    "hidden_cases",
    "ranks",
    "split_lists",
    "top",
]

Scorer = Callable[[Numbers], Floats]

TEST_SHARE = 0.2  # of the lists, the usual fifth
SEED = 0  # of splits and hidden items


@dataclass(frozen=True)
class Split:
    """Hold the numbers of the lists that train and of those that test (ascending)."""

    train: Numbers
    test: Numbers


@dataclass(frozen=True)
class Cases:
    """Hold questions: held items (CSR `indptr, indices`), the hidden item, and the list each comes from."""

    indptr: Numbers
    indices: Numbers
    hidden: Numbers
    lists: Numbers

    def held(self, case: int) -> Numbers:
        """Give the held items of one case."""
        return self.indices[self.indptr[case] : self.indptr[case + 1]]

    def __len__(self) -> int:
        return len(self.hidden)


def split_lists(indptr: npt.ArrayLike, indices: npt.ArrayLike, n_items: int, test_share: float = TEST_SHARE) -> Split:
    """Split lists so that equal lists (in any order, with repeats) stay on one side; of equal test lists one is kept.

    Raises:
        InputError: the arrays are no lists, or the share is not between 0 and 1.

    >>> split = split_lists([0, 2, 4, 6, 8], [0, 1, 1, 0, 2, 3, 0, 3], 4, 0.4)
    >>> len(split.test), sorted([*split.train.tolist(), *split.test.tolist()])[0]
    (1, 0)
    """
    if not 0.0 < test_share < 1.0:
        raise InputError(f"test_share is {test_share}. Pass a share between 0 and 1, such as {TEST_SHARE}.")
    identities = list_identities(*distinct_lists(indptr, indices, n_items))
    groups = int(identities.max(initial=-1)) + 1
    aside = np.zeros(groups, dtype=bool)
    aside[np.random.default_rng(SEED).permutation(groups)[: int(test_share * groups)]] = True
    first = np.unique(identities, return_index=True)[1]
    return Split(np.flatnonzero(~aside[identities]), np.sort(first[aside]))


def hidden_cases(
    indptr: npt.ArrayLike, indices: npt.ArrayLike, n_items: int, lists: Numbers, known: npt.NDArray[np.bool_]
) -> Cases:
    """Hide the known items of the lists numbered `lists`, one at a time, up to `MOST_HIDDEN` of each.

    `known` (items,) bool says which items a model trained on the other lists can know; others are left out.
    """
    starts, items = taken(*distinct_lists(indptr, indices, n_items), lists)
    rng = np.random.default_rng(SEED)
    held: list[Numbers] = []
    hidden: list[int] = []
    origin: list[int] = []
    for row, number in enumerate(lists.tolist()):
        mine = items[starts[row] : starts[row + 1]]
        mine = mine[known[mine]]
        if len(mine) > FEWEST_HELD:
            for item in rng.permutation(mine)[:MOST_HIDDEN].tolist():
                held.append(mine[mine != item])
                hidden.append(item)
                origin.append(number)
    ends = np.concatenate([[0], np.cumsum([len(h) for h in held])]).astype(np.int64)
    flat = np.concatenate([*held, np.zeros(0, dtype=np.int64)]).astype(np.int64)
    return Cases(ends, flat, np.array(hidden, dtype=np.int64), np.array(origin, dtype=np.int64))


def ranks(scorer: Scorer, cases: Cases) -> Floats:
    """Rank each hidden item among all items not held: (cases,) float64 from 0; ties give the middle rank."""
    found = np.zeros(len(cases))
    for case in range(len(cases)):
        scores = np.array(scorer(cases.held(case)), dtype=np.float64)
        mine = scores[cases.hidden[case]]
        scores[cases.held(case)] = -np.inf
        found[case] = (scores > mine).sum() + ((scores == mine).sum() - 1) / 2
    return found


def top(scorer: Scorer, cases: Cases, k: int) -> Numbers:
    """Give the `k` best items not held of each case, best first, ties by number: (cases, k) int64."""
    best = np.zeros((len(cases), k), dtype=np.int64)
    for case in range(len(cases)):
        scores = np.array(scorer(cases.held(case)), dtype=np.float64)
        scores[cases.held(case)] = -np.inf
        best[case] = np.argsort(-scores, kind="stable")[:k]
    return best


@dataclass(frozen=True)
class Answers:
    """Hold what a scorer answered: the rank of each hidden item, the best items of each case, and their scores."""

    ranks: Floats
    best: Numbers
    scores: Floats


def answers(scorer: Scorer, cases: Cases, k: int) -> Answers:
    """Ask a scorer once per case for what `ranks` and `top` tell: (cases,) float64, (cases, k) int64 and float64."""
    found, best, said = np.zeros(len(cases)), np.zeros((len(cases), k), dtype=np.int64), np.zeros((len(cases), k))
    for case in range(len(cases)):
        scores = np.array(scorer(cases.held(case)), dtype=np.float64)
        mine = scores[cases.hidden[case]]
        scores[cases.held(case)] = -np.inf
        found[case] = (scores > mine).sum() + ((scores == mine).sum() - 1) / 2
        best[case] = np.argsort(-scores, kind="stable")[:k]
        said[case] = scores[best[case]]
    return Answers(found, best, said)
