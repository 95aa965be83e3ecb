"""See the gap between a profile and a suggested skill: who asks for it, how far it is, what leads there, what it gives.

Everything here is read off what the suggestion was made from (its evidence, its relevance, the demand figures);
nothing is estimated anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

from recommender import fixedpoint
from recommender.suggestions import Evidence, Suggestion

if TYPE_CHECKING:
    from recommender.model import SkillRecommender

__all__ = ["NEXT_DOOR", "ONE_STEP", "REACH", "Distance", "Gap", "Plan", "distance_of", "gaps_of", "plan_of", "scale_of"]

Distance = Literal["next door", "one step", "a leap"]
"""How far a skill is from what a person holds."""

NEXT_DOOR: Final = 4.0
"""Relevance from which a skill is next door. Measured by asking for one skill of each of 1,520 roles from four to ten
others of the role: 93 % of the core skills reach it (median 8.3), and half of those that many of the role list."""

ONE_STEP: Final = 1.5
"""Relevance from which a skill is one step away: 90 % of what many of a role list reach it, 70 % of the AI skills that
people of the role add, and one in a thousand of the skills of other fields. The shipped model is built from these
roles, so the figures tell what it knows and are no test."""

REACH: Final = 7.3
"""`sums.Sums.reach` of the shipped model, on which the two thresholds were measured. A model fitted on lists speaks on
another scale (reach 7.6 and 9.1 on two sets of job posts), so its thresholds rise as its reach does: there 55 and 74 %
of the skills hidden from lists then are next door, 16 and 5 % a leap; of skills drawn at random none and 99 %."""

KINDS: Final = {
    "searched": "searched",
    "searches-growing": "searches growing",
    "hired": "hired for",
    "hires-growing": "hires growing",
    "posted": "in job posts",
    "postings-growing": "job posts growing",
    "expected": "expected by employers",
}
"""How the kinds of demand are said, in the order in which they are told."""

GROWING_SUPPLY: Final = "profiles-growing"


@dataclass(frozen=True, slots=True)
class Gap:
    """Carry what lies between a profile and a skill.

    ``kinds`` say who asks for it; ``supply`` are the lists that show how many offer it, ``supply_growth`` the newest
    published growth of those, in per cent; ``distance`` is `distance_of` the ``relevance`` on the model's scale;
    ``first`` is what to learn before, where the skill is a leap and something bridges it; ``demand_before`` and
    ``demand_after`` are the sums of the demand figures of the held skills, exact.
    """

    skill: str
    kinds: tuple[str, ...]
    supply: tuple[Evidence, ...]
    supply_growth: float | None
    relevance: float
    distance: Distance
    first: str | None
    demand_before: float
    demand_after: float

    def lines(self) -> tuple[str, str]:
        """Say the gap in two short lines: who asks for it, and the way there."""
        asked = ", ".join(self.kinds) or "in no demand list"
        grown = f"; supply {self.supply_growth:+.0f} %" if self.supply_growth is not None else ""
        way = self.distance + (f", learn {self.first} first" if self.first else "")
        return asked + grown, f"{way}; profile demand {self.demand_before:.2f} → {self.demand_after:.2f}"


@dataclass(frozen=True, slots=True)
class Plan:
    """Carry skills chosen together: each as if the ones before it were held.

    ``demand`` is the profile's demand score before the first step and after each: one figure more than ``steps``.
    """

    steps: tuple[Suggestion, ...]
    demand: tuple[float, ...]

    @property
    def gain(self) -> float:
        """Return by how much the whole plan raises the profile's demand score."""
        return self.demand[-1] - self.demand[0]


def distance_of(relevance: float, scale: float = 1.0) -> Distance:
    """Say how far a skill of some relevance is; ``scale`` is that of the model, see `scale_of`.

    >>> distance_of(8.0), distance_of(2.0), distance_of(0.0), distance_of(2.0, 1.5)
    ('next door', 'one step', 'a leap', 'a leap')
    """
    if relevance >= NEXT_DOOR * scale:
        return "next door"
    return "one step" if relevance >= ONE_STEP * scale else "a leap"


def scale_of(model: SkillRecommender) -> float:
    """Return the scale on which a model speaks of relevance, the shipped one's being 1."""
    # Only a fit has popularity; what was not fitted is built as the shipped model is, whose scale is the measure.
    return model.sums.reach / REACH if model.weights_.popularity else 1.0


def gaps_of(model: SkillRecommender, held: Sequence[int], suggestions: Sequence[Suggestion]) -> list[Gap]:
    """Return the gap of each suggestion made for the held skills, in order."""
    before = _demand(model, held)
    return [_gap(model, held, suggestion, before) for suggestion in suggestions]


def plan_of(model: SkillRecommender, held: Sequence[int], n: int) -> Plan:
    """Choose ``n`` in-demand skills together: each is the best suggestion once the former are held.

    As in a list of suggestions, a skill of one family with a former step loses its share, so that a plan of three does
    not say one thing thrice.
    """
    now, steps, demand = list(held), [], [_demand(model, held)]
    for _ in range(n):
        for step in model.suggest(now, 1, before=now[len(held) :]):
            steps.append(step)
            now.append(model.vocabulary_.number(step.skill))
            demand.append(_demand(model, now))
    return Plan(tuple(steps), tuple(demand))


def _demand(model: SkillRecommender, held: Sequence[int]) -> float:
    return float(model.outlook_.demand[np.asarray(held, np.int64)].sum())


def _gap(model: SkillRecommender, held: Sequence[int], suggestion: Suggestion, before: float) -> Gap:
    number = model.vocabulary_.number(suggestion.skill)
    relevance = sum(reason.share for reason in suggestion.because)
    distance = distance_of(relevance, scale_of(model))
    seen = {item.what for item in suggestion.evidence}
    supply = tuple(item for item in suggestion.evidence if item.kind == "supply")
    # Evidence comes newest first where it has no share, as supply has none.
    grown = [item.value for item in supply if item.what == GROWING_SUPPLY and item.unit == "percent"]
    return Gap(
        suggestion.skill,
        tuple(words for what, words in KINDS.items() if what in seen),
        supply,
        next((value for value in grown if value is not None), None),
        relevance,
        distance,
        _bridge(model, held, number) if distance == "a leap" and held else None,
        before,
        before + float(model.outlook_.demand[number]),
    )


def _bridge(model: SkillRecommender, held: Sequence[int], target: int) -> str | None:
    """Name the skill that bridges best: its weaker step, from the held skills to it or from it on, is the strongest.

    Both steps must be at least `ONE_STEP` on the model's scale, else it is no bridge.
    """
    there = model.relevance(held)
    weakest = np.minimum(there, _speaking_for(model, target))
    weakest[[*held, target]] = 0.0
    best = int(weakest.argmax())
    return model.vocabulary_.names[best] if weakest[best] >= ONE_STEP * scale_of(model) else None


def _speaking_for(model: SkillRecommender, target: int) -> NDArray[np.float64]:
    """Return the relevance that ``target`` has for a person who holds one skill alone, for each skill."""
    out = np.zeros(len(model.vocabulary_))
    for rows, loud in ((model.together_, model.weights_.together), (model.similar_, model.weights_.similar)):
        found = np.flatnonzero(rows.indices == target)
        owners = np.searchsorted(rows.indptr, found, side="right") - 1
        single = owners < len(out)  # rows behind those are pairs of skills
        out[owners[single]] += rows.steps[found[single]] * (fixedpoint.WEIGHT_STEP * loud)
    return out
