"""Say words for each other in names of tasks; for ranking candidates, never for a match.

What is done (monitor, watch), with what (tool, device), for whom (client, customer), from the table that
`recommender.thesaurus` reads. "run" is said for "operate" and for "manage", which are hardly said for each other:
so words have graded likeness to words, not classes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

from recommender import thesaurus
from recommender.matcher.forms import stem

__all__ = ["mates", "plain_english", "plain_words", "said_for"]

# How far one word stands for another, by the kind of the row that holds both, where 1 is the word itself. Judged, not
# fitted: what matters is that spellings come before near words and these before looser ones.
STRENGTHS: Final = {"same": 0.92, "near": 0.75, "group": 0.6}
# Two words that are both said for a third are said for each other less surely.
BOTH_FOR_ANOTHER: Final = 0.5
# Words of one stem share so many first letters, by which rows are found; but an e may be the stem's own: line, lining.
OPENING: Final = 4


@lru_cache(maxsize=1 << 14)
def said_for(word: str) -> Mapping[str, float]:
    """Give the stems of the words that a word is said for, with how far, from 0 to 1; no words for a name.

    >>> said_for("supervising")["monit"], said_for("python")
    (0.75, {})
    """
    root = stem(word)
    found: dict[str, float] = {}
    for kind, head, others in thesaurus.rows_with(root[:OPENING].removesuffix("e")):
        if kind == "phrase":
            continue
        stems = [stem(head), *map(stem, others)]
        if root not in stems:
            continue
        for other in stems:
            apart = kind == "near" and stems[0] not in (root, other)
            strength = BOTH_FOR_ANOTHER if apart else STRENGTHS[kind]
            if other != root and found.get(other, 0.0) < strength:
                found[other] = strength
    return found


def mates(word: str) -> list[str]:
    """List the words, as the table writes them, that a word is often said for.

    >>> "watch" in mates("monitor"), mates("python")
    (True, [])
    """
    root = stem(word)
    found: dict[str, None] = {}
    for kind, head, others in thesaurus.rows_with(root[:OPENING].removesuffix("e")):
        if kind != "phrase" and root in map(stem, (head, *others)):
            leads = kind != "near" or stem(head) == root
            found.update(dict.fromkeys((head, *others) if leads else (head,)))
    return [mate for mate in found if stem(mate) != root]


def plain_english() -> frozenset[str]:
    """Hold the words of the table: common words of English, which are no misspellings."""
    return thesaurus.words()


@cache
def _phrases() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """Hold the phrases by the stem of their first word: the stems that follow and the plain word, longest first."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for phrase, plain in thesaurus.phrases():
        first, *rest = map(stem, phrase.split(" "))
        found.setdefault(first, []).append((tuple(rest), plain))
    for held in found.values():
        held.sort(key=lambda phrase: -len(phrase[0]))
    return found


def plain_words(words: list[str]) -> list[str]:
    """Say phrases in one word, in any inflection.

    >>> plain_words(["pointing", "out", "faults"]), plain_words(["data", "entry"])
    (['identify', 'faults'], ['data', 'entry'])
    """
    if len(words) == 1:
        return words
    stems = [stem(word) for word in words]
    held, said, at = _phrases(), [], 0
    while at < len(words):
        for rest, plain in held.get(stems[at], ()):
            if tuple(stems[at + 1 : at + 1 + len(rest)]) == rest:
                said.append(plain)
                at += 1 + len(rest)
                break
        else:
            said.append(words[at])
            at += 1
    return said
