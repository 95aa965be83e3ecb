# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Tell which forms of a key the tables of an index surely do not hold, before any form is made.

The forms are those of `recommender.matcher.forms` and `words.core`; their CRC-32 is what the tables are kept by. Only
hashes are compared: what may be held is looked up by the plain code.
"""

import numpy as np

from libc.stdint cimport uint8_t, uint32_t
from libc.string cimport memcmp

from cpython.unicode cimport PyUnicode_AsUTF8AndSize

cdef enum:
    MOST_WORDS = 64  # of a key; of longer ones every form may be held
    MOST_REMEMBERED = 1 << 16  # words
    BITS = 22  # of a hash that are looked up; one in 50 cells is set for 73,000 names
    KEY = 1
    JOINED = 2
    NUMBER = 4
    WORDS = 8
    CORE = 16

cdef uint32_t CRC[256]


def _set_crc():
    """Hold the CRC-32 (ISO 3309, reflected) of every byte."""
    cdef uint32_t value, byte
    cdef int step
    for byte in range(256):
        value = byte
        for step in range(8):
            value = value >> 1 ^ (<uint32_t> 0xEDB88320 if value & 1 else 0)
        CRC[byte] = value


_set_crc()


cdef class Word:
    """Hold what a word is reduced to, and which classes of words it is of."""

    cdef str itself, singular, stem
    cdef bint small, ordered, vendor, version, head
    cdef Word unversioned  # the word before a version that it ends in, or None


cdef struct Text:
    const char* bytes
    Py_ssize_t size


cdef int text_of(str word, Text* text) except -1:
    text.bytes = PyUnicode_AsUTF8AndSize(word, &text.size)
    return 0


cdef void in_order(Text* texts, Py_ssize_t count) noexcept:
    """Sort by code points, which is the order of UTF-8."""
    cdef Py_ssize_t at, to
    cdef int order
    cdef Text one
    for at in range(1, count):
        one, to = texts[at], at
        while to:
            order = memcmp(one.bytes, texts[to - 1].bytes, min(one.size, texts[to - 1].size))
            if order > 0 or (order == 0 and one.size >= texts[to - 1].size):
                break
            texts[to] = texts[to - 1]
            to -= 1
        texts[to] = one


cdef uint32_t hashed(Text* texts, Py_ssize_t count) noexcept:
    """Hash the texts, joined by blanks."""
    cdef uint32_t value = 0xFFFFFFFF
    cdef Py_ssize_t at, byte
    for at in range(count):
        if at:
            value = CRC[(value ^ 32) & 255] ^ value >> 8
        for byte in range(texts[at].size):
            value = CRC[(value ^ <uint8_t> texts[at].bytes[byte]) & 255] ^ value >> 8
    return ~value


cdef class Held:
    """Tell which forms of a key may be held.

    Args:
        tables: the hashes (uint32 arrays, contiguous) of the forms "key", "joined", "plain", "deep", "core".
        described: gives for a word its singular, its stem, whether it is small, tells by its order, is a vendor, a
            version and a head, and the word before a version that it ends in, or None.
    """

    cdef dict words
    cdef object described
    cdef uint8_t[::1] keys, joined, plain, deep, core

    def __init__(self, dict tables not None, described):
        self.words, self.described = {}, described
        self.keys, self.joined = filtered(tables["key"]), filtered(tables["joined"])
        self.plain, self.deep, self.core = filtered(tables["plain"]), filtered(tables["deep"]), filtered(tables["core"])

    cdef Word word(self, str word):
        """Describe a word; remembers words, which repeat."""
        cdef Word one = self.words.get(word)
        if one is None:
            if len(self.words) >= MOST_REMEMBERED:
                self.words.clear()
            one = Word()
            singular, root, small, ordered, vendor, version, head, unversioned = self.described(word)
            one.itself, one.singular, one.stem, one.small, one.ordered = word, singular, root, small, ordered
            one.vendor, one.version, one.head = vendor, version, head
            one.unversioned = self.word(unversioned) if unversioned is not None else None
            self.words[word] = one
        return one

    def forms(self, str key not None, list words not None):
        """Tell what may be held: 1 the key, 2 the joined key, 4 its other number, 8 the same words, 16 their core."""
        cdef Text text
        cdef int found
        cdef bint ordered = False
        cdef list known
        cdef Word one
        if not 0 < len(words) <= MOST_WORDS:
            return KEY | JOINED | NUMBER | WORDS | CORE
        text_of(key, &text)
        found = self.of_letters(&text)
        known = [self.word(word) for word in words]
        for one in known:
            ordered |= one.ordered
        if self.same_words(known, ordered):
            found |= WORDS
        return found | (CORE if self.same_core(known, ordered) else 0)

    cdef int of_letters(self, const Text* text) noexcept:
        """Look the key up: as it is, joined, each with an s more or less."""
        cdef uint32_t value = 0xFFFFFFFF, joined = 0xFFFFFFFF, before = 0, joined_before = 0
        cdef Py_ssize_t at
        cdef uint8_t byte = 0
        cdef int found
        for at in range(text.size):
            byte = <uint8_t> text.bytes[at]
            before = value
            value = CRC[(value ^ byte) & 255] ^ value >> 8
            if byte != 32 and byte != 46:
                joined_before = joined
                joined = CRC[(joined ^ byte) & 255] ^ joined >> 8
        found = (KEY if has(self.keys, ~value) else 0) | (JOINED if has(self.joined, ~joined) else 0)
        if has(self.keys, with_s(value)) or has(self.joined, with_s(joined)):
            found |= NUMBER
        elif byte == 115 and (has(self.keys, ~before) or has(self.joined, ~joined_before)):
            found |= NUMBER
        return found

    cdef bint same_words(self, list words, bint ordered) except -1:
        """Tell whether the bags of the words in singular, or of their stems, may be held."""
        cdef Text texts[MOST_WORDS]
        cdef Py_ssize_t count = 0
        cdef Word one
        for one in words:
            text_of(one.singular, &texts[count])
            count += 1
        if not ordered:
            in_order(texts, count)
        if has(self.plain, hashed(texts, count)):
            return True
        count = 0
        for one in words:
            if not one.small:
                text_of(one.stem, &texts[count])
                count += 1
        if not count:
            for one in words:
                text_of(one.itself, &texts[count])
                count += 1
        elif not ordered:
            in_order(texts, count)
        return has(self.deep, hashed(texts, count))

    cdef bint same_core(self, list words, bint ordered) except -1:
        """Tell whether what is left without versions, vendors and heads may be held."""
        cdef Text texts[MOST_WORDS]
        cdef Py_ssize_t at, count = 0, last = len(words) - 1
        cdef bint vendor = False, version = False
        cdef Word one, first = None
        for at in range(last + 1):
            one = words[at]
            if one.vendor and last and not vendor and (at == 0 or at == last):
                vendor = True
            elif count and one.version:
                version = True
            elif not one.head and (not one.small or one.ordered):
                if one.unversioned is not None and not version:
                    one, version = one.unversioned, True
                first = one if not count else first
                text_of(one.stem, &texts[count])
                count += 1
        if count == 1:
            text_of(first.singular, &texts[0])
        elif not ordered:
            in_order(texts, count)
        return count > 0 and has(self.core, hashed(texts, count))


cdef uint32_t with_s(uint32_t value) noexcept:
    """Give the hash of a text and an s, from what was hashed of the text."""
    return ~(CRC[(value ^ 115) & 255] ^ value >> 8)


cdef bint has(const uint8_t[::1] held, uint32_t value) noexcept:
    cdef uint32_t cell = value >> (32 - BITS)
    return held[cell >> 3] >> (cell & 7) & 1


cdef uint8_t[::1] filtered(const uint32_t[::1] hashes):
    """Set a bit for the first bits of each hash."""
    cdef uint8_t[::1] held = np.zeros(1 << (BITS - 3), np.uint8)
    cdef Py_ssize_t at
    cdef uint32_t cell
    for at in range(hashes.shape[0]):
        cell = hashes[at] >> (32 - BITS)
        held[cell >> 3] |= 1 << (cell & 7)
    return held
