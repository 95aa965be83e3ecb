"""Resolve thousands of terms at once, with the answers of `Resolver.resolve`.

What costs is shared: terms are folded together, spellings of one key are searched once, and neighbours in spelling are
looked up for all keys in one go.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from functools import cached_property
from typing import Final, NamedTuple

from recommender.kernels import kernel
from recommender.matcher.calibration import odds
from recommender.matcher.differences import Features
from recommender.matcher.forms import squeezed
from recommender.matcher.neighbours import Neighbours
from recommender.matcher.readings import Reading, may_be_read, readings
from recommender.matcher.relations import near_for
from recommender.matcher.resolving import LONGEST_SEARCHED, MOST_REMEMBERED, REFUSED, Resolved, Resolver
from recommender.memory import uncollected
from recommender.text import is_qualifier
from recommender.text.fold import keys as fold_all

__all__ = ["BulkResolver"]

# So many terms are resolved in one go: enough to share, few enough to hold what is found for them.
TERMS_AT_ONCE: Final = 1 << 15
# Making the tables of neighbours costs as much as searching so many keys one by one (73,000 names, measured; without
# the compiled twin, as twice as many).
KEYS_BEFORE_TABLES: Final = 2048
# Without the compiled twin, fewer keys than these are searched one by one even then: its look-ups have their price.
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
        vocabulary = self._resolver.vocabulary
        found, plain, asked = _told_apart(terms, fold_all(terms), vocabulary.codes.table(), vocabulary.forms)
        others: list[_Other] = []
        for at in asked:
            key = found[at][0]
            variants = readings(terms[at], key)
            form = self._resolver.form_among(variants) if variants else None
            if form is not None:
                found[at] = key, form, REFUSED
            elif variants:
                others.append(_Other(at, key, variants))
            else:
                plain.append(at)
        numbers = self._plain_numbers([(at, found[at][0]) for at in plain])
        numbers.update(self._other_numbers(others))
        for at, number in numbers.items():
            # Hardly any term is a qualifier: it is asked of what is accepted only.
            if number >= 0 and not is_qualifier(terms[at]):
                found[at] = found[at][0], None, number
        return found

    def _plain_numbers(self, unknown: list[tuple[int, str]]) -> dict[int, int]:
        """Give the numbers of terms, given by place and unknown key, that say no more than their key."""
        if len(self._of_key) > MOST_REMEMBERED:
            self._of_key.clear()
        of_key, likeliest, least = self._of_key, self._resolver.likeliest, self._resolver.least_odds
        new = dict.fromkeys(sorted({key for _, key in unknown if key not in of_key}), least)
        of_key.update({key: likeliest(found) if found else REFUSED for key, found in self._near(new).items()})
        return {at: of_key[key] for at, key in unknown}

    def _other_numbers(self, others: list[_Other]) -> dict[int, int]:
        """Give the numbers of the terms whose key is unknown, and that can be read otherwise."""
        likeliest, least = self._resolver.likeliest, self._resolver.least_odds
        exact = [self._resolver.known_among(one.readings) for one in others]
        numbers = {one.at: likeliest(known) for one, known in zip(others, exact, strict=True) if known}
        others = [one for one, known in zip(others, exact, strict=True) if not known]
        near_of = self._near(dict.fromkeys([key for one in others for key in _searched(one)], least))
        related = {one.at: _related(one, near_of) for one in others}
        # What was left out as too little counts against what is not.
        whole = [one for one in others if any(odds(features) >= least for _, features in related[one.at])]
        left_out = [key for one in whole for key in _searched(one) if not near_of[key]]
        near_of |= self._near(dict.fromkeys(left_out, 0.0))
        related.update({one.at: _related(one, near_of) for one in whole})
        numbers.update({at: likeliest(relations) for at, relations in related.items()})
        return numbers

    @cached_property
    def _neighbours(self) -> Neighbours:
        return Neighbours(self._resolver.index.spellings)

    def _near(self, least_of: Mapping[str, float]) -> dict[str, _Near]:
        """Find what each key may stand for; nothing where that cannot reach the odds which are asked for."""
        index = self._resolver.index
        self._searched += len(least_of)
        places = self._spelt_like([squeezed(key) for key in least_of])
        near_of: dict[str, _Near] = {}
        for (key, least), spelt in zip(least_of.items(), places, strict=True):
            found = near_for(index, key, spelt, least)
            near_of[key] = [(index.number(one.place), one.features) for one in found] if found else []
        return near_of

    def _spelt_like(self, joined: list[str]) -> list[list[int]]:
        """Find the places near in spelling."""
        few = len(joined) < LEAST_FOR_TABLES and kernel("near") is None
        if few or self._searched < KEYS_BEFORE_TABLES:
            spelt_like = self._resolver.index.spellings.near
            return [spelt_like(string) for string in joined]
        return self._neighbours.near(joined)


def _told_apart(
    terms: Sequence[str], keys: Sequence[str], codes: Mapping[str, int], forms: Container[str]
) -> tuple[list[Resolved], list[int], list[int]]:
    """Tell what terms stand for, and the places of those to be searched for: plain ones, and those read otherwise."""
    found: list[Resolved] = []
    plain: list[int] = []
    others: list[int] = []
    for at, (term, key) in enumerate(zip(terms, keys, strict=True)):
        form = key if key in forms else None
        code = codes.get(key) if form is None else None
        if form is None and code is None and 0 < len(key) <= LONGEST_SEARCHED:
            (others if may_be_read(term, key) else plain).append(at)
        found.append((key, form, REFUSED if code is None else code if code >= 0 else ~code))
    return found, plain, others


def _searched(one: _Other) -> list[str]:
    """Give the readings whose near names count, the key itself first."""
    return [one.key, *[reading.key for reading in one.readings if reading.searched]]


def _related(one: _Other, near_of: Mapping[str, _Near]) -> _Near:
    return [found for key in _searched(one) for found in near_of[key]]
