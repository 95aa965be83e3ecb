"""Find the cue words that keys hold: what a term says about the ambiguous forms beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from recommender.kernels import kernel

__all__ = ["Cues", "PlainCues", "cues_of"]


class Cues(Protocol):
    """Find cue words."""

    def found(self, keys: Sequence[str]) -> list[tuple[int, ...]]:
        """Give for each key the numbers of the cues that it holds as whole words."""


class PlainCues:
    """Find cue words in keys.

    Args:
        cues: the number of each cue, a word or some words with blanks in between.

    >>> PlainCues({"tax": 0, "tax law": 1, "law": 2}).found(["tax law firm", "in law", "taxi"])
    [(0, 2, 1), (2,), ()]
    """

    def __init__(self, cues: Mapping[str, int]) -> None:
        self._cues = cues
        # Few keys hold one of the words that cues of several words begin with.
        self._openers, self._longest = _several(cues)

    def found(self, keys: Sequence[str]) -> list[tuple[int, ...]]:
        """Give for each key the numbers of its cues: words in its order, then runs of words, shorter ones first."""
        return [self._found(key) for key in keys]

    def _found(self, key: str) -> tuple[int, ...]:
        cues, words = self._cues, key.split(" ")
        found = [cues[word] for word in words if word in cues]
        if not self._openers.isdisjoint(words):
            places = [at for at, word in enumerate(words) if word in self._openers]
            for length in range(2, min(self._longest, len(words)) + 1):
                runs = [" ".join(words[at : at + length]) for at in places if at + length <= len(words)]
                found += [cues[run] for run in runs if run in cues]
        return tuple(found)


def _several(cues: Mapping[str, int]) -> tuple[frozenset[str], int]:
    """Give the first words of the cues of several words, and how many words a cue has at most."""
    openers = frozenset(cue.partition(" ")[0] for cue in cues if " " in cue)
    return openers, max((cue.count(" ") + 1 for cue in cues), default=0)


def cues_of(cues: Mapping[str, int]) -> Cues:
    """Find cues, compiled where it can be."""
    compiled = kernel("cues")
    return PlainCues(cues) if compiled is None else compiled.Cues(dict(cues), *_several(cues))
