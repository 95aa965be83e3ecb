# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Hold each number of a row once."""

import numpy as np

from libc.stdint cimport INT64_MIN, int64_t

from recommender.kernels.rows cimport check_rows


def held_once(const int64_t[::1] indptr, const int64_t[::1] numbers, Py_ssize_t size):
    """Return what each row holds: numbers below 0 left out, each once, in the order of its first mention.

    ``indptr`` int64 (rows + 1,), ``numbers`` int64, all below ``size``. Gives indptr and numbers, int64.
    """
    cdef Py_ssize_t rows = indptr.shape[0] - 1, row, at, count = 0
    cdef int64_t number
    check_rows(indptr, numbers, INT64_MIN, size)
    ends = np.zeros(rows + 1, np.int64)
    kept = np.empty(numbers.shape[0], np.int64)
    stamps = np.full(size, -1, np.int64)  # the row that a number was last seen in
    cdef int64_t[::1] ends_of = ends, kept_of = kept, seen = stamps
    with nogil:
        for row in range(rows):
            for at in range(indptr[row], indptr[row + 1]):
                number = numbers[at]
                if number >= 0 and seen[number] != row:
                    seen[number] = row
                    kept_of[count] = number
                    count += 1
            ends_of[row + 1] = count
    return ends, kept[:count].copy()
