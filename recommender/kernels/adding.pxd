# cython: language_level=3, cdivision=True
"""Add up what the skills of a row and their pairs say for each candidate, for `choosing`. No module.

All numbers are whole. A row is added up in 32 bits where nothing that is added, scaled or gated can reach 2**31 - 1,
else in 64: sums stay below 2**53 (see `fixedpoint`), so values in 256ths stay below 2**61.
"""

from libc.stdint cimport int32_t, int64_t
from libc.string cimport memset

from recommender.kernels.pairs cimport Meeting, Pairs, meet, next_pair

ctypedef fused whole:
    int32_t
    int64_t

cdef struct Said:  # what skills and pairs say for candidates, and what does not split over them; see `Chooser`
    Py_ssize_t size, width
    Pairs pairs
    const int32_t *table
    const int64_t *peaks
    const int64_t *demand
    const int64_t *fixed
    const int32_t *slim_demand
    const int32_t *slim_fixed
    bint demanded
    int64_t full, factor, room  # room: what scaled sums must stay below in 32 bits
    int shift


cdef inline void add(whole *total, const int32_t **rows, Py_ssize_t width) noexcept nogil:
    """Add four rows of the table at once, which spares three of four loads and stores of the totals."""
    cdef Py_ssize_t at
    cdef const int32_t *a = rows[0]
    cdef const int32_t *b = rows[1]
    cdef const int32_t *c = rows[2]
    cdef const int32_t *d = rows[3]
    for at in range(width):
        total[at] += (<whole> a[at] + <whole> b[at]) + (<whole> c[at] + <whole> d[at])


cdef inline bint add_up(
    whole *total, const Said *said, const int32_t *silence, Meeting *m, const int64_t *held, Py_ssize_t length,
    int64_t scale,
) noexcept nogil:
    """Sum what the skills of a row and their pairs say, not scaled; False where that may be too much for 32 bits."""
    cdef Py_ssize_t at = 0, waiting = 0
    cdef int64_t loud = 0, row, limit = said.room // (scale if scale > 1 else 1)
    cdef const int32_t *rows[4]
    if whole is int32_t and limit <= 0:
        return False
    memset(total, 0, said.width * sizeof(whole))
    meet(&said.pairs, m, held, length)
    while True:
        if at < length:
            row = held[at]
            at += 1
        else:
            row = next_pair(&said.pairs, m)
            if row < 0:
                break
            row += said.size
        loud += said.peaks[row]
        if whole is int32_t and loud >= limit:
            return False
        rows[waiting] = said.table + row * said.width
        waiting += 1
        if waiting == 4:
            add(total, rows, said.width)
            waiting = 0
    if waiting:
        for at in range(waiting, 4):
            rows[at] = silence
        add(total, rows, said.width)
    return True


cdef inline void finish(
    whole *scores, const Said *said, const whole *demand, const whole *fixed, whole scale, bint personal
) noexcept nogil:
    """Scale the sums and add what does not split over held skills; the gate rounds halves to the even step."""
    cdef Py_ssize_t at
    cdef int shift = said.shift
    cdef whole own, gate, full = <whole> said.full, factor = <whole> said.factor
    cdef whole below = (<whole> 1 << (shift - 1)) - 1 if said.demanded else 0
    if not said.demanded:
        for at in range(said.width):
            scores[at] = scores[at] * scale + fixed[at]
    elif not personal:
        for at in range(said.width):
            scores[at] = factor * demand[at] + fixed[at]
    else:
        for at in range(said.width):
            own = scores[at] * scale
            gate = own if own > 0 else 0
            gate = gate if gate < full else full
            gate = (gate + ((gate >> shift) & 1) + below) >> shift
            scores[at] = own + gate * demand[at] + fixed[at]
