# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Name the held skills that give most to each chosen candidate: `voices.Voices.loudest`, row by row.

Shares are doubled weights of less than 2**31 steps, and a pair's beside them: all far within 64 bits.
"""

import numpy as np

from libc.stdint cimport int32_t, int64_t

from recommender.kernels.pairs cimport Meeting, Pairs, lay, meet, next_pair
from recommender.kernels.rows cimport check, check_rows


cdef void name(
    int64_t *shares, const int64_t *held, Py_ssize_t length, int64_t *out, Py_ssize_t most
) noexcept nogil:
    """Write the skills with the largest shares above 0, the first of equals first; overwrites the shares."""
    cdef Py_ssize_t at, rank, loudest
    cdef int64_t said
    for rank in range(most):
        loudest, said = -1, 0
        for at in range(length):
            if shares[at] > said:
                loudest, said = at, shares[at]
        if loudest < 0:
            return
        out[rank] = held[loudest]
        shares[loudest] = 0


cdef class Namer:
    """Hold what held skills say; any number of threads may ask.

    Parameters
    ----------
    table : int32 array, shape (size + pairs, width)
        What each skill, then each pair, says for each candidate.
    place : int64 array, shape (size,)
        The column of each skill, -1 for what is no candidate.
    pairs : tuple of int64 arrays
        As `pairs.Pairs.laid` gives them.
    """

    cdef Pairs pairs
    cdef object kept  # what `pairs` points into
    cdef const int32_t[:, ::1] table
    cdef const int64_t[::1] place

    def __init__(self, table, place, pairs):
        self.kept, self.table, self.place = lay(&self.pairs, pairs), table, place
        size, width = len(pairs[0]) - 1, table.shape[1]
        check(len(table) == size + len(pairs[1]) and len(place) == size, "table and skills")
        check_rows(np.array([0, size], np.int64), place, -1, width)

    def loudest(
        self, const int64_t[::1] indptr, const int64_t[::1] held, const int64_t[:, ::1] items, int64_t[:, :, ::1] out
    ):
        """Write the skills that give most, equals in the order of the row; what is not filled stays as it was.

        ``indptr`` (rows + 1,) and ``held`` are rows of skills; ``items`` (rows, n) are candidates, or -1; ``out``
        (rows, n, most) takes skills.
        """
        cdef Py_ssize_t rows = indptr.shape[0] - 1, n = items.shape[1], most = out.shape[2], row, k, length
        cdef Py_ssize_t longest = check_rows(indptr, held, 0, self.place.shape[0])
        cdef int64_t item
        cdef Meeting m
        check(items.shape[0] == out.shape[0] == rows and out.shape[1] == n, "rows")
        cdef int64_t[::1] columns = np.empty(n, np.int64), shares = np.empty(n * longest, np.int64)
        cdef int64_t[::1] members = np.empty(longest, np.int64)
        if not n * most * longest:
            return
        m.members = &members[0]
        with nogil:
            for row in range(rows):
                length = indptr[row + 1] - indptr[row]
                for k in range(n):
                    item = items[row, k]
                    columns[k] = self.place[item] if 0 <= item < self.place.shape[0] else -1
                meet(&self.pairs, &m, &held[indptr[row]], length)
                self.split(&m, length, &columns[0], n, &shares[0])
                for k in range(n):
                    name(&shares[k * length], m.held, length, &out[row, k, 0], most)

    cdef void split(
        self, Meeting *m, Py_ssize_t length, const int64_t *columns, Py_ssize_t n, int64_t *shares
    ) noexcept nogil:
        """Write what each skill of a row gives to each candidate, (n, length); none to what has no column (-1).

        Doubled, so that each of the two skills of a pair is credited with half of what the pair says.
        """
        cdef Py_ssize_t at, k, size = self.place.shape[0]
        cdef int64_t number, said
        cdef const int32_t *row
        for at in range(length):
            row = &self.table[m.held[at], 0]
            for k in range(n):
                shares[k * length + at] = 2 * <int64_t> row[columns[k]] if columns[k] >= 0 else 0
        number = next_pair(&self.pairs, m)
        while number >= 0:
            row = &self.table[size + number, 0]
            for k in range(n):
                said = row[columns[k]] if columns[k] >= 0 else 0
                shares[k * length + m.members[m.one]] += said
                shares[k * length + m.members[m.other]] += said
            number = next_pair(&self.pairs, m)
