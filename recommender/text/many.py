"""Split many skill lists at once, so that what decides how to part them is looked up together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from recommender.text.lists import Known, split_list, split_part

__all__ = ["UNSEEN", "Names", "split_many", "split_parts"]

UNSEEN: Final = object()
"""What `Names.recall` gives for a term that was not looked up yet."""

# What a list asks depends on answers before: "A with B" asks for B when A is known. Few ask more often than this.
MOST_ROUNDS: Final = 4


class Names(Protocol):
    """Tell which skills terms mean by themselves; looking many up together may be far cheaper than one by one."""

    def known(self, term: str) -> object:
        """Tell which skill a term means, None if none; see `split_list`."""

    def recall(self, term: str) -> object:
        """Tell the same of a term that was looked up before, `UNSEEN` of any other."""

    def look_up(self, terms: Sequence[str]) -> None:
        """Find out about some terms, for `recall`."""


def split_many(texts: Sequence[str], names: Names | None = None) -> list[list[str]]:
    """Split each text into its terms, as `split_list` does with what the names know.

    Lists are split on the guess that what was not looked up is unknown; those that asked for it are split again after
    all that was asked for has been looked up.

    >>> split_many(["go, rust", "Word and Excel"])
    [['go', 'rust'], ['Word and Excel']]
    """
    return _split_all(_split, texts, names)


def split_parts(texts: Sequence[str], names: Names | None = None) -> list[list[str]]:
    """Split parts of lists into their terms, as `recommender.text.lists.split_part` does with what the names know."""
    return _split_all(split_part, texts, names)


def _split(text: str, known: Known | None) -> list[str]:
    return [piece.term for piece in split_list(text, known)]


def _split_all(
    split: Callable[[str, Known | None], list[str]], texts: Sequence[str], names: Names | None
) -> list[list[str]]:
    if names is None:
        return [split(text, None) for text in texts]
    found: dict[int, list[str]] = {}
    left = list(range(len(texts)))
    unseen: list[str] = []

    def guess(term: str) -> object:
        value = names.recall(term)
        if value is UNSEEN:
            unseen.append(term)
            return None
        return value

    for _ in range(MOST_ROUNDS):
        unseen.clear()
        still = []
        for at in left:
            before = len(unseen)
            found[at] = split(texts[at], guess)
            if len(unseen) > before:
                still.append(at)
        names.look_up(list(dict.fromkeys(unseen)))
        left = still
    for at in left:
        found[at] = split(texts[at], names.known)
    return [found[at] for at in range(len(texts))]
