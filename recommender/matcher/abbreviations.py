"""Tell what is short for what: initials ("NLP"), letters taken from inside words ("JDBC"), counted letters ("k8s")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from math import exp
from typing import TYPE_CHECKING, Final, NamedTuple

from recommender.matcher.differences import Features
from recommender.matcher.forms import SMALL_WORDS, initials, shortens, singular
from recommender.matcher.synonyms import plain_english
from recommender.matcher.weights import WEIGHTS
from recommender.matcher.words import HEADS, VENDORS

if TYPE_CHECKING:
    from recommender.matcher.index import FormIndex

__all__ = ["Written", "abbreviated", "initials_of", "most_for_abbreviations", "written_otherwise"]

LONGEST_ACRONYM: Final = 6
# Short forms of three letters are initials; longer ones may take letters from inside the words ("JDBC").
LEAST_FOR_INNER: Final = 4
# Words so long are written with their letters counted: "i18n" has 18 between the first and the last.
LEAST_COUNTED: Final = 7
_COUNTED: Final = re.compile(r"([a-z])(\d{1,2})([a-z])")
# So many other writings of a term are looked up, of each of its words and of each run of words.
MOST_WRITTEN: Final = 6
# Initials of two words are a word by chance.
LEAST_SPELT_OUT: Final = 3
# Joined words of fewer letters are too often words of their own.
LEAST_JOINED: Final = 5


class Written(NamedTuple):
    """Hold another writing of a key, and how many letters stand for words there or in the key, 0 for none."""

    key: str
    letters: int


def initials_of(words: list[str]) -> tuple[str, ...]:
    """Give the initials that a name goes by: of the words that are not small, of all, without a vendor before them.

    >>> initials_of(["internet", "of", "things"]), initials_of(["oracle", "application", "development", "framework"])
    (('it', 'iot'), ('oadf', 'adf'))
    """
    found = [initials(words), "".join([word[0] for word in words])]
    if words[0] in VENDORS:
        found.append(initials(words[1:]))
    return tuple(dict.fromkeys([form for form in found if len(form) > 1]))


def abbreviated(index: FormIndex, key: str, words: list[str]) -> list[tuple[int, Features]]:
    """Find the places that an abbreviation may stand for, and those of the abbreviation of what is spelt out."""
    if len(words) > 1:
        letters = initials(words)
        features = {"spelt out": 1.0, f"spelt out {min(len(letters), LEAST_FOR_INNER)} letters": 1.0}
        return [(place, features) for place in (index.find("key", letters) if len(letters) > 1 else [])]
    found = []
    for taken in _takings(key):
        for place in index.find("initials", taken):
            if _stand_in_order(key, index.keys[place]) and shortens(key, index.words(place)):
                features = {"acronym": 1.0, "acronym letters": float(len(key))}
                if taken != key:
                    features["inner letters"] = float(len(key) - len(taken))
                found.append((place, features))
    return found


@cache
def most_for_abbreviations(several: bool) -> float:
    """Give the odds that no relation of `abbreviated` exceeds, for one word or for several."""
    if several:
        spelt = max(WEIGHTS.get(f"spelt out {count} letters", 0.0) for count in range(LEAST_FOR_INNER + 1))
        return exp(WEIGHTS.get("spelt out", 0.0) + spelt)
    letters, inner = (
        max(LONGEST_ACRONYM * WEIGHTS.get(name, 0.0), 0.0) for name in ("acronym letters", "inner letters")
    )
    return exp(WEIGHTS.get("acronym", 0.0) + letters + inner)


def _takings(word: str) -> list[str]:
    """List the initials that a word of letters may be made of: all its letters, and some of them if it is long."""
    if not 2 <= len(word) <= LONGEST_ACRONYM or not word.isalpha():
        return []
    return _subsequences(word) if len(word) >= LEAST_FOR_INNER else [word]


def _stand_in_order(letters: str, text: str) -> bool:
    """Tell whether the letters stand in a text in this order, if not side by side."""
    at = 0
    for letter in letters:
        at = text.find(letter, at) + 1
        if not at:
            return False
    return True


def _subsequences(key: str) -> list[str]:
    """List the strings of two letters or more that keep the first letter and drop some of the others."""
    found = [key[:1]]
    for letter in key[1:]:
        found += [taken + letter for taken in found]
    return sorted({taken for taken in found if len(taken) > 1}, key=lambda taken: (-len(taken), taken))


def written_otherwise(index: FormIndex, words: list[str]) -> list[Written]:
    """Write short forms out and what is spelt out short, one at a time, as far as names of the index hold the other.

    For "erp system" that is "enterprise resource planning system", for "use of internet of things" "use of iot".
    """
    found: dict[str, int] = {}
    for at, word in enumerate(words):
        for instead, letters in islice(_instead_of(index, word, alone=len(words) == 1), MOST_WRITTEN):
            found.setdefault(" ".join([*words[:at], *instead, *words[at + 1 :]]), letters)
    for start, end, short in islice(_spelt_out(index, words), MOST_WRITTEN):
        found.setdefault(" ".join([*words[:start], short, *words[end:]]), len(short))
    return [Written(key, letters) for key, letters in found.items()]


def _instead_of(index: FormIndex, word: str, alone: bool) -> Iterator[tuple[list[str], int]]:
    """Give the words that one word may stand for, and by how many letters; among others it takes but their initials."""
    plain = (plain_english(), SMALL_WORDS, HEADS) if alone else (plain_english(), SMALL_WORDS, HEADS, VENDORS)
    if any(word in held or singular(word) in held for held in plain):
        return
    counted = _COUNTED.fullmatch(word)
    if counted:
        first, between, last = counted.groups()
        size = int(between) + 2
        yield from (([w], size) for w in index.known if len(w) == size and w[0] == first and w[-1] == last)
        return
    if len(word) >= LEAST_COUNTED and (short := f"{word[0]}{len(word) - 2}{word[-1]}") in index.known:
        yield [short], len(word)
    for form in dict.fromkeys((word, singular(word))):
        if len(form) >= LEAST_JOINED and form not in index.known:
            yield from ((words, 0) for place in index.find("joined", form) if len(words := index.words(place)) > 1)
        for taken in _takings(form) if alone else [form]:
            for place in index.find("initials", taken):
                words = index.words(place)
                if form in initials_of(words) or (_stand_in_order(form, index.keys[place]) and shortens(form, words)):
                    yield words, len(form)


def _spelt_out(index: FormIndex, words: list[str]) -> Iterator[tuple[int, int, str]]:
    """Give the runs of words whose initials are a word of the index, and these; the longest first."""
    for size in range(min(len(words), LONGEST_ACRONYM), 1, -1):
        for start in range(len(words) - size + 1):
            run = words[start : start + size]
            if run[0] in SMALL_WORDS or run[-1] in SMALL_WORDS:
                continue
            for short in initials_of(run):
                if len(short) >= LEAST_SPELT_OUT and short in index.known and short not in plain_english():
                    yield start, start + size, short
