# cython: language_level=3, cdivision=True
"""Hash strings and parts of them, for `near`: of strings near each other some hashes are the same. No module."""

from libc.stdint cimport uint32_t, uint64_t

cdef enum:
    ROOM = 128  # signs of a string, at most; and its hashes
    PARTS = 3
    SHIFT = 2  # the middle third may have been moved by as many letters as there are edits

cdef struct Sums:
    # The running sums of one string's hash (Karp & Rabin, 1987), from which that of each part is told.
    Py_ssize_t size
    uint64_t upto[ROOM + 1]
    uint64_t powers[ROOM + 1]  # of the base of the hashes


cdef inline uint64_t spread(uint64_t value) noexcept nogil:
    """Let each bit count in the bits above it, and in some below (by the first factor of splitmix64)."""
    value *= <uint64_t> 0xBF58476D1CE4E5B9
    return value ^ (value >> 29)


cdef inline uint64_t mixed(uint64_t value) noexcept nogil:
    """Let each bit count everywhere, so that the first bits of hashes lie evenly."""
    return spread(value ^ (value >> 31))


cdef inline void add_up(Sums *sums, const uint32_t *text, Py_ssize_t size) noexcept nogil:
    cdef Py_ssize_t at
    cdef uint64_t base = 0x9E3779B97F4A7C15
    sums.size, sums.upto[0], sums.powers[0] = size, 0, 1
    for at in range(size):
        sums.upto[at + 1] = sums.upto[at] * base + spread(<uint64_t> text[at] + 1)
        sums.powers[at + 1] = sums.powers[at] * base


cdef inline uint64_t part(
    const Sums *sums, Py_ssize_t start, Py_ssize_t end, Py_ssize_t size, int number
) noexcept nogil:
    """Hash the part from start to end, as that part, 0 to 2, of a string of a size."""
    cdef uint64_t name = <uint64_t> (size * PARTS + number) * <uint64_t> 0xD6E8FEB86659FD93
    return mixed(sums.upto[end] - sums.upto[start] * sums.powers[end - start] + name)


cdef inline Py_ssize_t deletions(const Sums *sums, const uint32_t *text, uint64_t *out) noexcept nogil:
    """Hash a string and the string with each letter left out; of letters that follow themselves, the first only."""
    cdef Py_ssize_t at, count = 1, size = sums.size
    cdef uint64_t whole = sums.upto[size]
    out[0] = mixed(whole)
    for at in range(size):
        if at == 0 or text[at] != text[at - 1]:
            # What is added up before the letter takes the place of what is added up with it.
            out[count] = mixed(whole - (sums.upto[at + 1] - sums.upto[at]) * sums.powers[size - at - 1])
            count += 1
    return count


cdef inline Py_ssize_t second(Py_ssize_t size) noexcept nogil:
    """Return where the second third of a string begins."""
    return size // PARTS


cdef inline Py_ssize_t last(Py_ssize_t size) noexcept nogil:
    """Return where the last third of a string begins."""
    return size - (size - size // PARTS) // 2


cdef inline Py_ssize_t thirds(const Sums *sums, uint64_t *out) noexcept nogil:
    """Hash the thirds of a string."""
    cdef Py_ssize_t size = sums.size
    out[0] = part(sums, 0, second(size), size, 0)
    out[1] = part(sums, second(size), last(size), size, 1)
    out[2] = part(sums, last(size), size, size, 2)
    return PARTS


cdef inline Py_ssize_t asked_thirds(const Sums *sums, uint64_t *out) noexcept nogil:
    """Hash what may be a third of a string two edits away; the string is of eight letters or more."""
    cdef Py_ssize_t size, shift, longer, begin, end, count = 0
    for longer in range(-SHIFT, SHIFT + 1):
        size = sums.size + longer
        begin, end = second(size), last(size)
        out[count] = part(sums, 0, begin, size, 0)
        out[count + 1] = part(sums, end - longer, sums.size, size, 2)
        count += 2
        for shift in range(-SHIFT, SHIFT + 1):
            if end + shift <= sums.size:
                out[count] = part(sums, begin + shift, end + shift, size, 1)
                count += 1
    return count
