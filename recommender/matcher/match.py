"""Match raw terms to the skills of a vocabulary, or refuse them with the candidates that come nearest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.matcher.calibration import odds
from recommender.matcher.readings import Reading
from recommender.matcher.records import Candidate, Match, Refused
from recommender.matcher.resolving import (
    LONGEST_REMEMBERED,
    LONGEST_SEARCHED,
    MOST_REMEMBERED,
    REFUSED,
    THRESHOLD,
    Resolved,
    Resolver,
)
from recommender.matcher.senses import NO_EVIDENCE, Senses, Weighed, twice_at_most
from recommender.text import Step, explain
from recommender.text import key as fold
from recommender.vocabulary import Vocabulary

__all__ = ["REFUSED", "THRESHOLD", "Candidate", "Match", "Matcher", "Resolved"]

# A key that equals a name's can still be meant otherwise, and nothing near is as sure as what is known.
EXACT_SCORE: Final = 0.999
ALIAS_SCORE: Final = 0.998
MOST_FOR_NEAR: Final = 0.997
MOST_CANDIDATES: Final = 5
# So many names that share pieces are compared more closely.
RANKED_BY_PIECES: Final = 16
# Names that are merely alike are shown, never taken: their odds stay below those of any threshold.
MOST_FOR_SIMILAR: Final = 1.2
# Fewer terms share too little to be worth loading what resolves many.
LEAST_FOR_BULK: Final = 32
# So many whole matches are remembered, of a kilobyte each.
MOST_MATCHES_REMEMBERED: Final = 1 << 14
_Pool = dict[int, tuple[float, str, tuple[Step, ...]]]


class _Ambiguous(NamedTuple):
    """Hold a term that the rest of its profile must decide, as far as it is read."""

    term: str
    key: str
    steps: tuple[Step, ...]
    form: Reading


class Matcher(Resolver):
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
        super().__init__(vocabulary, threshold)
        self._remembered: dict[str, int] = {}
        self._matches: dict[str, Match | _Ambiguous] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        """Say what makes the same matcher elsewhere: words and arrays; memories and look-ups are made there anew."""
        stored = self.arrays() if self._stored is None and "index" in self.__dict__ else self._stored
        if stored is None:
            return type(self), (self.vocabulary, self.threshold)
        return type(self).from_arrays, (self.vocabulary, stored, self.threshold)

    @cached_property
    def senses(self) -> Senses:
        """Hold what weighs the meanings of ambiguous forms."""
        return Senses(self.vocabulary)

    def match(self, term: str, context: Iterable[str] = ()) -> Match:
        """Match one term; ``context`` holds the other terms of the profile, which decide what is ambiguous.

        Never fails on a string; linear in its length.
        """
        found = self._read(term)
        if isinstance(found, Match):
            return found
        others = list(context)
        return self.match_profile([term, *others])[0] if others else self._sensed(*found)

    def _plain(self, term: str, key: str, steps: tuple[Step, ...]) -> Match:
        """Match a term that is no ambiguous form."""
        code = self._codes.get(key)
        if code is not None:
            return self._exact(term, key, steps, code)
        return self._decide(term, key, steps, self._search(term, key))

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

    def _search(self, term: str, key: str) -> _Pool:
        """Keep the best relation of each skill, with its odds."""
        pool: _Pool = {}
        for number, how, features, steps in self.relations(term, key):
            value = odds(features)
            if number not in pool or pool[number][0] < value:
                pool[number] = (value, how, steps)
        return pool

    def _decide(self, term: str, key: str, steps: tuple[Step, ...], pool: _Pool) -> Match:
        best, number = min([(-value, number) for number, (value, _, _) in pool.items()], default=(0.0, REFUSED))
        if not pool or -best / _total(pool) < self.threshold:
            return Refused.of(term, key, steps, lambda: self._ranked(self._with_similar(key, pool))[:MOST_CANDIDATES])
        found = self._ranked(pool)[:MOST_CANDIDATES]
        first = found[0]
        kind = first.how if first.how in ("exact", "alias") else "near"
        return Match(term, key, first.skill, number, first.score, kind, found, steps + pool[number][2])

    def _ranked(self, pool: _Pool) -> tuple[Candidate, ...]:
        """Give each skill its share of the odds, one part being kept for a meaning that is none of them."""
        total = _total(pool)
        names = self.vocabulary.names
        best = sorted([(-value, number) for number, (value, _, _) in pool.items()])
        return tuple([
            Candidate(names[number], min(-value / total, MOST_FOR_NEAR), pool[number][1]) for value, number in best
        ])  # fmt: skip

    def _with_similar(self, key: str, pool: _Pool) -> _Pool:
        """Add names that share words and letters; these are shown as candidates, never taken."""
        if not key or len(key) > LONGEST_SEARCHED:
            return pool
        full = dict(pool)
        for number, features in self.index.similar(key, RANKED_BY_PIECES):
            value = odds(features)
            if value > 1.0:  # held below the most, in their order
                value = MOST_FOR_SIMILAR - (MOST_FOR_SIMILAR - 1.0) / value
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
        if len(set(terms)) < len(terms) and len(told := twice_at_most(terms)) < len(terms):
            matched = dict(zip(told, self.match_profile(told), strict=True))
            return [matched[term] for term in terms]
        read = [self._read(term) for term in terms]
        if not any(isinstance(one, _Ambiguous) for one in read):
            return [one for one in read if isinstance(one, Match)]
        settled = self.senses.settle(
            [one.form.key if isinstance(one, _Ambiguous) else None for one in read],
            [one.number if isinstance(one, Match) and one.number >= 0 else None for one in read],
            [one.key for one in read],
        )
        return [
            self._sensed(*one, weighed) if isinstance(one, _Ambiguous) else one
            for one, weighed in zip(read, settled, strict=True)
        ]

    def _read(self, term: str) -> Match | _Ambiguous:
        """Match a term, or tell that the rest of its profile must decide; remembered, for profiles repeat terms."""
        found = self._matches.get(term)
        if found is None:
            key, steps = explain(term)
            form = self._form(term, key)
            found = self._plain(term, key, steps) if form is None else _Ambiguous(term, key, steps, form)
            if len(term) <= LONGEST_REMEMBERED:
                if len(self._matches) >= MOST_MATCHES_REMEMBERED:
                    self._matches.clear()
                self._matches[term] = found
        return found

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
        resolved = self.resolve_many(terms) if len(terms) >= LEAST_FOR_BULK else map(self.resolve, terms)
        for term, (key, form, number) in zip(terms, resolved, strict=True):
            sense = None if form is None else self._sensed(term, key, (), Reading(form, {}, ()))
            numbers[term] = number if sense is None else sense.number
        for term, number in numbers.items():
            if len(term) <= LONGEST_REMEMBERED:
                if len(self._remembered) >= MOST_REMEMBERED:
                    self._remembered.clear()
                self._remembered[term] = number
        return numbers

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
        number = self._remembered.get(term)
        if number is None:
            number = self._new_numbers([term])[term]
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
