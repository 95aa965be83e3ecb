# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Say how two spellings differ: the twin of `recommender.matcher.differences.typing_slips`.

What is rare or needs tables of letters is asked of the plain code, which the caller hands over.
"""

from libc.math cimport log

from cpython.unicode cimport PyUnicode_READ_CHAR

cdef enum:
    SHORTEST_WORD = 3
    SHORT_WORD = 5
    MOST_CHANGED = 2
    LEAST_FOR_TWO = 8


cdef Py_UCS4 sign(str text, Py_ssize_t at):
    return PyUnicode_READ_CHAR(text, at)


cdef Py_ssize_t next_mark(str text, Py_ssize_t at):
    """Give the place of the next sign that is no letter, blank or dot."""
    cdef Py_UCS4 one
    while at < len(text):
        one = sign(text, at)
        if one != 32 and one != 46 and not one.isalpha():
            break
        at += 1
    return at


cdef bint same_marks(str asked, str held):
    """Tell whether two keys hold the same signs that no slip of the finger changes."""
    cdef Py_ssize_t i = next_mark(asked, 0), j = next_mark(held, 0)
    while i < len(asked) and j < len(held):
        if sign(asked, i) != sign(held, j):
            return False
        i, j = next_mark(asked, i + 1), next_mark(held, j + 1)
    return i == len(asked) and j == len(held)


cdef Py_ssize_t first_difference(str a, str b):
    cdef Py_ssize_t at = 0, end = min(len(a), len(b))
    while at < end and sign(a, at) == sign(b, at):
        at += 1
    return at


cdef bint same_rest(str a, Py_ssize_t i, str b, Py_ssize_t j):
    """Tell whether the ends of two strings are equal."""
    if len(a) - i != len(b) - j:
        return False
    while i < len(a) and sign(a, i) == sign(b, j):
        i, j = i + 1, j + 1
    return i >= len(a)


cdef bint within(str a, Py_ssize_t i, str b, Py_ssize_t j, int edits):
    """Tell whether so many edits make one end of the other, a swap of letters side by side being one (OSA)."""
    cdef Py_ssize_t n, m
    while i < len(a) and j < len(b) and sign(a, i) == sign(b, j):
        i, j = i + 1, j + 1
    n, m = len(a) - i, len(b) - j
    if not n or not m or not edits:
        return n + m <= edits
    if n - m > edits or m - n > edits:
        return False
    if within(a, i + 1, b, j + 1, edits - 1) or within(a, i + 1, b, j, edits - 1) or within(a, i, b, j + 1, edits - 1):
        return True
    return (
        n > 1 and m > 1 and sign(a, i) == sign(b, j + 1) and sign(a, i + 1) == sign(b, j)
        and within(a, i + 2, b, j + 2, edits - 1)
    )


cdef str singularly(str word):
    return word[:len(word) - 1] if word and sign(word, len(word) - 1) == 115 else word


cdef bint too_short(list words, Py_ssize_t at):
    """Tell whether the letter at a place of the joined words lies in a word too short for slips."""
    cdef str word
    cdef Py_ssize_t size
    for word in words:
        size = len(squeezed(word))
        if at < size:
            return size < SHORTEST_WORD
        at -= size
    return False


cdef str squeezed(str text):
    return text.replace(" ", "").replace(".", "")


cdef class Slips:
    """Describe slips; called like `typing_slips`.

    Args:
        stem, singular: give the stem of a word, and the word in the singular.
        replaced: names how a letter stands for another.
        beside: tells whether a letter lies on the keyboard beside any of others.
        one_slip: adds the features of a single named edit, and gives 1, or 0 where it is no slip.
        plain: words of plain English (frozenset).
    """

    cdef object stem, singular, replaced, beside, one_slip
    cdef frozenset plain
    cdef dict names

    def __init__(self, stem, singular, replaced, beside, one_slip, frozenset plain not None):
        self.stem, self.singular, self.replaced, self.beside = stem, singular, replaced, beside
        self.one_slip, self.plain = one_slip, plain
        self.names = {}

    def __call__(self, str asked not None, str held not None, dict known not None):
        """Give the features (dict) of the slips that make one key of another, None where none do."""
        cdef list ours, theirs, pairs = []
        cdef str a, b
        cdef Py_ssize_t at, least = -1, size, shortest = 0
        cdef int edits, all_edits = 0
        cdef dict found
        if not asked.isalpha() and not same_marks(asked, held):
            return None
        ours, theirs = asked.split(" "), held.split(" ")
        if len(ours) == len(theirs):
            for at in range(len(ours)):
                a, b = ours[at], theirs[at]
                if a == b:
                    size = known.get(b, 0)
                    least = size if least < 0 or size < least else least
                else:
                    shortest = len(b) if not pairs or len(b) < shortest else shortest
                    pairs.append((a, b))
        else:
            a, b = squeezed(asked), squeezed(held)
            at = first_difference(a, b)
            if too_short(ours, at) or too_short(theirs, at):
                return None
            pairs.append((a, b))
        if not 0 < len(pairs) <= MOST_CHANGED:
            return None
        found = {"slip": 1.0, "letters": log(len(held) - len(theirs) + 1)}
        if len(theirs) == 1:
            found["one word"] = 1.0
        if len(ours) != len(theirs):
            found["split too"] = 1.0
        elif len(theirs) > 1:
            found["open place"] = log(1 + least) if least >= 0 else 0.0
            found["changed letters"] = log(shortest)
        for a, b in pairs:
            edits = self.slip(a, b, known, found, len(theirs) == 1)
            all_edits += edits
            if not edits or all_edits > MOST_CHANGED:
                return None
        if all_edits == MOST_CHANGED:
            found["two slips"] = 1.0
        return found

    cdef int slip(self, str asked, str held, dict known, dict found, bint alone) except -1:
        """Add the features of one changed word; give the number of edits, 0 where it is no slip."""
        cdef Py_ssize_t at = 0
        cdef str name
        if len(held) < SHORTEST_WORD or len(asked) < SHORTEST_WORD or singularly(asked) == singularly(held):
            return 0
        if self.stem(asked) == self.stem(held):
            found["inflected too"] = 1.0
        if self.is_word(asked, known):
            if alone:
                return 0
            found["real word"] = 1.0
        if len(held) <= SHORT_WORD:
            found[f"word of {len(held)}"] = 1.0
        name = self.one_edit(asked, held, &at)
        if name is not None:
            return self.one_slip(held, name, at, found)
        if len(held) < LEAST_FOR_TWO or sign(asked, 0) != sign(held, 0) or not within(asked, 0, held, 0, 2):
            return 0
        if sign(asked, len(asked) - 1) != sign(held, len(held) - 1):
            found["last letter"] = 1.0
        return 2

    cdef bint is_word(self, str word, dict known) except -1:
        cdef str form
        for form in (word, self.singular(word), singularly(word)):
            if form in known or form in self.plain:
                return True
        return False

    cdef str one_edit(self, str asked, str held, Py_ssize_t* place):
        """Name the single edit that made one word of another, and give its place; None if it takes more."""
        cdef Py_ssize_t at = first_difference(asked, held), longer = len(asked) - len(held)
        place[0] = at
        if longer == 0:
            if same_rest(asked, at + 1, held, at + 1):
                return self.name_of(asked[at] + held[at])
            if (
                sign(asked, at) == sign(held, at + 1) and sign(asked, at + 1) == sign(held, at)
                and same_rest(asked, at + 2, held, at + 2)
            ):
                return "swapped"
        elif longer == -1 and same_rest(asked, at, held, at + 1):
            if at and sign(held, at) == sign(held, at - 1):
                return "undoubled"
            return "undoubled" if at + 1 < len(held) and sign(held, at) == sign(held, at + 1) else "dropped"
        elif longer == 1 and same_rest(asked, at + 1, held, at):
            if at and sign(asked, at) == sign(asked, at - 1):
                place[0] = at - 1
                return "doubled"
            return "added beside" if self.beside(asked[at], held[max(0, at - 1) : at + 1]) else "added other"
        return None

    cdef str name_of(self, str letters):
        """Name how the first letter stands for the second; remembers letters, not signs of other scripts."""
        cdef str name = self.names.get(letters)
        if name is None:
            name = "replaced " + <str> self.replaced(letters[0], letters[1])
            if letters.isascii():
                self.names[letters] = name
        return name
