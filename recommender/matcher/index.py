"""Index the keys of a vocabulary by their reduced forms, and tell for a term which names it may be, and how.

Each way in which two writings can be the same name is one relation with named features; `recommender.matcher.calibration`
turns features into a probability.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from itertools import chain
from math import log
from typing import Final, NamedTuple

from recommender.matcher.differences import Features, inflection, typing_slips
from recommender.matcher.forms import content, deep_bag, initials, plain_bag, shortens, squeezed
from recommender.matcher.grams import GramIndex
from recommender.matcher.spellings import Spellings
from recommender.matcher.words import PRODUCTS, SAME_VENDOR, Core, core
from recommender.text import key as fold
from recommender.vocabulary import Vocabulary

__all__ = ["FormIndex", "Found"]

# "r" and "rr" are no spellings of each other, nor "ll.m" and "llm": joined writings need some letters.
SHORTEST_JOINED: Final = 4
LONGEST_ACRONYM: Final = 6
# So many names with versions of their own show that a vocabulary tells versions apart.
LEAST_APART: Final = 2
# Short forms of three letters are initials; longer ones may take letters from inside the words ("JDBC").
LEAST_FOR_INNER: Final = 4


class Found(NamedTuple):
    """Tell of one key that a term may stand for: its place among the keys, how it is near, and the features of that."""

    place: int
    how: str
    features: Features


Table = dict[str, list[int]]


def _table(forms: Iterable[str]) -> Table:
    table: Table = {}
    for place, form in enumerate(forms):
        if form:
            table.setdefault(form, []).append(place)
    return table


class FormIndex:
    """Hold the tables of one vocabulary; each is made when first asked for."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.keys: list[str] = list(vocabulary.codes)
        self.numbers: list[int] = [code if code >= 0 else ~code for code in vocabulary.codes.values()]
        self._derive(vocabulary)
        self._products = frozenset(n for n in range(len(vocabulary)) if vocabulary.kind(n) in PRODUCTS)

    def _derive(self, vocabulary: Vocabulary) -> None:
        """Add the parts of names such as "Robot Operating System (ROS)" as further keys."""
        self._whole = len(self.keys)
        for number, name in enumerate(vocabulary.names):
            if name.endswith(")") and "(" in name:
                head, _, inside = name[:-1].rpartition("(")
                outer, inner = fold(head), fold(inside)
                parts = [outer, inner] if shortens(inner, outer.split(" ")) or shortens(outer, inner.split(" ")) else [outer]
                derived = [part for part in parts if len(part) > 1 and part not in vocabulary.codes]
                self.keys += derived
                self.numbers += [number] * len(derived)

    @cached_property
    def _words(self) -> list[list[str]]:
        return [key.split(" ") for key in self.keys]

    @cached_property
    def known(self) -> Counter[str]:
        """Count the keys that hold each word."""
        return Counter(chain.from_iterable(self._words))

    @cached_property
    def _squeezed(self) -> list[str]:
        return [squeezed(key) for key in self.keys]

    @cached_property
    def _joined(self) -> Table:
        return _table(form if len(form) >= SHORTEST_JOINED else "" for form in self._squeezed)

    @cached_property
    def _plain(self) -> Table:
        return _table(map(plain_bag, self._words))

    @cached_property
    def _deep(self) -> Table:
        return _table(map(deep_bag, self._words))

    @cached_property
    def _cores(self) -> list[Core | None]:
        return [core(words) for words in self._words]

    @cached_property
    def _core(self) -> Table:
        return _table(found.text if found else "" for found in self._cores)

    @cached_property
    def _versions_apart(self) -> bool:
        """Tell whether this vocabulary holds versions of one name as skills of their own ("Angular", "Angular 4")."""
        apart = 0
        for places in self._core.values():
            held = {self.numbers[p]: c for p in places if (c := self._cores[p]) is not None and not c.head and not c.vendor}
            apart += len(held) > 1 and len({c.version for c in held.values()}) > 1
        return apart >= LEAST_APART

    @cached_property
    def _initials(self) -> Table:
        return _table(initials(words) if len(words) > 1 else "" for words in self._words)

    @cached_property
    def _places(self) -> Table:
        return _table(self.keys)

    @cached_property
    def _spellings(self) -> Spellings:
        # A part of a name that is one word ("Swing (Java)") is too little to be recognised misspelt.
        return Spellings([s if i < self._whole or " " in k else "" for i, (s, k) in enumerate(zip(self._squeezed, self.keys, strict=True))])

    @cached_property
    def grams(self) -> GramIndex:
        """Hold the index of word pieces, for candidates that no relation explains."""
        return GramIndex.build(self.keys)

    def similar(self, key: str, most: int) -> list[tuple[int, Features]]:
        """Find the names that share most pieces with ``key``: their skills' numbers and how alike they are."""
        from recommender.matcher.nearness import Name, resemblance

        asked = Name(self._restored(key), self._weight)
        return [
            (self.numbers[place], resemblance(asked, Name(self.keys[place], self._weight), cosine))
            for place, cosine in self.grams.nearest(asked.key, most)
        ]

    @cached_property
    def _compounds(self) -> dict[str, str]:
        """Hold the words that are written joined, dotted or apart, by their joined form."""
        return {squeezed(word): word for word in self.known if len(word) >= SHORTEST_JOINED}

    def _restored(self, key: str) -> str:
        """Write the words of a key as the vocabulary does: vendors in full, parted compounds joined."""
        words = [SAME_VENDOR.get(word, word) for word in key.split(" ")]
        restored: list[str] = []
        for word in words:
            joined = self._compounds.get(squeezed(restored[-1] + word)) if restored else None
            if joined:
                restored[-1] = joined
            else:
                restored.append(self._compounds.get(squeezed(word), word) if len(word) >= SHORTEST_JOINED else word)
        return " ".join(restored)

    def _weight(self, word: str) -> float:
        """Give the inverse frequency of a word: 1 for one that every name holds."""
        return 1.0 + log((1 + len(self.keys)) / (1 + self.known.get(word, 0)))

    # -- relations --------------------------------------------------------------------------------------------------

    def near(self, key: str) -> list[Found]:
        """Find the keys that ``key`` may stand for by one of the named relations."""
        words = key.split(" ")
        found = [Found(place, "part of the name", {"part of the name": 1.0}) for place in self._places.get(key, ())]
        found = found or self._same_letters(key) or self._same_words(words)
        found += self._misspelt(key)
        if not found:
            found = self._same_core(words) + self._abbreviated(key, words)
        return found

    def _same_letters(self, key: str) -> list[Found]:
        form = squeezed(key)
        features = {"joined": 1.0, "joined short": float(len(form) <= SHORTEST_JOINED)}
        return [Found(place, "joined or split", features) for place in self._joined.get(form, ())]

    def _same_words(self, words: list[str]) -> list[Found]:
        found = self._other_number(words)
        if found:
            return found
        plain = plain_bag(words)
        for place in self._plain.get(plain, ()):
            theirs = self._words[place]
            reordered = sorted(words) == sorted(theirs)
            one_word = float(len(words) == 1)
            how = "word order" if reordered else "singular or plural"
            found.append(Found(place, how, {how: 1.0, f"{how}, one word": one_word}))
        if found:
            return found
        return [
            Found(place, "inflection", inflection(words, self._words[place]))
            for place in self._deep.get(deep_bag(words), ())
            if len(words) == len(self._words[place]) or len(content(words)) > 1
        ]

    def _other_number(self, words: list[str]) -> list[Found]:
        """Find the key itself in the other number: of short words and names only the vocabulary knows what is plural."""
        key = " ".join(words)
        if len(key) < SHORTEST_JOINED or len(words) == 1 and key.endswith("ss"):
            return []
        places = [p for other in (key.removesuffix("s"), f"{key}s") if other != key for p in self._places.get(other, ())]
        features = {"singular or plural": 1.0, "singular or plural, one word": float(len(words) == 1)}
        return [Found(place, "singular or plural", features) for place in places]

    def _misspelt(self, key: str) -> list[Found]:
        found = []
        for place in self._spellings.near(squeezed(key)):
            features = typing_slips(key, self.keys[place], self.known)
            if features is not None:
                found.append(Found(place, "typing slip", features))
        return found

    def _same_core(self, words: list[str]) -> list[Found]:
        ours = core(words)
        if ours is None:
            return []
        found = []
        for place in self._core.get(ours.text, ()):
            theirs = self._cores[place]
            assert theirs is not None
            features = {"core": 1.0}
            product = ", product" if self.numbers[place] in self._products else ""
            for name in ("version", "vendor", "head"):
                a, b = getattr(ours, name), getattr(theirs, name)
                if a != b:
                    said = "conflict" if a and b else f"extra{product}" if a else "missing"
                    features[f"{name} {said}"] = 1.0
            if len(features) == 1:
                features["core alike"] = 1.0
            elif ours.version != theirs.version and self._versions_apart:
                features["versions apart"] = 1.0
            found.append(Found(place, "same core", features))
        return found

    def _abbreviated(self, key: str, words: list[str]) -> list[Found]:
        """Find what an abbreviation may stand for, and the abbreviation of what is spelt out."""
        if len(words) > 1:
            letters = initials(words)
            features = {"spelt out": 1.0, f"spelt out {min(len(letters), LEAST_FOR_INNER)} letters": 1.0}
            places = self._places.get(letters, ()) if len(letters) > 1 else ()
            return [Found(place, "initials", features) for place in places]
        if not 2 <= len(key) <= LONGEST_ACRONYM or not key.isalpha():
            return []
        found = []
        for taken in _subsequences(key) if len(key) >= LEAST_FOR_INNER else [key]:
            for place in self._initials.get(taken, ()):
                if shortens(key, self._words[place]):
                    features = {"acronym": 1.0, "acronym letters": float(len(key))}
                    if taken != key:
                        features["inner letters"] = float(len(key) - len(taken))
                    found.append(Found(place, "initials", features))
        return found


def _subsequences(key: str) -> list[str]:
    """List the strings of two letters or more that keep the first letter and drop some of the others."""
    found = [key[:1]]
    for letter in key[1:]:
        found += [taken + letter for taken in found]
    return sorted({taken for taken in found if len(taken) > 1}, key=lambda taken: (-len(taken), taken))
