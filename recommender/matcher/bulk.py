"""Resolve thousands of terms at once, with the answers of `Resolver.resolve`.

What costs is shared: terms are folded together, spellings of one key are searched once, and neighbours in spelling are
looked up for all keys in one go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final, NamedTuple

from recommender.matcher.calibration import odds
from recommender.matcher.differences import Features
from recommender.matcher.forms import squeezed
from recommender.matcher.neighbours import Neighbours
from recommender.matcher.readings import Reading, readings
from recommender.matcher.relations import near, near_for
from recommender.matcher.resolving import LONGEST_SEARCHED, MOST_REMEMBERED, REFUSED, Resolved, Resolver
from recommender.memory import uncollected
from recommender.text import is_qualifier
from recommender.text.fold import keys as fold_all

__all__ = ["BulkResolver"]

# So many terms are resolved in one go: enough to share, few enough to hold what is found for them.
TERMS_AT_ONCE: Final = 1 << 15
# Making the tables of neighbours costs as much as searching so many keys one by one (73,000 names, measured).
KEYS_BEFORE_TABLES: Final = 4096
# Fewer keys than these are searched one by one even then: a look-up of many has a price of its own.
LEAST_FOR_TABLES: Final = 64

_Near = list[tuple[int, Features]]  # numbers of skills, and the features of what speaks for each


class _Other(NamedTuple):
    """Hold a term whose key is unknown and that can be read otherwise: its place, key and readings."""

    at: int
    key: str
    readings: list[Reading]


class BulkResolver:
    """Resolve many terms for one `Resolver`.

    >>> from recommender.vocabulary import Vocabulary
    >>> BulkResolver(Resolver(Vocabulary.from_names(["PyTorch", "Keras"]))).resolve(["pytroch", "golf", "KERAS!"])
    [('pytroch', None, 0), ('golf', None, -1), ('keras', None, 1)]
    """

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._of_key: dict[str, int] = {}
        self._searched = 0

    def resolve(self, terms: Sequence[str]) -> list[Resolved]:
        """Give for each term what `Resolver.resolve` gives."""
        found: list[Resolved] = []
        with uncollected():
            for start in range(0, len(terms), TERMS_AT_ONCE):
                found += self._resolve(terms[start : start + TERMS_AT_ONCE])
        return found

    def _resolve(self, terms: Sequence[str]) -> list[Resolved]:
        resolver = self._resolver
        code_of, forms = resolver.vocabulary.codes.get, resolver.vocabulary.forms
        found: list[Resolved] = []
        unknown: list[_Other] = []
        for at, (term, key) in enumerate(zip(terms, fold_all(terms), strict=True)):
            form = None
            if key in forms:
                form, code = key, None
            elif (code := code_of(key)) is None and key and len(key) <= LONGEST_SEARCHED:
                variants = readings(term, key)
                form = resolver.form_among(variants) if variants else None
                if form is None and not is_qualifier(term):
                    unknown.append(_Other(at, key, variants))
            found.append((key, form, REFUSED if code is None else code if code >= 0 else ~code))
        self._search(found, unknown)
        return found

    def _search(self, found: list[Resolved], unknown: list[_Other]) -> None:
        """Fill in the numbers of the terms whose key is unknown."""
        plain, others = {one.key for one in unknown if not one.readings}, [one for one in unknown if one.readings]
        if len(self._of_key) > MOST_REMEMBERED:
            self._of_key.clear()
        likeliest, least = self._resolver.likeliest, self._resolver.least_odds
        new = dict.fromkeys(sorted(key for key in plain if key not in self._of_key), least)
        self._of_key.update({key: likeliest(relations) for key, relations in self._near(new).items()})
        for one in unknown:
            if not one.readings:
                found[one.at] = one.key, None, self._of_key[one.key]
        exact = [self._resolver.known_among(one.readings) for one in others]
        asked = [
            reading.key for one, known in zip(others, exact, strict=True) if not known for reading in _searched(one)
        ]
        near_of = self._near(dict.fromkeys(asked, least))
        for one, known in zip(others, exact, strict=True):
            relations = known or _related(one, near_of)
            if not known and any(odds(features) >= least for _, features in relations):
                # What was left out as too little counts against what is not.
                whole = {reading.key: near_of[reading.key] or self._whole(reading.key) for reading in _searched(one)}
                relations = _related(one, whole)
            found[one.at] = one.key, None, likeliest(relations)

    @cached_property
    def _neighbours(self) -> Neighbours:
        return Neighbours(self._resolver.index.spellings)

    def _near(self, least_of: Mapping[str, float]) -> dict[str, _Near]:
        """Find what each key may stand for; nothing where that cannot reach the odds which are asked for."""
        index = self._resolver.index
        self._searched += len(least_of)
        places = self._spelt_like([squeezed(key) for key in least_of])
        return {
            key: [(index.number(f.place), f.features) for f in near_for(index, key, key.split(" "), spelt, least)]
            for (key, least), spelt in zip(least_of.items(), places, strict=True)
        }

    def _whole(self, key: str) -> _Near:
        """Find all that a key may stand for."""
        index = self._resolver.index
        return [(index.number(one.place), one.features) for one in near(index, key)]

    def _spelt_like(self, joined: list[str]) -> list[list[int]]:
        """Find the places near in spelling."""
        if len(joined) < LEAST_FOR_TABLES or self._searched < KEYS_BEFORE_TABLES:
            spelt_like = self._resolver.index.spellings.near
            return [spelt_like(string) for string in joined]
        found = self._neighbours.one_edit(joined)
        far = [at for at, places in enumerate(found) if not places]
        for at, places in zip(far, self._neighbours.two_edits([joined[at] for at in far]), strict=True):
            found[at] = places
        return found


def _searched(one: _Other) -> list[Reading]:
    """Give the readings whose near names count, the key itself first."""
    return [Reading(one.key, {}, ()), *[reading for reading in one.readings if reading.searched]]


def _related(one: _Other, near_of: Mapping[str, _Near]) -> _Near:
    return [(number, features) for reading in _searched(one) for number, features in near_of[reading.key]]
