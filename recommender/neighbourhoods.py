"""Learn item-item weights where a square of all items does not fit: each target from its own neighbourhood.

Above some thousands of items the inverse behind EASE stops being sensible: its work grows with the cube (5,900 items:
24 s of one core and 2.3 GB; 20,000 would take forty times that, and 3.2 GB for each of several squares), and most of it
would be zeros. So counts stay sparse, each target is explained by ridge regression on its `NEIGHBOURHOOD` nearest items
only (as in fsSLIM, Ning & Karypis, 2011, but in closed form), and lift, association and walk are read off the pairs
that were seen together. `SkillRecommender.fit` on 1,000,000 made lists of 20,000 skills then takes 65 s of one core,
a third of it for the words, and 2.9 GB (`benchmarks/fitting.md`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender import fixedpoint
from recommender.recipes import Recipe
from recommender.weights import LEAST_COUNT, Floats, Numbers

__all__ = ["neighbourhood_rows"]

NEIGHBOURHOOD = 100  # nearest items that explain a target; the solves then take a millisecond each
COMPANIONS = 1000  # nearest items whose counts are kept per item: what is left out is seen together by chance
SQUARE_ITEMS = 25_000  # counts of so many items fit a float32 square of 2.5 GB, where looking one up costs nothing
LISTS_AT_ONCE = 100_000  # counted in one go, so that the pairs of all lists are never in memory at once

Rows = tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.int16]]


def neighbourhood_rows(
    indptr: Numbers, indices: Numbers, n_items: int, recipe: Recipe, most: int, loud: float
) -> tuple[list[Rows], Floats]:
    """Learn sparse rows of weights (held -> targets) and the sizes of the items, by the loudnesses of `recipe`.

    Returns:
        One block of (lengths, columns, steps) for `Neighbours.stacked`, and how many lists hold each item (items,).
    """
    joint, steps, sizes = sparse_counts(indptr, indices, n_items)
    lists = float(len(indptr) - 1)
    blend = equally_loud(neighbourhood_ridge(joint, sizes, recipe), sizes, 1.0)
    for loudness, form in (
        (recipe.lift, sparse_lift(joint, sizes, lists, recipe.lift_pseudo)),
        (recipe.association, sparse_association(joint, sizes, lists, recipe.association_pseudo_count)),
        (recipe.walk, sparse_walk(steps, sizes, recipe)),
    ):
        blend = blend + equally_loud(form, sizes, loudness)
    blend = equally_loud(blend.tocsr(), sizes, loud)
    blend.sort_indices()
    return [strongest_sparse(blend, most)], sizes


def sparse_counts(indptr: Numbers, indices: Numbers, n_items: int) -> tuple[Any, Any, Floats]:
    """Count joint lists and 1 / length of them, (items, items) CSR without diagonal, and sizes; as `count_lists`."""
    from scipy.sparse import csr_array

    sizes = np.maximum(np.bincount(indices, minlength=n_items).astype(np.float64), LEAST_COUNT)
    joint, steps = csr_array((n_items, n_items)), csr_array((n_items, n_items))
    for first in range(0, len(indptr) - 1, LISTS_AT_ONCE):
        ends = indptr[first : first + LISTS_AT_ONCE + 1]
        lengths, items = np.diff(ends), indices[ends[0] : ends[-1]]
        shape = (len(lengths), n_items)
        ones = csr_array((np.ones(len(items)), items, ends - ends[0]), shape=shape)
        shares = csr_array((np.repeat(1.0 / np.maximum(lengths, 1), lengths), items, ends - ends[0]), shape=shape)
        joint, steps = joint + ones.T @ ones, steps + ones.T @ shares
    joint, steps = nearest(joint.tocsr(), sizes, steps.tocsr())
    return joint, steps, sizes


def nearest(joint: Any, sizes: Floats, steps: Any) -> tuple[Any, Any]:
    """Keep the `COMPANIONS` nearest items of each (by cosine), in both directions, and drop the diagonal."""
    from scipy.sparse import csr_array

    cosine = csr_array(joint, copy=True)
    rows = np.repeat(np.arange(len(sizes)), np.diff(cosine.indptr))
    cosine.data = cosine.data / np.sqrt(sizes[rows] * sizes[cosine.indices])
    kept = np.ones(len(cosine.data), dtype=bool)
    for start, end in zip(cosine.indptr[:-1].tolist(), cosine.indptr[1:].tolist(), strict=True):
        if end - start > COMPANIONS + 1:
            kept[start:end] = largest(cosine.data[start:end], COMPANIONS + 1)
    kept &= rows != cosine.indices
    mask = csr_array((kept.astype(np.float64), cosine.indices, cosine.indptr), shape=cosine.shape)
    mask.eliminate_zeros()
    mask = mask.maximum(mask.T)
    return joint.multiply(mask).tocsr(), steps.multiply(mask).tocsr()


def largest(values: Floats, most: int) -> npt.NDArray[np.bool_]:
    """Mark the `most` largest of more values than that; of equals the first.

    >>> largest(np.array([1.0, 3.0, 2.0, 2.0]), 2).tolist()
    [False, True, True, False]
    """
    least = np.partition(values, len(values) - most)[len(values) - most]
    above: npt.NDArray[np.bool_] = values > least
    tied = np.flatnonzero(values == least)
    above[tied[: most - int(above.sum())]] = True
    return above


def neighbourhood_ridge(joint: Any, sizes: Floats, recipe: Recipe) -> Any:
    """Explain each target by its nearest items: `inv(G[S, S] + penalty) @ G[S, target]`, as CSR (held, targets)."""
    from scipy.linalg import get_lapack_funcs
    from scipy.sparse import csc_array

    (posv,) = get_lapack_funcs(("posv",), (sizes,))
    penalty = recipe.strength * (sizes / sizes.mean()) ** recipe.exponent
    square_of = squares(joint)
    starts, rows, values = [0], [], []
    for target in range(len(sizes)):
        part = slice(joint.indptr[target], joint.indptr[target + 1])
        near, counts = joint.indices[part], joint.data[part]
        if len(near) > NEIGHBOURHOOD:
            kept = largest(counts / np.sqrt(sizes[near]), NEIGHBOURHOOD)
            near, counts = near[kept], counts[kept]
        square = square_of(near)
        square[np.diag_indices_from(square)] = sizes[near] + penalty[near]
        rows.append(near)
        values.append(posv(square, counts)[1] if len(near) else counts)
        starts.append(starts[-1] + len(near))
    flat = (np.concatenate(values), np.concatenate(rows), np.array(starts))
    return csc_array(flat, shape=joint.shape).tocsr()


def squares(joint: Any) -> Callable[[npt.NDArray[np.integer[Any]]], Floats]:
    """Return what takes the dense square of chosen items out of CSR counts: quick up to `SQUARE_ITEMS` items."""
    items = joint.shape[0]
    if items > SQUARE_ITEMS:
        place = np.full(items, -1, dtype=np.int64)
        return lambda chosen: submatrix(joint, chosen, place)
    whole = joint.astype(np.float32).toarray()  # exact: no two items share 2**24 lists that fit in memory
    return lambda chosen: np.asarray(whole[chosen[:, None], chosen], dtype=np.float64)


def submatrix(joint: Any, chosen: npt.NDArray[np.integer[Any]], place: Numbers) -> Floats:
    """Take the dense square of the chosen items out of CSR counts; `place` is scratch of -1, given back so."""
    place[chosen] = np.arange(len(chosen))
    spans = [slice(joint.indptr[i], joint.indptr[i + 1]) for i in chosen]
    where = [place[joint.indices[span]] for span in spans]
    square = np.zeros((len(chosen), len(chosen)))
    for row, (columns, span) in enumerate(zip(where, spans, strict=True)):
        inside = columns >= 0
        square[row, columns[inside]] = joint.data[span][inside]
    place[chosen] = -1
    return square


def entries(counts: Any, sizes: Floats) -> tuple[Floats, Floats]:
    """Give the sizes of the held item and of the target of each stored entry."""
    held = np.repeat(np.arange(len(sizes)), np.diff(counts.indptr))
    return sizes[held], sizes[counts.indices]


def with_values(counts: Any, values: Floats) -> Any:
    """Put other values on the stored entries."""
    from scipy.sparse import csr_array

    return csr_array((values, counts.indices, counts.indptr), shape=counts.shape)


def sparse_lift(joint: Any, sizes: Floats, lists: float, pseudo_count: float) -> Any:
    """Give `weights.lift` above what an unseen pair has, so that unseen pairs stay zero."""
    held, target = entries(joint, sizes)
    return with_values(joint, np.log1p(joint.data * lists / (pseudo_count * held * target)))


def sparse_association(joint: Any, sizes: Floats, lists: float, pseudo_count: float) -> Any:
    """Give `weights.association` on the pairs that were seen together."""
    held, target = entries(joint, sizes)
    return with_values(joint, np.log((joint.data + pseudo_count) / (held * target / lists + pseudo_count)))


def sparse_walk(steps: Any, sizes: Floats, recipe: Recipe) -> Any:
    """Give `weights.walk` on the pairs that were seen together."""
    held, target = entries(steps, sizes)
    return with_values(steps, (steps.data / held) ** recipe.walk_power / target**recipe.walk_discount)


def equally_loud(weights: Any, sizes: Floats, loud: float) -> Any:
    """Scale sparse weights to a loudness, as `weights.loudness` measures it."""
    items = len(sizes)
    squares = with_values(weights, weights.data**2).sum(axis=1) / items
    spread = squares - (weights.sum(axis=1) / items) ** 2
    return weights * (loud / (float(np.sqrt(np.average(spread, weights=sizes))) or 1.0))


def strongest_sparse(weights: Any, most: int) -> Rows:
    """Round, and keep the `most` largest of each row: lengths, columns ascending, steps."""
    steps = fixedpoint.to_int16(weights.data)
    lengths, kept = np.zeros(weights.shape[0], dtype=np.int64), []
    for row, (start, end) in enumerate(zip(weights.indptr[:-1].tolist(), weights.indptr[1:].tolist(), strict=True)):
        found = start + np.flatnonzero(steps[start:end])
        if len(found) > most:
            found = np.sort(found[np.argsort(-np.abs(steps[found].astype(np.int32)), kind="stable")[:most]])
        lengths[row] = len(found)
        kept.append(found)
    chosen = np.concatenate([*kept, np.zeros(0, dtype=np.int64)])
    return lengths, weights.indices[chosen].astype(np.int32), steps[chosen]
