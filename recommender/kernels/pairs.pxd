# cython: language_level=3, cdivision=True
"""What kernels share that know pairs: find those that stand in a row, as `pairs.Pairs.among` does. No module."""

from libc.stdint cimport int64_t

from recommender.kernels.rows cimport check, check_rows, ints

cdef struct Pairs:
    bint some
    const int64_t *first  # where the pairs of each skill with larger ones begin
    const int64_t *other  # those, ascending
    const int64_t *number
    const int64_t *member  # whether a skill is in any pair

cdef struct Meeting:  # where the search in a row stands
    const int64_t *held
    int64_t *members  # places of the row's skills that are in any pair; room for the whole row
    Py_ssize_t count, one, other


cdef inline object lay(Pairs *pairs, arrays):
    """Check ``pairs.Pairs.laid`` and fill the struct; return the arrays that it points into, which must be kept."""
    import numpy as np

    first, other, number = [np.ascontiguousarray(part, np.int64) for part in arrays]
    check_rows(first, other, 0, len(first) - 1)
    check(np.array_equal(np.sort(number), np.arange(len(other))), "pairs")
    member = (np.diff(first) > 0).astype(np.int64)
    member[other] = 1
    pairs.some = len(other) > 0
    pairs.first, pairs.other, pairs.number, pairs.member = ints(first), ints(other), ints(number), ints(member)
    return first, other, number, member


cdef inline void meet(const Pairs *pairs, Meeting *m, const int64_t *held, Py_ssize_t length) noexcept nogil:
    """Begin to look for pairs in a row."""
    cdef Py_ssize_t at
    m.held, m.count, m.one, m.other = held, 0, 0, 0
    if pairs.some:
        for at in range(length):
            if pairs.member[held[at]]:
                m.members[m.count] = at
                m.count += 1


cdef inline int64_t next_pair(const Pairs *pairs, Meeting *m) noexcept nogil:
    """Return the number of the next pair, -1 after the last; ``members[one]`` and ``[other]`` are its places."""
    cdef int64_t a, b, low, high, middle, end
    while m.one < m.count:
        m.other += 1
        if m.other >= m.count:
            m.one += 1
            m.other = m.one
            continue
        a, b = m.held[m.members[m.one]], m.held[m.members[m.other]]
        if a > b:
            a, b = b, a
        low, high = pairs.first[a], pairs.first[a + 1]
        end = high
        while low < high:
            middle = (low + high) // 2
            if pairs.other[middle] < b:
                low = middle + 1
            else:
                high = middle
        if low < end and pairs.other[low] == b:
            return pairs.number[low]
    return -1
