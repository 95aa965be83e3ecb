# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Find the neighbours in spelling of one string after the other, by tables of hashes that are made once.

The twin of `recommender.matcher.neighbours`: strings one edit apart are equal when a letter is left out of one or both,
of strings two edits apart one third stays whole; hashes nominate, the letters that differ are counted, and what is left
is compared.
"""

import numpy as np

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, qsort, realloc

from cpython.unicode cimport PyUnicode_READ_CHAR

from recommender.kernels.edits cimport counted, mask, swapped, within
from recommender.kernels.parts cimport PARTS, ROOM, SHIFT, Sums, add_up, asked_thirds, deletions, thirds
from recommender.kernels.rows cimport check_bounds

cdef enum:
    FILTER = 2  # bits more


cdef int by_number(const void* a, const void* b) noexcept nogil:
    return (<const int32_t*> a)[0] - (<const int32_t*> b)[0]


cdef struct Entry:
    # Of one hash: the bits of its owner's letters, the last bits of the hash, and the owner; side by side in memory.
    uint64_t letters
    uint32_t tag
    int32_t owner


cdef class Table:
    """Hold the owners of hashes: by the first bits where they stand, and 32 others to tell them apart.

    Some more of the first bits say at once, from a table that fits the cache, that most hashes have no owner.
    """

    cdef int shift, filtered
    cdef int32_t[::1] heads
    cdef uint8_t[::1] held
    cdef uint64_t[:, ::1] memory
    cdef Entry* entries

    def __cinit__(self, uint64_t[::1] hashes, int32_t[::1] owners_of, const uint64_t[::1] bits_of):
        cdef Py_ssize_t at, size = hashes.shape[0], cell
        cdef int bits = 3
        if owners_of.shape[0] != size or size > 1 << 30:
            raise ValueError("hashes without owners, or too many")
        while (1 << bits) < size:
            bits += 1
        self.shift, self.filtered = 64 - bits, 64 - bits - FILTER
        self.held = np.zeros(1 << (bits + FILTER - 3), np.uint8)
        self.heads = np.zeros((1 << bits) + 1, np.int32)
        self.memory = np.empty((size + 1, sizeof(Entry) // sizeof(uint64_t)), np.uint64)
        self.entries = <Entry*> &self.memory[0, 0]
        for at in range(size):
            if not 0 <= owners_of[at] < bits_of.shape[0]:
                raise ValueError("an owner without bits")
            self.heads[hashes[at] >> self.shift] += 1
            cell = hashes[at] >> self.filtered
            self.held[cell >> 3] |= 1 << (cell & 7)
        for cell in range(1 << bits):
            self.heads[cell + 1] += self.heads[cell]
        for at in range(size - 1, -1, -1):
            cell = hashes[at] >> self.shift
            self.heads[cell] -= 1  # ends become starts
            self.entries[self.heads[cell]] = Entry(bits_of[owners_of[at]], <uint32_t> hashes[at], owners_of[at])


cdef class Neighbours:
    """Find the strings within one or two edits of others, as `recommender.matcher.spellings.Spellings` does.

    Args:
        codes: uint32, the signs of all strings one after the other.
        starts: int64, (strings + 1,), where each string starts; an empty one is no one's neighbour.
        bits: uint64, (strings,), what `letters.masks` gives for them.
        shortest, for_two, longest: below, from and up to which length strings are looked up, and with two edits.
    """

    cdef const uint32_t[::1] codes
    cdef const int64_t[::1] starts
    cdef const uint64_t[::1] bits
    cdef Py_ssize_t shortest, for_two, longest, count, room
    cdef int32_t* candidates
    cdef Table without_one, in_three

    def __cinit__(
        self, const uint32_t[::1] codes, const int64_t[::1] starts, const uint64_t[::1] bits,
        Py_ssize_t shortest, Py_ssize_t for_two, Py_ssize_t longest,
    ):
        cdef Py_ssize_t size = bits.shape[0], at
        if starts.shape[0] != size + 1 or starts[0] != 0 or starts[size] != codes.shape[0]:
            raise ValueError("strings outside their text")
        if longest >= ROOM or for_two < 8 or shortest < 1 or size * (longest + 1) >= 1 << 30:
            raise ValueError("strings too long, too short or too many")
        check_bounds(starts, codes.shape[0])
        for at in range(size):
            if starts[at + 1] - starts[at] > longest:
                raise ValueError("a string too long")
        self.codes, self.starts, self.bits = codes, starts, bits
        self.shortest, self.for_two, self.longest = shortest, for_two, longest
        self.without_one, self.in_three = self.table(1), self.table(2)

    def __dealloc__(self):
        free(self.candidates)

    cdef Table table(self, int edits):
        """Hash all strings for so many edits."""
        cdef Py_ssize_t size = self.bits.shape[0], at, length, count = 0, one, most
        cdef uint64_t found[ROOM]
        cdef Sums sums
        cdef const uint32_t* text
        most = self.codes.shape[0] + size if edits == 1 else PARTS * size
        hashes, owners = np.empty(most, np.uint64), np.empty(most, np.int32)
        cdef uint64_t[::1] hashes_of = hashes
        cdef int32_t[::1] owners_of = owners
        for at in range(size):
            length = self.starts[at + 1] - self.starts[at]
            if length == 0 or (edits == 2 and length < self.for_two - SHIFT):
                continue
            text = &self.codes[self.starts[at]]
            add_up(&sums, text, length)
            most = deletions(&sums, text, found) if edits == 1 else thirds(&sums, found)
            for one in range(most):
                hashes_of[count] = found[one]
                owners_of[count] = <int32_t> at
                count += 1
        return Table(hashes[:count], owners[:count], self.bits)

    cdef int nominate(self, Table table, uint64_t value, uint64_t letters, int most) except -1:
        """Add the owners of a hash whose letters differ by so few bits."""
        cdef Py_ssize_t at
        cdef uint32_t tag = <uint32_t> value
        cdef void* wider
        for at in range(table.heads[value >> table.shift], table.heads[(value >> table.shift) + 1]):
            if table.entries[at].tag != tag or counted(table.entries[at].letters ^ letters) > most:
                continue
            if self.count == self.room:
                wider = realloc(self.candidates, (2 * self.room + 64) * sizeof(int32_t))
                if wider == NULL:
                    raise MemoryError
                self.candidates, self.room = <int32_t*> wider, 2 * self.room + 64
            self.candidates[self.count] = table.entries[at].owner
            self.count += 1
        return 0

    cdef int compared(self, const uint32_t* text, Py_ssize_t size, int edits, list found) except -1:
        """Add the nominees that are so near, each once, in order."""
        cdef Py_ssize_t at, length
        cdef int32_t owner, last = -1
        cdef const uint32_t* other
        if self.count > 1:
            qsort(self.candidates, self.count, sizeof(int32_t), by_number)
        for at in range(self.count):
            owner = self.candidates[at]
            if owner == last:
                continue
            last = owner
            other, length = &self.codes[self.starts[owner]], self.starts[owner + 1] - self.starts[owner]
            if within(text, size, other, length, edits) or (edits == 1 and swapped(text, size, other, length)):
                found.append(owner)
        return 0

    cdef int within_edits(self, const uint32_t* text, Py_ssize_t size, int edits, list found) except -1:
        """Add the numbers of the strings so near to one, in order; runs no code that might look up as well."""
        cdef uint64_t hashes[ROOM]
        cdef uint64_t letters = mask(text, size)
        cdef Py_ssize_t at, count, cell, kept = 0
        cdef Sums sums
        cdef Table table = self.without_one if edits == 1 else self.in_three
        add_up(&sums, text, size)
        count = deletions(&sums, text, hashes) if edits == 1 else asked_thirds(&sums, hashes)
        self.count = 0
        for at in range(count):
            cell = hashes[at] >> table.filtered
            hashes[kept] = hashes[at]
            kept += table.held[cell >> 3] >> (cell & 7) & 1
        for at in range(kept):
            self.nominate(table, hashes[at], letters, 2 * edits)
        return self.compared(text, size, edits, found)

    def near(self, list asked not None):
        """Give for each string (str) the numbers of those one edit away or, if there is none, two edits."""
        cdef uint32_t text[ROOM]
        cdef Py_ssize_t at, size
        cdef str string
        cdef list all_found = [], found
        for string in asked:
            found = []
            size = len(string)
            if self.shortest <= size <= self.longest:
                for at in range(size):
                    text[at] = PyUnicode_READ_CHAR(string, at)
                self.within_edits(text, size, 1, found)
                if not found and size >= self.for_two:
                    self.within_edits(text, size, 2, found)
            all_found.append(found)
        return all_found
