"""Decide what an ambiguous form ("TF", "Ai", "CV") means by the rest of the profile.

Naive Bayes over hand-written cues: each meaning starts from its prior, and each cue that the profile holds multiplies
its odds by a fixed factor. Forms that are ambiguous themselves speak for each other as far as their meaning is believed
(mean-field rounds), so that "Ps, Ai, Id" settle together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from recommender.text import key as fold
from recommender.vocabulary import Sense, Vocabulary

__all__ = ["NO_EVIDENCE", "Evidence", "Senses", "Weighed"]

# How many times likelier a meaning becomes by one cue. Chosen so that one skill that a form is hardly ever without
# turns a
# prior of one in five, and one field alone does not turn one in ten.
SKILL_FACTOR: Final = 12.0
WORD_FACTOR: Final = 10.0
FIELD_FACTOR: Final = 3.0
# Skills of one field repeat one another: so many count.
MOST_OF_FIELD: Final = 2.0
# A meaning that its data gave no chance is still possible, given evidence.
LEAST_PRIOR: Final = 0.01
ROUNDS: Final = 4


class Evidence(NamedTuple):
    """Hold what a profile says: skills with the belief in each, and the keys of its terms."""

    skills: Mapping[int, float]
    keys: tuple[str, ...]


NO_EVIDENCE: Final = Evidence({}, ())


class Weighed(NamedTuple):
    """Hold one meaning of a form, its skill's number (None: none of ours), its probability and what speaks for it."""

    sense: Sense
    number: int | None
    probability: float
    evidence: tuple[str, ...]


_Cue = tuple[str, int, str]  # kind, number of the skill, text


class Senses:
    """Weigh the meanings of the ambiguous forms of a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._cues: dict[tuple[str, ...], list[_Cue]] = {}

    def read(self, cues: tuple[str, ...]) -> list[_Cue]:
        """Tell cues apart: ``@field``, ``"words"``, the name of a skill; an unknown name counts as words."""
        if cues not in self._cues:
            read: list[_Cue] = []
            for cue in cues:
                entry = None if cue[:1] in '@"' else self._vocabulary.lookup(fold(cue))
                if cue.startswith("@"):
                    read.append(("field", -1, cue[1:]))
                elif entry is not None:
                    read.append(("skill", entry.number, self._vocabulary.names[entry.number]))
                else:
                    read.append(("word", -1, fold(cue)))
            self._cues[cues] = read
        return self._cues[cues]

    def _weigh_cue(self, cue: _Cue, evidence: Evidence, own: int | None) -> tuple[float, str]:
        """Give the factor of one cue and, where it tells, how to name it."""
        kind, number, text = cue
        if kind == "skill":
            belief = evidence.skills.get(number, 0.0)
            return 1.0 + (SKILL_FACTOR - 1.0) * belief, text if belief else ""
        if kind == "word":
            told = bool(text) and any(f" {text} " in f" {key} " for key in evidence.keys)
            return (WORD_FACTOR, f'"{text}"') if told else (1.0, "")
        # The form's own skill is no evidence for itself.
        of_field = [n for n in evidence.skills if n != own and self._vocabulary.field(n) == text]
        belief = min(MOST_OF_FIELD, sum([evidence.skills[n] for n in of_field]))
        best = max(of_field, key=lambda n: (evidence.skills[n], -n), default=-1)
        return FIELD_FACTOR**belief, f"{self._vocabulary.names[best]} ({text})" if of_field else ""

    def weigh(self, form: str, evidence: Evidence) -> list[Weighed]:
        """Give all meanings of a form, likeliest first; the probabilities, with what no meaning covers, sum to 1.

        Args:
            form: the key of the form; must be one of ours.
            evidence: what the rest of the profile says.
        """
        weighed: list[tuple[float, Sense, int | None, tuple[str, ...]]] = []
        meanings = self._vocabulary.meanings(form)
        for sense in meanings:
            number = None if sense.skill is None else self._vocabulary.number(sense.skill)
            value, told = max(sense.prior, LEAST_PRIOR), []
            for cue in self.read(sense.cues):
                factor, name = self._weigh_cue(cue, evidence, number)
                value *= factor
                if name:
                    told.append(name)
            weighed.append((value, sense, number, tuple(dict.fromkeys(told))))
        # Priors that sum to less than 1 leave room for meanings that no row names.
        rest = max(0.0, 1.0 - sum([sense.prior for sense in meanings]))
        total = rest + sum([value for value, *_ in weighed])
        found = [Weighed(sense, number, value / total, told) for value, sense, number, told in weighed]
        return sorted(found, key=lambda one: -one.probability)

    def settle(
        self, forms: Sequence[str | None], known: Sequence[int | None], keys: Sequence[str]
    ) -> list[list[Weighed] | None]:
        """Weigh the forms of one profile together.

        Args:
            forms: for each term the key of its ambiguous form, or None.
            known: for each term the number of the skill that it is known to mean, or None.
            keys: the key of each term, for cues that are words.

        Returns:
            for each ambiguous term its meanings, likeliest first; None for the others.
        """
        sure = {number: 1.0 for number in known if number is not None}
        at = [place for place, form in enumerate(forms) if form is not None]
        found: dict[int, list[Weighed]] = {}
        for _ in range(ROUNDS if len(at) > 1 else 1):
            before = found
            found = {}
            for place in at:
                form = forms[place]
                assert form is not None
                others = tuple([key for i, key in enumerate(keys) if i != place and key != form])
                skills = {**_beliefs(before, form, forms), **sure}
                found[place] = self.weigh(form, Evidence(skills, others))
        return [found.get(place) for place in range(len(forms))]


def _beliefs(found: Mapping[int, list[Weighed]], form: str, forms: Sequence[str | None]) -> dict[int, float]:
    """Collect how far each skill is believed in by the other ambiguous forms."""
    beliefs: dict[int, float] = {}
    for place, weighed in found.items():
        if forms[place] != form:
            for one in weighed:
                if one.number is not None:
                    beliefs[one.number] = max(one.probability, beliefs.get(one.number, 0.0))
    return beliefs
