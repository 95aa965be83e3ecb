"""Match the terms of many profiles at once, with the answers of `Matcher.match_profile`.

Two things make it cheap. A distinct term is matched once and remembered. An ambiguous form depends on the rest of its
profile, but only on what can be a cue for it (its skills, their fields, words); profiles are cut down to the forms and
those cues, and each distinct remainder is decided once.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.matcher.match import REFUSED, Matcher
from recommender.text import key as fold

__all__ = ["ProfileReader"]

# So many distinct terms, and so many distinct remainders of profiles, are remembered; when full, the memory starts
# anew.
MOST_TERMS: Final = 1 << 18
MOST_REMAINDERS: Final = 1 << 17
# A term is remembered as one integer: its skill's number + 1, its form + 1, and its evidence, in so many bits each.
_BITS: Final = 21
_MASK: Final = (1 << _BITS) - 1

Ints = NDArray[np.integer[Any]]


class _Cues(NamedTuple):
    """Hold what can speak for or against any meaning of one form: skills (bool each) and numbers of words."""

    skills: NDArray[np.bool_]
    words: frozenset[int]


class ProfileReader:
    """Read profiles given as rows of distinct terms into skill numbers.

    >>> from recommender.vocabulary import Vocabulary
    >>> reader = ProfileReader(Matcher(Vocabulary.from_names(["PyTorch", "Keras"])))
    >>> reader.numbers(np.array([0, 2, 3]), np.array([0, 1, 0]), ["keras", "golf"]).tolist()
    [1, -1, 1]
    """

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._forget()

    def _forget(self) -> None:
        self._facts: dict[str, int] = {}
        self._forms: dict[str, int] = {}
        self._remainders: dict[tuple[int, ...], tuple[int, ...]] = {}
        # Evidence: what a term can say about others. All terms that say the same share one number, and one
        # of them speaks for
        # the others: its form, skill and key.
        self._evidence: dict[tuple[object, ...], int] = {(): 0}
        self._spokesmen: list[tuple[str | None, int | None, str]] = [(None, None, "")]
        self._skill_of: list[int] = [REFUSED]
        self._words_of: list[tuple[int, int]] = []  # (evidence, word)

    # -- distinct terms ---------------------------------------------------------------------------------------------

    def numbers(self, indptr: Ints, codes: Ints, terms: Sequence[str]) -> NDArray[np.int32]:
        """Return the skill's number of every entry, -1 where refused; int32, shape (len(codes),).

        Row ``i`` holds the terms ``terms[c] for c in codes[indptr[i]:indptr[i + 1]]``. Equals ``match_profile`` row by
        row.
        """
        if len(self._facts) + len(terms) > MOST_TERMS or len(self._remainders) > MOST_REMAINDERS:
            self._forget()
        facts = np.fromiter((self._fact(term) for term in terms), np.int64, len(terms))
        numbers = ((facts & _MASK) - 1).astype(np.int32)[codes]
        forms = ((facts >> _BITS) & _MASK) - 1
        if (forms >= 0).any():
            self._decide(np.asarray(indptr, np.int64), codes, forms, facts >> (2 * _BITS), numbers)
        return numbers

    def _fact(self, term: str) -> int:
        fact = self._facts.get(term)
        if fact is None:
            fact = self._facts[term] = self._learn(term)
        return fact

    def _learn(self, term: str) -> int:
        """Match a term that was not seen yet."""
        folded, form, number = self._matcher.resolve(term)
        place = -1 if form is None else self._forms.setdefault(form, len(self._forms))
        evidence = self._evidence_of(folded, number, form) if self._cue_words is not None else 0
        return (number + 1) | (place + 1) << _BITS | evidence << (2 * _BITS)

    def _evidence_of(self, folded: str, number: int, form: str | None) -> int:
        """Number what a term says: its skill and the cue words that its key holds; for a form, itself."""
        words = self._words_in(folded)
        if number == REFUSED and not words and form is None:
            return 0
        said = (number, words, form, form == folded)
        evidence = self._evidence.setdefault(said, len(self._evidence))
        if evidence == len(self._spokesmen):
            self._spokesmen.append((form, None if number == REFUSED else number, folded))
            self._skill_of.append(number)
            self._words_of.extend((evidence, word) for word in words)
        return evidence

    # -- cues -------------------------------------------------------------------------------------------------------

    @cached_property
    def _cue_words(self) -> dict[str, int] | None:
        """Number the words that any meaning of any form names as a cue; None for a vocabulary without senses."""
        senses = self._matcher.vocabulary.senses
        if not senses:
            return None
        words = (fold(cue) for sense in senses for cue in sense.cues if not cue.startswith("@"))
        return {word: number for number, word in enumerate(dict.fromkeys(words))}

    @cached_property
    def _longest_cue(self) -> int:
        return max((word.count(" ") + 1 for word in self._cue_words or ()), default=0)

    def _words_in(self, folded: str) -> tuple[int, ...]:
        """Return the cue words that a key holds, as whole words."""
        cues = self._cue_words
        if not cues or not folded:
            return ()
        words = folded.split(" ")
        found = [cues[word] for word in words if word in cues]
        for length in range(2, min(self._longest_cue, len(words)) + 1):
            runs = (" ".join(words[at : at + length]) for at in range(len(words) - length + 1))
            found += [cues[run] for run in runs if run in cues]
        return tuple(found)

    @cached_property
    def _cues(self) -> dict[str, _Cues]:
        """Read the cues of each form; a name that is no skill, or more than one thing, counts as all it may be."""
        vocabulary = self._matcher.vocabulary
        fields = np.array([vocabulary.field(number) for number in range(len(vocabulary))])
        named = self._cue_words or {}
        out: dict[str, _Cues] = {}
        for sense in vocabulary.senses:
            form = fold(sense.form)
            skills, words = out.get(form) or _Cues(np.zeros(len(vocabulary), np.bool_), frozenset())
            for cue in sense.cues:
                if cue.startswith("@"):
                    skills |= fields == cue[1:]
                elif (entry := vocabulary.lookup(fold(cue))) is not None and not cue.startswith('"'):
                    skills[entry.number] = True
            mentioned = {named[fold(cue)] for cue in sense.cues if not cue.startswith("@")}
            out[form] = _Cues(skills, words | mentioned)
        return out

    def _told(self, forms: Ints, evidence: Ints) -> NDArray[np.bool_]:
        """Tell which evidence can matter to which form: bool, shape (forms, evidence)."""
        names = list(self._forms)
        skill = np.array(self._skill_of)[evidence]
        pairs = np.array(self._words_of, np.int64).reshape(-1, 2)
        place = np.full(len(self._spokesmen), -1, np.int64)
        place[evidence] = np.arange(len(evidence))
        pairs = pairs[place[pairs[:, 0]] >= 0]
        out = np.zeros((len(forms), len(evidence)), np.bool_)
        for row, form in enumerate(forms.tolist()):
            cues = self._cues[names[form]]
            out[row] = cues.skills[skill] & (skill >= 0)
            spoken = np.isin(pairs[:, 1], np.fromiter(cues.words, np.int64, len(cues.words)))
            out[row, place[pairs[spoken, 0]]] = True
        return out

    # -- ambiguous rows ---------------------------------------------------------------------------------------------

    def _decide(self, indptr: Ints, codes: Ints, forms: Ints, evidence: Ints, numbers: NDArray[np.int32]) -> None:
        """Fill in the numbers of the entries that are ambiguous forms."""
        ambiguous = forms[codes] >= 0
        rows = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
        in_row = np.zeros(len(indptr) - 1, np.bool_)
        in_row[rows[ambiguous]] = True
        (entries,) = in_row[rows].nonzero()
        kept = entries[self._kept(rows[entries], forms[codes[entries]], evidence[codes[entries]])]
        said, owner, is_form = evidence[codes[kept]].tolist(), rows[kept], ambiguous[kept].tolist()
        cuts = [0, *(np.flatnonzero(np.diff(owner)) + 1).tolist(), len(kept)]
        decided: list[int] = []
        for start, stop in itertools.pairwise(cuts):
            forms_first = [said[at] for at in range(start, stop) if is_form[at]]
            # What is known for sure speaks alike in any order, and only once.
            sure = sorted({said[at] for at in range(start, stop) if not is_form[at]})
            remainder = (*forms_first, *sure)
            found = self._remainders.get(remainder)
            if found is None:
                found = self._remainders[remainder] = self._match(remainder)
            decided += found
        numbers[kept[ambiguous[kept]]] = decided

    def _kept(self, rows: Ints, forms: Ints, evidence: Ints) -> NDArray[np.bool_]:
        """Tell which entries of ambiguous rows are forms, or can matter to a form of their row."""
        kept = forms >= 0
        here, form_at = np.unique(forms[kept], return_inverse=True)
        said, said_at = np.unique(evidence, return_inverse=True)
        told = self._told(here, said)
        pairs = np.unique(rows[kept] * len(here) + form_at)
        owners, form_of = pairs // len(here), pairs % len(here)
        # The first form of every row, then the second, ...: as many rounds as the row with most forms has.
        nth = np.arange(len(owners)) - np.searchsorted(owners, owners)
        for turn in range(int(nth.max(initial=-1)) + 1):
            of_row = np.full(int(rows[-1]) + 1, -1)
            of_row[owners[nth == turn]] = form_of[nth == turn]
            form = of_row[rows]
            kept |= (form >= 0) & told[form, said_at]
        return kept

    def _match(self, remainder: tuple[int, ...]) -> tuple[int, ...]:
        forms, known, keys = zip(*[self._spokesmen[evidence] for evidence in remainder], strict=True)
        return tuple(self._matcher.decide(forms, known, keys))
