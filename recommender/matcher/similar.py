"""Find the names that share most with a term which no relation explains: the candidates that a refusal shows.

The term is looked up as it stands and, where it holds short forms or what names shorten, written otherwise.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from math import log
from typing import Final

from recommender.matcher.abbreviations import Written, written_otherwise
from recommender.matcher.differences import Features
from recommender.matcher.forms import squeezed
from recommender.matcher.index import MOST_NAMES_REMEMBERED, SHORTEST_JOINED, FormIndex
from recommender.matcher.nearness import Name, resemblance
from recommender.matcher.words import SAME_VENDOR

__all__ = ["Similar"]

# Skills have 1.4 to 2.2 distinct words on average (four vocabularies), tasks 2.9 and 3.9 (ours, another catalogue's).
LEAST_OF_PHRASES: Final = 2.5
# Of each other writing of a term, so many names are compared: it is the likeliest that counts.
WRITTEN_COMPARED: Final = 4
# So many letters and more say equally surely what they stand for.
MOST_LETTERS: Final = 5


class Similar:
    """Compare terms with the names of one index."""

    def __init__(self, index: FormIndex) -> None:
        self._index = index
        # Few keys come near often.
        self._named = lru_cache(maxsize=MOST_NAMES_REMEMBERED)(lambda place: Name(index.keys[place], self._weight))

    def names(self, key: str, most: int) -> list[tuple[int, Features]]:
        """Find the names that share most pieces with ``key``: their skills' numbers and how alike they are."""
        index = self._index
        asked = Name(self._restored(key), self._weight)
        phrase = self._holds_phrases and len(asked.words) > 1
        found = {
            place: resemblance(asked, self._named(place), cosine, phrase)
            for place, cosine in index.grams.nearest(asked.key, most)
        }
        for written in written_otherwise(index, asked.key.split(" ")):
            for place, cosine in index.grams.nearest(written.key, WRITTEN_COMPARED):
                self._compare(found, place, written, cosine, phrase)
        return [(index.number(place), features) for place, features in found.items()]

    def _compare(self, found: dict[int, Features], place: int, written: Written, cosine: float, phrase: bool) -> None:
        """Compare another writing with a name; it counts where it covers more than what was compared before."""
        features = resemblance(Name(written.key, self._weight), self._named(place), cosine, phrase)
        sort = "phrase" if phrase else "name"
        held = found.get(place)
        if held is None or held[f"{sort}: of both"] < features[f"{sort}: of both"]:
            short = float(written.letters > 0)
            features[f"{sort}: abbreviated"] = short
            features[f"{sort}: abbreviated letters"] = short * min(written.letters, MOST_LETTERS)
            found[place] = features

    @cached_property
    def _holds_phrases(self) -> bool:
        """Tell a catalogue of tasks ("take samples of water") from names of skills: by the words of a key."""
        return sum(self._index.known.values()) >= LEAST_OF_PHRASES * len(self._index.keys)

    @cached_property
    def _compounds(self) -> dict[str, str]:
        """Hold the words that are written dotted, by their joined form."""
        return {squeezed(word): word for word in self._index.known if "." in word}

    def _restored(self, key: str) -> str:
        """Write the words of a key as the vocabulary does: vendors in full, parted compounds joined."""
        words = key.split(" ")
        if len(words) > 1:  # AWS by itself is Amazon Web Services
            words = [SAME_VENDOR.get(word, word) for word in words]
        restored: list[str] = []
        for word in words:
            joined = squeezed(restored[-1] + word) if restored else ""
            if len(joined) >= SHORTEST_JOINED and (joined in self._compounds or joined in self._index.known):
                restored[-1] = self._compounds.get(joined, joined)
            else:
                restored.append(self._compounds.get(squeezed(word), word) if len(word) >= SHORTEST_JOINED else word)
        return " ".join(restored)

    def _weight(self, word: str) -> float:
        """Give the inverse frequency of a word: 1 for one that every name holds."""
        return 1.0 + log((1 + len(self._index.keys)) / (1 + self._index.known.get(word, 0)))
