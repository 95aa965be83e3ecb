"""Decide what an ambiguous form ("TF", "Ai", "CV") means by the rest of the profile.

Naive Bayes over hand-written cues: each meaning starts from its prior, and each cue that the profile holds multiplies
its odds by a fixed factor. Forms that are ambiguous themselves speak for each other as far as their meaning is believed
(mean-field rounds), so that "Ps, Ai, Id" settle together.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple, TypeVar

from recommender.text import key as fold
from recommender.vocabulary import Sense, Vocabulary

__all__ = ["NO_EVIDENCE", "Evidence", "Senses", "Weighed", "twice_at_most"]

_Said = TypeVar("_Said", bound=Hashable)

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
# So many profiles are remembered: one is often asked about several times.
MOST_SETTLED: Final = 1 << 12


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


class _Meaning(NamedTuple):
    """Hold one meaning of a form with its skill's number, its chance without evidence, and its cues."""

    sense: Sense
    number: int | None
    prior: float
    cues: list[_Cue]


class _Form(NamedTuple):
    """Hold the meanings of a form, where each cue stands among them, the words among the cues, and the chance of none.

    A cue is known by the number of its skill, its field behind an ``@``, or its words in quotes.
    """

    meanings: list[_Meaning]
    places: dict[int | str, list[tuple[int, int]]]
    words: list[str]
    rest: float


class Senses:
    """Weigh the meanings of the ambiguous forms of a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._forms: dict[str, _Form] = {}
        self._settled: dict[tuple[str | int | None, ...], list[list[Weighed] | None]] = {}

    def read(self, cue: str) -> _Cue:
        """Tell cues apart: ``@field``, ``"words"``, the name of a skill; an unknown name counts as words."""
        if cue.startswith("@"):
            return "field", -1, cue[1:]
        entry = None if cue[:1] == '"' else self._vocabulary.lookup(fold(cue))
        return (
            ("word", -1, fold(cue)) if entry is None else ("skill", entry.number, self._vocabulary.names[entry.number])
        )

    def _form(self, form: str) -> _Form:
        """Read the meanings of a form once: profiles repeat forms."""
        found = self._forms.get(form)
        if found is None:
            number = self._vocabulary.number
            senses = self._vocabulary.meanings(form)
            meanings = [
                _Meaning(
                    sense, None if sense.skill is None else number(sense.skill), max(sense.prior, LEAST_PRIOR),
                    [self.read(cue) for cue in sense.cues],
                )
                for sense in senses
            ]  # fmt: skip
            words = dict.fromkeys(text for one in meanings for kind, _, text in one.cues if kind == "word" and text)
            places: dict[int | str, list[tuple[int, int]]] = {}
            for which, one in enumerate(meanings):
                for at, (kind, skill, text) in enumerate(one.cues):
                    cue = skill if kind == "skill" else f"@{text}" if kind == "field" else f'"{text}"'
                    places.setdefault(cue, []).append((which, at))
            # Priors that sum to less than 1 leave room for meanings that no row names.
            found = _Form(meanings, places, list(words), max(0.0, 1.0 - sum([sense.prior for sense in senses])))
            self._forms[form] = found
        return found

    def _told(self, form: str, keys: Iterable[str]) -> frozenset[str]:
        """Find the words among a form's cues that stand in other keys."""
        text = "".join([f" {key} \n" for key in keys])
        return frozenset([word for word in self._form(form).words if f" {word} " in text])

    def weigh(self, form: str, evidence: Evidence) -> list[Weighed]:
        """Give all meanings of a form, likeliest first; the probabilities, with what no meaning covers, sum to 1.

        Args:
            form: the key of the form; must be one of ours.
            evidence: what the rest of the profile says.
        """
        return self._weigh(form, evidence.skills, self._told(form, evidence.keys))

    def _weigh(self, form: str, skills: Mapping[int, float], told: frozenset[str]) -> list[Weighed]:
        held = self._form(form)
        by_field: dict[str, list[int]] = {}
        for number in skills:
            by_field.setdefault(self._vocabulary.field(number), []).append(number)
        values, names = [one.prior for one in held.meanings], [dict[str, None]() for _ in held.meanings]
        # What does not speak multiplies by one; what does is taken in the order of the cues.
        speaking: list[int | str] = [*skills, *[f'"{word}"' for word in told], *[f"@{field}" for field in by_field]]
        for which, at in sorted([place for cue in speaking for place in held.places.get(cue, ())]):
            meaning = held.meanings[which]
            kind, number, text = meaning.cues[at]
            factor, name = WORD_FACTOR, f'"{text}"'
            if kind == "skill":
                factor, name = 1.0 + (SKILL_FACTOR - 1.0) * skills[number], text if skills[number] else ""
            elif kind == "field":
                factor, best = _of_field(by_field[text], meaning.number, skills)
                name = f"{self._vocabulary.names[best]} ({text})" if best >= 0 else ""
            values[which] *= factor
            if name:
                names[which][name] = None
        weighed = zip(values, held.meanings, names, strict=True)
        total = held.rest + sum(values)
        found = [Weighed(one.sense, one.number, value / total, tuple(names)) for value, one, names in weighed]
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
        asked = (*forms, *known, *keys)
        if asked not in self._settled:
            if len(self._settled) >= MOST_SETTLED:
                self._settled.clear()
            self._settled[asked] = self._settle(forms, known, keys)
        return self._settled[asked]

    def _settle(
        self, forms: Sequence[str | None], known: Sequence[int | None], keys: Sequence[str]
    ) -> list[list[Weighed] | None]:
        sure = {number: 1.0 for number in known if number is not None}
        at = {place: form for place, form in enumerate(forms) if form is not None}
        told = {
            place: self._told(form, [key for i, key in enumerate(keys) if i != place and key != form])
            for place, form in at.items()
        }
        found: dict[int, list[Weighed]] = {}
        for _ in range(ROUNDS if len(at) > 1 else 1):
            before = found
            found = {
                place: self._weigh(form, {**_beliefs(before, form, forms), **sure}, told[place])
                for place, form in at.items()
            }
        return [found.get(place) for place in range(len(forms))]


def _of_field(numbers: Sequence[int], own: int | None, skills: Mapping[int, float]) -> tuple[float, int]:
    """Give the factor of the skills of a field and the likeliest of them, -1 if there is none.

    A form's own skill is no evidence for itself.
    """
    others = [number for number in numbers if number != own]
    belief = min(MOST_OF_FIELD, sum([skills[number] for number in others]))
    return FIELD_FACTOR**belief, max(others, key=lambda number: (skills[number], -number), default=-1)


def _beliefs(found: Mapping[int, list[Weighed]], form: str, forms: Sequence[str | None]) -> dict[int, float]:
    """Collect how far each skill is believed in by the other ambiguous forms."""
    beliefs: dict[int, float] = {}
    for place, weighed in found.items():
        if forms[place] != form:
            for one in weighed:
                if one.number is not None:
                    beliefs[one.number] = max(one.probability, beliefs.get(one.number, 0.0))
    return beliefs


def twice_at_most(said: Sequence[_Said]) -> list[_Said]:
    """Leave out third and further copies of what is said: each form is weighed beside all others, so they add nothing.

    >>> twice_at_most(["R", "C", "R", "R"])
    ['R', 'C', 'R']
    """
    met: dict[_Said, int] = {}
    out = []
    for one in said:
        met[one] = met.get(one, 0) + 1
        if met[one] <= 2:
            out.append(one)
    return out
