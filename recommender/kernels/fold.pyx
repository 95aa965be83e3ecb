# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Fold terms to keys where each sign can be folded by itself, with the answers of `recommender.text.fold.key`.

Which signs those are is asked of the plain code, once each; so is the key of what holds others.
"""

import numpy as np

from libc.stdint cimport uint8_t, uint16_t
from libc.stdlib cimport free, realloc

from cpython.unicode cimport PyUnicode_DecodeASCII, PyUnicode_READ_CHAR

cdef enum:
    ASKED = 1 << 16  # code points; beyond them the plain code folds
    SIGN = 127  # what a sign becomes
    LOOKS = 128  # where the word holds Latin letters
    ACCENTED = 256  # an accent is taken off, and the sign vouches for no Latin
    DROPPED = 512
    UNDECIDED = 1024
    UNKNOWN = 2048

cdef enum:
    NOTHING = 0
    BLANK = 1
    LETTER = 2
    DIGIT = 3
    TELLING = 4  # what stands near it tells what it becomes

cdef uint8_t KINDS[128]


def _set_kinds():
    cdef int point
    for point in range(128):
        sign = chr(point)
        KINDS[point] = (
            LETTER if sign.isalpha() else DIGIT if sign.isdigit() else TELLING if sign in ".+#&'`" else
            BLANK if sign.isprintable() or sign.isspace() else NOTHING
        )


_set_kinds()


cdef class Folder:
    """Fold terms.

    Args:
        meaning: tells what a sign beyond ASCII becomes: the code of an ASCII sign, plus 128 where it only looks like
            a letter, 256 where it is one without its accent; 512 for nothing, 1024 where that is not told by the sign.
        key: folds any term.
    """

    cdef object meaning, key
    cdef uint16_t[::1] meanings
    cdef uint8_t* text
    cdef Py_ssize_t room, size

    def __cinit__(self, meaning, key):
        self.meaning, self.key = meaning, key
        self.meanings = np.full(ASKED, UNKNOWN, np.uint16)

    def __dealloc__(self):
        free(self.text)

    def keys(self, list terms not None):
        """Give the key of each term; what is of a class made from str is left to the plain code."""
        return [self.folded(term) if type(term) is str else self.key(term) for term in terms]

    cdef str folded(self, str term):
        cdef int kind = self.ascii(term)
        if kind < 0:
            return self.key(term)
        if kind == TELLING:
            return self.key(PyUnicode_DecodeASCII(<char*> self.text, self.size, NULL))
        return self.plain()

    cdef int told(self, Py_UCS4 sign) except -1:
        """Tell what a sign beyond ASCII becomes; remembers."""
        if sign >= ASKED:
            return UNDECIDED
        if self.meanings[sign] == UNKNOWN:
            self.meanings[sign] = self.meaning(chr(sign))
        return self.meanings[sign]

    cdef int ascii(self, str term) except -2:
        """Write a term in ASCII; -1 where signs by themselves do not tell how, `TELLING` if it holds such a sign."""
        cdef Py_ssize_t at, size = len(term)
        cdef Py_UCS4 sign
        cdef void* wider
        if not term.isascii():
            # Asked beforehand: once writing has begun, no other code may run, which might fold as well.
            for at in range(size):
                sign = PyUnicode_READ_CHAR(term, at)
                if sign == 10 or (sign > SIGN and self.told(sign) & UNDECIDED):
                    return -1
        if size > self.room:
            wider = realloc(self.text, size)
            if wider == NULL:
                raise MemoryError
            self.text, self.room = <uint8_t*> wider, size
        return self.written(term)

    cdef int written(self, str term) noexcept:
        """Do what `ascii` does, when all signs are told and there is room."""
        cdef Py_ssize_t at
        cdef int meaning, kind, held = NOTHING
        cdef bint latin = False, looks = False
        cdef Py_UCS4 sign
        self.size = 0
        for at in range(len(term)):
            sign = PyUnicode_READ_CHAR(term, at)
            meaning = self.meanings[sign] if sign > SIGN else <int> sign
            kind = KINDS[meaning & SIGN]
            if meaning & DROPPED or kind == NOTHING:
                continue
            if kind == LETTER:
                looks |= (meaning & LOOKS) != 0
                latin |= meaning <= SIGN
            elif kind != DIGIT:  # the end of a word
                if looks and not latin:
                    return -1
                looks = latin = False
                held = TELLING if kind == TELLING else held
            self.text[self.size] = meaning & SIGN
            self.size += 1
        return -1 if looks and not latin else held

    cdef str plain(self):
        """Fold what `ascii` wrote, where nothing is told by what stands near: small letters, single blanks."""
        cdef Py_ssize_t at, count = 0
        cdef uint8_t sign
        cdef bint parted = False
        for at in range(self.size):
            sign = self.text[at]
            if KINDS[sign] == BLANK:
                parted = count > 0
                continue
            if parted:
                self.text[count] = 32
                count += 1
                parted = False
            self.text[count] = sign | 32 if 65 <= sign <= 90 else sign
            count += 1
        return PyUnicode_DecodeASCII(<char*> self.text, count, NULL)
