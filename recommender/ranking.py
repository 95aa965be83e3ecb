"""Turn named, weighted parts into ordered suggestions whose scores are the sums of the parts shown.

Parts arrive as arrays of multiples of a power of two (see `fixedpoint`), so sums are exact, ties are real ties, and the
order does not depend on how the work was cut into chunks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from recommender import fixedpoint, variety
from recommender.errors import InputError

__all__ = ["Candidates", "Weights", "best", "check_candidates", "check_count", "rank", "relatedness"]


Candidates = Literal["in-demand", "all"]
"""Which skills may be suggested: those of the demand lists, or any."""


class Weights(NamedTuple):
    """Say how loudly each part speaks; each is a multiple of `fixedpoint.FACTOR_STEP`.

    ``together`` and ``similar`` weigh relevance, ``demand`` the demand of the day among the in-demand candidates,
    ``demand_all`` the same among all skills, ``popularity`` how often a skill stands in the lists of a fit.
    """

    together: float
    similar: float
    demand: float
    demand_all: float
    popularity: float = 0.0

    def demand_among(self, candidates: Candidates) -> float:
        """Return the weight of demand among some candidates."""
        return self.demand if candidates == "in-demand" else self.demand_all


def best(scores: NDArray[np.float64], n: int) -> NDArray[np.intp]:
    """Return the positions of the ``n`` largest scores, falling; equal scores by position; -inf never.

    >>> best(np.array([0.5, 2.0, -np.inf, 2.0]), 3).tolist()
    [1, 3, 0]
    """
    available = np.flatnonzero(scores > -np.inf)
    n = min(n, len(available))
    if n <= 0:
        return np.zeros(0, np.intp)
    values = scores[available]
    if n < len(values):
        # All that tie with the n-th stay in, so that the tie is broken by number and not by the selection.
        cut = np.partition(values, len(values) - n)[len(values) - n]
        kept = values >= cut
        available, values = available[kept], values[kept]
    order = np.lexsort((available, -values))[:n]
    chosen: NDArray[np.intp] = available[order]
    return chosen


def relatedness(relevance: NDArray[np.float64], full: float) -> NDArray[np.float64]:
    """Return how far a candidate is related: 0 up to no relevance, 1 from ``full`` on, in steps that add exactly.

    >>> relatedness(np.array([-1.0, 0.25, 3.0]), 0.5).tolist()
    [0.0, 0.5, 1.0]
    """
    step = fixedpoint.FACTOR_STEP  # with `full` a power of two, so that nothing here rounds but `rint`
    gate: NDArray[np.float64] = np.rint(np.minimum(np.maximum(relevance, 0.0), full) * (1.0 / (full * step))) * step
    return gate


def rank(
    total: NDArray[np.float64], n: int, families: variety.Families | None = None, before: Sequence[int] = ()
) -> tuple[list[int], list[int]]:  # fmt: skip
    """Return the places of the best candidates in the order of choosing, and what each lost to variety, in 256ths.

    Parameters
    ----------
    total : float64 array
        The sum of each candidate's parts; -inf for what is never suggested.
    n : int
        How many to return; fewer only where fewer are available.
    families : variety.Families, optional
        What candidates take from each other; without it nothing is taken.
    before : sequence of int
        Places that were chosen before these and take from them too.

    Raises
    ------
    InputError
        ``n`` is negative.

    >>> rank(np.array([0.5, 2.0, -np.inf, 2.0]), 3)
    ([1, 3, 0], [0, 0, 0])
    """
    check_count(n)
    if families is not None:
        return variety.choose(total, families, n, before)
    places: list[int] = best(total, n).tolist()
    return places, [0] * len(places)


def check_candidates(candidates: Candidates) -> None:
    """Raise `InputError` for a choice of candidates that there is not."""
    if not isinstance(candidates, str) or candidates not in get_args(Candidates):
        raise InputError(f"candidates is {candidates!r:.40}. Choose 'in-demand' or 'all'.")


def check_count(n: int) -> None:
    """Raise `InputError` for a number of suggestions that cannot be."""
    if type(n) is not int and (isinstance(n, bool) or not hasattr(n, "__index__")):
        raise InputError(f"n is {n!r:.40}, a {type(n).__name__}. Pass a whole number of suggestions.")
    if n < 0:
        raise InputError(f"n is {n}. Ask for 0 or more suggestions.")
