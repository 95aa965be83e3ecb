"""Match the terms of many profiles at once, with the answers of `Matcher.match_profile`.

Two things make it cheap. A distinct term is matched once and remembered. An ambiguous form depends on the rest of its
profile; all forms of a chunk are weighed together (`meanings`), and only those that lie too near to the threshold are
asked of the matcher one by one, cut down to what can be a cue for them, so that each distinct remainder is decided
once.
"""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from recommender.matcher.match import REFUSED, Matcher
from recommender.matcher.meanings import Meanings, Questions, distinct, found_in, spread
from recommender.memory import Memory
from recommender.text import key as fold
from recommender.text.many import UNSEEN

__all__ = ["ProfileReader", "Shared", "Told"]

# So many distinct terms, sorts of evidence and distinct remainders of profiles are remembered. A term takes some 200
# bytes; lists of a million people held 310,000 distinct ones, one in ten of their mentions being misspelt at random.
MOST_TERMS: Final = 1 << 19
MOST_EVIDENCE: Final = 1 << 17
# A term is remembered as one integer: its skill's number + 1, its form + 1, and its evidence, in so many bits each.
_BITS: Final = 21
_MASK: Final = (1 << _BITS) - 1

# So many new terms are matched between two looks at what others have told, and so few are told at once.
SHARED_TERMS: Final = 1024
LEAST_TOLD: Final = 16
# Longer terms are matched anew each time.
LONGEST_REMEMBERED: Final = 200

Ints = NDArray[np.integer[Any]]
Told = tuple[str, str, str | None, int]
"""A term, and what `Matcher.resolve` gives for it."""


class Shared(Protocol):
    """Pass on what terms mean between readers that work side by side with matchers of one vocabulary."""

    def is_mine(self, term: str) -> bool:
        """Tell whether a term is of the share that this reader matches first."""

    def tell(self, found: list[Told]) -> None:
        """Pass on what was found."""

    def news(self) -> list[Told]:
        """Return what others have found since this was last asked."""


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
        self._facts = Memory[int](MOST_TERMS)
        self._names = tuple(matcher.vocabulary.forms)
        self._alone: dict[int, int] = {}
        self.shared: Shared | None = None
        self._untold: list[Told] = []
        self._forget()

    def _forget(self) -> None:
        self._facts.forget()
        self._remainders: dict[tuple[int, ...], tuple[int, ...]] = {}
        # Evidence: what a term can say about others. All terms that say the same share one number, and one
        # of them speaks for the others: its form, skill and key.
        self._evidence: dict[tuple[object, ...], int] = {(): 0}
        self._spokesmen: list[tuple[str | None, int | None, str]] = [(None, None, "")]
        self._skill_of = array("q", [REFUSED])
        self._words_from = array("q", [0, 0])  # where the cue words of each evidence begin
        self._words = array("q")

    # -- distinct terms ---------------------------------------------------------------------------------------------

    def numbers(self, indptr: Ints, codes: Ints, terms: Sequence[str]) -> NDArray[np.int32]:
        """Return the skill's number of every entry, -1 where refused; int32, shape (len(codes),).

        Row ``i`` holds the terms ``terms[c] for c in codes[indptr[i]:indptr[i + 1]]``. Equals ``match_profile`` row by
        row.
        """
        if len(self._evidence) > MOST_EVIDENCE or len(self._remainders) > MOST_EVIDENCE:
            self._forget()
        facts = np.fromiter(self.facts(terms), np.int64, len(terms))
        numbers = ((facts & _MASK) - 1).astype(np.int32)[codes]
        forms = ((facts >> _BITS) & _MASK) - 1
        if (forms >= 0).any():
            self._decide(np.asarray(indptr, np.int64), codes, forms, facts >> (2 * _BITS), numbers)
        return numbers

    def facts(self, terms: Sequence[str]) -> list[int]:
        """Return what is remembered of each term, after matching those that were not seen yet."""
        found = self._facts.recall(terms)
        if None not in found:
            return found  # type: ignore[return-value]
        new = list(dict.fromkeys([term for term, fact in zip(terms, found, strict=True) if fact is None]))
        learned = self._matched(new) if self.shared is None else self._shared_out(new)
        return [learned[term] if fact is None else fact for term, fact in zip(terms, found, strict=True)]

    def _matched(self, new: Sequence[str]) -> dict[str, int]:
        """Match terms, and note what they mean."""
        told = [(term, *found) for term, found in zip(new, self._matcher.resolve_many(new), strict=True)]
        if self.shared is not None:
            self._untold += [one for one in told if len(one[0]) <= LONGEST_REMEMBERED]
            if len(self._untold) >= LEAST_TOLD:
                self.shared.tell(self._untold)
                self._untold = []
        return {term: self._note(term, key, form, number) for term, key, form, number in told}

    def _shared_out(self, new: Sequence[str]) -> dict[str, int]:
        """Match the terms of the own share first, then those that nobody else has matched by then."""
        assert self.shared is not None
        wanted, learned = set(new), dict[str, int]()
        mine = [self.shared.is_mine(term) for term in new]
        order = [term for own in (True, False) for term, is_mine in zip(new, mine, strict=True) if is_mine is own]
        for start in range(0, len(order), SHARED_TERMS):
            for told in self.shared.news():
                fact = self._note(*told)
                if told[0] in wanted:
                    learned[told[0]] = fact
            learned |= self._matched([term for term in order[start : start + SHARED_TERMS] if term not in learned])
        return learned

    def _note(self, term: str, folded: str, form: str | None, number: int) -> int:
        """Remember what a term means, and return it as one integer."""
        place = -1 if form is None else self._meanings.forms[form]
        evidence = self._evidence_of(folded, number, form) if self._cue_words is not None else 0
        fact = (number + 1) | (place + 1) << _BITS | evidence << (2 * _BITS)
        if len(term) <= LONGEST_REMEMBERED:
            self._facts.keep(term, fact)
        return fact

    def look_up(self, terms: Sequence[str]) -> None:
        """Match terms, all together, so that `recall` knows them."""
        self.facts(terms)

    def known(self, term: str) -> int | str | None:
        """Tell which skill a term means by itself, as `Matcher.known` does, from what is remembered here."""
        return self._meaning(term, self.facts([term])[0])

    def recall(self, term: str) -> object:
        """Tell what `known` does of a term that is remembered, `recommender.text.UNSEEN` of any other."""
        (fact,) = self._facts.recall((term,))
        return UNSEEN if fact is None else self._meaning(term, fact)

    def _meaning(self, term: str, fact: int) -> int | str | None:
        number, form = (fact & _MASK) - 1, ((fact >> _BITS) & _MASK) - 1
        if form >= 0:
            if form not in self._alone:
                (self._alone[form],) = self._matcher.decide([self._names[form]], [None], [""])
            number = self._alone[form]
        if number >= 0:
            return number
        return key if form >= 0 and self._matcher.is_ambiguous(key := fold(term)) else None

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
            self._words.extend(words)
            self._words_from.append(len(self._words))
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
    def _meanings(self) -> Meanings:
        return Meanings(self._matcher.vocabulary, self._matcher.senses, self._cue_words or {})

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
