# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Read cells by the numbers of their pieces: cut them, learn what pieces read as, put that in their place."""

import numpy as np

from libc.stdint cimport INT32_MAX, int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy

from recommender.kernels.rows cimport check_bounds
from recommender.kernels.strings cimport AHEAD, ODD, Table, Text, ask, number_all, number_of, read_as, release, thin

# Sorts of strings. Pieces without what stands around them, and terms, are BARE.
cpdef enum:
    BARE, RAW, CELL


cdef class Strings:
    """Hold distinct strings of bytes by number, and what each reads as: numbers of other strings.

    ``around`` and ``separators`` are bytes: what is no part of a term, and what ends a piece. ``seed`` changes where
    strings lie, and never an answer. Numbers count up from 0 in the order of first mention, to 2**31 - 3, and stay.
    """

    cdef Table table
    cdef uint32_t answers
    cdef uint8_t[256] around, separators
    cdef tuple made

    def __cinit__(self, bytes around not None, bytes separators not None, uint64_t seed):
        self.made = around, separators, seed
        self.table.seed = seed
        for c in around:
            self.around[c] = 1
        for c in separators:
            self.separators[c] = 1

    def __dealloc__(self):
        release(&self.table)

    def __len__(self):
        return self.table.count

    @property
    def size(self):
        """Return the bytes that the strings take."""
        return self.table.used

    cdef Text *_known(self, int64_t number) except NULL:
        if not 0 <= number < self.table.count:
            raise ValueError("no such string")
        return &self.table.texts[number]

    # -- strings to numbers -------------------------------------------------------------------------------------------

    def cut(self, const int32_t[::1] bounds, const uint8_t[::1] text):
        """Cut cells behind each separator; cell ``i`` is ``text[bounds[i]:bounds[i + 1]]``.

        Gives indptr int64 (cells + 1,); for each piece the number of the string that it is without what stands
        around it, and where it ends in the text; and those numbers that were not asked for before, of which `learn`
        must be told. All int64.
        """
        cdef Py_ssize_t cells = bounds.shape[0] - 1, cell, at, piece = 0
        cdef const uint8_t *data = &text[0] if text.shape[0] else NULL
        check_bounds(bounds, text.shape[0])
        indptr = np.zeros(cells + 1, np.int64)
        cdef int64_t[::1] indptr_of = indptr
        for cell in range(cells):
            for at in range(bounds[cell], bounds[cell + 1] - 1):
                piece += self.separators[data[at]]
            piece += bounds[cell] < bounds[cell + 1]
            indptr_of[cell + 1] = piece
        numbers, ends = np.empty(piece, np.int64), np.empty(piece, np.int64)
        cdef int64_t[::1] ends_of = ends
        piece = 0
        for cell in range(cells):
            for at in range(bounds[cell], bounds[cell + 1]):
                if self.separators[data[at]] or at + 1 == bounds[cell + 1]:
                    ends_of[piece] = at + 1
                    piece += 1
        return indptr, numbers, ends, self._number_pieces(data, bounds, indptr_of, ends_of, numbers)

    cdef _number_pieces(
        self, const uint8_t *data, const int32_t[::1] bounds, const int64_t[::1] indptr, const int64_t[::1] ends,
        int64_t[::1] numbers,
    ):
        """Number the pieces that end there, without what stands around them; return those to be told of."""
        cdef const uint8_t *texts[AHEAD]
        cdef Py_ssize_t lengths[AHEAD]
        cdef Py_ssize_t first, at, low, high, start = 0, cell = 0, pieces = ends.shape[0], some
        cdef list unread = []
        for first in range(0, pieces, AHEAD):
            some = min(pieces - first, <Py_ssize_t>AHEAD)
            for at in range(some):
                while indptr[cell] <= first + at:  # the piece begins a cell, or its cell goes on
                    start = bounds[cell]
                    cell += 1
                low, high = start, ends[first + at]
                start = high
                while low < high and self.around[data[low]]:
                    low += 1
                while low < high and self.around[data[high - 1]]:
                    high -= 1
                texts[at], lengths[at] = data + low, high - low
            number_all(&self.table, texts, lengths, some, BARE, &numbers[first])
            for at in range(first, first + some):
                if ask(&self.table, numbers[at]):
                    unread.append(numbers[at])
        return np.array(unread, np.int64)

    def number(self, const int64_t[::1] starts, const int64_t[::1] ends, const uint8_t[::1] text, int sort):
        """Return the numbers of some parts of a text, and those that `learn` must be told of, int64 both."""
        cdef Py_ssize_t at
        if starts.shape[0] != ends.shape[0]:
            raise ValueError("as many starts as ends")
        if not BARE <= sort <= CELL:
            raise ValueError("no such sort of strings")
        numbers, unread = np.empty(starts.shape[0], np.int64), []
        cdef int64_t[::1] numbers_of = numbers
        for at in range(starts.shape[0]):
            if not 0 <= starts[at] < ends[at] <= text.shape[0]:
                raise ValueError("a part lies outside the text, or is empty")
            numbers_of[at] = number_of(&self.table, &text[starts[at]], ends[at] - starts[at], sort)
            if ask(&self.table, numbers_of[at]):
                unread.append(numbers_of[at])
        return numbers, np.array(unread, np.int64)

    # -- what strings read as -----------------------------------------------------------------------------------------

    def learn(self, const int64_t[::1] unread, readings):
        """Be told what strings read as: a sequence of terms in bytes each, None for what is odd."""
        cdef bytes term
        cdef list found
        cdef Py_ssize_t at
        cdef int64_t first
        for number, terms in zip(unread, readings, strict=True):
            self._known(number)
            if terms is not None:
                found = []
                for term in terms:
                    found.append(number_of(&self.table, <const uint8_t *>term, len(term), BARE))
                first = read_as(&self.table, number, <int32_t>len(found))
                for at in range(len(found)):
                    self.table.readings[first + at] = found[at]

    def learn_plain(self, const int64_t[::1] unread, const int64_t[::1] lengths):
        """Be told which strings read as one term, which is so many bytes from their beginning; 0 tells nothing."""
        cdef Py_ssize_t at
        cdef int32_t term
        cdef int64_t first
        cdef Text *text
        if unread.shape[0] != lengths.shape[0]:
            raise ValueError("one length for each string")
        for at in range(unread.shape[0]):
            text = self._known(unread[at])
            if not 0 <= lengths[at] <= text.length:
                raise ValueError("a term is longer than the piece")
            if lengths[at]:
                term = number_of(&self.table, self.table.bytes + text.start, lengths[at], BARE)
                first = read_as(&self.table, unread[at], 1)
                self.table.readings[first] = term

    def counts(self, const int64_t[::1] numbers):
        """Return how many terms strings read as, -1 for odd ones: int64, shape of ``numbers``."""
        cdef Py_ssize_t at
        counts = np.empty(numbers.shape[0], np.int64)
        cdef int64_t[::1] counts_of = counts
        for at in range(numbers.shape[0]):
            counts_of[at] = max(<int32_t>ODD, self._known(numbers[at]).count)
        return counts

    def expand(self, const int64_t[::1] indptr, const int64_t[::1] numbers):
        """Put what each piece reads as in its place; what is odd reads as nothing.

        Gives indptr and codes of the rows' terms, and the number of each code, in the order of first mention; int64.
        """
        cdef Py_ssize_t rows = indptr.shape[0] - 1, row, at, total = 0, distinct = 0
        cdef int32_t term
        cdef Text *text
        check_bounds(indptr, numbers.shape[0])
        terms, ends = np.empty(self.table.count, np.int64), np.zeros(rows + 1, np.int64)
        for at in range(numbers.shape[0]):
            total += max(0, self._known(numbers[at]).count)
        codes = np.empty(total, np.int64)
        cdef int64_t[::1] ends_of = ends, codes_of = codes, terms_of = terms
        total = 0
        self.answers += 1
        for row in range(rows):
            for at in range(indptr[row], indptr[row + 1]):
                text = &self.table.texts[numbers[at]]
                for term in range(text.count):
                    codes_of[total] = self._place(self.table.readings[text.first + term], &distinct, terms_of)
                    total += 1
            ends_of[row + 1] = total
        return ends, codes, terms[:distinct].copy()

    cdef int32_t _place(self, int32_t number, Py_ssize_t *distinct, int64_t[::1] terms) noexcept:
        """Return the place of a term among the distinct ones of this answer."""
        cdef Text *text = &self.table.texts[number]
        if text.met != self.answers:
            text.met, text.place = self.answers, <int32_t>distinct[0]
            terms[distinct[0]] = number
            distinct[0] += 1
        return text.place

    # -- strings again ------------------------------------------------------------------------------------------------

    def strings(self, const int64_t[::1] numbers):
        """Return strings end to end: bounds int32 (numbers + 1,) and their bytes uint8."""
        cdef Py_ssize_t at, total = 0
        cdef Text *text
        bounds = np.zeros(numbers.shape[0] + 1, np.int32)
        cdef int32_t[::1] bounds_of = bounds
        for at in range(numbers.shape[0]):
            total += self._known(numbers[at]).length
            if total > INT32_MAX:
                raise ValueError("too many bytes")
            bounds_of[at + 1] = <int32_t>total
        data = np.empty(total, np.uint8)
        cdef uint8_t[::1] data_of = data
        for at in range(numbers.shape[0]):
            text = &self.table.texts[numbers[at]]
            if text.length:
                memcpy(&data_of[bounds_of[at]], self.table.bytes + text.start, text.length)
        return bounds, data

    def thinned(self, int32_t longest):
        """Return new `Strings` of those that were asked for again since they came here and are no longer than that."""
        cdef Strings kept = Strings(*self.made)
        thin(&self.table, &kept.table, longest)
        return kept
