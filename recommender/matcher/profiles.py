"""Match the terms of many profiles at once, with the answers of `Matcher.match_profile`.

Two things make it cheap. A distinct term is matched once and remembered. An ambiguous form depends on the rest of its
profile; all forms of a chunk are weighed together (`meanings`), and only those that lie too near to the threshold are
asked of the matcher one by one, cut down to what can be a cue for them, so that each distinct remainder is decided
once.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.matcher.meanings import Questions, distinct, found_in, spread
from recommender.matcher.terms import BITS, MASK, TermReader
from recommender.text import key as fold

__all__ = ["ProfileReader"]

# So many sorts of evidence, and distinct remainders of profiles, are remembered; then everything is forgotten.
MOST_EVIDENCE: Final = 1 << 17

Ints = NDArray[np.integer[Any]]


class _Cues(NamedTuple):
    """Hold what can speak for or against any meaning of one form: skills (bool each) and numbers of words."""

    skills: NDArray[np.bool_]
    words: frozenset[int]


class ProfileReader(TermReader):
    """Read profiles given as rows of distinct terms into skill numbers.

    >>> from recommender.matcher import Matcher
    >>> from recommender.vocabulary import Vocabulary
    >>> reader = ProfileReader(Matcher(Vocabulary.from_names(["PyTorch", "Keras"])))
    >>> reader.numbers(np.array([0, 2, 3]), np.array([0, 1, 0]), ["keras", "golf"]).tolist()
    [1, -1, 1]
    """

    def _forget(self) -> None:
        super()._forget()
        self._remainders: dict[tuple[int, ...], tuple[int, ...]] = {}

    def numbers(self, indptr: Ints, codes: Ints, terms: Sequence[str]) -> NDArray[np.int32]:
        """Return the skill's number of every entry, -1 where refused; int32, shape (len(codes),).

        Row ``i`` holds the terms ``terms[c] for c in codes[indptr[i]:indptr[i + 1]]``. Equals ``match_profile`` row by
        row.
        """
        if len(self._evidence) > MOST_EVIDENCE or len(self._remainders) > MOST_EVIDENCE:
            self._forget()
        facts = np.fromiter(self.facts(terms), np.int64, len(terms))
        numbers = ((facts & MASK) - 1).astype(np.int32)[codes]
        forms = ((facts >> BITS) & MASK) - 1
        if (forms >= 0).any():
            self._decide(np.asarray(indptr, np.int64), codes, forms, facts >> (2 * BITS), numbers)
        return numbers

    # -- cues -------------------------------------------------------------------------------------------------------

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
        skill = np.array(self._skill_of)[evidence]
        words_from = np.array(self._words_from)
        pairs = np.stack([np.repeat(np.arange(len(words_from) - 1), np.diff(words_from)), np.array(self._words)], 1)
        place = np.full(len(self._spokesmen), -1, np.int64)
        place[evidence] = np.arange(len(evidence))
        pairs = pairs[place[pairs[:, 0]] >= 0]
        out = np.zeros((len(forms), len(evidence)), np.bool_)
        for row, form in enumerate(forms.tolist()):
            cues = self._cues[self._names[form]]
            out[row] = cues.skills[skill] & (skill >= 0)
            spoken = np.isin(pairs[:, 1], np.fromiter(cues.words, np.int64, len(cues.words)))
            out[row, place[pairs[spoken, 0]]] = True
        return out

    # -- ambiguous rows ---------------------------------------------------------------------------------------------

    def _decide(self, indptr: Ints, codes: Ints, forms: Ints, evidence: Ints, numbers: NDArray[np.int32]) -> None:
        """Fill in the numbers of the entries that are ambiguous forms."""
        owner = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
        in_row = np.zeros(len(indptr) - 1, np.bool_)
        in_row[owner[forms[codes] >= 0]] = True
        (entries,) = in_row[owner].nonzero()
        rows, form, said = owner[entries], forms[codes[entries]], evidence[codes[entries]]
        (ambiguous,) = (form >= 0).nonzero()
        pair = rows[ambiguous] * len(self._names) + form[ambiguous]
        pairs = distinct(pair)
        which = np.searchsorted(pairs, pair)
        count = np.bincount(which, minlength=len(pairs))
        asked = self._questions(rows, form, said, pairs)
        answers, in_doubt = self._meanings.settle(asked, self._matcher.threshold)
        numbers[entries[ambiguous]] = answers[which]
        # Two spellings of one form can say something about each other, which a question per form does not see.
        in_doubt |= np.bincount(which, self._speaks[said[ambiguous]], len(pairs)).astype(np.bool_) & (count > 1)
        if in_doubt.any():
            in_row[:] = False
            in_row[asked.row[in_doubt]] = True
            some = entries[in_row[rows]]
            self._decide_singly(some, owner[some], forms[codes[some]], evidence[codes[some]], numbers)

    def _questions(self, rows: Ints, form: Ints, said: Ints, pairs: Ints) -> Questions:
        """Put together what is known of rows with ambiguous forms; ``pairs`` are row and form in one number."""
        skill = np.array(self._skill_of)[said]
        sure = (skill >= 0) & (form < 0)
        most = len(self._matcher.vocabulary)
        known = distinct(rows[sure] * most + skill[sure])
        row, asked = pairs // len(self._names), pairs % len(self._names)
        # What stands in the other terms: not in those of the form itself.
        (speaking,) = self._speaks[said].nonzero()
        question, at = spread(*found_in(row, rows[speaking]))
        other = form[speaking[at]] != asked[question]
        question, at = question[other], speaking[at[other]]
        starts, words = np.array(self._words_from), np.array(self._words)
        which, place = spread(starts[said[at]], starts[said[at] + 1])
        cues = max(len(self._cue_words or ()), 1)
        told = distinct(question[which] * cues + words[place])
        return Questions(asked, row, known // most, known % most, told // cues, told % cues)

    @property
    def _speaks(self) -> NDArray[np.bool_]:
        """Tell which evidence holds cue words."""
        return np.diff(np.array(self._words_from)) > 0

    # -- rows that leave a doubt ------------------------------------------------------------------------------------

    def _decide_singly(
        self, entries: Ints, rows: Ints, forms: Ints, evidence: Ints, numbers: NDArray[np.int32]
    ) -> None:
        """Ask the matcher about each distinct remainder of the rows that ``entries`` make up."""
        keep = self._kept(rows, forms, evidence)
        kept, owner, said = entries[keep], rows[keep], evidence[keep].tolist()
        is_form = (forms[keep] >= 0).tolist()
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
        numbers[kept[is_form]] = decided

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
