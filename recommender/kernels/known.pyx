# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Tell known terms from unknown ones, and those that say no more than their key from those to be read more closely.

The twin of `recommender.matcher.bulk.told_apart`; what it cannot tell from ASCII letters is asked of the plain code.
"""

from cpython.unicode cimport PyUnicode_AsUTF8AndSize

cdef enum:
    DASH = 45
    BLANK = 32


cdef class Known:
    """Tell terms apart.

    Args:
        codes: what each known key stands for: a skill's number, or ``~number``.
        forms: the keys of ambiguous forms.
        longest: longer keys are looked up, and not searched for.
        refused: the number of no skill.
        words: the words that open a qualifier, those that end one, and those that are shortened (frozensets).
        marks: the signs that may set a qualifier off.
        may_be_read: tells of a term and its key whether it can be read in another way than as its key.
    """

    cdef dict codes
    cdef frozenset openers, enders, shortened
    cdef object forms, may_be_read, refused
    cdef Py_ssize_t longest
    cdef bint[128] marked

    def __init__(self, dict codes not None, forms, Py_ssize_t longest, refused, tuple words, str marks, may_be_read):
        self.codes, self.forms, self.longest, self.refused = codes, forms, longest, refused
        self.openers, self.enders, self.shortened = words
        self.may_be_read = may_be_read
        self.marked = [False] * 128
        for mark in marks:
            if mark.isascii():
                self.marked[<int> ord(mark)] = True

    def told_apart(self, terms not None, list keys not None):
        """Give what terms with these keys stand for, and the places of those to be searched for: plain ones, others."""
        cdef list found = [], plain = [], others = []
        cdef str key
        cdef object code, form
        cdef Py_ssize_t at = 0
        for term, key in zip(terms, keys, strict=True):
            form, number = None, self.refused
            if key in self.forms:
                form = key
            else:
                code = self.codes.get(key)
                if code is not None:
                    number = code if code >= 0 else ~code
                elif 0 < len(key) <= self.longest:
                    (others if self.may_say_more(str(term), key) else plain).append(at)
            found.append((key, form, number))
            at += 1
        return found, plain, others

    cdef bint may_say_more(self, str term, str key) except -1:
        """Tell whether a term can be read otherwise; more often than it can."""
        cdef list words
        if not (term.isascii() and key.isascii()):
            return self.may_be_read(term, key)
        words = key.split(" ")
        if words[0] in self.openers or words[len(words) - 1] in self.enders or not self.shortened.isdisjoint(words):
            return True
        return self.is_marked(term)

    cdef bint is_marked(self, str term) except -1:
        """Tell whether a term of ASCII holds a mark, or a dash beside a blank or a control."""
        cdef Py_ssize_t at, size
        cdef const unsigned char* text = <const unsigned char*> PyUnicode_AsUTF8AndSize(term, &size)
        for at in range(size):
            if self.marked[text[at]]:
                return True
            if text[at] == DASH and ((at and text[at - 1] <= BLANK) or (at + 1 < size and text[at + 1] <= BLANK)):
                return True
        return False
