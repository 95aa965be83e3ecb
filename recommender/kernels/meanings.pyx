# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Read the rows of many profiles, and decide their ambiguous forms: `recommender.matcher.meanings`, row by row."""

import numpy as np

from libc.stdint cimport int32_t, int64_t

from recommender.kernels.rows cimport check_bounds, ints, slim_ints
from recommender.kernels.weighing cimport ASKED_NOT, Known, Row, weigh

UNASKED = ASKED_NOT
"""The answer of a form that was not asked about alone."""


def _check(ends, values, size, least, below):
    """Refuse places of ``size`` ranges that do not ascend from 0 to the end of ``values``, and values out of range."""
    ends = np.asarray(ends)
    if len(ends) != size + 1 or ends[0] or ends[size] != len(values) or (ends[1:] < ends[:size]).any():
        raise ValueError("Places do not ascend from 0 to the end.")
    if len(values) and (values.min() < least or values.max() >= below):
        raise ValueError("A number is out of range.")


cdef const double *floats(const double[::1] array) noexcept:
    return &array[0] if array.shape[0] else NULL


cdef class Weights:
    """Hold the meanings of all ambiguous forms of a vocabulary, and what each cue is worth; many threads may ask.

    ``layout`` is a `recommender.matcher.layout.Layout`. ``factors``: of a skill, a word and a field, the most skills
    that count of one, and float64 what 0, 1, ... skills of a field are worth, the last one for all above. A
    probability is ``in_doubt`` where it lies no further than so (see `error_bound` there) above the next or from the
    ``threshold``. ``alone`` int32 (forms,): the answer to use then if nothing speaks, `UNASKED` where it is not known;
    it may be filled in later.
    """

    cdef Known known
    cdef Py_ssize_t meanings, fields_told
    cdef tuple made_of  # with the arrays that `known` points into

    def __cinit__(self, layout, factors, int rounds, double threshold, double in_doubt, alone):
        cdef Known *known = &self.known
        forms, skills, count = len(layout.rest), len(layout.field_of), len(layout.prior)
        known.skill_factor, known.word_factor, known.field_factor, known.most_of_field, powers = factors
        _check(layout.meanings, layout.number, forms, -1, skills)
        _check(layout.skills_from, layout.skill, count, 0, skills)
        _check(layout.words_from, layout.word, count, 0, layout.words)
        _check(layout.fields_from, layout.field, count, 0, layout.fields)
        _check([0, skills], layout.field_of, 1, 0, layout.fields)
        if len(layout.number) != count or len(alone) != forms or not len(powers):
            raise ValueError("Meanings or forms differ in number.")
        self.made_of = layout, factors, rounds, threshold, in_doubt, alone
        self.meanings, self.fields_told = count, len(layout.field)
        known.forms, known.skills, known.words, known.fields = forms, skills, layout.words, layout.fields
        known.meanings, known.number = slim_ints(layout.meanings), slim_ints(layout.number)
        known.skills_from, known.skill = slim_ints(layout.skills_from), slim_ints(layout.skill)
        known.words_from, known.word = slim_ints(layout.words_from), slim_ints(layout.word)
        known.fields_from, known.field = slim_ints(layout.fields_from), slim_ints(layout.field)
        known.field_of, known.prior, known.rest = slim_ints(layout.field_of), floats(layout.prior), floats(layout.rest)
        known.powers, known.most_power = floats(powers), len(powers) - 1
        known.rounds, known.threshold, known.in_doubt, known.alone = rounds, threshold, in_doubt, slim_ints(alone)

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
        cdef int32_t[::1] numbers = found
        cdef int64_t[::1] in_doubt = doubtful
        cdef Terms terms
        cdef _Room room = _Room(self)
        cdef Row *here = &room.row
        cdef bint sound = True
        terms.codes, terms.facts, terms.size, terms.bits = ints(codes), ints(facts), facts.shape[0], bits
        terms.said_from, terms.said, terms.evidences = ints(said_from), ints(said), said_from.shape[0] - 1
        terms.numbers = &numbers[0]
        with nogil:
            for row in range(rows):
                here.row, here.first, here.end = row, indptr[row], indptr[row + 1]
                if read(&terms, here, &sound) and begin(&self.known, &terms, here, &sound):
                    if weigh(&self.known, here):
                        write(&terms, here)
                    else:
                        in_doubt[doubts] = row
                        doubts += 1
                if not sound:
                    break
        if not sound:
            raise ValueError("A term is out of range.")
        return found, doubtful[:doubts].copy()


cdef class _Room:
    """Hold the arrays that a row is noted in."""

    cdef Row row
    cdef tuple kept

    def __cinit__(self, Weights of):
        cdef const Known *known = &of.known
        cdef Row *r = &self.row
        stamps = np.full(known.forms + known.fields + known.words + 2 * known.skills, -1, np.int64)
        whole = np.zeros(3 * known.forms + known.fields + known.words + known.skills + of.fields_told, np.int32)
        flags, values = np.zeros(2 * known.forms + known.words, np.int8), np.zeros(3 * of.meanings + known.skills)
        cdef int64_t[::1] stamps_of = stamps
        cdef int32_t[::1] whole_of = whole
        cdef char[::1] flags_of = flags
        cdef double[::1] values_of = values
        r.row, r.turn, r.asked = -1, -1, 0
        r.form_row = &stamps_of[0]
        r.field_row = r.form_row + known.forms
        r.word_row = r.field_row + known.fields
        r.skill_row = r.word_row + known.words
        r.believed_turn = r.skill_row + known.skills
        r.form = &whole_of[0]
        r.mentions = r.form + known.forms
        r.answer = r.mentions + known.forms
        r.count = r.answer + known.forms
        r.speaker = r.count + known.fields
        r.believed = r.speaker + known.words
        r.related = r.believed + known.skills
        r.spoken_to = &flags_of[0]
        r.hears = r.spoken_to + known.forms
        r.told_often = r.hears + known.forms
        r.value = &values_of[0]
        r.chance = r.value + of.meanings
        r.following = r.chance + of.meanings
        r.belief = r.following + of.meanings
        self.kept = stamps, whole, flags, values


cdef struct Terms:  # what `Weights.numbers` is asked
    const int64_t *codes
    const int64_t *facts  # of `size` terms
    const int64_t *said_from  # of so many `evidences`
    const int64_t *said
    int32_t *numbers
    Py_ssize_t size, evidences
    int bits


cdef int64_t fact(const Terms *terms, Py_ssize_t at, int which) noexcept nogil:
    """Give the number or the form of an entry, -1 for none."""
    return ((terms.facts[terms.codes[at]] >> (which * terms.bits)) & ((<int64_t>1 << terms.bits) - 1)) - 1


cdef bint read(const Terms *terms, const Row *r, bint *sound) noexcept nogil:
    """Fill in what the terms of a row mean by themselves; tell whether any is ambiguous."""
    cdef Py_ssize_t at
    cdef const int64_t *codes = terms.codes
    cdef const int64_t *facts = terms.facts
    cdef int32_t *numbers = terms.numbers
    cdef int64_t mask = (<int64_t>1 << terms.bits) - 1, forms = mask << terms.bits, seen = 0
    for at in range(r.first, r.end):
        if not 0 <= codes[at] < terms.size:
            sound[0] = False
            return False
        numbers[at] = <int32_t>((facts[codes[at]] & mask) - 1)
        seen |= facts[codes[at]]
    return (seen & forms) != 0


cdef bint begin(const Known *known, const Terms *terms, Row *r, bint *sound) noexcept nogil:
    """Note what each term of the row says; False, and no longer sound, if one is out of range."""
    cdef Py_ssize_t at, place
    cdef int64_t number, form, evidence, word
    r.asked = 0
    for at in range(r.first, r.end):
        number, form = fact(terms, at, 0), fact(terms, at, 1)
        evidence = terms.facts[terms.codes[at]] >> (2 * terms.bits)
        if number >= known.skills or form >= known.forms or not 0 <= evidence < terms.evidences:
            sound[0] = False
            return False
        if form >= 0:
            ask(r, form)
        elif number >= 0 and r.skill_row[number] != r.row:
            r.skill_row[number] = r.row
            count(r, known.field_of[number])
        for place in range(terms.said_from[evidence], terms.said_from[evidence + 1]):
            word = terms.said[place]
            if not 0 <= word < known.words:
                sound[0] = False
                return False
            if r.word_row[word] != r.row:
                r.word_row[word], r.speaker[word], r.told_often[word] = r.row, <int32_t>form, False
            elif r.speaker[word] != form:
                r.told_often[word] = True
    return True


cdef void ask(Row *r, int64_t form) noexcept nogil:
    if r.form_row[form] != r.row:
        r.form_row[form], r.mentions[form] = r.row, 0
        r.form[r.asked] = <int32_t>form
        r.asked += 1
    r.mentions[form] += r.mentions[form] < 2


cdef void count(Row *r, int32_t field) noexcept nogil:
    if r.field_row[field] != r.row:
        r.field_row[field], r.count[field] = r.row, 0
    r.count[field] += 1


cdef void write(const Terms *terms, const Row *r) noexcept nogil:
    """Fill in the answers."""
    cdef Py_ssize_t at
    for at in range(r.first, r.end):
        if fact(terms, at, 1) >= 0:
            terms.numbers[at] = r.answer[fact(terms, at, 1)]
