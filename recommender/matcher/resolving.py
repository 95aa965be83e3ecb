"""Resolve raw terms to numbers of skills: which reading of a term is known, or near enough to what is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Self

from numpy.typing import NDArray

from recommender.matcher.calibration import odds
from recommender.matcher.differences import Features
from recommender.matcher.index import Arrays, FormIndex
from recommender.matcher.readings import Reading, readings
from recommender.matcher.records import Relation
from recommender.matcher.relations import near
from recommender.text import is_qualifier
from recommender.text import key as fold
from recommender.vocabulary import Vocabulary

if TYPE_CHECKING:
    from recommender.matcher.bulk import BulkResolver

__all__ = ["LONGEST_REMEMBERED", "LONGEST_SEARCHED", "MOST_REMEMBERED", "REFUSED", "THRESHOLD", "Resolved", "Resolver"]

# Accept when the match is right with at least this probability; chosen from the curve of benchmarks/calibration.py.
THRESHOLD: Final = 0.75
REFUSED: Final = -1
# Longer keys are prose: looked up whole, never searched for near names. It keeps work linear in the input.
LONGEST_SEARCHED: Final = 160
# So many terms are remembered by `numbers`; when full, the memory starts anew. Long terms are never remembered.
MOST_REMEMBERED: Final = 1 << 17
LONGEST_REMEMBERED: Final = 100
# What is refused early must be refused surely, however sums are rounded.
ODDS_MARGIN: Final = 0.999

# The key of a term, the ambiguous form that it is, and else the number of its skill.
Resolved = tuple[str, str | None, int]


class Resolver:
    """Resolve terms to the numbers of a vocabulary's skills, without telling why; see `Matcher` for that.

    Args:
        vocabulary: the skills and their other names.
        threshold: the least probability at which a near match is accepted.

    >>> Resolver(Vocabulary.from_names(["PyTorch", "TensorFlow"])).resolve("pytroch")
    ('pytroch', None, 0)
    """

    def __init__(self, vocabulary: Vocabulary, threshold: float = THRESHOLD) -> None:
        self.vocabulary = vocabulary
        self.threshold = threshold
        self._codes = vocabulary.codes
        self._of_key: dict[str, int] = {}
        self._stored: Arrays | None = None

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

    def relations(self, term: str, key: str) -> list[Relation]:
        """List every way in which a term whose key is unknown may stand for a skill, with the features of each.

        A reading that is known exactly ends the search; near names are looked for otherwise, and what was set apart
        ("expert", "knowledge") does not vouch for those: "market knowledge" is no marketing.
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
                Relation(index.number(place), how, features, reading.steps)
                for place, how, features in near(index, reading.key)
            ]
        return found

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

        >>> resolver = Resolver(Vocabulary.from_names(["PyTorch", "Keras"]))
        >>> resolver.resolve_many(["pytroch", "golf"])
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

    def likeliest(self, relations: Sequence[tuple[int, Features]]) -> int:
        """Give the number of the skill that relations speak for most, -1 where that is too little."""
        if len(relations) == 1:
            number, features = relations[0]
            value = odds(features)
            return number if value / (1.0 + value) >= self.threshold else REFUSED
        pool: dict[int, float] = {}
        for number, features in relations:
            value = odds(features)
            if number not in pool or pool[number] < value:
                pool[number] = value
        if not pool:
            return REFUSED
        value, number = min([(-value, number) for number, value in pool.items()])
        return number if -value / (1.0 + sum(pool.values())) >= self.threshold else REFUSED
