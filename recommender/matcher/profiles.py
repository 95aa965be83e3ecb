"""Match the terms of many profiles at once, with the answers of `Matcher.match_profile`.

Two things make it cheap. A distinct term is matched once and remembered. An ambiguous form depends on the rest of its
profile; all forms of a chunk are weighed together (`meanings`, or its compiled twin in `recommender.kernels`), and only
those that lie too near to the threshold are asked of the matcher one by one, cut down to what can be a cue for them, so
that each distinct remainder is decided once.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from recommender.kernels import kernel
from recommender.matcher.meanings import FACTORS, Questions, distinct, found_in, spread
from recommender.matcher.senses import ROUNDS, twice_at_most
from recommender.matcher.terms import BITS, MASK, TermReader

__all__ = ["ProfileReader"]

# So many sorts of evidence, and distinct remainders of profiles, are remembered; then everything is forgotten.
MOST_EVIDENCE: Final = 1 << 17

Ints = NDArray[np.integer[Any]]


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
        self._cues: dict[int, tuple[frozenset[int], frozenset[int]]] = {}

    def numbers(self, indptr: Ints, codes: Ints, terms: Sequence[str]) -> NDArray[np.int32]:
        """Return the skill's number of every entry, -1 where refused; int32, shape (len(codes),).

        Row ``i`` holds the terms ``terms[c] for c in codes[indptr[i]:indptr[i + 1]]``. Equals ``match_profile`` row by
        row.
        """
        with self._lock:
            return self._numbers(indptr, codes, terms)

    def _numbers(self, indptr: Ints, codes: Ints, terms: Sequence[str]) -> NDArray[np.int32]:
        if len(self._evidence) > MOST_EVIDENCE or len(self._remainders) > MOST_EVIDENCE:
            self._forget()
        facts = self.facts(terms)
        forms = ((facts >> BITS) & MASK) - 1
        if (forms >= 0).any() and self._compiled is not None:
            return self._read(np.ascontiguousarray(indptr, np.int64), np.ascontiguousarray(codes, np.int64), facts)
        numbers = ((facts & MASK) - 1).astype(np.int32)[codes]
        if (forms >= 0).any():
            self._decide(np.asarray(indptr, np.int64), codes, forms, facts >> (2 * BITS), numbers)
        return numbers

    @cached_property
    def _compiled(self) -> Any:
        """Hold the compiled twin of `_decide`, None where there is none."""
        native = kernel("meanings")
        if native is None:
            return None
        count, meanings = len(self._names), self._meanings
        alone = np.full(count, native.UNASKED, np.int32)
        weights = native.Weights(meanings.layout, FACTORS, ROUNDS, self._matcher.threshold, meanings.in_doubt, alone)
        # Many a form alone lies on the threshold itself, so what leaves a doubt alone is asked once, and put in there.
        every, none = np.arange(count + 1), np.zeros(0, np.int64)
        _, in_doubt = weights.numbers(every, every[:-1], (every[:-1] + 1) << BITS, np.zeros(2, np.int64), none, BITS)
        for form in in_doubt.tolist():
            (alone[form],) = self._matcher.decide([self._names[form]], [None], [""])
        return weights

    def _read(self, indptr: Ints, codes: Ints, facts: Ints) -> NDArray[np.int32]:
        """Give what `numbers` gives, by the compiled twin."""
        numbers, rows = self._compiled.numbers(
            indptr, codes, facts, np.array(self._words_from), np.array(self._words, np.int64), BITS
        )
        if len(rows):
            which, entries = spread(indptr[rows], indptr[rows + 1])
            told = facts[codes[entries]]
            self._decide_singly(entries, rows[which], ((told >> BITS) & MASK) - 1, told >> (2 * BITS), numbers)
        return np.asarray(numbers)

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
        cues = max(len(self._cue_words), 1)
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
        form_of, said = forms.tolist(), evidence.tolist()
        for start, stop in itertools.pairwise([0, *(np.flatnonzero(np.diff(rows)) + 1).tolist(), len(rows)]):
            ambiguous = [at for at in range(start, stop) if form_of[at] >= 0]
            # What is known for sure speaks alike in any order, and only once.
            sure = self._what_matters(
                {form_of[at] for at in ambiguous}, {said[at] for at in range(start, stop) if form_of[at] < 0}
            )
            asked = twice_at_most([said[at] for at in ambiguous])
            remainder = (*asked, *sure)
            if remainder not in self._remainders:
                self._remainders[remainder] = self._match(remainder)
            answers = dict(zip(asked, self._remainders[remainder], strict=True))
            numbers[entries[ambiguous]] = [answers[said[at]] for at in ambiguous]

    def _what_matters(self, forms: Iterable[int], evidence: Iterable[int]) -> list[int]:
        """Keep, in order, the evidence that can speak for or against a meaning of one of the forms."""
        told = [
            (one, self._skill_of[one], self._words[self._words_from[one] : self._words_from[one + 1]])
            for one in evidence
            if one  # the first says nothing
        ]
        kept = set[int]()
        for form in forms:
            if form not in self._cues:
                self._cues[form] = self._meanings.layout.cues(form)
            skills, words = self._cues[form]
            kept.update([one for one, skill, said in told if skill in skills or (said and not words.isdisjoint(said))])
        return sorted(kept)

    def _match(self, remainder: tuple[int, ...]) -> tuple[int, ...]:
        forms, known, keys = zip(*[self._spokesmen[evidence] for evidence in remainder], strict=True)
        return tuple(self._matcher.decide(forms, known, keys))
