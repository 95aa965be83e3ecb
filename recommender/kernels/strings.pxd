# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Hold distinct strings of bytes by number, and what each reads as: the table of `pieces.Strings`. No module."""

from libc.stdint cimport INT32_MAX, int8_t, int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, realloc
from libc.string cimport memcmp, memcpy, memset

cdef extern from *:
    """
    #if defined(__GNUC__) || defined(__clang__)
    #define ASK_FOR(place) __builtin_prefetch(place)
    #else
    #define ASK_FOR(place) ((void)0)
    #endif
    /* Of MurmurHash2 by Austin Appleby, in the public domain. */
    static const unsigned long long MIX = 0xc6a4a7935bd1e995ULL;
    """
    void ASK_FOR(const void *place) noexcept nogil
    const uint64_t MIX

cdef enum:
    AHEAD = 32  # strings that are looked up side by side: what one waits for from memory comes with that of others
    UNREAD = -2  # no one asked yet what the string reads as
    ODD = -1  # it is not plain, or needs the rest of its cell


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
    int8_t sort  # equal strings of two sorts are two
    int8_t again  # whether it was asked for again


cdef struct Table:  # begun as zeros, but for `seed`, which changes where strings lie, and never an answer
    Text *texts
    Slot *slots  # `capacity`, a power of 2, at least half of them free
    uint8_t *bytes  # `used` of `held`
    int32_t *readings  # `told` of `space`
    Py_ssize_t count, capacity, used, held, told, space
    uint64_t seed


cdef inline uint64_t mixed(uint64_t hash, uint64_t word) noexcept:
    word *= MIX
    word ^= word >> 47
    return (hash ^ (word * MIX)) * MIX


cdef inline uint32_t hashed(const Table *table, const uint8_t *at, Py_ssize_t length, int sort) noexcept:
    """Hash in words of eight bytes, the last of which may overlap the one before."""
    cdef uint64_t word = 0, hash = (table.seed + <uint64_t>sort * MIX) ^ (<uint64_t>length * MIX)
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


cdef inline void *grown(void *block, size_t size) except NULL:
    cdef void *found = realloc(block, size)
    if found == NULL:
        raise MemoryError
    return found


cdef inline void release(Table *table) noexcept:
    free(table.texts)
    free(table.slots)
    free(table.bytes)
    free(table.readings)


cdef inline Py_ssize_t slot_of(
    const Table *table, const uint8_t *at, Py_ssize_t length, int sort, uint32_t hash
) noexcept:
    """Return the slot of a string, or the free one where it belongs."""
    cdef Py_ssize_t slot = hash & (table.capacity - 1)
    cdef const Text *text
    while table.slots[slot].number >= 0:
        if table.slots[slot].hash == hash:
            text = &table.texts[table.slots[slot].number]
            if text.sort == sort and text.length == length and not memcmp(table.bytes + text.start, at, length):
                break
        slot = (slot + 1) & (table.capacity - 1)
    return slot


cdef inline int widen(Table *table) except -1:
    """Make room for twice as many strings."""
    cdef Py_ssize_t number, slot, capacity = max(1024, 2 * table.capacity)
    table.texts = <Text *>grown(table.texts, capacity // 2 * sizeof(Text))
    table.slots = <Slot *>grown(table.slots, capacity * sizeof(Slot))
    table.capacity = capacity
    memset(table.slots, 255, capacity * sizeof(Slot))  # numbers of -1
    for number in range(table.count):
        slot = table.texts[number].hash & (capacity - 1)
        while table.slots[slot].number >= 0:
            slot = (slot + 1) & (capacity - 1)
        table.slots[slot].hash, table.slots[slot].number = table.texts[number].hash, <int32_t>number
    return 0


cdef inline int32_t numbered(
    Table *table, const uint8_t *at, Py_ssize_t length, int sort, uint32_t hash
) except -1:
    """Return the number of a string with this hash, a new one if it is new; ``at`` may lie among the bytes held."""
    cdef Py_ssize_t slot
    cdef size_t offset = <size_t>at - <size_t>table.bytes
    cdef bint own = table.bytes != NULL and offset < <size_t>table.used
    cdef Text *text
    if 2 * table.count >= table.capacity:
        widen(table)
    slot = slot_of(table, at, length, sort, hash)
    if table.slots[slot].number >= 0:
        return table.slots[slot].number
    if table.count == INT32_MAX - 1 or length > INT32_MAX:
        raise ValueError("too many strings")
    if table.used + length > table.held:
        table.bytes = <uint8_t *>grown(table.bytes, 2 * (table.used + length) + 1024)
        table.held = 2 * (table.used + length) + 1024
        if own:
            at = table.bytes + offset
    memcpy(table.bytes + table.used, at, length)
    text = &table.texts[table.count]
    memset(text, 0, sizeof(Text))
    text.start, text.length, text.hash, text.sort, text.count = table.used, <int32_t>length, hash, sort, UNREAD
    table.used += length
    table.slots[slot].hash, table.slots[slot].number = hash, <int32_t>table.count
    table.count += 1
    return <int32_t>(table.count - 1)


cdef inline int32_t number_of(Table *table, const uint8_t *at, Py_ssize_t length, int sort) except -1:
    """Return the number of a string, as `numbered` does."""
    return numbered(table, at, length, sort, hashed(table, at, length, sort))


cdef inline int32_t first_met(const Table *table, uint32_t hash) noexcept:
    """Return the number that stands where a string with this hash is looked for first; -1 for none."""
    return table.slots[hash & (table.capacity - 1)].number if table.capacity else -1


cdef inline int number_all(
    Table *table, const uint8_t **texts, const Py_ssize_t *lengths, Py_ssize_t count, int sort, int64_t *numbers
) except -1:
    """Write the numbers of up to `AHEAD` strings, looked up side by side."""
    cdef uint32_t hashes[AHEAD]
    cdef Py_ssize_t at
    for at in range(count):
        hashes[at] = hashed(table, texts[at], lengths[at], sort)
        if table.capacity:
            ASK_FOR(&table.slots[hashes[at] & (table.capacity - 1)])
    for at in range(count):
        if first_met(table, hashes[at]) >= 0:
            ASK_FOR(&table.texts[first_met(table, hashes[at])])
    for at in range(count):
        if first_met(table, hashes[at]) >= 0:
            ASK_FOR(table.bytes + table.texts[first_met(table, hashes[at])].start)
    for at in range(count):
        numbers[at] = numbered(table, texts[at], lengths[at], sort, hashes[at])
    return 0


cdef inline bint ask(Table *table, int64_t number) noexcept:
    """Note that a string was asked for, and tell whether it was not before: it must be told what it reads as."""
    cdef Text *text = &table.texts[number]
    if text.count == UNREAD:
        text.count = ODD  # until it is told
        return True
    text.again = 1
    return False


cdef inline int64_t read_as(Table *table, int64_t number, int32_t count) except -1:
    """Make room for what a string reads as; return where those numbers, which must be written at once, begin."""
    if table.told + count > table.space:
        table.readings = <int32_t *>grown(table.readings, (2 * (table.told + count) + 1024) * sizeof(int32_t))
        table.space = 2 * (table.told + count) + 1024
    table.texts[number].first, table.texts[number].count = table.told, count
    table.told += count
    return table.told - count


cdef inline int thin(const Table *table, Table *kept, int32_t longest) except -1:
    """Copy the strings that were asked for again and are no longer than that, with what they read as."""
    cdef Py_ssize_t at, term
    cdef int32_t number
    cdef int64_t first
    cdef const Text *text
    cdef const Text *part
    for at in range(table.count):
        text = &table.texts[at]
        if not text.again or text.length > longest:
            continue
        number = number_of(kept, table.bytes + text.start, text.length, text.sort)
        kept.texts[number].count = ODD
        if text.count < 0:
            continue
        first = read_as(kept, number, text.count)
        for term in range(text.count):
            part = &table.texts[table.readings[text.first + term]]
            number = number_of(kept, table.bytes + part.start, part.length, part.sort)
            kept.readings[first + term] = number
    return 0
