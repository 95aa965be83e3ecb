"""Lay the meanings of all ambiguous forms out as one row of numbers, and bound the error of what is worked out."""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.matcher.senses import FIELD_FACTOR, MOST_OF_FIELD, ROUNDS, SKILL_FACTOR

__all__ = ["Layout", "error_bound", "in_order"]

# A float's relative rounding error, doubled; see `error_bound`.
ROUNDING: Final = 2.0**-52
MOST: Final = 1e300  # products and sums up to here do not overflow

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]


class Layout(NamedTuple):
    """Hold the meanings of all forms, one after the other, with their cues; numbers are int32, the rest float64.

    ``meanings``, shape (forms + 1,): where the meanings of each form begin. Of each meaning its ``prior``, and the
    ``number`` of its skill, -1 for none of ours. ``rest`` (forms,): what no meaning covers. ``skills_from``,
    ``words_from``, ``fields_from`` (meanings + 1,): where the cues of each meaning begin among the skills, words and
    fields behind; one named twice stands there twice. ``field_of`` (skills,); then how many words and fields there are.
    """

    meanings: Ints
    prior: Floats
    number: Ints
    rest: Floats
    skills_from: Ints
    skill: Ints
    words_from: Ints
    word: Ints
    fields_from: Ints
    field: Ints
    field_of: Ints
    words: int
    fields: int

    def cues(self, form: int) -> tuple[frozenset[int], frozenset[int]]:
        """Give what can speak for any meaning of a form: numbers of skills, and of words."""
        begin, end = self.meanings[form], self.meanings[form + 1]
        skill = self.skill[self.skills_from[begin] : self.skills_from[end]]
        word = self.word[self.words_from[begin] : self.words_from[end]]
        field = self.field[self.fields_from[begin] : self.fields_from[end]]
        related = np.flatnonzero(np.isin(self.field_of, field))
        return frozenset([*skill.tolist(), *related.tolist()]), frozenset(word.tolist())


def in_order(owner: NDArray[np.integer[Any]], cue: NDArray[np.integer[Any]], meanings: int) -> tuple[Ints, Ints]:
    """Order cues by the meaning that owns them: where those of each begin, and the cues.

    >>> [part.tolist() for part in in_order(np.array([2, 0, 2]), np.array([7, 8, 9]), 3)]
    [[0, 1, 1, 3], [8, 7, 9]]
    """
    ends = np.cumsum(np.bincount(owner, minlength=meanings))
    begins = np.concatenate(([0], ends)).astype(np.int32)
    return begins, np.asarray(cue[np.argsort(owner, kind="stable")], np.int32)


def error_bound(layout: Layout) -> float:
    """Bound how far two ways to work out one probability can lie apart, whatever the order of their operations.

    Let what a meaning is worth, a product, have the relative error e. Its probability is p = v / (v + others), so it
    is off by at most 2 e p (1 - p): relatively by 2 e, absolutely by e / 2. In the next round a belief b of relative
    error 2 e stands in the factor of a skill, 1 + k b, which is off by at most 2 e; and in that of a field, F to the
    min(most, sum of b), which is off by ln F times the error of the exponent, so 2 e most ln F. So a meaning of s
    skills and f fields has the error N u + A e, where A = 2 s + 2 f most ln F, u is the rounding of one operation, and
    N counts them: some four for each cue, the sums over the meanings of one form, and the sums of beliefs, which are
    as many as meanings at most, each again times most ln F. After all rounds e is at most N u (1 + A) ** (ROUNDS - 1).
    Two ways lie at most e apart; u is doubled for what is of higher order. Where products could overflow, nothing is
    sure.
    """
    skills, words, fields = (np.diff(x) for x in (layout.skills_from, layout.words_from, layout.fields_from))
    cues, slope = skills + words + fields, MOST_OF_FIELD * math.log(FIELD_FACTOR)
    largest = math.log(max(1.0, layout.prior.max(initial=0.0))) + cues.max(initial=0) * math.log(SKILL_FACTOR)
    if not largest < math.log(MOST):
        return math.inf
    fed_back = float((2.0 * skills + 2.0 * slope * fields).max(initial=0.0))
    count = 4.0 * cues.max(initial=0) + np.diff(layout.meanings).max(initial=0) + 2.0
    count += slope * fields.max(initial=0) * (len(layout.prior) + 1)
    return float(count) * ROUNDING * (1.0 + fed_back) ** (ROUNDS - 1)
