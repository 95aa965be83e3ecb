# cython: language_level=3, cdivision=True
"""Compare strings, for `near`: by the letters they hold, and by the edits that make one of the other. No module."""

from libc.stdint cimport uint32_t, uint64_t

cdef enum:
    OTHERS = 62  # the first bit of what is neither letter nor digit


cdef inline uint64_t mask(const uint32_t *text, Py_ssize_t size) noexcept nogil:
    """Give the bits of `recommender.matcher.letters.mask`."""
    cdef uint64_t held = 0, bit
    cdef Py_ssize_t at
    for at in range(size):
        if 97 <= text[at] <= 122:
            bit = <uint64_t> 1 << (text[at] - 97)
            held |= bit << 26 if held & bit else bit
        elif 48 <= text[at] <= 57:
            held |= <uint64_t> 1 << (52 + text[at] - 48)
        else:
            held |= <uint64_t> 1 << (OTHERS + text[at] % 2)
    return held


cdef inline int counted(uint64_t value) noexcept nogil:
    """Count the bits that are set, in pairs, fours and eights side by side (Warren, Hacker's Delight, 2012)."""
    value = value - ((value >> 1) & <uint64_t> 0x5555555555555555)
    value = (value & <uint64_t> 0x3333333333333333) + ((value >> 2) & <uint64_t> 0x3333333333333333)
    value = (value + (value >> 4)) & <uint64_t> 0x0F0F0F0F0F0F0F0F
    return <int> ((value * <uint64_t> 0x0101010101010101) >> 56)


cdef inline bint within(
    const uint32_t *a, Py_ssize_t n, const uint32_t *b, Py_ssize_t m, int edits
) noexcept nogil:
    """Tell whether so many edits make one string of the other (Levenshtein)."""
    while n and m and a[0] == b[0]:
        a, b, n, m = a + 1, b + 1, n - 1, m - 1
    if not n or not m or not edits:
        return n + m <= edits
    if n - m > edits or m - n > edits:
        return False
    return (
        within(a + 1, n - 1, b + 1, m - 1, edits - 1)
        or within(a + 1, n - 1, b, m, edits - 1)
        or within(a, n, b + 1, m - 1, edits - 1)
    )


cdef inline bint swapped(const uint32_t *a, Py_ssize_t n, const uint32_t *b, Py_ssize_t m) noexcept nogil:
    """Tell whether two letters side by side are all that differs."""
    while n and m and a[0] == b[0]:
        a, b, n, m = a + 1, b + 1, n - 1, m - 1
    return n == m and n > 1 and a[0] == b[1] and a[1] == b[0] and within(a + 2, n - 2, b + 2, m - 2, 0)
