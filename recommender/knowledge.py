"""Turn what `data/` says about skills and roles into numbers and documents that models are fitted on.

A role says which skills its people list, commonest first. Ranks become probabilities (named below), and a role of
commonness ``w`` counts like ``w`` observed lists of its kind: the expected counts of a world that looks like the roles.
Published lists that are confined to a role family and give shares of job posts are such roles already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender import text
from recommender.cooccurrence import Cooccurrence, Recipe
from recommender.neighbours import Neighbours
from recommender.roles import Role
from recommender.trends import TrendList
from recommender.vocabulary import Vocabulary

__all__ = ["RoleWorld", "documents", "role_world", "together"]

CORE = (0.90, 0.50)
"""Probability that a person of the role lists the first and the last of its core skills; between them it
falls evenly."""
OFTEN = (0.30, 0.08)
"""The same for the skills that many of the role list: the long tail of a profile."""
AI = (0.12, 0.04)
"""The same for the AI skills that people of the role add: still on few lists, whatever the talk. Pairs from
(.50, .15) down to (.08, .03) were tried on the mission test: lower ranked better down to about here, then level."""

PERCENT = 100.0
FAMILY_WEIGHT = 5.0
"""Weight of a role family with published shares: as much as the commonest role written by hand."""

INHERITED = 0.7
"""How loudly a skill without a role of its own speaks as the broader skills it belongs to."""
INHERITED_PARENT = 0.125
"""What it says for a broader skill itself: as much as one typical companion."""
MOST_TOGETHER = 128
"""Companions kept per skill: half as many (and half the similar ones) cost the mission test .018 nDCG@10."""
ROLE_RECIPE = Recipe(exponent=0.5, pairs=0.0, walk=0.5, walk_power=0.75, association_pseudo_count=1.0)
"""Blend of what roles say: what the default of lists was when the mission test chose the figures above; without pairs,
since every pair of a role says the same."""

COMPANIONS = 12
"""Companions written into a skill's document: the strongest dozen; more would drown its own words."""


@dataclass(frozen=True, slots=True)
class RoleWorld:
    """Carry roles as numbers: ``weights`` float64 (roles,), ``probabilities`` float64 (roles, skills)."""

    weights: NDArray[np.float64]
    probabilities: NDArray[np.float64]

    def gram(self, items: NDArray[np.integer]) -> NDArray[np.float64]:
        """Return the chance that a list holds both of two skills, float64 (items, items); diagonal: holds one."""
        shares = self.weights / self.weights.sum()
        chosen = self.probabilities[:, items]
        gram: NDArray[np.float64] = (chosen * shares[:, None]).T @ chosen
        np.fill_diagonal(gram, shares @ chosen)
        return gram

    def holding(self, items: NDArray[np.integer]) -> RoleWorld:
        """Return the roles whose people hold at least one of ``items`` on average; all if there is no such role."""
        kept = self.probabilities[:, items].sum(1) >= 1.0
        return RoleWorld(self.weights[kept], self.probabilities[kept]) if kept.any() else self

    def present(self) -> NDArray[np.intp]:
        """Return the numbers of the skills that any role holds, ascending."""
        return np.flatnonzero(self.probabilities.any(0))


def role_world(
    roles: Sequence[Role], vocabulary: Vocabulary, lists: Sequence[TrendList] = (), numbers: Sequence[int] = ()
) -> RoleWorld:
    """Turn roles, and lists of a role family (``numbers``: the skills of all lists' items), into probabilities.

    Names that the vocabulary does not hold are passed over: it may be a user's own (a test holds data/ to its own).
    """
    known = set(vocabulary.names)
    rows = [_role_row(role, vocabulary, known) for role in roles]
    weights = [float(role.weight) for role in roles]
    found = iter(numbers)
    for trend in lists:
        own = [(next(found), item.value) for item in trend.items]
        if trend.scope and trend.what == "posted" and trend.unit == "percent":
            row = np.zeros(len(vocabulary))
            for number, value in own:
                if number >= 0 and value:
                    row[number] = max(row[number], value / PERCENT)
            rows.append(row)
            weights.append(FAMILY_WEIGHT)
    return RoleWorld(np.array(weights), np.array(rows).reshape(len(rows), len(vocabulary)))


def _role_row(role: Role, vocabulary: Vocabulary, known: set[str]) -> NDArray[np.float64]:
    row = np.zeros(len(vocabulary))
    for names, (first, last) in ((role.core, CORE), (role.often, OFTEN), (role.ai, AI)):
        for name, p in zip(names, np.linspace(first, last, len(names)), strict=True):
            if name not in known:
                continue
            number = vocabulary.number(name)
            # A skill named twice (in core and among the AI skills) keeps its larger probability.
            row[number] = max(row[number], p)
    return row


def together(world: RoleWorld, vocabulary: Vocabulary) -> Neighbours:
    """Learn from roles which skills go together; skills of no role speak as the broader skills they belong to."""
    present = world.present()
    learned = Cooccurrence(ROLE_RECIPE, MOST_TOGETHER).fit_gram(world.gram(present)).neighbours_
    rows: dict[int, NDArray[np.float32]] = {}
    for place, number in enumerate(present.tolist()):
        row = np.zeros(len(vocabulary), np.float32)
        row[present] = learned.scores([place])
        rows[number] = row
    _inherit(rows, vocabulary)
    empty = np.zeros(len(vocabulary), np.float32)
    blocks = (rows.get(number, empty)[None, :] for number in range(len(vocabulary)))
    return Neighbours.strongest_in_blocks(blocks, MOST_TOGETHER)


def _inherit(rows: dict[int, NDArray[np.float32]], vocabulary: Vocabulary) -> None:
    """Give each skill without a role the mean of its broader skills' rows, damped, however many steps up."""
    waiting = {n: vocabulary.numbers(s.within) for n, s in enumerate(vocabulary.skills) if n not in rows and s.within}
    while ready := {
        n: [p for p in above if p in rows] for n, above in waiting.items() if any(p in rows for p in above)
    }:
        for number, above in ready.items():
            row = np.mean([rows[p] for p in above], axis=0) * INHERITED
            row[above] += INHERITED_PARENT
            rows[number] = row
            del waiting[number]


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
