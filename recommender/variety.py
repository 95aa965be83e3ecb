"""Keep adjacent skills of one family from filling the whole top of a list: one small, explained step.

Maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998), made relative: a candidate loses a share of its score,
`VARIETY` times its largest likeness to those chosen before it, and the best of what is left is chosen next. A share and
no amount: a related skill never falls below an unrelated one (which scores nothing), whatever the scale of a model, and
measured, amounts lost nDCG where shares lost none. Likeness is on a binary grid (see `fixedpoint`), so scores stay
exact sums, fall, and are the same for one profile and for many.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender import fixedpoint
from recommender.neighbours import Neighbours

__all__ = ["LEAST", "STEPS", "VARIETY", "choose", "choose_rows", "likeness", "shares", "touched"]

FAMILY = 0.35
"""Likeness from which two skills are of one family (machine and deep learning .42, AutoCAD and Civil 3D .37; not
Finance and Management, .26). With less, nothing is taken: any two skills of a trade are a little alike, and a penalty
for that reordered half of all top fives for nothing."""

VARIETY = 0.5
"""Share of its score that a candidate loses for a likeness of 1. Measured on 231 lists with hidden targets: nDCG@10 is
.616 without it and .618 with it (at .75 .616, at 1 .612), and a third fewer close pairs (likeness of .4) stand in the
top five; one top five in seven changes."""

STEPS = int(1 / fixedpoint.FACTOR_STEP)
"""Grid of likeness: 256ths."""

PADDED_ROWS = 2**11
"""Rows laid out as a matrix at a time: some hundred kilobytes, which stay within a core's own cache."""

LEAST = -(2**53)
"""Stands for the value of what may not be chosen: below any sum, and 256 times it still is an int64."""

Ints = NDArray[np.integer[Any]]


def likeness(similar: Neighbours, items: NDArray[np.int64]) -> NDArray[np.int16]:
    """Return what each candidate takes from each other one, in 256ths of its score: int16 (items, items), symmetric.

    Parameters
    ----------
    similar : Neighbours
        Document similarity of skills; of the two directions the larger counts.
    items : int64 array
        The candidates, ascending.
    """
    rows = similar.rows(items.tolist())
    place = np.full(rows.n, -1, np.int64)
    place[items] = np.arange(len(items))
    column = place[rows.where]
    kept = column >= 0
    out = np.zeros((len(items), len(items)))
    out[np.repeat(np.arange(len(items)), rows.lengths)[kept], column[kept]] = rows.steps[kept]
    closest = np.clip(np.maximum(out, out.T) * fixedpoint.WEIGHT_STEP, 0.0, 1.0)
    np.fill_diagonal(closest, 0.0)
    return np.rint(np.where(closest >= FAMILY, closest, 0.0) * VARIETY * STEPS).astype(np.int16)


def shares(alike: NDArray[np.int16], chosen: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the share of its score that each chosen candidate lost to those before it, in the order of choosing.

    >>> shares(np.array([[0, 64], [64, 0]], np.int16), np.array([1, 0])).tolist()
    [0.0, 0.25]
    """
    among = np.tril(alike[np.ix_(chosen, chosen)], -1)
    return np.asarray(among.max(axis=1, initial=0) / STEPS, np.float64)


def choose(total: NDArray[np.float64], alike: NDArray[np.int16], n: int) -> NDArray[np.intp]:
    """Choose ``n`` candidates, each the best after what likeness to the former takes; -inf never, ties by place.

    >>> choose(np.array([8.0, 7.5, 7.0]), np.array([[0, 64, 0], [64, 0, 0], [0, 0, 0]], np.int16), 3).tolist()
    [0, 2, 1]
    """
    n = min(n, int((total > -np.inf).sum()))
    positive = np.maximum(total, 0.0) / STEPS
    left, chosen = total.copy(), np.zeros(n, np.intp)
    for k in range(n):
        chosen[k] = best = left.argmax()
        left = np.minimum(left, total - positive * alike[best])
        left[best] = -np.inf
    return chosen


def touched(chosen: NDArray[np.int64], alike: NDArray[np.int16], held: Ints) -> NDArray[np.int64]:
    """Return the rows of ``chosen``, int64 (rows, n), that hold two candidates of one family.

    Rows of no ``held`` skill are left out: what is most in demand is told as it is.
    The other rows are right as they are: variety can only lower what would come in from outside.
    """
    later, former = np.tril_indices(chosen.shape[1], -1)
    found = alike.ravel().take(chosen[:, later] * len(alike) + chosen[:, former])
    return np.asarray((found.any(axis=1) & (held > 0)).nonzero()[0])


def choose_rows(
    rows: Ints, places: Ints, values: Ints, alike: NDArray[np.int16], n: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Do as `choose` for many rows at once: places and values in 256ths, int64 (distinct rows, n).

    Parameters
    ----------
    rows, places, values : int arrays, one entry per candidate
        Rows from 0 without gaps, ascending; the places of a row's candidates ascending; at least ``n`` in each row.
    alike, n
        As for `choose`.
    """
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    lengths = np.diff(starts, append=len(rows))
    out = np.zeros((2, len(lengths), n), np.int64)
    order = np.argsort(lengths, kind="stable")  # rows of like length together, so that little is laid out in vain
    for low in range(0, len(order), PADDED_ROWS):
        some = order[low : low + PADDED_ROWS]
        column = np.arange(lengths[some[-1]])
        there = column < lengths[some, None]
        at = np.where(there, starts[some, None] + column, 0)
        out[:, some] = _choose_padded(places[at], np.where(there, values[at], 2 * LEAST), alike, n)
    return out[0], out[1]


def _choose_padded(places: Ints, whole: Ints, alike: NDArray[np.int16], n: int) -> NDArray[np.int64]:
    positive, whole = np.maximum(whole, 0), whole * STEPS
    left, every = whole.copy(), np.arange(len(whole))
    out = np.zeros((2, len(whole), n), np.int64)
    for k in range(n):
        best = left.argmax(axis=1)
        out[0, :, k], out[1, :, k] = places[every, best], left[every, best]
        taken = alike.ravel().take(places[every, best][:, None] * len(alike) + places)
        np.minimum(left, whole - positive * taken, out=left)
        left[every, best] = np.iinfo(np.int64).min
    return out
