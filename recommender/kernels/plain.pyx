# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Tell plain pieces of lists, each one term as it stands, from what must be looked at more closely."""

import numpy as np

from cpython.unicode cimport Py_UNICODE_ISALNUM, Py_UNICODE_ISALPHA
from libc.stdint cimport int32_t, int64_t, uint8_t
from libc.string cimport memcmp

from recommender.kernels.rows cimport check_bounds

cdef enum:
    LONGEST = 200  # bytes; longer pieces are left to the caller
    NO_BREAK = 0xA0  # a blank


def lengths(const int32_t[::1] bounds, const uint8_t[::1] text, frozenset joining, frozenset openings):
    """Return how many bytes of each piece are its one term: int64; 0 where the caller must look itself.

    Piece ``i`` is ``text[bounds[i]:bounds[i + 1]]``, in UTF-8, with no blanks around it. ``joining`` and ``openings``
    hold words in bytes: with one of the first among its words no piece is plain, and what begins with one of the second
    may be a qualifier. What is told here is what `recommender.pieces.plain` tells, where it is told.
    """
    cdef Py_ssize_t pieces = bounds.shape[0] - 1, at
    check_bounds(bounds, text.shape[0])
    found = np.zeros(pieces, np.int64)
    cdef int64_t[::1] found_of = found
    for at in range(pieces):
        if 0 < bounds[at + 1] - bounds[at] <= LONGEST:
            found_of[at] = length_of(&text[bounds[at]], bounds[at + 1] - bounds[at], joining, openings)
    return found


cdef Py_ssize_t length_of(const uint8_t *text, Py_ssize_t length, frozenset joining, frozenset openings) except -1:
    """Return how many bytes of a piece of at most LONGEST are its one term; words, blanks and dashes, then + and #."""
    cdef uint8_t[LONGEST] small
    cdef Py_ssize_t end = without_tail(text, length), body = end, at = 0, start = 0, step
    cdef int32_t sign, before = 0
    while end - body < 2 and body and (text[body - 1] == c"+" or text[body - 1] == c"#"):
        body -= 1
    body = without_marks(text, body)
    while at < body:
        sign = decoded(text + at, body - at, &step)
        if not may_stand(sign, before, text, at, body) or not (at or Py_UNICODE_ISALNUM(sign)):
            return 0
        at, before = at + step, sign
    if not is_word(before):
        return 0
    for at in range(end):
        small[at] = text[at] | 32 if is_letter(text[at]) else text[at]
    if may_qualify(text, small, end, openings):
        return 0
    for at in range(end + 1):
        if at == end or small[at] == c" " or (small[at] == 0xC2 and small[at + 1] == NO_BREAK):
            if at > start and small[start:at] in joining:
                return 0
            start = at + (2 if at < end and small[at] == 0xC2 else 1)
    return end


cdef Py_ssize_t without_tail(const uint8_t *text, Py_ssize_t end) noexcept:
    """Return where the blanks and full stops begin that end a piece."""
    while end:
        if text[end - 1] == c" " or text[end - 1] == c".":
            end -= 1
        elif end > 1 and text[end - 2] == 0xC2 and text[end - 1] == NO_BREAK:
            end -= 2
        else:
            break
    return end


cdef Py_ssize_t without_marks(const uint8_t *text, Py_ssize_t end) noexcept:
    """Return where the marks of no width begin that end a word."""
    while end:
        if end > 1 and not memcmp(text + end - 2, b"\xc2\xad", 2):
            end -= 2
        elif end > 2 and not (
            memcmp(text + end - 3, b"\xe2\x80\x8b", 3)
            and memcmp(text + end - 3, b"\xe2\x81\xa0", 3)
            and memcmp(text + end - 3, b"\xef\xbb\xbf", 3)
        ):
            end -= 3
        else:
            break
    return end


cdef bint may_stand(int32_t sign, int32_t before, const uint8_t *text, Py_ssize_t at, Py_ssize_t end) noexcept:
    """Tell whether a sign can stand in a plain piece, behind the sign ``before``."""
    cdef Py_ssize_t step
    if sign < 0:
        return False
    if sign == c" " or sign == NO_BREAK:
        return before != c"-"
    if sign == c"-":
        return before != c" " and before != NO_BREAK
    if sign == c"." or sign == c"'":
        return at + 1 < end and Py_UNICODE_ISALNUM(max(0, decoded(text + at + 1, end - at - 1, &step)))
    return is_word(sign) or sign == 0xAD or sign == 0x200B or sign == 0x2060 or sign == 0xFEFF


cdef inline bint is_letter(uint8_t sign) noexcept:
    return c"a" <= (sign | 32) <= c"z"


cdef inline bint is_word(int32_t sign) noexcept:
    """Tell letters, digits and the underscore, without letters that patterns take for an i, an s or a k as well."""
    if sign == 0x130 or sign == 0x131 or sign == 0x17F or sign == 0x212A:
        return False
    return sign == c"_" or Py_UNICODE_ISALNUM(sign)


cdef bint may_qualify(const uint8_t *text, const uint8_t *small, Py_ssize_t end, frozenset openings) except -1:
    """Tell whether a term may be a qualifier, as `recommender.text.is_qualifier` refuses it at first sight."""
    cdef Py_ssize_t at = 0, step
    while at < end and is_letter(text[at]):
        at += 1
    return small[:at] in openings if at else not Py_UNICODE_ISALPHA(decoded(text, end, &step))


cdef int32_t decoded(const uint8_t *text, Py_ssize_t length, Py_ssize_t *step) noexcept:
    """Return the sign that a text of UTF-8 begins with, and how many bytes it has; -1 where that is no UTF-8."""
    cdef int32_t sign = text[0], least
    cdef Py_ssize_t at
    step[0] = 1
    if sign < 0x80:
        return sign
    if 0xC2 <= sign < 0xE0:
        step[0], sign, least = 2, sign & 0x1F, 0x80
    elif 0xE0 <= sign < 0xF0:
        step[0], sign, least = 3, sign & 0x0F, 0x800
    elif 0xF0 <= sign < 0xF5:
        step[0], sign, least = 4, sign & 0x07, 0x10000
    else:
        return -1
    if step[0] > length:
        return -1
    for at in range(1, step[0]):
        if text[at] & 0xC0 != 0x80:
            return -1
        sign = sign << 6 | (text[at] & 0x3F)
    return sign if least <= sign <= 0x10FFFF and not 0xD800 <= sign < 0xE000 else -1
