"""Turn what `data/` says about skills and roles into numbers and documents that models are fitted on.

A role says which skills its people list, commonest first. Ranks become probabilities (named below), and a role of
commonness ``w`` counts like ``w`` observed lists of its kind: the expected counts of a world that looks like the roles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender import text
from recommender.neighbours import Neighbours
from recommender.roles import Role
from recommender.vocabulary import Vocabulary

__all__ = ["RoleWorld", "documents", "role_world", "together"]

CORE = (0.70, 0.40)
"""Probability that a person of the role lists the first and the last of its core skills; between them it falls evenly.
Marketplaces show five to fifteen of a profile's skills, so even a core skill is missing from a third of the lists."""
OFTEN = (0.30, 0.08)
"""The same for the skills that many of the role list."""
AI = (0.30, 0.10)
"""The same for the AI skills that people of the role add."""

STRENGTH = 2.0
"""Ridge strength of the closed form, in lists."""
INHERITED = 0.7
"""How loudly a skill without a role of its own speaks as its broader skills."""
INHERITED_PARENT = 0.1
"""What it says for the broader skill itself."""
MOST_TOGETHER = 128
"""Companions kept per skill."""

COMPANIONS = 12
"""Companions written into a skill's document: the strongest dozen; more would drown its own words."""


@dataclass(frozen=True, slots=True)
class RoleWorld:
    """Carry roles as numbers: ``weights`` float64 (roles,), ``probabilities`` float64 (roles, skills)."""

    weights: NDArray[np.float64]
    probabilities: NDArray[np.float64]

    def gram(self) -> NDArray[np.float64]:
        """Return expected counts of two skills in one list, float64 (skills, skills); the diagonal: of each skill."""
        weighted = self.probabilities * self.weights[:, None]
        gram: NDArray[np.float64] = weighted.T @ self.probabilities
        np.fill_diagonal(gram, weighted.sum(0))
        return gram


def role_world(roles: Sequence[Role], vocabulary: Vocabulary) -> RoleWorld:
    """Turn roles into probabilities; an unknown skill name raises `UnknownSkillError`."""
    probabilities = np.zeros((len(roles), len(vocabulary)))
    for row, role in enumerate(roles):
        for names, (first, last) in ((role.core, CORE), (role.often, OFTEN), (role.ai, AI)):
            for name, p in zip(names, np.linspace(first, last, len(names)), strict=True):
                number = vocabulary.number(name)
                # A skill named twice (in core and among the AI skills) keeps its larger probability.
                probabilities[row, number] = max(probabilities[row, number], p)
    return RoleWorld(np.array([float(role.weight) for role in roles]), probabilities)


def together(roles: Sequence[Role], vocabulary: Vocabulary) -> Neighbours:
    """Learn from roles which skills go together; skills of no role speak as the broader skills they belong to."""
    world = role_world(roles, vocabulary)
    present = np.flatnonzero(world.probabilities.any(0))
    small = role_weights(world, present)
    weights = np.zeros((len(vocabulary), len(vocabulary)), np.float32)
    weights[np.ix_(present, present)] = small
    _inherit(weights, set(present.tolist()), vocabulary)
    return Neighbours.strongest(weights, MOST_TOGETHER)


def role_weights(world: RoleWorld, present: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return what each skill of the roles says about each other one."""
    gram = RoleWorld(world.weights, world.probabilities[:, present]).gram()
    gram[np.diag_indices_from(gram)] += STRENGTH
    inverse = np.linalg.inv(gram)
    weights: NDArray[np.float64] = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    return weights


def _inherit(weights: NDArray[np.float32], known: set[int], vocabulary: Vocabulary) -> None:
    """Give each skill without a role the mean of its broader skills' rows, damped, however many steps up."""
    waiting = {n: vocabulary.numbers(s.within) for n, s in enumerate(vocabulary.skills) if n not in known and s.within}
    while ready := {n: [p for p in parents if p in known] for n, parents in waiting.items() if known & set(parents)}:
        for number, parents in ready.items():
            weights[number] = weights[parents].mean(0) * INHERITED
            weights[number, parents] += INHERITED_PARENT
            del waiting[number]
        known |= set(ready)


def documents(vocabulary: Vocabulary, roles: Sequence[Role]) -> list[list[str]]:
    """Write one document per skill: words of its name and aliases, its field, broader skills, companions.

    Marked words (``field:``, ``in:``, ``with:``) cannot be mistaken for words of a name.
    """
    companions = _companions(vocabulary, roles)
    out = []
    for number, skill in enumerate(vocabulary.skills):
        words = text.key(skill.name).split() * 2 + [w for alias in skill.aliases for w in text.key(alias).split()]
        marks = [f"field:{skill.field}"] if skill.field else []
        marks += [f"in:{name}" for name in (skill.name, *skill.within)]
        out.append(words + marks + [f"with:{name}" for name in companions.get(number, ())])
    return out


def _companions(vocabulary: Vocabulary, roles: Sequence[Role]) -> dict[int, list[str]]:
    """Find, for each skill, those that share its roles most, weighed by how common the roles are."""
    together: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for role in roles:
        names = list(dict.fromkeys((*role.core, *role.often)))
        for a in names:
            row = together[vocabulary.number(a)]
            for b in names:
                row[b] += role.weight / len(names)
    return {
        number: [name for name, _ in sorted(row.items(), key=lambda item: (-item[1], item[0]))[:COMPANIONS]]
        for number, row in together.items()
    }
