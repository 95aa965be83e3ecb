# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Number distinct strings once and for all, with what each reads as, and read cells by their pieces' numbers."""

import numpy as np

from libc.stdint cimport INT32_MAX, int8_t, int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, realloc
from libc.string cimport memcmp, memcpy, memset

from recommender.kernels.rows cimport check_bounds

cdef extern from *:
    """
    #if defined(__GNUC__) || defined(__clang__)
    #define ASK_FOR(place) __builtin_prefetch(place)
    #else
    #define ASK_FOR(place) ((void)0)
    #endif
    """
    void ASK_FOR(const void *place) noexcept nogil

# Sorts of strings; equal strings of two sorts are two. Pieces without what stands around them, and terms, are BARE.
cpdef enum:
    BARE, RAW, CELL

cdef enum:
    AHEAD = 32  # so many pieces are looked up side by side: what one waits for from memory comes with that of others
    UNREAD = -2  # no one asked yet what the string reads as
    ODD = -1  # it is not plain, or needs the rest of its cell

cdef uint64_t MIX = 0xc6a4a7935bd1e995ULL  # of MurmurHash2 by Austin Appleby, in the public domain


cdef struct Slot:
    uint32_t hash
    int32_t number  # -1 where free


cdef struct Text:  # one string, and what it reads as: `count` numbers from place `first` of the readings
    int64_t start
    int64_t first
    int32_t length
    int32_t count
    int32_t place  # among the distinct terms of one answer, where `met` is that answer's number
    uint32_t met
    uint32_t hash
    int8_t sort
    int8_t again  # whether it was asked for again


cdef inline uint64_t mixed(uint64_t hash, uint64_t word) noexcept:
    word *= MIX
    word ^= word >> 47
    return (hash ^ (word * MIX)) * MIX


cdef inline uint32_t hashed(const uint8_t *at, Py_ssize_t length, uint64_t seed) noexcept:
    """Hash in words of eight bytes, the last of which may overlap the one before."""
    cdef uint64_t word = 0, hash = seed ^ (<uint64_t>length * MIX)
    cdef uint32_t low = 0, high = 0
    cdef Py_ssize_t begun
    if length >= 8:
        for begun in range(0, length - 8, 8):
            memcpy(&word, at + begun, 8)
            hash = mixed(hash, word)
        memcpy(&word, at + length - 8, 8)
    elif length >= 4:
        memcpy(&low, at, 4)
        memcpy(&high, at + length - 4, 4)
        word = low | <uint64_t>high << 32
    elif length:
        word = at[0] | at[length // 2] << 8 | at[length - 1] << 16
    hash = mixed(hash, word)
    return <uint32_t>(hash ^ (hash >> 32))


cdef void *grown(void *block, size_t size) except NULL:
    cdef void *found = realloc(block, size)
    if found == NULL:
        raise MemoryError
    return found


cdef class Strings:
    """Hold distinct strings of bytes by number, and what each reads as: numbers of other strings.

    ``around`` and ``separators`` are bytes: what is no part of a term, and what ends a piece. ``seed`` changes where
    strings lie, and never an answer. Numbers count up from 0 in the order of first mention, to 2**31 - 3, and stay.
    """

    cdef Text *texts
    cdef Slot *slots
    cdef uint8_t *bytes
    cdef int32_t *readings
    cdef Py_ssize_t count, capacity, used, held, told, space
    cdef uint64_t seed
    cdef uint32_t answers
    cdef uint8_t[256] around, separators
    cdef tuple made

    def __init__(self, bytes around, bytes separators, uint64_t seed):
        self.made = around, separators, seed
        self.seed = seed
        for c in around:
            self.around[c] = 1
        for c in separators:
            self.separators[c] = 1

    def __dealloc__(self):
        free(self.texts)
        free(self.slots)
        free(self.bytes)
        free(self.readings)

    def __len__(self):
        return self.count

    @property
    def size(self):
        """Return the bytes that the strings take."""
        return self.used

    # -- one string ---------------------------------------------------------------------------------------------------

    cdef Py_ssize_t _find(self, const uint8_t *at, Py_ssize_t length, int sort, uint32_t hash) noexcept:
        """Return the slot of a string, or the free one where it belongs."""
        cdef Py_ssize_t slot = hash & (self.capacity - 1)
        cdef Text *text
        while self.slots[slot].number >= 0:
            if self.slots[slot].hash == hash:
                text = &self.texts[self.slots[slot].number]
                if text.sort == sort and text.length == length and not memcmp(self.bytes + text.start, at, length):
                    break
            slot = (slot + 1) & (self.capacity - 1)
        return slot

    cdef int32_t _number(self, const uint8_t *at, Py_ssize_t length, int sort) except -1:
        """Return the number of a string, a new one if it is new; ``at`` may lie among the bytes held."""
        return self._numbered(at, length, sort, hashed(at, length, self.seed + <uint64_t>sort * MIX))

    cdef int32_t _numbered(self, const uint8_t *at, Py_ssize_t length, int sort, uint32_t hash) except -1:
        """Return the number of a string with this hash."""
        cdef Py_ssize_t slot
        cdef size_t offset = <size_t>at - <size_t>self.bytes
        cdef bint own = self.bytes != NULL and offset < <size_t>self.used
        cdef Text *text
        if 2 * self.count >= self.capacity:
            self._widen()
        slot = self._find(at, length, sort, hash)
        if self.slots[slot].number >= 0:
            return self.slots[slot].number
        if self.count == INT32_MAX - 1 or length > INT32_MAX:
            raise ValueError("too many strings")
        if self.used + length > self.held:
            self.bytes = <uint8_t *>grown(self.bytes, 2 * (self.used + length) + 1024)
            self.held = 2 * (self.used + length) + 1024
            if own:
                at = self.bytes + offset
        memcpy(self.bytes + self.used, at, length)
        text = &self.texts[self.count]
        memset(text, 0, sizeof(Text))
        text.start, text.length, text.hash, text.sort, text.count = self.used, <int32_t>length, hash, sort, UNREAD
        self.used += length
        self.slots[slot].hash, self.slots[slot].number = hash, <int32_t>self.count
        self.count += 1
        return <int32_t>(self.count - 1)

    cdef int _widen(self) except -1:
        """Make room for twice as many strings."""
        cdef Py_ssize_t number, slot, capacity = max(1024, 2 * self.capacity)
        self.texts = <Text *>grown(self.texts, capacity // 2 * sizeof(Text))
        self.slots = <Slot *>grown(self.slots, capacity * sizeof(Slot))
        self.capacity = capacity
        memset(self.slots, 255, capacity * sizeof(Slot))  # numbers of -1
        for number in range(self.count):
            slot = self.texts[number].hash & (capacity - 1)
            while self.slots[slot].number >= 0:
                slot = (slot + 1) & (capacity - 1)
            self.slots[slot].hash, self.slots[slot].number = self.texts[number].hash, <int32_t>number
        return 0

    cdef int _reads(self, int32_t number, int32_t count) except -1:
        """Make room for what a string reads as, which goes to ``readings`` from `told` on."""
        if self.told + count > self.space:
            self.readings = <int32_t *>grown(self.readings, (2 * (self.told + count) + 1024) * sizeof(int32_t))
            self.space = 2 * (self.told + count) + 1024
        self.texts[number].first, self.texts[number].count = self.told, count
        self.told += count
        return 0

    cdef bint _ask(self, int32_t number) noexcept:
        """Note that a string was asked for, and tell whether it was not before: it must be told what it reads as."""
        cdef Text *text = &self.texts[number]
        if text.count == UNREAD:
            text.count = ODD  # until it is told
            return True
        text.again = 1
        return False

    # -- many strings -------------------------------------------------------------------------------------------------

    def cut(self, const int32_t[::1] bounds, const uint8_t[::1] text):
        """Cut cells behind each separator; cell ``i`` is ``text[bounds[i]:bounds[i + 1]]``.

        Gives indptr int64 (cells + 1,); for each piece the number of the string that it is without what stands
        around it, and where it ends in the text; and those numbers that were not asked for before, of which `learn`
        must be told. All int64.
        """
        cdef Py_ssize_t cells = bounds.shape[0] - 1, cell, at, start, low, high, piece = 0
        cdef int32_t number
        cdef const uint8_t *data = &text[0] if text.shape[0] else NULL
        check_bounds(bounds, text.shape[0])
        unread, indptr = [], np.zeros(cells + 1, np.int64)
        cdef int64_t[::1] indptr_of = indptr
        for cell in range(cells):
            for at in range(bounds[cell], bounds[cell + 1] - 1):
                piece += self.separators[data[at]]
            piece += bounds[cell] < bounds[cell + 1]
            indptr_of[cell + 1] = piece
        numbers, ends = np.empty(piece, np.int64), np.empty(piece, np.int64)
        cdef int64_t[::1] numbers_of = numbers, ends_of = ends
        piece = 0
        for cell in range(cells):
            start = bounds[cell]
            for at in range(start, bounds[cell + 1]):
                if self.separators[data[at]] or at + 1 == bounds[cell + 1]:
                    ends_of[piece] = at + 1
                    piece += 1
        self._number_pieces(data, bounds, indptr_of, ends_of, numbers_of, unread)
        return indptr, numbers, ends, np.array(unread, np.int64)

    cdef int _number_pieces(
        self, const uint8_t *data, const int32_t[::1] bounds, const int64_t[::1] indptr, const int64_t[::1] ends,
        int64_t[::1] numbers, list unread,
    ) except -1:
        """Number the pieces that end there, without what stands around them, some side by side."""
        cdef const uint8_t *texts[AHEAD]
        cdef Py_ssize_t lengths[AHEAD]
        cdef uint32_t hashes[AHEAD]
        cdef Py_ssize_t first, at, low, high, start = 0, cell = 0, pieces = ends.shape[0], some
        cdef int32_t number
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
                hashes[at] = hashed(data + low, high - low, self.seed + <uint64_t>BARE * MIX)
                if self.capacity:
                    ASK_FOR(&self.slots[hashes[at] & (self.capacity - 1)])
            for at in range(some):
                if self.capacity:
                    number = self.slots[hashes[at] & (self.capacity - 1)].number
                    if number >= 0:
                        ASK_FOR(&self.texts[number])
            for at in range(some):
                if self.capacity:
                    number = self.slots[hashes[at] & (self.capacity - 1)].number
                    if number >= 0:
                        ASK_FOR(self.bytes + self.texts[number].start)
            for at in range(some):
                number = self._numbered(texts[at], lengths[at], BARE, hashes[at])
                if self._ask(number):
                    unread.append(number)
                numbers[first + at] = number
        return 0

    def number(self, const int64_t[::1] starts, const int64_t[::1] ends, const uint8_t[::1] text, int sort):
        """Return the numbers of some parts of a text, and those that `learn` must be told of, int64 both."""
        cdef Py_ssize_t at
        if starts.shape[0] != ends.shape[0]:
            raise ValueError("as many starts as ends")
        numbers, unread = np.empty(starts.shape[0], np.int64), []
        cdef int64_t[::1] numbers_of = numbers
        for at in range(starts.shape[0]):
            if not 0 <= starts[at] < ends[at] <= text.shape[0]:
                raise ValueError("a part lies outside the text, or is empty")
            numbers_of[at] = self._number(&text[starts[at]], ends[at] - starts[at], sort)
            if self._ask(<int32_t>numbers_of[at]):
                unread.append(numbers_of[at])
        return numbers, np.array(unread, np.int64)

    def learn(self, const int64_t[::1] unread, readings):
        """Be told what strings read as: a sequence of terms in bytes each, None for what is odd."""
        cdef bytes term
        for number, terms in zip(unread, readings, strict=True):
            self._known(number)
            if terms is not None:
                found = []
                for term in terms:
                    found.append(self._number(<const uint8_t *>term, len(term), BARE))
                self._reads(number, <int32_t>len(found))
                for place, found_as in enumerate(found, self.texts[<int32_t>number].first):
                    self.readings[<Py_ssize_t>place] = found_as

    def learn_plain(self, const int64_t[::1] unread, const int64_t[::1] lengths):
        """Be told which strings read as one term, which is so many bytes from their beginning; 0 tells nothing."""
        cdef Py_ssize_t at
        cdef int32_t term
        cdef Text *text
        if unread.shape[0] != lengths.shape[0]:
            raise ValueError("one length for each string")
        for at in range(unread.shape[0]):
            text = self._known(unread[at])
            if not 0 <= lengths[at] <= text.length:
                raise ValueError("a term is longer than the piece")
            if lengths[at]:
                term = self._number(self.bytes + text.start, lengths[at], BARE)
                self._reads(<int32_t>unread[at], 1)
                self.readings[self.told - 1] = term

    def counts(self, const int64_t[::1] numbers):
        """Return how many terms strings read as, -1 for odd ones: int64, shape of ``numbers``."""
        cdef Py_ssize_t at
        counts = np.empty(numbers.shape[0], np.int64)
        cdef int64_t[::1] counts_of = counts
        for at in range(numbers.shape[0]):
            counts_of[at] = max(<int32_t>ODD, self._known(numbers[at]).count)
        return counts

    cdef Text *_known(self, int64_t number) except NULL:
        if not 0 <= number < self.count:
            raise ValueError("no such string")
        return &self.texts[number]

    def expand(self, const int64_t[::1] indptr, const int64_t[::1] numbers):
        """Put what each piece reads as in its place; what is odd reads as nothing.

        Gives indptr and codes of the rows' terms, and the number of each code, in the order of first mention; int64.
        """
        cdef Py_ssize_t rows = indptr.shape[0] - 1, row, at, total = 0, distinct = 0
        cdef int32_t term
        cdef Text *text
        check_bounds(indptr, numbers.shape[0])
        terms, ends = np.empty(self.count, np.int64), np.zeros(rows + 1, np.int64)
        for at in range(numbers.shape[0]):
            total += max(0, self._known(numbers[at]).count)
        codes = np.empty(total, np.int64)
        cdef int64_t[::1] ends_of = ends, codes_of = codes, terms_of = terms
        total = 0
        self.answers += 1
        for row in range(rows):
            for at in range(indptr[row], indptr[row + 1]):
                text = &self.texts[numbers[at]]
                for term in range(text.count):
                    codes_of[total] = self._place(self.readings[text.first + term], &distinct, terms_of)
                    total += 1
            ends_of[row + 1] = total
        return ends, codes, terms[:distinct].copy()

    cdef int32_t _place(self, int32_t number, Py_ssize_t *distinct, int64_t[::1] terms) noexcept:
        """Return the place of a term among the distinct ones of this answer."""
        cdef Text *text = &self.texts[number]
        if text.met != self.answers:
            text.met, text.place = self.answers, <int32_t>distinct[0]
            terms[distinct[0]] = number
            distinct[0] += 1
        return text.place

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
            text = &self.texts[numbers[at]]
            if text.length:
                memcpy(&data_of[bounds_of[at]], self.bytes + text.start, text.length)
        return bounds, data

    def thinned(self, int32_t longest):
        """Return new `Strings` of those that were asked for again since they came here and are no longer than that."""
        cdef Strings kept = Strings(*self.made)
        cdef Py_ssize_t at, term
        cdef int32_t number, found
        cdef Text *text
        cdef Text *part
        for at in range(self.count):
            text = &self.texts[at]
            if not text.again or text.length > longest:
                continue
            number = kept._number(self.bytes + text.start, text.length, text.sort)
            kept.texts[number].count = ODD
            if text.count < 0:
                continue
            kept._reads(number, text.count)
            for term in range(text.count):
                part = &self.texts[self.readings[text.first + term]]
                found = kept._number(self.bytes + part.start, part.length, BARE)
                kept.readings[kept.told - text.count + term] = found
        return kept
