"""Turn counts of what stands together into item-item weights, by closed forms only.

Everything here reads one thing, `Counts`: how often two items stand in one list, and how often each stands at all.
Lists give counts; so does prior knowledge ("a third of all bookkeepers hold Xero") written as expected counts, and the
two add up. Four forms read the same counts differently, and each sees what the others miss:

- `ridge` asks which held items are *needed* to explain a target once the other held items are known (EASE), and which
  pairs of held items say more together than one by one;
- `lift` and `association` ask how much oftener than by chance two items meet, which lets rare, telling items speak;
- `walk` asks where a step item -> list -> item leads, which is the steadiest when counts are small (RP3beta).

Rows are what is held, columns targets; all arrays are float64 until they are stored.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = [
    "Counts",
    "association",
    "common_pairs",
    "count_lists",
    "lift",
    "loudness",
    "pooled",
    "prior_counts",
    "ridge",
    "rounded",
    "walk",
]

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

LEAST_COUNT = 0.5  # an item that no list holds still divides; half an appearance keeps it quiet and finite
SINGLE_LISTS = 20_000  # lists whose counts a float32 inverse bears: their condition is then below 1e4 or so
LEAST_PAIR = 3  # lists that must hold a pair before it is a feature of its own: twice is chance


@dataclass(frozen=True)
class Counts:
    """Hold what the closed forms read: joint counts, the same divided by list length, and the number of lists.

    Features are the items, then the pairs of items that are looked at as one.

    Attributes:
        joint: (features, features) float64; how many lists hold both; the diagonal: how many hold the feature.
        steps: (items, items) float64; the same for items, each list counting 1 / its length.
        lists: how many lists (and pseudo-lists) were counted.
        pairs: (pairs, 2) int64; the two items of each pair, smaller first.
    """

    joint: Floats
    steps: Floats
    lists: float
    pairs: Numbers

    @property
    def items(self) -> int:
        """Give how many items there are."""
        return len(self.steps)

    @property
    def sizes(self) -> Floats:
        """Give how many lists hold each item, never less than `LEAST_COUNT`."""
        return np.maximum(np.diag(self.joint)[: self.items], LEAST_COUNT)

    @property
    def together(self) -> Floats:
        """Give the joint counts of the items alone."""
        return self.joint[: self.items, : self.items]


def count_lists(indptr: Numbers, indices: Numbers, n_items: int, most_pairs: int = 0) -> Counts:
    """Count which items share a list; `indices[indptr[i]:indptr[i + 1]]` are the distinct items of list `i`.

    >>> counts = count_lists(np.array([0, 2, 4]), np.array([0, 1, 1, 2]), 3)
    >>> counts.joint.astype(int).tolist()
    [[1, 1, 0], [1, 2, 1], [0, 1, 1]]
    """
    from scipy.sparse import csr_array, hstack

    lengths = np.diff(indptr)
    shape = (len(lengths), n_items)
    ones = csr_array((np.ones(len(indices)), indices, indptr), shape=shape)
    shares = csr_array((np.repeat(1.0 / np.maximum(lengths, 1), lengths), indices, indptr), shape=shape)
    joint, steps = (ones.T @ ones).toarray(), (ones.T @ shares).toarray()
    pairs = common_pairs(joint, most_pairs)
    if len(pairs):
        columns = ones.tocsc()
        features = hstack([ones, columns[:, pairs[:, 0]] * columns[:, pairs[:, 1]]], format="csr")
        joint = (features.T @ features).toarray()
    return Counts(joint, steps, float(len(lengths)), pairs)


def common_pairs(joint: Floats, most: int) -> Numbers:
    """Name the `most` pairs that most lists hold, at least `LEAST_PAIR` each: (pairs, 2), in order of their numbers."""
    first, second = np.nonzero(np.triu(joint >= LEAST_PAIR, 1)) if most else np.zeros((2, 0), dtype=np.int64)
    order = np.sort(np.lexsort((second, first, -joint[first, second]))[:most])
    return np.stack([first[order], second[order]], axis=1).astype(np.int64)


def prior_counts(prior: npt.ArrayLike) -> Counts:
    """Read an expected co-occurrence (per list, `sum of pi * p * p'`, diagonal `sum of pi * p`) as one pseudo-list."""
    joint = np.asarray(prior, dtype=np.float64)
    length = max(float(np.trace(joint)), 1.0)
    return Counts(joint, joint / length, 1.0, np.zeros((0, 2), dtype=np.int64))


def pooled(counts: Counts, prior: Counts, pseudo_lists: float) -> Counts:
    """Add a prior to counts as if it were `pseudo_lists` further lists; the pairs stay those of the counts."""
    joint = counts.joint.copy()
    joint[: counts.items, : counts.items] += pseudo_lists * prior.together
    steps = counts.steps + pseudo_lists * prior.steps
    return Counts(joint, steps, counts.lists + pseudo_lists * prior.lists, counts.pairs)


def rounded(counts: Counts) -> Counts:
    """Round counts to float32, in which the forms are solved in half the time; not above `SINGLE_LISTS` lists.

    Good enough to choose a recipe by, whose figures differ in the third digit, not to keep weights of.
    """
    if counts.lists > SINGLE_LISTS:
        return counts
    joint, steps = counts.joint.astype(np.float32), counts.steps.astype(np.float32)
    return Counts(joint, steps, counts.lists, counts.pairs)  # type: ignore[arg-type]  # of half the precision


def ridge(counts: Counts, strength: float, exponent: float, pair_strength: float) -> Floats:
    """Solve EASE (Steck, 2019) with pairs of items as further evidence, and a penalty that grows with commonness.

    The penalty of item i is `strength * (size / mean size) ** exponent`: 0 is EASE itself, 1 is the dropout denoising
    of EDLAE (Steck, 2020). Common items are damped, so that a rare item beside them keeps its say. A pair (as in Steck
    & Liang, 2021, but solved exactly) may not speak for its own members. With `P` the inverse of the penalised counts
    and `F(t)` the target and the pairs it belongs to, column t is `-P[:, F] @ inv(P[F, F])[:, t]`, which without pairs
    is EASE's `-P[:, t] / P[t, t]`.

    Returns:
        (features, items) float64, zero where a feature holds its target.
    """
    sizes = counts.sizes
    penalty = np.full(len(counts.joint), pair_strength)
    penalty[: counts.items] = strength * (sizes / sizes.mean()) ** exponent
    inverse = inverted(counts.joint, penalty)
    weights = inverse[:, : counts.items] / -np.diag(inverse)[: counts.items]
    for target, own in enumerate(memberships(counts.pairs, counts.items)):
        if len(own):
            forbidden = np.concatenate([[target], counts.items + own])
            unit = np.eye(len(forbidden))[0]
            weights[:, target] = -inverse[:, forbidden] @ np.linalg.solve(inverse[np.ix_(forbidden, forbidden)], unit)
            weights[forbidden, target] = 0.0
    return without_diagonal(weights)


def inverted(joint: Floats, penalty: Floats) -> Floats:
    """Invert counts plus a positive diagonal by Cholesky, half the work of a general inverse."""
    from scipy.linalg import get_lapack_funcs

    penalised = np.array(joint, order="F")
    penalised[np.diag_indices_from(penalised)] += penalty.astype(penalised.dtype)
    potrf, potri = get_lapack_funcs(("potrf", "potri"), (penalised,))
    factor, _ = potrf(penalised, lower=1, overwrite_a=1)
    inverse, _ = potri(factor, lower=1, overwrite_c=1)
    both: Floats = inverse + inverse.T  # LAPACK leaves the other triangle zero, as the factor had it
    both[np.diag_indices_from(both)] /= 2.0
    return both


def memberships(pairs: Numbers, n_items: int) -> list[Numbers]:
    """Give for each item the numbers of the pairs it belongs to, ascending."""
    members = np.concatenate([pairs[:, 0], pairs[:, 1]])
    order = np.argsort(members, kind="stable")
    ends = np.cumsum(np.bincount(members, minlength=n_items))[:-1]
    return [np.sort(own) for own in np.split(order % max(len(pairs), 1), ends)]


def lift(counts: Counts, pseudo: float) -> Floats:
    """Give the damped log-lift of a target beside a held item: `log(joint / expected + a) + log(size / (size + a))`.

    `joint / expected` is how much oftener than by chance the two meet. The pseudo-ratio `a` makes small lifts, which
    are chance, all alike; the second term holds back targets that few lists know. There is no prior: the common target
    has no advantage, which finds what people want next rather than what all of them hold.
    """
    sizes = counts.sizes
    expected = np.outer(sizes, sizes / max(counts.lists, 1.0))
    return without_diagonal(np.log(counts.together / expected + pseudo) + np.log(sizes / (sizes + pseudo)))


def association(counts: Counts, pseudo_count: float) -> Floats:
    """Give the shrunk pointwise mutual information, `log((joint + a) / (expected + a))` with `a` the pseudo-count.

    It says the same of both directions and nothing of rare pairs; what it adds is the no of common items that ought to
    meet and do not. So it keeps down what everybody holds, which is what people already have and do not want next.
    """
    sizes = counts.sizes
    expected = np.outer(sizes, sizes / max(counts.lists, 1.0))
    return without_diagonal(np.log((counts.together + pseudo_count) / (expected + pseudo_count)))


def walk(counts: Counts, power: float, discount: float) -> Floats:
    """Give the damped chance of a walk item -> list -> item, over `size ** discount` (RP3beta, Paudel et al., 2017)."""
    sizes = counts.sizes
    return without_diagonal((counts.steps / sizes[:, None]) ** power / sizes**discount)


def without_diagonal(weights: Floats) -> Floats:
    """Set the diagonal to zero, in place: an item says nothing about itself."""
    np.fill_diagonal(weights[: weights.shape[1]], 0.0)
    return weights


def loudness(weights: Floats, counts: Counts) -> float:
    """Measure how far apart one held item sets the targets, averaged over the held items of all lists (rms).

    Dividing by it makes the forms equally loud, so that a blend weight means the same whatever the counts. Items that
    no list holds have no say in it.
    """
    spread = weights[: counts.items].var(axis=1)
    held = np.diag(counts.together)
    return float(np.sqrt(spread @ held / max(held.sum(), LEAST_COUNT))) or 1.0
