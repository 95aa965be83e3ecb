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

cdef enum:
    ROOM = 128  # signs of a string, at most
    PARTS = 3
    SHIFT = 2  # the middle third may have been moved by as many letters as there are edits
    FILTER = 2  # bits more
    OTHERS = 62  # the first bit of what is neither letter nor digit

cdef uint64_t BASE = 0x9E3779B97F4A7C15
cdef uint64_t MIX = 0xBF58476D1CE4E5B9
cdef uint64_t NAME = 0xD6E8FEB86659FD93
cdef uint64_t ONE = 0x5555555555555555
cdef uint64_t TWO = 0x3333333333333333
cdef uint64_t FOUR = 0x0F0F0F0F0F0F0F0F
cdef uint64_t EACH = 0x0101010101010101
cdef uint64_t POWERS[ROOM + 1]
cdef uint64_t INVERSES[ROOM + 1]


def _set_powers():
    """Hold the powers of the base of the hashes, and of its inverse modulo 2**64."""
    cdef uint64_t inverse = pow(int(BASE), -1, 1 << 64)
    cdef int at
    POWERS[0] = INVERSES[0] = 1
    for at in range(ROOM):
        POWERS[at + 1] = POWERS[at] * BASE
        INVERSES[at + 1] = INVERSES[at] * inverse


_set_powers()


cdef struct Sums:
    # The running sums of one string's hash (Karp & Rabin, 1987): that of a part is a difference of two.
    Py_ssize_t size
    uint64_t upto[ROOM + 1]


cdef void add_up(Sums* sums, const uint32_t* text, Py_ssize_t size) noexcept nogil:
    cdef Py_ssize_t at
    cdef uint64_t spread
    sums.size = size
    sums.upto[0] = 0
    for at in range(size):
        spread = (<uint64_t> text[at] + 1) * MIX
        sums.upto[at + 1] = sums.upto[at] + (spread ^ (spread >> 29)) * POWERS[at]


cdef uint64_t mixed(uint64_t value) noexcept nogil:
    value = (value ^ (value >> 31)) * MIX
    return value ^ (value >> 29)


cdef uint64_t part(const Sums* sums, Py_ssize_t start, Py_ssize_t end, Py_ssize_t size, int number) noexcept nogil:
    """Hash the part from start to end, as that part, 0 to 2, of a string of a size."""
    cdef uint64_t name = <uint64_t> (size * PARTS + number)
    return mixed((sums.upto[end] - sums.upto[start]) * INVERSES[start] + name * NAME)


cdef Py_ssize_t deletions(const Sums* sums, const uint32_t* text, uint64_t* out) noexcept nogil:
    """Hash a string and the string with each letter left out; of letters that follow themselves, the first only."""
    cdef Py_ssize_t at, count = 1, size = sums.size
    out[0] = mixed(sums.upto[size])
    for at in range(size):
        if at == 0 or text[at] != text[at - 1]:
            out[count] = mixed(sums.upto[at] + (sums.upto[size] - sums.upto[at + 1]) * INVERSES[1])
            count += 1
    return count


cdef Py_ssize_t thirds(const Sums* sums, uint64_t* out) noexcept nogil:
    """Hash the thirds of a string."""
    cdef Py_ssize_t size = sums.size, first = size / 3, last = size - (size - size / 3) / 2
    out[0] = part(sums, 0, first, size, 0)
    out[1] = part(sums, first, last, size, 1)
    out[2] = part(sums, last, size, size, 2)
    return PARTS


cdef Py_ssize_t asked_thirds(const Sums* sums, uint64_t* out) noexcept nogil:
    """Hash what may be a third of a string two edits away; the string is of eight letters or more."""
    cdef Py_ssize_t size, first, last, shift, longer, count = 0
    for longer in range(-SHIFT, SHIFT + 1):
        size = sums.size + longer
        first, last = size / 3, size - (size - size / 3) / 2
        out[count] = part(sums, 0, first, size, 0)
        out[count + 1] = part(sums, last - longer, sums.size, size, 2)
        count += 2
        for shift in range(-SHIFT, SHIFT + 1):
            if last + shift <= sums.size:
                out[count] = part(sums, first + shift, last + shift, size, 1)
                count += 1
    return count


cdef int counted(uint64_t value) noexcept nogil:
    """Count the bits that are set (Warren, Hacker's Delight, 2012)."""
    value = value - ((value >> 1) & ONE)
    value = (value & TWO) + ((value >> 2) & TWO)
    return <int> ((((value + (value >> 4)) & FOUR) * EACH) >> 56)


cdef uint64_t mask(const uint32_t* text, Py_ssize_t size) noexcept nogil:
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


cdef bint within(const uint32_t* a, Py_ssize_t n, const uint32_t* b, Py_ssize_t m, int edits) noexcept nogil:
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


cdef bint swapped(const uint32_t* a, Py_ssize_t n, const uint32_t* b, Py_ssize_t m) noexcept nogil:
    """Tell whether two letters side by side are all that differs."""
    while n and m and a[0] == b[0]:
        a, b, n, m = a + 1, b + 1, n - 1, m - 1
    return n == m and n > 1 and a[0] == b[1] and a[1] == b[0] and within(a + 2, n - 2, b + 2, m - 2, 0)


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
        cdef Py_ssize_t size = bits.shape[0], at, length
        if starts.shape[0] != size + 1 or starts[0] != 0 or starts[size] != codes.shape[0]:
            raise ValueError("strings outside their text")
        if longest >= ROOM or for_two < 8 or shortest < 1 or size * (longest + 1) >= 1 << 30:
            raise ValueError("strings too long, too short or too many")
        for at in range(size):
            length = starts[at + 1] - starts[at]
            if not 0 <= length <= longest:
                raise ValueError("a string too long")
        self.codes, self.starts, self.bits = codes, starts, bits
        self.shortest, self.for_two, self.longest = shortest, for_two, longest
        self.without_one, self.in_three = self.table(1), self.table(2)

    def __dealloc__(self):
        free(self.candidates)

    cdef Table table(self, int edits):
        """Hash all strings for so many edits."""
        cdef Py_ssize_t size = self.bits.shape[0], at, length, count = 0, one, most
        cdef uint64_t found[ROOM + 2]
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
        cdef uint64_t hashes[ROOM + 2]
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
