# cython: language_level=3, cdivision=True
"""Weigh the ambiguous forms of a row by what the row says, for `meanings`; all arrays are of known size. No module."""

from libc.math cimport pow
from libc.stdint cimport int32_t, int64_t

cdef enum:
    ASKED_NOT = -2  # the answer of a form that was not asked about alone

cdef struct Known:  # what `meanings.Weights` is given; see there
    Py_ssize_t forms, skills, words, fields, most_power
    int rounds
    double skill_factor, word_factor, field_factor, most_of_field, threshold, in_doubt
    const int32_t *meanings
    const int32_t *number
    const int32_t *skills_from
    const int32_t *skill
    const int32_t *words_from
    const int32_t *word
    const int32_t *fields_from
    const int32_t *field
    const int32_t *field_of
    const int32_t *alone
    const double *prior
    const double *rest
    const double *powers

cdef struct Row:  # what one row says; what is noted holds for the row, or turn, that is noted beside it
    int64_t row, turn  # turn: counts the times that beliefs are gathered
    Py_ssize_t first, end, asked  # its entries; how many forms it holds
    int32_t *form  # (forms,): those
    int32_t *mentions  # (forms,), with the row in `form_row`: of each form, 1 or more
    int64_t *form_row
    int64_t *skill_row  # (skills,): the row that holds a skill for sure
    int32_t *count  # (fields,), `field_row`: how many of those skills are of a field
    int64_t *field_row
    int32_t *speaker  # (words,), `word_row`: the form of the term that says a word, -1 for none
    char *told_often  # (words,): whether terms of another form say it, too
    int64_t *word_row
    int32_t *related  # (cues of fields,): how many skills of its field speak for a meaning
    int32_t *believed  # (skills,): those that other forms may mean
    double *belief  # (skills,), `believed_turn`: how far
    int64_t *believed_turn
    double *value  # (meanings,): what each is worth by what is known for sure, but for fields
    double *chance  # (meanings,)
    double *following  # (meanings,): the chances of the next round
    char *spoken_to  # (forms,): whether anything speaks for a meaning
    char *hears  # (forms,): whether other forms do
    int32_t *answer  # (forms,)


cdef inline bint weigh(const Known *known, Row *r) noexcept nogil:
    """Answer the forms of the row; False if one is in doubt."""
    cdef Py_ssize_t which
    cdef int turn
    cdef bint more = r.asked > 1
    for which in range(r.asked):
        if not begin_with(known, r, r.form[which]):
            return False
    for turn in range(known.rounds - 1):
        if not more:
            break
        more = False
        for which in range(r.asked):
            # Who hears nothing once never does: which skills are believed in stays, only how far changes.
            if turn == 0 or r.hears[r.form[which]]:
                r.hears[r.form[which]] = listen(known, r, r.form[which])
                more |= r.hears[r.form[which]]
        go_on(known, r)
    for which in range(r.asked):
        if not decide(known, r, r.form[which]):
            return False
    return True


cdef inline bint begin_with(const Known *known, Row *r, int32_t form) noexcept nogil:
    """Weigh a form by what is known for sure; False if another spelling of it may speak."""
    cdef Py_ssize_t meaning, at
    cdef int32_t word
    cdef double value
    cdef bint spoken = False
    for meaning in range(known.meanings[form], known.meanings[form + 1]):
        value = known.prior[meaning]
        for at in range(known.skills_from[meaning], known.skills_from[meaning + 1]):
            if r.skill_row[known.skill[at]] == r.row:
                value *= known.skill_factor
                spoken = True
        for at in range(known.words_from[meaning], known.words_from[meaning + 1]):
            word = known.word[at]
            if r.word_row[word] != r.row:
                continue
            if r.told_often[word] or r.speaker[word] != form:
                value *= known.word_factor
                spoken = True
            elif r.mentions[form] > 1:
                return False
        r.value[meaning] = value
        for at in range(known.fields_from[meaning], known.fields_from[meaning + 1]):
            r.related[at] = of_field(known, r, known.field[at], known.number[meaning])
            if r.related[at]:
                value *= power(known, r.related[at])
                spoken = True
        r.chance[meaning] = value
    r.spoken_to[form] = spoken
    share(known, form, r.chance)
    return True


cdef inline int32_t of_field(const Known *known, const Row *r, int32_t field, int32_t own) noexcept nogil:
    """Count the skills of a field; a meaning's own is no evidence for it."""
    if r.field_row[field] != r.row:
        return 0
    return r.count[field] - (own >= 0 and known.field_of[own] == field and r.skill_row[own] == r.row)


cdef inline double power(const Known *known, Py_ssize_t count) noexcept nogil:
    return known.powers[min(count, known.most_power)]


cdef inline void share(const Known *known, int32_t form, double *chance) noexcept nogil:
    """Turn what meanings are worth into probabilities."""
    cdef Py_ssize_t meaning, begin = known.meanings[form], end = known.meanings[form + 1]
    cdef double total = known.rest[form]
    for meaning in range(begin, end):
        total += chance[meaning]
    for meaning in range(begin, end):
        chance[meaning] /= total


cdef inline Py_ssize_t gather(const Known *known, Row *r, int32_t form) noexcept nogil:
    """Gather how far each skill is believed in by the other forms; return how many."""
    cdef Py_ssize_t which, meaning, count = 0
    cdef int32_t number
    r.turn += 1
    for which in range(r.asked):
        if r.form[which] == form:
            continue
        for meaning in range(known.meanings[r.form[which]], known.meanings[r.form[which] + 1]):
            number = known.number[meaning]
            if number < 0 or r.skill_row[number] == r.row:  # what is known for sure needs no belief
                continue
            if r.believed_turn[number] != r.turn:
                r.believed_turn[number], r.belief[number] = r.turn, 0.0
                r.believed[count] = number
                count += 1
            r.belief[number] = max(r.belief[number], r.chance[meaning])
    return count


cdef inline bint listen(const Known *known, Row *r, int32_t form) noexcept nogil:
    """Weigh a form by what the other forms are believed to mean; tell whether any of it matters."""
    cdef Py_ssize_t meaning, at, which, count = gather(known, r, form)
    cdef int32_t own, number
    cdef double value, also, most = known.most_of_field
    cdef bint heard = False
    for meaning in range(known.meanings[form], known.meanings[form + 1]):
        value, own = r.value[meaning], known.number[meaning]
        for at in range(known.skills_from[meaning], known.skills_from[meaning + 1]):
            number = known.skill[at]
            if r.believed_turn[number] == r.turn:
                value *= 1.0 + (known.skill_factor - 1.0) * r.belief[number]
                heard = True
        for at in range(known.fields_from[meaning], known.fields_from[meaning + 1]):
            also = 0.0
            for which in range(count):
                number = r.believed[which]
                if known.field_of[number] == known.field[at] and number != own:
                    also += r.belief[number]
            if also > 0.0:
                value *= pow(known.field_factor, min(r.related[at] + also, most))
                heard = True
            else:
                value *= power(known, r.related[at])
        r.following[meaning] = value
    share(known, form, r.following)
    r.spoken_to[form] |= heard
    return heard


cdef inline void go_on(const Known *known, Row *r) noexcept nogil:
    """Let the chances that were worked out hold for the next round."""
    cdef Py_ssize_t which, meaning
    for which in range(r.asked):
        if r.hears[r.form[which]]:
            for meaning in range(known.meanings[r.form[which]], known.meanings[r.form[which] + 1]):
                r.chance[meaning] = r.following[meaning]


cdef inline bint decide(const Known *known, Row *r, int32_t form) noexcept nogil:
    """Take the likeliest meaning if it is likely enough; False if that is in doubt."""
    cdef Py_ssize_t meaning, best = -1
    cdef double most = -1.0, second = -1.0
    cdef bint sure = True
    for meaning in range(known.meanings[form], known.meanings[form + 1]):
        sure &= r.chance[meaning] >= 0.0  # no NaN
        if r.chance[meaning] > most:
            most, second, best = r.chance[meaning], most, meaning
        else:
            second = max(second, r.chance[meaning])
    # Asked so that what is no number leaves a doubt.
    if sure and best >= 0 and (
        most + known.in_doubt <= known.threshold or most - known.in_doubt >= max(known.threshold, second)
    ):
        r.answer[form] = known.number[best] if most >= known.threshold else -1
        return True
    r.answer[form] = known.alone[form]
    return not r.spoken_to[form] and r.answer[form] != ASKED_NOT
