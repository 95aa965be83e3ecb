"""Index the keys of a vocabulary by their reduced forms, so that names which may be meant are looked up, not searched.

Every table is made when first asked for, or taken from stored arrays: a process that matches a few terms builds
nothing.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from recommender.matcher.abbreviations import initials_of
from recommender.matcher.differences import Features, Slips, many_slips
from recommender.matcher.forms import deep_bag, plain_bag, shortens, singular, squeezed, stem
from recommender.matcher.grams import GramIndex
from recommender.matcher.spellings import Spellings
from recommender.matcher.tables import FormTable
from recommender.matcher.words import MAY_BE_LEFT_OUT, PRODUCTS, Core, core, described, without_version
from recommender.text import key as fold
from recommender.vocabulary import Vocabulary
from recommender.vocabulary.keys import Lines
from recommender.vocabulary.words import KEY_MARK

__all__ = [
    "CORE",
    "EVERYTHING",
    "JOINED",
    "KEY",
    "MOST_NAMES_REMEMBERED",
    "NUMBER",
    "SHORTEST_JOINED",
    "WORDS",
    "FormIndex",
]

# "r" and "rr" are no spellings of each other, nor "ll.m" and "llm": joined writings need some letters.
SHORTEST_JOINED: Final = 4
# So many names with versions of their own show that a vocabulary tells versions apart.
LEAST_APART: Final = 2
# Shorter words may be versions ("x").
SHORTEST_FOREIGN: Final = 3
MOST_WORDS_REMEMBERED: Final = 1 << 16
MOST_NAMES_REMEMBERED: Final = 1 << 13

# What the tables may hold of a key; see `FormIndex.may_hold`.
KEY: Final = 1
JOINED: Final = 2
NUMBER: Final = 4
WORDS: Final = 8
CORE: Final = 16
EVERYTHING: Final = KEY | JOINED | NUMBER | WORDS | CORE

Arrays = Mapping[str, NDArray[Any]]


def _joined_form(key: str) -> tuple[str, ...]:
    return (form,) if len(form := squeezed(key)) >= SHORTEST_JOINED else ()


def _core_form(key: str) -> tuple[str, ...]:
    return (found.text,) if (found := core(key.split(" "))) else ()


def _initials_forms(key: str) -> tuple[str, ...]:
    return initials_of(words) if len(words := key.split(" ")) > 1 else ()


# The forms by which keys are looked up; a key may have none of a sort, or several.
FORMS: Final[dict[str, Callable[[str], tuple[str, ...]]]] = {
    "key": lambda key: (key,),
    "joined": _joined_form,
    "plain": lambda key: (plain_bag(key.split(" ")),),
    "deep": lambda key: (deep_bag(key.split(" ")),),
    "core": _core_form,
    "initials": _initials_forms,
}


class FormIndex:
    """Hold the tables of one vocabulary.

    A *place* is the number of a key: first the keys of the vocabulary in its order, then parts of names.

    Args:
        vocabulary: the skills.
        arrays: what `arrays` of an index of the same vocabulary gave; None to build when needed.
    """

    def __init__(self, vocabulary: Vocabulary, arrays: Arrays | None = None) -> None:
        self._vocabulary = vocabulary
        self._stored = arrays
        self.whole = len(vocabulary.codes)
        self.keys, self._codes = self._with_parts() if arrays is None else self._with_stored_parts(arrays)
        self._tables: dict[str, FormTable] = {}

    def _with_parts(self) -> tuple[Sequence[str], Sequence[int]]:
        """Add the parts of names such as "Robot Operating System (ROS)" as further keys."""
        known = self._vocabulary.codes
        keys, codes = list(known.keys), list(known.codes)
        for number, name in enumerate(self._vocabulary.names):
            if name[-1] == ")" and "(" in name:
                head, _, inside = name[:-1].rpartition("(")
                outer, inner = fold(head), fold(inside)
                repeats = shortens(inner, outer.split(" ")) or shortens(outer, inner.split(" "))
                for part in (outer, inner) if repeats else (outer,):
                    if len(part) > 1 and part not in known:
                        keys.append(part)
                        codes.append(number)
        return keys, codes

    def _with_stored_parts(self, arrays: Arrays) -> tuple[Sequence[str], Sequence[int]]:
        known, added = self._vocabulary.codes, arrays["part_numbers"].tolist()
        parts = arrays["parts"].tobytes().decode().split("\n") if added else []
        if isinstance(known.keys, Lines):
            return known.keys.followed_by(parts, KEY_MARK), array("i", [*known.codes, *added])
        return [*known.keys, *parts], [*known.codes, *added]

    def number(self, place: int) -> int:
        """Give the number of the skill that a place stands for."""
        code = self._codes[place]
        return code if code >= 0 else ~code

    def name(self, place: int) -> str:
        """Give the canonical name of the skill that a place stands for."""
        return self._vocabulary.names[self.number(place)]

    def is_product(self, place: int) -> bool:
        """Tell whether a place stands for a tool or the like, of which one is an expert or a developer."""
        return self._vocabulary.kind(self.number(place)) in PRODUCTS

    def words(self, place: int) -> list[str]:
        """Give the words of a key."""
        return self.keys[place].split(" ")

    @cached_property
    def core(self) -> Callable[[int], Core | None]:
        """Give the core of a key; remembers some, for those of common names are asked for often."""
        return lru_cache(maxsize=MOST_NAMES_REMEMBERED)(lambda place: core(self.words(place)))

    # -- tables -----------------------------------------------------------------------------------------------------

    def find(self, form: str, value: str) -> list[int]:
        """Find the places whose form of the given sort has this value."""
        table = self._tables.get(form) or self._made_table(form)
        return table.find(value)

    def _made_table(self, form: str) -> FormTable:
        reduce = FORMS[form]
        keys = self.keys
        if self._stored is not None:
            hashes, places = self._stored[f"{form}_hashes"], self._stored[f"{form}_places"]
            made = FormTable(hashes, places, lambda place: reduce(keys[place]))
        else:
            made = FormTable.build(map(reduce, keys), lambda place: reduce(keys[place]))
        self._tables[form] = made
        return made

    @cached_property
    def known(self) -> Mapping[str, int]:
        """Count the keys that hold each word."""
        if self._stored is not None:
            words = self._stored["words"].tobytes().decode().split("\n")
            return dict(zip(words, self._stored["word_counts"].tolist(), strict=True))
        counted: Counter[str] = Counter()
        for key in self.keys:
            counted.update(key.split(" "))
        return dict(counted)

    @cached_property
    def _roots(self) -> frozenset[str]:
        """Hold what words of the vocabulary are reduced to in any form."""
        words = dict.fromkeys(part for word in self.known for part in without_version(word))
        return frozenset([root for word in words for root in (word, singular(word), stem(word))])

    @cached_property
    def is_foreign(self) -> Callable[[str], bool]:
        """Tell whether a word is reduced, in every form, to what no word of the vocabulary is reduced to.

        Only letters count, and no words that a form may leave out; remembers words, which repeat.
        """
        roots, known = self._roots, self.known

        @lru_cache(maxsize=MOST_WORDS_REMEMBERED)
        def is_foreign(word: str) -> bool:
            if word in known or len(word) < SHORTEST_FOREIGN or not word.isalpha() or word in MAY_BE_LEFT_OUT:
                return False
            return singular(word) not in roots and stem(word) not in roots

        return is_foreign

    @cached_property
    def may_hold(self) -> Callable[[str, list[str]], int]:
        """Tell of a key and its words what the tables may hold, as a sum of `KEY`, `JOINED`, ...: more than they do."""
        from recommender.kernels import kernel

        compiled = kernel("held")
        if compiled is not None:
            named = ("key", "joined", "plain", "deep", "core")
            tables = {form: self._tables.get(form) or self._made_table(form) for form in named}
            hashes = {form: np.ascontiguousarray(table.hashes, dtype=np.uint32) for form, table in tables.items()}
            return compiled.Held(hashes, described).forms  # type: ignore[no-any-return]
        is_foreign, others = self.is_foreign, KEY | JOINED | NUMBER
        return lambda _, words: others if any(map(is_foreign, words)) else EVERYTHING

    @cached_property
    def slips(self) -> Slips:
        """Describe slips as `typing_slips` does, for many keys."""
        return many_slips()

    @cached_property
    def versions_apart(self) -> bool:
        """Tell whether this vocabulary holds versions of one name as skills of their own ("Angular", "Angular 4")."""
        if self._stored is not None:
            return bool(self._stored["versions_apart"][0])
        seen: dict[str, dict[int, str]] = {}
        for place in range(self.whole):
            found = core(self.words(place))
            if found and not found.head and not found.vendor:
                seen.setdefault(found.text, {})[self.number(place)] = found.version
        return sum(len(set(held.values())) > 1 for held in seen.values()) >= LEAST_APART

    @cached_property
    def spellings(self) -> Spellings:
        """Hold the joined forms, for misspelt terms."""
        if self._stored is not None:
            keys = self.keys
            return Spellings(lambda place: squeezed(keys[place]), self._stored["lengths"], self._stored.get("letters"))
        # One-word parts of names are too little to be recognised by.
        return Spellings.of([squeezed(k) if i < self.whole or " " in k else "" for i, k in enumerate(self.keys)])

    @cached_property
    def grams(self) -> GramIndex:
        """Hold the index of word pieces, for candidates that no relation explains."""
        if self._stored is not None:
            held = {name: self._stored[f"gram_{name}"] for name in ("starts", "names", "weights", "idf")}
            return GramIndex(**held, size=len(self.keys))
        return GramIndex.build(self.keys)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Give all tables as arrays, to be stored with the vocabulary and given back to a new index."""
        found: dict[str, NDArray[Any]] = {}
        for form in FORMS:
            self.find(form, "")
            found[f"{form}_hashes"], found[f"{form}_places"] = self._tables[form].hashes, self._tables[form].places
        found["lengths"], found["letters"] = self.spellings.lengths, self.spellings.bits
        found["parts"] = np.frombuffer("\n".join(self.keys[self.whole :]).encode(), dtype=np.uint8)
        found["part_numbers"] = np.array(self._codes[self.whole :], dtype=np.int32)
        words = sorted(self.known)
        found["words"] = np.frombuffer("\n".join(words).encode(), dtype=np.uint8)
        found["word_counts"] = np.array([self.known[word] for word in words], dtype=np.int32)
        found["versions_apart"] = np.array([self.versions_apart], dtype=np.uint8)
        for name in ("starts", "names", "weights", "idf"):
            found[f"gram_{name}"] = getattr(self.grams, name)
        return found

    @cached_property
    def similar(self) -> Callable[[str, int], list[tuple[int, Features]]]:
        """Find the names that share most with a key, and how alike they are; see `recommender.matcher.similar`."""
        from recommender.matcher.similar import Similar

        return Similar(self).names
