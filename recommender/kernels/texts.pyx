# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Join words, given by number, into one text for each row."""

import numpy as np

from libc.stdint cimport INT32_MAX, INT64_MIN, int32_t, int64_t, uint8_t
from libc.string cimport memcpy

from recommender.kernels.rows cimport check, check_bounds, check_rows


def joined(
    const int64_t[::1] indptr, const int64_t[::1] numbers, const int32_t[::1] bounds, const uint8_t[::1] words,
    bytes between,
):
    """Return the text of each row, its words in order with ``between`` in between: bounds int32, and bytes uint8.

    Row ``i`` holds the words ``numbers[indptr[i]:indptr[i + 1]]``, those below 0 left out; word ``n`` is
    ``words[bounds[n]:bounds[n + 1]]``. Raises `ValueError` for rows, numbers or bounds outside what they point into,
    and `OverflowError` where the text is too long for int32.
    """
    cdef Py_ssize_t rows = indptr.shape[0] - 1, most = bounds.shape[0] - 1, row, at, size = 0
    cdef int64_t number
    cdef int32_t length
    cdef bint first
    cdef const uint8_t* gap = between
    cdef Py_ssize_t wide = len(between)
    check_bounds(bounds, words.shape[0])
    check_rows(indptr, numbers, INT64_MIN, most)
    check(indptr[0] == 0, "rows")
    with nogil:
        for at in range(indptr[rows]):
            number = numbers[at]
            if number >= 0:
                size += bounds[number + 1] - bounds[number] + wide
    if size > INT32_MAX:
        raise OverflowError("the text is longer than int32 can tell")
    ends = np.zeros(rows + 1, np.int32)
    text = np.empty(max(size, 1), np.uint8)
    cdef int32_t[::1] ends_of = ends
    cdef uint8_t[::1] text_of = text
    cdef uint8_t* out = &text_of[0]
    cdef uint8_t* start = out
    with nogil:
        for row in range(rows):
            first = True
            for at in range(indptr[row], indptr[row + 1]):
                number = numbers[at]
                if number < 0:
                    continue
                if not first:
                    memcpy(out, gap, wide)
                    out += wide
                first = False
                length = bounds[number + 1] - bounds[number]
                memcpy(out, &words[0] + bounds[number], length)
                out += length
            ends_of[row + 1] = <int32_t> (out - start)
    return ends, text[: out - start]
