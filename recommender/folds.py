"""Choose settings on inner folds: hide one item of a list, ask for it back, keep what ranks it higher.

The folds imitate the use: whole lists are set aside (and none whose twin trains), then their items are hidden one at a
time, all others being held. What is chosen among is the caller's affair: it passes a function from a setting to its
figure of merit, and the choices.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from .errors import InputError

__all__ = ["Fold", "best_by_steps", "distinct_lists", "hidden_item_gains", "inner_folds", "list_identities", "taken"]

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
Setting = TypeVar("Setting")

CUTOFF = 10  # ranks that count: nDCG@10, one screen of suggestions
FOLD_SHARE = 0.2  # of the lists, set aside in each fold
MOST_HIDDEN = 5  # items hidden of one list, so that long lists do not decide alone
MOST_CASES = 1500  # hidden items ranked per fold: paired differences of .003 in nDCG are then seen over three folds
FEWEST_HELD = 2  # items left when one is hidden: with one, popularity decides
SEED = 20190508  # of the folds; any other does as well, none is searched for


@dataclass(frozen=True)
class Fold:
    """Hold one inner split: lists that train, and cases (held lists and one hidden item each) that judge."""

    indptr: Numbers
    indices: Numbers
    held_indptr: Numbers
    held_indices: Numbers
    hidden: Numbers


def distinct_lists(indptr: npt.ArrayLike, indices: npt.ArrayLike, n_items: int) -> tuple[Numbers, Numbers]:
    """Check lists of items and return them with each list's items ascending and without repeats.

    Raises:
        InputError: the arrays are no lists of items below `n_items`.

    >>> [part.tolist() for part in distinct_lists([0, 3, 4], [2, 0, 2, 1], 3)]
    [[0, 2, 3], [0, 2, 1]]
    """
    starts, items = np.asarray(indptr, dtype=np.int64), np.asarray(indices, dtype=np.int64)
    if starts.ndim != 1 or not len(starts) or starts[0] != 0 or starts[-1] != len(items) or (np.diff(starts) < 0).any():
        raise InputError(
            f"indptr of shape {starts.shape} does not cut {len(items)} indices into lists. "
            "Pass the two arrays of a CSR matrix."
        )
    if len(items) and (items.min() < 0 or items.max() >= n_items):
        raise InputError(
            f"items run from {items.min()} to {items.max()}, not from 0 to {n_items - 1}. Pass n_items above them all."
        )
    width, count = max(n_items, 1), len(starts) - 1
    pairs = np.unique(np.repeat(np.arange(count), np.diff(starts)) * width + items)
    lengths = np.bincount(pairs // width, minlength=count)
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64), pairs % width


def taken(indptr: Numbers, indices: Numbers, chosen: Numbers) -> tuple[Numbers, Numbers]:
    """Take the lists numbered `chosen`, in that order."""
    lengths = np.diff(indptr)[chosen]
    ends = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    offsets = np.repeat(indptr[chosen] - ends[:-1], lengths)
    return ends, indices[offsets + np.arange(ends[-1])]


def list_identities(indptr: Numbers, indices: Numbers) -> Numbers:
    """Number the lists so that two lists with the same items share a number (by first appearance)."""
    seen: dict[bytes, int] = {}
    return np.array(
        [
            seen.setdefault(indices[start:end].tobytes(), len(seen))
            for start, end in zip(indptr[:-1].tolist(), indptr[1:].tolist(), strict=True)
        ],
        dtype=np.int64,
    )


def inner_folds(indptr: Numbers, indices: Numbers, count: int, fewest: int, n_items: int) -> list[Fold]:
    """Split lists `count` times; equal lists stay on one side; items of fewer than `fewest` lists are not hidden.

    Returns:
        `count` folds; one whose cases are none has an empty `hidden`.
    """
    identities = list_identities(indptr, indices)
    groups = int(identities.max()) + 1 if len(identities) else 0
    rng = np.random.default_rng(SEED)
    folds = []
    for _ in range(count):
        aside = np.zeros(groups, dtype=bool)
        aside[rng.permutation(groups)[: int(FOLD_SHARE * groups)]] = True
        train = taken(indptr, indices, np.flatnonzero(~aside[identities]))
        first = np.unique(identities, return_index=True)[1]
        test = taken(indptr, indices, first[aside])
        common = np.bincount(train[1], minlength=n_items) >= fewest
        folds.append(Fold(*train, *hidden_cases(*test, common, rng)))
    return folds


def hidden_cases(
    indptr: Numbers, indices: Numbers, common: npt.NDArray[np.bool_], rng: np.random.Generator
) -> tuple[Numbers, Numbers, Numbers]:
    """Hide common items of each list, one at a time: held lists as (indptr, indices), and the hidden items."""
    starts, held, hidden = [0], [], []
    for row in rng.permutation(len(indptr) - 1):
        items = indices[indptr[row] : indptr[row + 1]]
        known = items[common[items]]
        if len(known) <= FEWEST_HELD:
            continue
        for item in rng.permutation(known)[:MOST_HIDDEN]:
            held.append(known[known != item])
            hidden.append(item)
            starts.append(starts[-1] + len(held[-1]))
        if len(hidden) >= MOST_CASES:
            break
    flat = np.concatenate(held) if held else np.zeros(0, dtype=np.int64)
    return np.array(starts, dtype=np.int64), flat, np.array(hidden, dtype=np.int64)


def hidden_item_gains(scores: npt.NDArray[np.floating], fold: Fold) -> Floats:
    """Measure nDCG@10 of the one hidden item of each row of `scores` (cases, items), held items being passed over.

    Ties count half against the hidden item, so that a model that knows nothing gains nothing.

    Returns:
        (cases,) float64.
    """
    rows = np.repeat(np.arange(len(fold.hidden)), np.diff(fold.held_indptr))
    judged = np.array(scores)
    judged[rows, fold.held_indices] = -np.inf
    mine = judged[np.arange(len(fold.hidden)), fold.hidden][:, None]
    ranks = (judged > mine).sum(axis=1) + ((judged == mine).sum(axis=1) - 1) / 2
    return np.where(ranks < CUTOFF, 1.0 / np.log2(ranks + 2.0), 0.0)


def best_by_steps(
    gains: Callable[[Setting], Floats],
    start: Setting,
    steps: Sequence[tuple[str, Sequence[float]]],
    change: Callable[[Setting, Mapping[str, float]], Setting],
    margin: float,
) -> tuple[Setting, float]:
    """Better a setting one field at a time, in the order of `steps`, each time by its best value.

    `gains` gives the figure of merit of every case. A field changes only where the mean gain over the cases exceeds
    `margin` standard errors of the paired differences, so that chance does not drive the setting from its default.
    A field may come up again later. Returns the setting and its mean merit.
    """
    best, figures = start, gains(start)
    for field, values in steps:
        tried = [(gains(change(best, {field: value})), value) for value in values]
        found, value = max(tried, key=lambda pair: float(pair[0].mean()))
        ahead = found - figures
        if ahead.mean() > margin * ahead.std() / np.sqrt(len(ahead)):
            best, figures = change(best, {field: value}), found
    return best, float(figures.mean())
