"""Match the distinct terms of many profiles: each once, remembered within a bound."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from recommender.matcher.cues import Cues, cues_of
from recommender.matcher.match import REFUSED, Matcher
from recommender.matcher.meanings import Meanings
from recommender.memory import Memory
from recommender.pieces import Terms
from recommender.text import key as fold
from recommender.text.many import UNSEEN

__all__ = ["BITS", "MASK", "TermReader"]

# So many distinct terms are remembered. A term takes some 200 bytes; lists of a million people held 310,000 distinct
# ones, one in ten of their mentions being misspelt at random; such ones do not come again.
MOST_TERMS: Final = 1 << 18
# A term is remembered as one integer: its skill's number + 1, its form + 1, and its evidence, in so many bits each.
BITS: Final = 21
MASK: Final = (1 << BITS) - 1
# Longer terms are matched anew each time.
LONGEST_REMEMBERED: Final = 200


class TermReader:
    """Tell what terms mean by themselves, and what they can say about the ambiguous forms beside them.

    Any number of threads may ask; one is answered at a time, for they share what is remembered.
    """

    def __init__(self, matcher: Matcher) -> None:
        self._lock = threading.RLock()
        self._matcher = matcher
        self._facts = Memory[int](MOST_TERMS)
        self._names = tuple(matcher.vocabulary.forms)
        self._alone: dict[int, int] = {}
        self._forget()

    def __getstate__(self) -> dict[str, Any]:
        """Give what a copy needs: it has a lock of its own, and numbers terms anew."""
        return {**self.__dict__, "_lock": None, "_table": None, "_numbered": np.zeros(0, np.int64)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = threading.RLock()

    def _forget(self) -> None:
        self._facts.forget()
        # The facts of terms by their number in the table where they were last numbered, -1 where none is known yet.
        self._table: Any = None
        self._numbered = np.zeros(0, np.int64)
        # Evidence: what a term can say about others. All terms that say the same share one number, and one
        # of them speaks for the others: its form, skill and key.
        self._evidence: dict[object, int] = {(): 0}
        self._spokesmen: list[tuple[str | None, int | None, str]] = [(None, None, "")]
        self._skill_of = array("q", [REFUSED])
        self._words_from = array("q", [0, 0])  # where the cue words of each evidence begin
        self._words = array("q")

    def facts(self, terms: Sequence[str]) -> NDArray[np.int64]:
        """Return what is remembered of each term, int64, after matching those that were not seen yet."""
        with self._lock:
            if isinstance(terms, Terms):
                return self._facts_by_number(terms.table, terms.numbers)
            return np.array(self._facts_of(terms), np.int64)

    def _facts_by_number(self, table: Any, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        if self._table is not table:
            self._table, self._numbered = table, np.zeros(0, np.int64)
        if len(self._numbered) < len(table):
            more = np.full(2 * len(table) - len(self._numbered), -1, np.int64)
            self._numbered = np.concatenate([self._numbered, more])
        found = self._numbered[numbers]
        (new,) = (found < 0).nonzero()
        if len(new):
            found[new] = self._facts_of(list(Terms(table, numbers[new])))
            self._numbered[numbers[new]] = found[new]
        return found

    def _facts_of(self, terms: Sequence[str]) -> list[int]:
        found = self._facts.recall(terms)
        if None not in found:
            return found  # type: ignore[return-value]
        new = list(dict.fromkeys([term for term, fact in zip(terms, found, strict=True) if fact is None]))
        learned = self._matched(new)
        return [learned[term] if fact is None else fact for term, fact in zip(terms, found, strict=True)]

    def _matched(self, new: Sequence[str]) -> dict[str, int]:
        """Match terms, and note what they mean, each as one integer."""
        found = self._matcher.resolve_many(new)
        said = self._held_cues.found([key for key, _, _ in found])
        learned: dict[str, int] = {}
        for term, (key, form, number), words in zip(new, found, said, strict=True):
            fact = number + 1
            if words or form is not None or fact:
                fact |= self._evidence_of(key, number, form, words) << (2 * BITS)
            if form is not None:
                fact |= (self._meanings.forms[form] + 1) << BITS
            learned[term] = fact
            if len(term) <= LONGEST_REMEMBERED:
                self._facts.keep(term, fact)
        return learned

    def look_up(self, terms: Sequence[str]) -> None:
        """Match terms, all together, so that `recall` knows them."""
        with self._lock:
            self._facts_of(terms)

    def known(self, term: str) -> int | str | None:
        """Tell which skill a term means by itself, as `Matcher.known` does, from what is remembered here."""
        with self._lock:
            return self._meaning(term, self._facts_of([term])[0])

    def recall(self, term: str) -> object:
        """Tell what `known` does of a term that is remembered, `recommender.text.UNSEEN` of any other."""
        with self._lock:
            (fact,) = self._facts.recall((term,))
            return UNSEEN if fact is None else self._meaning(term, fact)

    def _meaning(self, term: str, fact: int) -> int | str | None:
        number, form = (fact & MASK) - 1, ((fact >> BITS) & MASK) - 1
        if form >= 0:
            if form not in self._alone:
                (self._alone[form],) = self._matcher.decide([self._names[form]], [None], [""])
            number = self._alone[form]
        if number >= 0:
            return number
        return key if form >= 0 and self._matcher.is_ambiguous(key := fold(term)) else None

    def _evidence_of(self, folded: str, number: int, form: str | None, words: tuple[int, ...]) -> int:
        """Number what a term says: its skill and the cue words that its key holds; for a form, itself."""
        if not self._names:
            return 0
        said = number if form is None and not words else (number, words, form, form == folded)
        evidence = self._evidence.setdefault(said, len(self._evidence))
        if evidence == len(self._spokesmen):
            self._spokesmen.append((form, None if number == REFUSED else number, folded))
            self._skill_of.append(number)
            self._words.extend(words)
            self._words_from.append(len(self._words))
        return evidence

    # -- cue words -------------------------------------------------------------------------------------------------

    @cached_property
    def _cue_words(self) -> dict[str, int]:
        """Number the words that any meaning of any form names as a cue; none for a vocabulary without senses."""
        words = (
            fold(cue) for sense in self._matcher.vocabulary.senses for cue in sense.cues if not cue.startswith("@")
        )
        return {word: number for number, word in enumerate(dict.fromkeys(words))}

    @cached_property
    def _meanings(self) -> Meanings:
        return Meanings(self._matcher.vocabulary, self._matcher.senses, self._cue_words)

    @cached_property
    def _held_cues(self) -> Cues:
        return cues_of(self._cue_words)
