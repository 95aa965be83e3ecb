"""Say how two spellings differ, as named features: which edit, where, in how long a word, whether it made a real one.

The kinds of slip follow Damerau (1964): a letter left out, put in, replaced or swapped with its neighbour; keys that
lie side by side and doubled letters are likelier slips than others (Kernighan, Church & Gale, 1990).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping
from math import log
from typing import Final

from recommender.matcher.forms import SMALL_WORDS, WHOLE, singular, squeezed, stem
from recommender.matcher.synonyms import plain_english

__all__ = ["Features", "Slips", "breaks_capitals", "inflection", "many_slips", "typing_slips"]

Features = dict[str, float]
Slips = Callable[[str, str, Mapping[str, int]], Features | None]

_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
# A changed word of one or two letters is another abbreviation, not a slip.
SHORTEST_WORD: Final = 3
# A slip in a word this short makes a name that may well be another.
SHORT_WORD: Final = 5
# A shorter name with another letter is another name: Azure and Axure, Unity and unify.
LEAST_FOR_REPLACED: Final = 6
# A finger slips along the row more often than to another row: Solidity is not Solidify.
LEAST_FOR_OTHER_ROW: Final = 10
# Capitals inside a name are a short word of their own: OpenAPI is not OpenAI.
LONGEST_CAPITALS: Final = 3
# More changed words, or more slips, and it is another name.
MOST_CHANGED: Final = 2
# Two slips in one word leave a shorter word unrecognisable.
LEAST_FOR_TWO: Final = 8
_CAPITALS: Final = re.compile(r"[A-Z]+(?![a-z])")
_VOWELS: Final = frozenset("aeiouy")
# Letters that are written for each other because they sound alike.
_SOUNDS: Final = frozenset(
    ["ck", "kc", "cs", "sc", "sz", "zs", "fv", "vf", "td", "dt", "gj", "jg", "pb", "bp", "mn", "nm", "qk", "kq", "yi",
     "iy"]
)  # fmt: skip


def _beside(rows: tuple[str, ...]) -> dict[str, str]:
    return {c: row[max(0, i - 1) : i] + row[i + 1 : i + 2] for row in rows for i, c in enumerate(row)}


def _above(rows: tuple[str, ...]) -> dict[str, str]:
    """Keys touch the two of the row below that lie left and under them: t touches f and g."""
    found: dict[str, str] = {}
    for upper, lower in itertools.pairwise(rows):
        for i, c in enumerate(upper):
            for other in lower[max(0, i - 1) : i + 1]:
                found[c] = found.get(c, "") + other
                found[other] = found.get(other, "") + c
    return found


_BESIDE: Final = _beside(_ROWS)
_ABOVE: Final = _above(_ROWS)


def _first_difference(a: str, b: str) -> int:
    for i, (x, y) in enumerate(zip(a, b, strict=False)):
        if x != y:
            return i
    return min(len(a), len(b))


def _replaced(x: str, y: str) -> str:
    if y in _BESIDE.get(x, ""):
        return "beside"
    if x in _VOWELS and y in _VOWELS:
        return "vowel"
    if x + y in _SOUNDS:
        return "sound"
    return "above" if y in _ABOVE.get(x, "") else "other"


def _is_beside(letter: str, others: str) -> bool:
    """Tell whether the key of a letter lies beside that of any of others."""
    return any(letter in _BESIDE.get(c, "") + _ABOVE.get(c, "") for c in others)


def _one_edit(asked: str, held: str) -> tuple[str, int] | None:
    """Name the single edit that made ``asked`` of ``held``, and the place in ``held``; None if it takes more."""
    at = _first_difference(asked, held)
    longer = len(asked) - len(held)
    if longer == 0:
        if asked[at + 1 :] == held[at + 1 :]:
            return f"replaced {_replaced(asked[at], held[at])}", at
        if asked[at : at + 2] == held[at : at + 2][::-1] and asked[at + 2 :] == held[at + 2 :]:
            return "swapped", at
    elif longer == -1 and asked[at:] == held[at + 1 :]:
        doubled = held[at] in (held[at - 1 : at] if at else "") or held[at : at + 1] == held[at + 1 : at + 2]
        return ("undoubled" if doubled else "dropped"), at
    elif longer == 1 and asked[at + 1 :] == held[at:]:
        if at and asked[at] == asked[at - 1]:
            return "doubled", at - 1
        return ("added beside" if _is_beside(asked[at], held[max(0, at - 1) : at + 1]) else "added other"), at
    return None


def _marks(text: str) -> str:
    """Keep what no slip of the finger changes: digits and the signs that tell names apart."""
    joined = squeezed(text)
    return "" if joined.isalpha() else "".join([c for c in joined if not c.isalpha()])


def typing_slips(asked: str, held: str, known: Mapping[str, int]) -> Features | None:
    """Describe the slips that would make the key ``asked`` of the key ``held``; None where slips do not explain it.

    ``known`` counts the words of the vocabulary: a slip that happens to give a known word is more likely another name,
    and the words beside it say the less the more names hold them ("mining engineering", "mixing engineering").
    """
    if not asked.isalpha() and _marks(asked) != _marks(held):
        return None
    ours, theirs = asked.split(" "), held.split(" ")
    pairs = _changed(ours, theirs)
    if not 0 < len(pairs) <= MOST_CHANGED:
        return None
    found: Features = {"slip": 1.0, "letters": log(sum(map(len, theirs)))}
    if len(theirs) == 1:
        found["one word"] = 1.0
    if len(ours) != len(theirs):
        found["split too"] = 1.0
    if len(theirs) > 1 and len(ours) == len(theirs):
        rest = [known.get(b, 0) for a, b in zip(ours, theirs, strict=True) if a == b]
        found["open place"] = log(1 + min(rest)) if rest else 0.0
        found["changed letters"] = log(min(len(b) for _, b in pairs))
    edits = [_slip(a, b, known, found) for a, b in pairs]
    if 0 in edits or sum(edits) > MOST_CHANGED:
        return None
    if sum(edits) == MOST_CHANGED:
        found["two slips"] = 1.0
    return found


def many_slips() -> Slips:
    """Give `typing_slips`, compiled where it can be: for thousands of keys."""
    from recommender.kernels import kernel

    compiled = kernel("slips")
    if compiled is None:
        return typing_slips
    given = (stem, singular, _replaced, _is_beside, _one_slip, plain_english())
    return compiled.Slips(*given)  # type: ignore[no-any-return]


def _changed(ours: list[str], theirs: list[str]) -> list[tuple[str, str]]:
    """Pair the words that differ; where their number differs, the names as a whole."""
    if len(ours) == len(theirs):
        return [(a, b) for a, b in zip(ours, theirs, strict=True) if a != b]
    pair = squeezed(" ".join(ours)), squeezed(" ".join(theirs))
    return [] if any(_slips_in_short(words, _first_difference(*pair)) for words in (ours, theirs)) else [pair]


def _slips_in_short(words: list[str], at: int) -> bool:
    """Tell whether the letter at a place of the joined words lies in a word too short for slips."""
    for word in words:
        if at < len(squeezed(word)):
            return len(squeezed(word)) < SHORTEST_WORD
        at -= len(squeezed(word))
    return False


def _least_for(name: str) -> int:
    return LEAST_FOR_OTHER_ROW if name == "replaced above" else LEAST_FOR_REPLACED


def breaks_capitals(asked: str, held: str, name: str) -> bool:
    """Tell whether ``asked`` differs from ``held`` inside the capitals of the name that ``held`` folds.

    >>> breaks_capitals("openai", "openapi", "OpenAPI"), breaks_capitals("opnapi", "openapi", "OpenAPI")
    (True, False)
    """
    if len(name) != len(held) or name.isupper() or name.islower():
        return False
    at = _first_difference(asked, held)
    return any(
        run.start() <= at < run.end() and 1 < len(run[0]) <= LONGEST_CAPITALS for run in _CAPITALS.finditer(name)
    )


def _slip(asked: str, held: str, known: Mapping[str, int], found: Features) -> int:
    """Add the features of one changed word; give the number of edits, 0 where it is no slip."""
    if min(len(held), len(asked)) < SHORTEST_WORD or asked.removesuffix("s") == held.removesuffix("s"):
        return 0
    if stem(asked) == stem(held):
        found["inflected too"] = 1.0
    if _is_word(asked, known):
        if "one word" in found:
            return 0
        found["real word"] = 1.0
    if len(held) <= SHORT_WORD:
        found[f"word of {len(held)}"] = 1.0
    edit = _one_edit(asked, held)
    return _two_edits(asked, held, found) if edit is None else _one_slip(held, *edit, found)


def _is_word(word: str, known: Mapping[str, int]) -> bool:
    """Tell whether a word is one of the vocabulary's or of plain English: petrol is no slip of Petrel."""
    return any(form in known or form in plain_english() for form in (word, singular(word), word.removesuffix("s")))


def _two_edits(asked: str, held: str, found: Features) -> int:
    from rapidfuzz.distance import OSA

    if len(held) < LEAST_FOR_TWO or asked[0] != held[0] or OSA.distance(asked, held, score_cutoff=2) > 2:
        return 0
    if asked[-1] != held[-1]:
        found["last letter"] = 1.0
    return 2


def _one_slip(held: str, name: str, at: int, found: Features) -> int:
    if "one word" in found and name.startswith("replaced") and len(held) < _least_for(name):
        return 0
    found[name] = 1.0
    if name.startswith(("dropped", "replaced", "added")):
        found["unsure letters"] = log(len(held))
    if at == 0:
        found["first letter"] = 1.0
    elif at >= len(held) - 1:
        found[f"last letter {name.partition(' ')[0]}"] = 1.0
    return 1


_PERSON: Final = ("er", "ers", "or", "ors", "ist", "ists", "ian", "ant", "eer")


def _ending(word: str) -> str:
    """Name the kind of ending: who does it, doing it, or the thing."""
    if word in WHOLE:
        return "bare"
    if word.endswith(_PERSON):
        return "person"
    if word.endswith(("ing", "ings")):
        return "ing"
    return "noun" if word.endswith(("ion", "ions", "ment", "ments", "ance", "ence", "ity", "sis", "al")) else "bare"


def inflection(asked: list[str], held: list[str]) -> Features | None:
    """Describe how the endings of two names with the same stems differ; None where that makes another name.

    Who does something stands last: "supplier management" is no "supply management".
    """
    ours = {stem(w): w for w in asked if w not in SMALL_WORDS}
    theirs = {stem(w): w for w in held if w not in SMALL_WORDS}
    found: Features = {"inflection": 1.0, "inflection words": float(min(len(theirs), 5) - 1)}
    if len(theirs) == 1:
        found["inflection, one word"] = 1.0
    for shared, word in theirs.items():
        other = ours.get(shared, word)
        if other != word and singular(other) != singular(word):
            kinds = sorted([_ending(other), _ending(word)])
            if kinds[0] != kinds[1] and "person" in kinds and other != asked[-1] and word != held[-1]:
                return None
            name = f"{kinds[0]} for {kinds[1]}"
            found[name] = found.get(name, 0.0) + 1.0
    return found
