"""Match raw terms to the skills of a vocabulary, or refuse them with the candidates that come nearest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from recommender.matcher.calibration import odds
from recommender.matcher.differences import Features
from recommender.matcher.index import Arrays, FormIndex
from recommender.matcher.readings import Reading, readings
from recommender.matcher.records import Candidate, Match, Relation
from recommender.matcher.relations import near
from recommender.matcher.senses import NO_EVIDENCE, Senses, Weighed
from recommender.text import Step, explain, is_qualifier
from recommender.text import key as fold
from recommender.vocabulary import Vocabulary

if TYPE_CHECKING:
    from recommender.matcher.bulk import BulkResolver

__all__ = ["REFUSED", "THRESHOLD", "Candidate", "Match", "Matcher", "Resolved"]

# Accept when the match is right with at least this probability; chosen from the curve of benchmarks/calibration.py.
THRESHOLD: Final = 0.75
# A key that equals a name's can still be meant otherwise; no answer is certain.
EXACT_SCORE: Final = 0.995
ALIAS_SCORE: Final = 0.99
REFUSED: Final = -1
MOST_CANDIDATES: Final = 5
# So many names that share pieces are compared more closely.
RANKED_BY_PIECES: Final = 16
# Names that are merely alike are shown, never taken: their odds stay below those of any threshold.
MOST_FOR_SIMILAR: Final = 1.2
# Longer keys are prose: looked up whole, never searched for near names. It keeps work linear in the input.
LONGEST_SEARCHED: Final = 160
# So many terms are remembered by `numbers`; when full, the memory starts anew. Long terms are never remembered.
MOST_REMEMBERED: Final = 1 << 18
LONGEST_REMEMBERED: Final = 100
# What is refused early must be refused surely, however sums are rounded.
ODDS_MARGIN: Final = 0.999

_Pool = dict[int, tuple[float, str, tuple[Step, ...]]]
# The key of a term, the ambiguous form that it is, and else the number of its skill.
Resolved = tuple[str, str | None, int]


class Matcher:
    """Match terms to the skills of a vocabulary.

    Args:
        vocabulary: the skills and their other names.
        threshold: the least probability at which a near match is accepted.

    >>> matcher = Matcher(Vocabulary.from_names(["PyTorch", "TensorFlow"]))
    >>> match = matcher.match("tensorflw (expert)")
    >>> match.skill, match.how, [step.name for step in match.steps]
    ('TensorFlow', 'near', ['punctuation and spaces', 'qualifier, brackets'])
    """

    def __init__(self, vocabulary: Vocabulary, threshold: float = THRESHOLD) -> None:
        self.vocabulary = vocabulary
        self.threshold = threshold
        self._codes = vocabulary.codes
        self._remembered: dict[str, int] = {}
        self._of_key: dict[str, int] = {}
        self._stored: Arrays | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Say what makes the same matcher elsewhere: words and arrays; memories and look-ups are made there anew."""
        stored = self.arrays() if self._stored is None and "index" in self.__dict__ else self._stored
        if stored is None:
            return type(self), (self.vocabulary, self.threshold)
        return type(self).from_arrays, (self.vocabulary, stored, self.threshold)

    @classmethod
    def from_arrays(cls, vocabulary: Vocabulary, arrays: Arrays, threshold: float = THRESHOLD) -> Self:
        """Make a matcher from the `arrays` of a matcher of the same vocabulary, so that nothing is indexed anew."""
        made = cls(vocabulary, threshold)
        made._stored = arrays
        return made

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Give the index as arrays (uint8, uint32, int32, float32), to be stored; see `from_arrays`."""
        return self.index.arrays()

    @cached_property
    def index(self) -> FormIndex:
        """Hold the keys of the vocabulary by their reduced forms; made when first asked for."""
        return FormIndex(self.vocabulary, self._stored)

    @cached_property
    def senses(self) -> Senses:
        """Hold what weighs the meanings of ambiguous forms."""
        return Senses(self.vocabulary)

    def match(self, term: str, context: Iterable[str] = ()) -> Match:
        """Match one term; ``context`` holds the other terms of the profile, which decide what is ambiguous.

        Never fails on a string; linear in its length.
        """
        key, steps = explain(term)
        form = self._form(term, key)
        if form is not None:
            others = list(context)
            return self.match_profile([term, *others])[0] if others else self._sensed(term, key, steps, form)
        return self._plain(term, key, steps)

    def _plain(self, term: str, key: str, steps: tuple[Step, ...]) -> Match:
        """Match a term that is no ambiguous form."""
        code = self._codes.get(key)
        if code is not None:
            return self._exact(term, key, steps, code)
        return self._decide(term, key, steps, self._search(term, key))

    def _form(self, term: str, key: str) -> Reading | None:
        """Find the ambiguous form that a term is, with or without qualifiers."""
        forms = self.vocabulary.forms
        if key in forms:
            return Reading(key, {}, ())
        if not forms or key in self._codes or not key or len(key) > LONGEST_SEARCHED:
            return None
        return self._form_among(readings(term, key))

    def _form_among(self, variants: Sequence[Reading]) -> Reading | None:
        """Find the ambiguous form among the readings of a term.

        A reading that is surely known says more than one that is ambiguous: "NLP (natural language processing)".
        """
        forms = self.vocabulary.forms
        found = next((reading for reading in variants if reading.key in forms), None)
        if found and any(reading.key not in forms and reading.key in self._codes for reading in variants):
            return None
        return found

    def form_among(self, variants: Sequence[Reading]) -> str | None:
        """Give the key of the ambiguous form among the readings of a term, None if there is none."""
        found = self._form_among(variants)
        return None if found is None else found.key

    def known_among(self, variants: Sequence[Reading]) -> list[tuple[int, Features]]:
        """Give the skills that the readings of a term name exactly, with what speaks for each."""
        known = [(self._codes.get(reading.key), reading.features) for reading in variants]
        return [(code if code >= 0 else ~code, features) for code, features in known if code is not None]

    def _sensed(
        self, term: str, key: str, steps: tuple[Step, ...], form: Reading, weighed: list[Weighed] | None = None
    ) -> Match:
        """Take the likeliest meaning of an ambiguous form, if it is likely enough and a skill."""
        meanings = self.senses.weigh(form.key, NO_EVIDENCE) if weighed is None else weighed
        names = self.vocabulary.names
        found = tuple([Candidate(names[m.number], m.probability, "sense") for m in meanings if m.number is not None])
        best = meanings[0]
        meant = names[best.number] if best.number is not None else "no skill"
        said = (*steps, *form.steps, Step(f"sense: {best.sense.meaning}", form.key, meant))
        if best.number is None or best.probability < self.threshold:
            score = found[0].score if found else 0.0
            return Match(term, key, None, REFUSED, score, "refused", found, said, best.evidence)
        return Match(term, key, meant, best.number, best.probability, "sense", found, said, best.evidence)

    def _exact(self, term: str, key: str, steps: tuple[Step, ...], code: int) -> Match:
        number, how, score = (code, "exact", EXACT_SCORE) if code >= 0 else (~code, "alias", ALIAS_SCORE)
        name = self.vocabulary.names[number]
        return Match(term, key, name, number, score, how, (Candidate(name, score, how),), steps)

    def relations(self, term: str, key: str) -> list[Relation]:
        """List every way in which a term whose key is unknown may stand for a skill, with the features of each.

        A reading that is known exactly ends the search; near names are looked for otherwise.
        """
        if not key or len(key) > LONGEST_SEARCHED or is_qualifier(term):
            return []
        return self._related(key, readings(term, key))

    def _related(self, key: str, variants: list[Reading]) -> list[Relation]:
        """List the relations of a key and the other readings of its term."""
        found: list[Relation] = []
        for reading in variants:
            code = self._codes.get(reading.key)
            if code is not None:
                number, how = (code, "exact") if code >= 0 else (~code, "alias")
                found.append(Relation(number, how, reading.features, reading.steps))
        if found:
            return found
        index = self.index
        for reading in (Reading(key, {}, ()), *[reading for reading in variants if reading.searched]):
            found += [
                Relation(index.number(place), how, {**reading.features, **features}, reading.steps)
                for place, how, features in near(index, reading.key)
            ]
        return found

    def _search(self, term: str, key: str) -> _Pool:
        """Keep the best relation of each skill, with its odds."""
        pool: _Pool = {}
        for number, how, features, steps in self.relations(term, key):
            value = odds(features)
            if number not in pool or pool[number][0] < value:
                pool[number] = (value, how, steps)
        return pool

    def _decide(self, term: str, key: str, steps: tuple[Step, ...], pool: _Pool) -> Match:
        found = self._ranked(pool)
        if not found or found[0].score < self.threshold:
            found = self._ranked(self._with_similar(key, pool))
            best = found[0].score if found else 0.0
            return Match(term, key, None, REFUSED, best, "refused", found[:MOST_CANDIDATES], steps)
        first = found[0]
        number = self.vocabulary.number(first.skill)
        kind = first.how if first.how in ("exact", "alias") else "near"
        steps += pool[number][2]
        return Match(term, key, first.skill, number, first.score, kind, found[:MOST_CANDIDATES], steps)

    def _ranked(self, pool: _Pool) -> tuple[Candidate, ...]:
        """Give each skill its share of the odds, one part being kept for a meaning that is none of them."""
        total = _total(pool)
        names = self.vocabulary.names
        best = sorted([(-value, number) for number, (value, _, _) in pool.items()])
        return tuple([Candidate(names[number], -value / total, pool[number][1]) for value, number in best])

    def _with_similar(self, key: str, pool: _Pool) -> _Pool:
        """Add names that share words and letters; these are shown as candidates, never taken."""
        if not key or len(key) > LONGEST_SEARCHED:
            return pool
        full = dict(pool)
        for number, features in self.index.similar(key, RANKED_BY_PIECES):
            value = min(odds(features), MOST_FOR_SIMILAR)
            if number not in full or full[number][0] < value:
                full[number] = (value, "similar", ())
        return full

    def match_profile(self, terms: Sequence[str]) -> list[Match]:
        """Match the terms of one profile; ambiguous forms are decided by the other terms.

        >>> from recommender.vocabulary import Sense, Skill
        >>> words = Vocabulary(
        ...     [Skill("Terraform"), Skill("TensorFlow"), Skill("Keras")],
        ...     [Sense("TF", "Terraform", "tool", 0.4), Sense("TF", "TensorFlow", "library", 0.6, ("Keras",))],
        ... )
        >>> [match.skill for match in Matcher(words).match_profile(["TF", "keras"])], Matcher(words).match("TF").skill
        (['TensorFlow', 'Keras'], None)
        """
        if len(set(terms)) < len(terms) and len(told := _twice_at_most(terms)) < len(terms):
            matched = dict(zip(told, self.match_profile(told), strict=True))
            return [matched[term] for term in terms]
        explained = [explain(term) for term in terms]
        forms = [self._form(term, key) for term, (key, _) in zip(terms, explained, strict=True)]
        plain = [
            None if form else self._plain(term, *folded)
            for term, folded, form in zip(terms, explained, forms, strict=True)
        ]
        if not any(forms):
            return [match for match in plain if match is not None]
        settled = self.senses.settle(
            [form.key if form else None for form in forms],
            [match.number if match and match.number >= 0 else None for match in plain],
            [key for key, _ in explained],
        )
        sensed = [
            self._sensed(term, *folded, form, weighed) if form else None
            for term, folded, form, weighed in zip(terms, explained, forms, settled, strict=True)
        ]
        return [match for pair in zip(plain, sensed, strict=True) for match in pair if match is not None]

    def numbers(self, terms: Sequence[str]) -> NDArray[np.int32]:
        """Give the skills' numbers of terms without context, -1 where refused; int32, shape (len(terms),)."""
        remembered = self._remembered
        found = [remembered.get(term) for term in terms]
        if None in found:
            new = dict.fromkeys(term for term, number in zip(terms, found, strict=True) if number is None)
            numbers = self._new_numbers(list(new))
            found = [numbers[term] if n is None else n for term, n in zip(terms, found, strict=True)]
        return np.array(found, dtype=np.int32)

    def _new_numbers(self, terms: list[str]) -> dict[str, int]:
        """Match terms that are not remembered, and remember them."""
        numbers: dict[str, int] = {}
        for term, (key, form, number) in zip(terms, self.resolve_many(terms), strict=True):
            sense = None if form is None else self._sensed(term, key, (), Reading(form, {}, ()))
            numbers[term] = number if sense is None else sense.number
        for term, number in numbers.items():
            if len(term) <= LONGEST_REMEMBERED:
                if len(self._remembered) >= MOST_REMEMBERED:
                    self._remembered.clear()
                self._remembered[term] = number
        return numbers

    def resolve(self, term: str) -> Resolved:
        """Give a term's key, the ambiguous form that it is (or None), and else the number that `match` accepts.

        Candidates for what is refused are not gathered, which is most of the work of `match`.
        """
        key = fold(term)
        if key in self.vocabulary.forms:
            return key, key, REFUSED
        code = self._codes.get(key)
        if code is not None:
            return key, None, code if code >= 0 else ~code
        if not key or len(key) > LONGEST_SEARCHED:
            return key, None, REFUSED
        variants = readings(term, key)
        form = self._form_among(variants)
        if form is not None:
            return key, form.key, REFUSED
        if is_qualifier(term):
            return key, None, REFUSED
        return key, None, self._near_number(key, variants)

    def _near_number(self, key: str, variants: list[Reading]) -> int:
        """Give the number of the likeliest skill for a term whose key is unknown, -1 where refused."""
        # A term without other readings says no more than its key, which many terms share.
        if variants:
            return self.likeliest([(one.number, one.features) for one in self._related(key, variants)])
        number = self._of_key.get(key)
        if number is None:
            if len(self._of_key) >= MOST_REMEMBERED:
                self._of_key.clear()
            number = self.likeliest([(one.number, one.features) for one in self._related(key, variants)])
            self._of_key[key] = number
        return number

    def resolve_many(self, terms: Sequence[str]) -> list[Resolved]:
        """Resolve many terms at once, with the answers of `resolve`, in order; made for thousands of new terms.

        >>> matcher = Matcher(Vocabulary.from_names(["PyTorch", "Keras"]))
        >>> matcher.resolve_many(["pytroch", "golf"])
        [('pytroch', None, 0), ('golf', None, -1)]
        """
        return self._bulk.resolve(terms)

    @cached_property
    def _bulk(self) -> BulkResolver:
        from recommender.matcher.bulk import BulkResolver

        return BulkResolver(self)

    @property
    def least_odds(self) -> float:
        """Give odds that every accepted relation exceeds: less is too little even where nothing else is meant."""
        return ODDS_MARGIN * self.threshold / max(1.0 - self.threshold, 1e-9)

    def likeliest(self, relations: Iterable[tuple[int, Features]]) -> int:
        """Give the number of the skill that relations speak for most, -1 where that is too little."""
        pool: dict[int, float] = {}
        for number, features in relations:
            value = odds(features)
            if number not in pool or pool[number] < value:
                pool[number] = value
        if not pool:
            return REFUSED
        value, number = min([(-value, number) for number, value in pool.items()])
        return number if -value / (1.0 + sum(pool.values())) >= self.threshold else REFUSED

    def decide(self, forms: Sequence[str | None], known: Sequence[int | None], keys: Sequence[str]) -> list[int]:
        """Give the numbers of the ambiguous forms of one profile, -1 where refused, from terms resolved already.

        Args:
            forms: for each term the ambiguous form that it is, or None.
            known: for each term the number of the skill that it is known to mean, or None.
            keys: the key of each term.
        """
        settled = self.senses.settle(forms, known, keys)
        return [
            self._sensed(key, key, (), Reading(form, {}, ()), weighed).number
            for key, form, weighed in zip(keys, forms, settled, strict=True)
            if form is not None
        ]

    def known(self, term: str) -> int | str | None:
        """Tell which skill a term means by itself: its number, the key of an ambiguous form, or None.

        Made to be given to `recommender.text.split_list`, which asks it what a slash or an "and" parts.
        """
        number = int(self.numbers([term])[0])
        if number >= 0:
            return number
        key = fold(term)
        return key if key in self.vocabulary.forms else None

    def is_ambiguous(self, key: str) -> bool:
        """Tell whether a key, as `recommender.text.key` folds it, has several meanings that a profile must decide."""
        return key in self.vocabulary.forms


def _total(pool: _Pool) -> float:
    """Sum the odds; the one is for a meaning that is none of the skills."""
    return 1.0 + sum([value for value, _, _ in pool.values()])


def _twice_at_most(terms: Sequence[str]) -> list[str]:
    """Leave out third and further copies of a term, which say nothing new: each form is weighed beside all others."""
    met: dict[str, int] = {}
    out = []
    for term in terms:
        met[term] = met.get(term, 0) + 1
        if met[term] <= 2:
            out.append(term)
    return out
