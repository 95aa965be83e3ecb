# cython: language_level=3, boundscheck=False, wraparound=False
"""Find the cue words that keys hold: the twin of `recommender.matcher.cues.PlainCues`."""

cdef class Cues:
    """Find cue words.

    Args:
        cues: the number of each cue, a word or some words with blanks in between.
        openers: the first words of the cues of several words.
        longest: how many words a cue has at most.
    """

    cdef dict cues
    cdef frozenset openers
    cdef Py_ssize_t longest

    def __init__(self, dict cues not None, frozenset openers not None, Py_ssize_t longest):
        self.cues, self.openers, self.longest = cues, openers, longest

    def found(self, list keys not None):
        """Give for each key the numbers of the cues that it holds as whole words: tuples."""
        cdef list all_found = [], words
        cdef str key, word
        cdef tuple none = ()
        cdef list held
        cdef bint opened
        for key in keys:
            if " " not in key:
                number = self.cues.get(key)
                all_found.append(none if number is None else (number,))
                continue
            words, held, opened = key.split(" "), None, False
            for word in words:
                number = self.cues.get(word)
                if number is not None:
                    if held is None:
                        held = []
                    held.append(number)
                opened = opened or word in self.openers
            if opened:
                held = (held or []) + self.of_several(words)
            all_found.append(tuple(held) if held else none)
        return all_found

    cdef list of_several(self, list words):
        """Find the cues of several words, shorter ones first."""
        cdef list found = [], places = [at for at, word in enumerate(words) if word in self.openers]
        cdef Py_ssize_t length, at
        for length in range(2, min(self.longest, len(words)) + 1):
            for at in places:
                if at + length <= len(words):
                    number = self.cues.get(" ".join(words[at : at + length]))
                    if number is not None:
                        found.append(number)
        return found
