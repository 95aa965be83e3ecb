"""Weigh the ambiguous forms of many profiles at once: the sums of `Senses`, laid out as arrays.

`Senses` is the measure: it says what it found, and its answers are those that count. Here the same products are taken
in another order, so a probability can differ in its last bits; whatever lies that near to the threshold (see
`recommender.matcher.layout.error_bound`) is marked, to be asked of `Senses` itself. So no last bit can change an
answer, neither here nor in the compiled twin, `recommender.kernels.meanings`, which goes row by row.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.matcher.layout import Layout, error_bound, in_order
from recommender.matcher.senses import (
    FIELD_FACTOR,
    LEAST_PRIOR,
    MOST_OF_FIELD,
    ROUNDS,
    SKILL_FACTOR,
    WORD_FACTOR,
    Senses,
)
from recommender.vocabulary import Vocabulary

__all__ = ["FACTORS", "Meanings", "Questions", "distinct", "found_in", "spread"]

# What each cue is worth: of a skill, a word and a field, how many skills of one count, and what 0, 1, ... are worth.
FACTORS: Final = (
    SKILL_FACTOR,
    WORD_FACTOR,
    FIELD_FACTOR,
    MOST_OF_FIELD,
    FIELD_FACTOR ** np.minimum(np.arange(math.ceil(MOST_OF_FIELD) + 1), MOST_OF_FIELD),
)

Ints = NDArray[np.integer[Any]]
Floats = NDArray[np.float64]


class Questions(NamedTuple):
    """Hold what is asked about the forms of many rows.

    ``form`` and ``row``, shape (questions,): one question per form of a row, rows ascending. ``skill_row`` and
    ``skill``: the skills that are known for sure, each once in its row, rows ascending. ``word_of`` and ``word``: the
    cue words that other terms of the row hold, each once for a question, ascending by question.
    """

    form: Ints
    row: Ints
    skill_row: Ints
    skill: Ints
    word_of: Ints
    word: Ints


class Meanings:
    """Hold the meanings of all ambiguous forms of a vocabulary as arrays.

    Args:
        vocabulary: the skills and their forms.
        senses: reads the cues.
        words: numbers the cues that are words.
    """

    def __init__(self, vocabulary: Vocabulary, senses: Senses, words: Mapping[str, int]) -> None:
        self.forms = {form: place for place, form in enumerate(vocabulary.forms)}
        found = [vocabulary.meanings(form) for form in self.forms]
        cue_of = {cue: senses.read(cue) for cue in {cue for one in found for sense in one for cue in sense.cues}}
        read = [[[cue_of[cue] for cue in sense.cues] for sense in meanings] for meanings in found]
        width = max(map(len, found), default=0)
        deep = max((sum(kind == "field" for kind, _, _ in cues) for rows in read for cues in rows), default=0)
        field_of = [vocabulary.field(number) for number in range(len(vocabulary))]
        fields = {name: at for at, name in enumerate(sorted(set(field_of)))}
        self._field_of = np.array([fields[name] for name in field_of], np.int32)
        self._number = np.full((len(found), width), -1, np.int64)
        self._prior = np.zeros((len(found), width))
        self._rest = np.array([max(0.0, 1.0 - sum([sense.prior for sense in meanings])) for meanings in found])
        self._field = np.full((len(found), width, deep), -1, np.int32)
        self._by_field = np.zeros((len(found), len(fields)), np.bool_)
        told: dict[str, dict[tuple[int, int], list[int]]] = {"skill": {}, "word": {}}
        for form, (meanings, cues_of) in enumerate(zip(found, read, strict=True)):
            for at, (sense, cues) in enumerate(zip(meanings, cues_of, strict=True)):
                self._prior[form, at] = max(sense.prior, LEAST_PRIOR)
                if sense.skill is not None:
                    self._number[form, at] = vocabulary.number(sense.skill)
                own = [fields[text] for kind, _, text in cues if kind == "field" and text in fields]
                self._field[form, at, : len(own)] = own
                self._by_field[form, own] = True
                for kind, number, text in cues:
                    if kind != "field" and (kind == "skill" or text):
                        cue = number if kind == "skill" else words[text]
                        told[kind].setdefault((form, cue), [0] * width)[at] += 1
        self._skills = _Told(told["skill"], len(vocabulary), width)
        self._words = _Told(told["word"], max(words.values(), default=0) + 1, width)
        self.layout = self._laid_out(len(fields))
        self.in_doubt = error_bound(self.layout)

    def _laid_out(self, fields: int) -> Layout:
        """Give the same as one row of meanings."""
        there = self._prior != 0.0
        place = there.cumsum().reshape(there.shape) - 1
        begins = np.concatenate(([0], there.sum(axis=1).cumsum())).astype(np.int32)
        form, meaning, at = (self._field >= 0).nonzero()
        return Layout(
            begins, self._prior[there], self._number[there].astype(np.int32), self._rest,
            *self._skills.cues(place), *self._words.cues(place),
            *in_order(place[form, meaning], self._field[form, meaning, at], int(begins[-1])),
            self._field_of, self._words.size, fields,
        )  # fmt: skip

    def settle(self, asked: Questions, threshold: float) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Answer each question with the number of a skill, -1 where refused, int64; and whether that is in doubt, bool.

        Forms of one row speak for each other as far as their meanings are believed; see `Senses.settle`.
        """
        form = asked.form
        if math.isinf(self.in_doubt):
            return np.full(len(form), -1), np.ones(len(form), np.bool_)
        value, related = self._surely(asked)
        chance = self._chance(form, value, related)
        several = np.flatnonzero(np.bincount(asked.row, minlength=1)[asked.row] > 1)
        if len(several):
            beliefs = _Beliefs(self, asked, several)
            for _ in range(ROUNDS - 1):
                times, also = beliefs.told(chance)
                chance[several] = self._chance(form[several], value[several] * times, related[several] + also)
        best, every = chance.argmax(axis=1), np.arange(len(form))
        most, number = chance[every, best], self._number[form, best]
        chance[every, best] = -1.0
        close = most - chance.max(axis=1, initial=-1.0) < self.in_doubt
        # Asked so that what is no number is in doubt.
        in_doubt = ~(np.abs(most - threshold) >= self.in_doubt) | (close & (most > threshold))
        return np.where(most >= threshold, number, -1), in_doubt

    def _surely(self, asked: Questions) -> tuple[Floats, Floats]:
        """Return what is known for sure makes of the priors (questions, meanings), and counts skills of each field."""
        form, size = asked.form, len(asked.form)
        question, at = spread(*found_in(asked.row, asked.skill_row))
        skill = asked.skill[at]
        value = self._prior[form] * SKILL_FACTOR ** self._skills.counted(form[question], skill, question, size)
        value *= WORD_FACTOR ** self._words.counted(form[asked.word_of], asked.word, asked.word_of, size)
        place, cell = self.related(form[question], skill)
        cells = self._field[0].size if len(self._field) else 0
        counts = np.bincount(question[place] * cells + cell, minlength=size * cells)
        return value, counts.reshape(size, *self._field.shape[1:]).astype(np.float64)

    def related(self, form: Ints, skill: Ints) -> tuple[Ints, Ints]:
        """Find the field cues that skills are of: places in ``form``, and cells of (meanings, field cues) of it.

        A meaning's own skill is no evidence for it.
        """
        field = self._field_of[skill]
        (some,) = self._by_field[form, field].nonzero()
        of_field = self._field[form[some]] == field[some, None, None]
        of_field &= (self._number[form[some]] != skill[some, None])[:, :, None]
        place, *cell = of_field.nonzero()
        return some[place], cell[0] * of_field.shape[2] + cell[1]

    def _chance(self, form: Ints, value: Floats, related: Floats) -> Floats:
        worth = value * FIELD_FACTOR ** np.minimum(related, MOST_OF_FIELD).sum(axis=2)
        return np.asarray(worth / (self._rest[form] + worth.sum(axis=1))[:, None], np.float64)

    def skill_cues(self, form: Ints, skill: Ints) -> NDArray[np.int32]:
        """Count the cues of each meaning of forms that are the given skills, int32 (len(form), meanings)."""
        return self._skills.rows(form, skill)

    def numbers(self, form: Ints) -> NDArray[np.int64]:
        """Give the skills that forms may mean, int64 (len(form), meanings), -1 where one is no skill of ours."""
        return self._number[form]

    @property
    def cells(self) -> tuple[int, ...]:
        """Give the shape of the field cues of one form: (meanings, field cues)."""
        return self._field.shape[1:]


class _Told:
    """Hold which cues (skills, or words) speak for which meanings of which form, as sorted codes with counts."""

    def __init__(self, told: Mapping[tuple[int, int], list[int]], cues: int, width: int) -> None:
        pairs = sorted(told)
        self.size = cues
        self._codes = np.array([form * cues + cue for form, cue in pairs], np.int64)
        none = [[0] * width]  # what is told of no one
        self._counts = np.array([told[pair] for pair in pairs] + none, np.int32)
        self._is_cue = np.zeros(cues, np.bool_)
        self._is_cue[[cue for _, cue in pairs]] = True

    def rows(self, form: Ints, cue: Ints) -> NDArray[np.int32]:
        """Count, for pairs of a form and a cue, the cues of each meaning."""
        code = form * self.size + cue
        at = np.searchsorted(self._codes, code)
        at[at == len(self._codes)] = 0
        none = len(self._codes)
        there = self._codes[at] == code if none else np.zeros(len(code), np.bool_)
        return np.asarray(self._counts[np.where(there, at, none)])

    def cues(self, place: Ints) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Order the cues by meanings, which ``place`` numbers, (forms, meanings): where those of each begin, and they.

        What counts twice is there twice.
        """
        pair, at = self._counts[:-1].nonzero()
        times = self._counts[pair, at]
        owner = place[self._codes[pair] // self.size, at]
        return in_order(
            np.repeat(owner, times), np.repeat(self._codes[pair] % self.size, times), int(place.max(initial=-1)) + 1
        )

    def counted(self, form: Ints, cue: Ints, owner: Ints, size: int) -> Floats:
        """Add up the counts of each owner, float64 (size, meanings)."""
        (some,) = self._is_cue[cue].nonzero()
        rows, owner = self.rows(form[some], cue[some]), owner[some]
        columns = [np.bincount(owner, rows[:, at], minlength=size) for at in range(rows.shape[1])]
        return np.array(columns, np.float64).T if columns else np.zeros((size, 0))


class _Beliefs:
    """Find once what the forms of a row can say to each other, and tell it anew in every round."""

    def __init__(self, meanings: Meanings, asked: Questions, several: Ints) -> None:
        self._cells, self._size = meanings.cells, len(several)
        row = asked.row[several]
        to, of = spread(*found_in(row, row))
        to, of = to[to != of], of[to != of]
        number = meanings.numbers(asked.form[several[of]])
        at, meaning = (number >= 0).nonzero()
        said, to, of = number[at, meaning], to[at], several[of[at]]
        # What is known for sure needs no belief.
        most = len(meanings._field_of)
        new = ~_within(row[to].astype(np.int64) * most + said, asked.skill_row.astype(np.int64) * most + asked.skill)
        said, to, of, meaning = said[new], to[new], of[new], meaning[new]
        order = np.argsort(to * most + said, kind="stable")
        self._of, self._meaning = of[order], meaning[order]
        pair = (to * most + said)[order]
        self._starts = np.flatnonzero(np.diff(pair, prepend=-1))
        self._to, skill = pair[self._starts] // most, pair[self._starts] % most
        form = asked.form[several][self._to]
        self._cues = meanings.skill_cues(form, skill)
        self._place, cell = meanings.related(form, skill)
        self._into = self._to[self._place] * int(np.prod(self._cells)) + cell

    def told(self, chance: Floats) -> tuple[Floats, Floats]:
        """Return by what the values are multiplied, (several, meanings), and what is added to each field."""
        times = np.ones((self._size, self._cells[0]))
        also = np.zeros(self._size * int(np.prod(self._cells)))
        if len(self._starts):
            belief = np.maximum.reduceat(chance[self._of, self._meaning], self._starts)
            factors = (1.0 + (SKILL_FACTOR - 1.0) * belief)[:, None] ** self._cues
            firsts = np.flatnonzero(np.diff(self._to, prepend=-1))
            times[self._to[firsts]] = np.multiply.reduceat(factors, firsts, axis=0)
            also += np.bincount(self._into, belief[self._place], minlength=len(also))
        return times, also.reshape(self._size, *self._cells)


def spread(begins: Ints, ends: Ints) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """List all places of some ranges: the range's number, and the place, each int64.

    >>> [part.tolist() for part in spread(np.array([3, 0]), np.array([5, 1]))]
    [[0, 0, 1], [3, 4, 0]]
    """
    lengths = np.asarray(ends - begins, np.int64)
    owner = np.repeat(np.arange(len(lengths)), lengths)
    first = np.repeat(np.asarray(begins) - np.cumsum(lengths) + lengths, lengths)
    return owner, first + np.arange(len(owner))


def found_in(values: Ints, ascending: Ints) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find the range of places at which each value stands among ascending ones: begins and ends, int64."""
    return np.searchsorted(ascending, values, "left"), np.searchsorted(ascending, values, "right")


def distinct(codes: Ints) -> NDArray[np.int64]:
    """Sort codes and leave each once; `numpy.unique` goes by hashes first, which took three times as long here."""
    ascending = np.sort(codes)
    return np.asarray(ascending[np.diff(ascending, prepend=-1) > 0], np.int64)


def _within(codes: Ints, ascending: Ints) -> NDArray[np.bool_]:
    """Tell which codes stand among ascending ones."""
    if not len(ascending):
        return np.zeros(len(codes), np.bool_)
    at = np.minimum(np.searchsorted(ascending, codes), len(ascending) - 1)
    return np.asarray(ascending[at] == codes)
