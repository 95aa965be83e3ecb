# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Read the rows of many profiles, and weigh their ambiguous forms: `recommender.matcher.meanings`, row by row."""

import cython
import numpy as np

from libc.math cimport pow
from libc.stdint cimport int32_t, int64_t

from recommender.kernels.rows cimport check_bounds

cdef enum:
    ASKED_NOT = -2
UNASKED = ASKED_NOT
"""The answer of a form that was not asked about alone."""


def _check(ends, values, size, least, below):
    """Refuse places of ``size`` ranges that do not ascend from 0 to the end of ``values``, and values out of range."""
    ends = np.asarray(ends)
    if len(ends) != size + 1 or ends[0] or ends[size] != len(values) or (ends[1:] < ends[:size]).any():
        raise ValueError("Places do not ascend from 0 to the end.")
    if len(values) and (values.min() < least or values.max() >= below):
        raise ValueError("A number is out of range.")


@cython.final
cdef class Weights:
    """Hold the meanings of all ambiguous forms of a vocabulary, and what each cue is worth.

    ``layout`` is a `recommender.matcher.layout.Layout`. ``factors``: of a skill, a word and a field, the most skills
    that count of one, and float64 what 0, 1, ... skills of a field are worth, the last one for all above. A
    probability is ``in_doubt`` where it lies no further than so (see `error_bound` there) above the next or from the
    ``threshold``. ``alone`` int32 (forms,): the answer to use then if nothing speaks, `UNASKED` where it is not known.
    """

    cdef const int32_t[::1] meanings, number, skills_from, skill, words_from, word, fields_from, field, field_of, alone
    cdef const double[::1] prior, rest, powers
    cdef double skill_factor, word_factor, field_factor, most_of_field, threshold, in_doubt
    cdef Py_ssize_t forms, skills, words, fields
    cdef int rounds
    cdef tuple made_of

    def __cinit__(self, layout, factors, int rounds, double threshold, double in_doubt, alone):
        forms, skills, count = len(layout.rest), len(layout.field_of), len(layout.prior)
        _check(layout.meanings, layout.number, forms, -1, skills)
        _check(layout.skills_from, layout.skill, count, 0, skills)
        _check(layout.words_from, layout.word, count, 0, layout.words)
        _check(layout.fields_from, layout.field, count, 0, layout.fields)
        _check([0, skills], layout.field_of, 1, 0, layout.fields)
        (self.meanings, self.prior, self.number, self.rest, self.skills_from, self.skill, self.words_from, self.word,
         self.fields_from, self.field, self.field_of, self.words, self.fields) = layout
        self.skill_factor, self.word_factor, self.field_factor, self.most_of_field, self.powers = factors
        self.rounds, self.threshold, self.in_doubt, self.alone = rounds, threshold, in_doubt, alone
        self.forms, self.skills = forms, skills
        if self.number.shape[0] != count or self.alone.shape[0] != forms or not self.powers.shape[0]:
            raise ValueError("Meanings or forms differ in number.")
        self.made_of = layout, factors, rounds, threshold, in_doubt, alone

    def __reduce__(self):
        return Weights, self.made_of

    def numbers(
        self, const int64_t[::1] indptr, const int64_t[::1] codes, const int64_t[::1] facts,
        const int64_t[::1] said_from, const int64_t[::1] said, int bits,
    ):
        """Return the skill's number of every entry, int32, -1 where refused; and the rows that leave a doubt, int64.

        Row ``i`` holds the terms ``codes[indptr[i]:indptr[i + 1]]``. ``facts``: of each term its skill's number + 1,
        its form + 1, and its evidence, in so many ``bits`` each. The cue words of evidence ``e`` are
        ``said[said_from[e]:said_from[e + 1]]``; others are of no use to any form.
        """
        cdef Py_ssize_t rows = indptr.shape[0] - 1, row, doubts = 0
        check_bounds(indptr, codes.shape[0])
        check_bounds(said_from, said.shape[0])
        if not 0 < bits < 31:
            raise ValueError("Numbers of so many bits are out of range.")
        found, doubtful = np.full(codes.shape[0], -1, np.int32), np.empty(rows, np.int64)
        cdef _Row here = _Row(self, codes, facts, said_from, said, bits, found)
        cdef int64_t[::1] in_doubt = doubtful
        with nogil:
            for row in range(rows):
                if here.read(indptr[row], indptr[row + 1]) and here.begin(row) and not here.settle():
                    in_doubt[doubts] = row
                    doubts += 1
                if not here.sound:
                    break
        if not here.sound:
            raise ValueError("A term is out of range.")
        return found, doubtful[:doubts].copy()


@cython.final
cdef class _Row:
    """Note what a row says, and weigh its forms. What is noted holds for the row, or turn, that is noted beside it."""

    cdef Weights of
    cdef const int64_t[::1] codes, facts, said_from, said
    cdef int32_t[::1] numbers
    cdef int64_t row, turn  # turn: counts the times that beliefs are gathered
    cdef Py_ssize_t first, end, asked
    cdef int64_t[::1] form_row, skill_row, field_row, word_row, believed_turn
    cdef int32_t[::1] form, mentions, count, speaker, believed, answer, related
    cdef char[::1] spoken_to, hears, told_often
    cdef double[::1] value, chance, following, belief
    cdef int bits
    cdef bint sound

    def __cinit__(self, Weights of, codes, facts, said_from, said, int bits, numbers):
        self.of, self.row, self.turn, self.bits, self.sound = of, -1, -1, bits, True
        self.codes, self.facts, self.said_from, self.said, self.numbers = codes, facts, said_from, said, numbers
        forms, skills, meanings = of.forms, of.skills, of.prior.shape[0]
        self.form_row, self.skill_row, self.field_row, self.word_row, self.believed_turn = (
            np.full(size, -1, np.int64) for size in (forms, skills, of.fields, of.words, skills)
        )
        self.form, self.mentions, self.count, self.speaker, self.believed, self.answer, self.related = (
            np.zeros(size, np.int32)
            for size in (forms, forms, of.fields, of.words, skills, forms, of.field.shape[0])
        )
        self.spoken_to, self.hears, self.told_often = (np.zeros(size, np.int8) for size in (forms, forms, of.words))
        self.value, self.chance, self.following, self.belief = (
            np.zeros(size) for size in (meanings, meanings, meanings, skills)
        )

    cdef int64_t _fact(self, Py_ssize_t at, int which) noexcept nogil:
        """Give the number or the form of an entry, -1 for none."""
        return ((self.facts[self.codes[at]] >> (which * self.bits)) & ((<int64_t>1 << self.bits) - 1)) - 1

    cdef bint read(self, Py_ssize_t first, Py_ssize_t end) noexcept nogil:
        """Fill in what the terms of a row mean by themselves; tell whether any is ambiguous."""
        cdef Py_ssize_t at, size = self.facts.shape[0]
        cdef const int64_t* codes = &self.codes[0]
        cdef const int64_t* facts = &self.facts[0]
        cdef int32_t* numbers = &self.numbers[0]
        cdef int64_t mask = (<int64_t>1 << self.bits) - 1, forms = mask << self.bits, seen = 0
        self.first, self.end = first, end
        for at in range(first, end):
            if not 0 <= codes[at] < size:
                self.sound = False
                return False
            numbers[at] = <int32_t>((facts[codes[at]] & mask) - 1)
            seen |= facts[codes[at]]
        return (seen & forms) != 0

    cdef bint begin(self, int64_t row) noexcept nogil:
        """Note what each term of the row says; False, and no longer sound, if one is out of range."""
        cdef Py_ssize_t at, place
        cdef int64_t number, form, evidence, word
        self.row, self.asked = row, 0
        for at in range(self.first, self.end):
            number, form, evidence = self._fact(at, 0), self._fact(at, 1), self.facts[self.codes[at]] >> (2 * self.bits)
            if number >= self.of.skills or form >= self.of.forms or not 0 <= evidence < self.said_from.shape[0] - 1:
                self.sound = False
                return False
            if form >= 0:
                self._ask(form)
            elif number >= 0 and self.skill_row[number] != self.row:
                self.skill_row[number] = self.row
                self._count(self.of.field_of[number])
            for place in range(self.said_from[evidence], self.said_from[evidence + 1]):
                word = self.said[place]
                if not 0 <= word < self.of.words:
                    self.sound = False
                    return False
                if self.word_row[word] != self.row:
                    self.word_row[word], self.speaker[word], self.told_often[word] = self.row, <int32_t>form, False
                elif self.speaker[word] != form:
                    self.told_often[word] = True
        return True

    cdef void _ask(self, int64_t form) noexcept nogil:
        if self.form_row[form] != self.row:
            self.form_row[form], self.mentions[form] = self.row, 0
            self.form[self.asked] = <int32_t>form
            self.asked += 1
        self.mentions[form] += self.mentions[form] < 2

    cdef void _count(self, int32_t field) noexcept nogil:
        if self.field_row[field] != self.row:
            self.field_row[field], self.count[field] = self.row, 0
        self.count[field] += 1

    cdef bint settle(self) noexcept nogil:
        """Fill in the answers to the forms of the row; False if one is in doubt."""
        cdef Py_ssize_t which, at
        cdef int turn
        cdef bint more = self.asked > 1
        for which in range(self.asked):
            if not self._begin_with(self.form[which]):
                return False
        for turn in range(self.of.rounds - 1):
            if not more:
                break
            more = False
            for which in range(self.asked):
                # Who hears nothing once never does: which skills are believed in stays, only how far changes.
                if turn == 0 or self.hears[self.form[which]]:
                    self.hears[self.form[which]] = self._listen(self.form[which])
                    more |= self.hears[self.form[which]]
            self._go_on()
        for which in range(self.asked):
            if not self._decide(self.form[which]):
                return False
        for at in range(self.first, self.end):
            if self._fact(at, 1) >= 0:
                self.numbers[at] = self.answer[self._fact(at, 1)]
        return True

    cdef bint _begin_with(self, int32_t form) noexcept nogil:
        """Weigh a form by what is known for sure; False if another spelling of it may speak."""
        cdef Py_ssize_t meaning, at
        cdef int32_t word
        cdef double value
        cdef bint spoken = False
        for meaning in range(self.of.meanings[form], self.of.meanings[form + 1]):
            value = self.of.prior[meaning]
            for at in range(self.of.skills_from[meaning], self.of.skills_from[meaning + 1]):
                if self.skill_row[self.of.skill[at]] == self.row:
                    value *= self.of.skill_factor
                    spoken = True
            for at in range(self.of.words_from[meaning], self.of.words_from[meaning + 1]):
                word = self.of.word[at]
                if self.word_row[word] != self.row:
                    continue
                if self.told_often[word] or self.speaker[word] != form:
                    value *= self.of.word_factor
                    spoken = True
                elif self.mentions[form] > 1:
                    return False
            self.value[meaning] = value
            for at in range(self.of.fields_from[meaning], self.of.fields_from[meaning + 1]):
                self.related[at] = self._of_field(self.of.field[at], self.of.number[meaning])
                if self.related[at]:
                    value *= self._power(self.related[at])
                    spoken = True
            self.chance[meaning] = value
        self.spoken_to[form] = spoken
        self._share(form, &self.chance[0])
        return True

    cdef int32_t _of_field(self, int32_t field, int32_t own) noexcept nogil:
        """Count the skills of a field; a meaning's own is no evidence for it."""
        if self.field_row[field] != self.row:
            return 0
        return self.count[field] - (own >= 0 and self.of.field_of[own] == field and self.skill_row[own] == self.row)

    cdef double _power(self, Py_ssize_t count) noexcept nogil:
        return self.of.powers[min(count, self.of.powers.shape[0] - 1)]

    cdef void _share(self, int32_t form, double* chance) noexcept nogil:
        """Turn what meanings are worth into probabilities."""
        cdef Py_ssize_t meaning, begin = self.of.meanings[form], end = self.of.meanings[form + 1]
        cdef double total = self.of.rest[form]
        for meaning in range(begin, end):
            total += chance[meaning]
        for meaning in range(begin, end):
            chance[meaning] /= total

    cdef Py_ssize_t _gather(self, int32_t form) noexcept nogil:
        """Gather how far each skill is believed in by the other forms; return how many."""
        cdef Py_ssize_t which, meaning, count = 0
        cdef int32_t number
        self.turn += 1
        for which in range(self.asked):
            if self.form[which] == form:
                continue
            for meaning in range(self.of.meanings[self.form[which]], self.of.meanings[self.form[which] + 1]):
                number = self.of.number[meaning]
                if number < 0 or self.skill_row[number] == self.row:  # what is known for sure needs no belief
                    continue
                if self.believed_turn[number] != self.turn:
                    self.believed_turn[number], self.belief[number] = self.turn, 0.0
                    self.believed[count] = number
                    count += 1
                self.belief[number] = max(self.belief[number], self.chance[meaning])
        return count

    cdef bint _listen(self, int32_t form) noexcept nogil:
        """Weigh a form by what the other forms are believed to mean; tell whether any of it matters."""
        cdef Py_ssize_t meaning, at, which, count = self._gather(form)
        cdef int32_t own, number
        cdef double value, also, most = self.of.most_of_field
        cdef bint heard = False
        for meaning in range(self.of.meanings[form], self.of.meanings[form + 1]):
            value, own = self.value[meaning], self.of.number[meaning]
            for at in range(self.of.skills_from[meaning], self.of.skills_from[meaning + 1]):
                number = self.of.skill[at]
                if self.believed_turn[number] == self.turn:
                    value *= 1.0 + (self.of.skill_factor - 1.0) * self.belief[number]
                    heard = True
            for at in range(self.of.fields_from[meaning], self.of.fields_from[meaning + 1]):
                also = 0.0
                for which in range(count):
                    number = self.believed[which]
                    if self.of.field_of[number] == self.of.field[at] and number != own:
                        also += self.belief[number]
                if also > 0.0:
                    value *= pow(self.of.field_factor, min(self.related[at] + also, most))
                    heard = True
                else:
                    value *= self._power(self.related[at])
            self.following[meaning] = value
        self._share(form, &self.following[0])
        self.spoken_to[form] |= heard
        return heard

    cdef void _go_on(self) noexcept nogil:
        """Let the chances that were worked out hold for the next round."""
        cdef Py_ssize_t which, meaning
        for which in range(self.asked):
            if self.hears[self.form[which]]:
                for meaning in range(self.of.meanings[self.form[which]], self.of.meanings[self.form[which] + 1]):
                    self.chance[meaning] = self.following[meaning]

    cdef bint _decide(self, int32_t form) noexcept nogil:
        """Take the likeliest meaning if it is likely enough; False if that is in doubt."""
        cdef Py_ssize_t meaning, best = -1
        cdef double most = -1.0, second = -1.0, threshold = self.of.threshold, margin = self.of.in_doubt
        cdef bint sure = True
        for meaning in range(self.of.meanings[form], self.of.meanings[form + 1]):
            sure &= self.chance[meaning] >= 0.0  # no NaN
            if self.chance[meaning] > most:
                most, second, best = self.chance[meaning], most, meaning
            else:
                second = max(second, self.chance[meaning])
        # Asked so that what is no number leaves a doubt.
        if sure and best >= 0 and (most + margin <= threshold or most - margin >= max(threshold, second)):
            self.answer[form] = self.of.number[best] if most >= threshold else -1
            return True
        self.answer[form] = self.of.alone[form]
        return not self.spoken_to[form] and self.answer[form] != ASKED_NOT
