"""Give the other readings of a raw term: words in full, without qualifiers, turned at the comma, letters by looks."""

from __future__ import annotations

from typing import Final, NamedTuple

from recommender.matcher.differences import Features
from recommender.matcher.forms import shortens
from recommender.matcher.words import SHORTENED
from recommender.text import Step, look_alike_words, unqualified
from recommender.text import key as fold
from recommender.text.qualifiers import may_be_qualified

__all__ = ["Reading", "may_be_read", "readings"]


_SHORTENED: Final = frozenset(SHORTENED)


class Reading(NamedTuple):
    """Hold the key of a reading, the features that say how far to trust it, and the steps that led to it.

    ``searched`` tells whether near names of this reading are looked for too.
    """

    key: str
    features: Features
    steps: tuple[Step, ...]
    searched: bool = False


def readings(term: str, key: str) -> list[Reading]:
    """List the readings of a term other than its plain key, the likeliest first.

    >>> [reading.key for reading in readings("Design, logo (expert)", "design logo expert")]
    ['design logo', 'logo design']
    """
    if not may_be_read(term, key):
        return []
    full = " ".join([SHORTENED.get(word, word) for word in key.split(" ")])
    found: list[Reading] = []
    looks = look_alike_words(key)
    if looks != key:
        found.append(Reading(looks, {"look-alike words": 1.0}, (Step("look-alike words", key, looks),), True))
    if full != key:
        found.append(Reading(full, {"shortened words": 1.0}, (Step("shortened words", key, full),), True))
    steps: tuple[Step, ...] = ()
    bare = term
    for step in unqualified(term):
        steps = (*steps, step)
        bare = step.after
        found.append(Reading(fold(bare), {step.name: 1.0}, steps, True))
    first, comma, last = bare.partition(",")
    if comma and "," not in last and (turned := fold(f"{last} {first}")):
        found.append(Reading(turned, {"turned round": 1.0}, (*steps, Step("turned round at the comma", bare, turned))))
    if bare.endswith(")") and "(" in bare:
        found += _brackets(bare, steps)
    return [reading for reading in found if reading.key and reading.key != key]


def may_be_read(term: str, key: str) -> bool:
    """Tell whether a term may have readings other than its key: most are plain words and have none."""
    return not (key.isascii() and _SHORTENED.isdisjoint(key.split(" "))) or may_be_qualified(term, key)


def _brackets(bare: str, steps: tuple[Step, ...]) -> list[Reading]:
    """Read "NLP (natural language processing)" as its head or, if that only repeats it, its brackets."""
    head, _, inside = bare[:-1].rpartition("(")
    outer, inner = fold(head), fold(inside)
    if not outer or not inner:
        return []
    found = []
    for short, long in ((outer, inner), (inner, outer)):
        if shortens(short, long.split(" ")) and " " in long:
            for reading, name in ((long, "brackets repeat, long form"), (short, "brackets repeat, short form")):
                found.append(Reading(reading, {name: 1.0}, (*steps, Step("brackets repeat", bare, reading))))
            return found
    found.append(Reading(outer, {"brackets explain": 1.0}, (*steps, Step("brackets explain", bare, outer))))
    return found
