"""Fold a raw term to its key: the form under which spellings of one name are equal.

Case, compatibility forms, look-alike letters in words that mix scripts, accents, invisible marks and punctuation that
carries no meaning are folded away; what tells names apart (``+`` and ``#`` after a word, dots inside and before a
word) stays.
One fixer is one small function; `key` and `explain` run the same fixers, so that the explanation cannot drift from the
result.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from recommender.characters import APOSTROPHES, INVISIBLE, LOOKALIKES, MARKS, SIGNS

__all__ = ["Step", "drop_invisible", "explain", "key", "keys", "look_alike_words", "replace_look_alikes"]

# A second round can find work that the first has made (a compatibility form that hid a look-alike). Three rounds were
# the most that any code point needed; the bound only guards against a fault.
MOST_ROUNDS: Final = 8

_SIGNS: Final = str.maketrans(SIGNS)
_CONTROLS: Final = {point: None for point in (*range(32), 127) if not chr(point).isspace()}
_LOOKALIKES: Final = str.maketrans(LOOKALIKES)
# What every ASCII character becomes where none of `_TELLING` is near: its small letter, itself, a blank or nothing.
_PLAIN: Final = {
    point: None if point in _CONTROLS else chr(point).lower() if chr(point).isalnum() else " " for point in range(128)
}
_TELLING: Final = re.compile(r"[.+#&'`]")
_LATIN: Final = re.compile(r"[a-zA-Z]")
# A word: dots inside it (node.js, 3.5) and one before it (.net) belong to it, and so do +, ++ and # that end it.
_END: Final = r"(?:\+\+(?!\+)|[+#](?![\w+#])|(?<=\b[a-z])#)?"

Fix = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Step:
    """Record one change on the way from a raw term to its meaning: what was done, the text before and after."""

    name: str
    before: str
    after: str


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """Compile when first needed: most terms are plain ASCII words and never need any."""
    letters = rf"(?:[^\W_]++|[{MARKS}]++)++"
    return re.compile(
        {
            "and": r"&(?:amp;)?",
            "apostrophe": rf"(?<=[^\W_])[{APOSTROPHES}](?=[^\W_])",
            "initials": r"(?:[^\W\d_]\.)+[^\W\d_]",
            "word": rf"(?:(?<![\w.])\.(?=[^\W\d_]))?[^\W_]+(?:\.[^\W_]+)*{_END}",
            "invisible": f"[{INVISIBLE}\ud800-\udfff]+",
            "marked word": rf"(?:(?<![\w.])\.(?=[^\W\d_]))?{letters}(?:\.{letters})*{_END}",
            "latin accents": f"(?<=[a-zA-Z])[{MARKS}]+",
            "letters": letters,
        }[name]
    )


def drop_invisible(text: str) -> str:
    """Drop marks that have no width, controls and lone surrogates."""
    return _pattern("invisible").sub("", text)


def _drop_controls(text: str) -> str:
    return text if text.isprintable() else text.translate(_CONTROLS)


def _replace_signs(text: str) -> str:
    return text.translate(_SIGNS)


def _compatibility_forms(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def replace_look_alikes(text: str) -> str:
    """Replace look-alikes in words that mix them with ASCII letters; a word of one other script is a word."""
    return _where_not_ascii(_replace_look_alikes, text)


def _where_not_ascii(fix: Fix, text: str) -> str:
    """Fix the parts between blanks that ASCII does not cover: mostly a few of many."""
    if text.isascii():
        return text
    return " ".join([part if part.isascii() else fix(part) for part in text.split(" ")])


def _replace_look_alikes(text: str) -> str:
    def replace(match: re.Match[str]) -> str:
        word = match[0]
        return word.translate(_LOOKALIKES) if _LATIN.search(word) else word

    latin = text.translate(_LOOKALIKES)
    if latin == text:
        return text
    if text.isalnum():  # one word
        return latin if _LATIN.search(text) else text
    return _pattern("letters").sub(replace, text)


def _case(text: str) -> str:
    return text.casefold()


def _accents(text: str) -> str:
    """Drop marks from Latin letters only: in other scripts they make another letter (й, が)."""
    return _where_not_ascii(_drop_accents, text)


def _drop_accents(text: str) -> str:
    return unicodedata.normalize("NFC", _pattern("latin accents").sub("", unicodedata.normalize("NFD", text)))


def _words(pattern: re.Pattern[str], text: str) -> str:
    if "&" in text:
        text = _pattern("and").sub(" and ", text)
    if "'" in text or "`" in text or not text.isascii():
        text = _pattern("apostrophe").sub("", text)
    words = pattern.findall(text)
    return " ".join([w.replace(".", "") if "." in w and _pattern("initials").fullmatch(w) else w for w in words])


def _ascii_punctuation(text: str) -> str:
    return _words(_pattern("word"), text) if _TELLING.search(text) else " ".join(text.translate(_PLAIN).split())


def _punctuation(text: str) -> str:
    return _words(_pattern("marked word"), text)


Fixer = tuple[str, Fix]
_ASCII_FIXERS: Final[tuple[Fixer, ...]] = (
    ("invisible marks", _drop_controls),
    ("case", str.lower),
    ("punctuation and spaces", _ascii_punctuation),
)
_FIXERS: Final[tuple[Fixer, ...]] = (
    ("invisible marks", drop_invisible),
    ("signs", _replace_signs),
    # Before compatibility folding, which makes another letter of some (U+03F2), and after it for those that it frees.
    ("look-alike letters", replace_look_alikes),
    ("full-width and other compatibility forms", _compatibility_forms),
    ("look-alike letters", replace_look_alikes),
    ("case", _case),
    ("accents", _accents),
    ("punctuation and spaces", _punctuation),
)


def _fold(term: str, steps: list[Step] | None) -> str:
    for _ in range(MOST_ROUNDS):
        start = term
        # On ASCII the other fixers change nothing; ASCII controls are no word characters.
        for name, fix in _ASCII_FIXERS if term.isascii() else _FIXERS:
            fixed = fix(term)
            if steps is not None and fixed != term:
                steps.append(Step(name, term, fixed))
            term = fixed
        # A second round would find nothing to do on ASCII.
        if term == start or term.isascii():
            break
    return term


def key(term: str) -> str:
    """Fold a term to its key, so that spellings of one name become equal and different names stay apart.

    Runs in time linear in the length of ``term``; never fails on any string. The result is idempotent under `key`, and
    empty when the term holds no letter and no digit.

    >>> key("Ｔensor\\u200bFlow™"), key("C#"), key("C++"), key("node.JS"), key("CI/CD"), key(" .NET ")
    ('tensorflow', 'c#', 'c++', 'node.js', 'ci cd', '.net')
    """
    if term.isascii() and not _TELLING.search(term):
        return " ".join(term.translate(_PLAIN).split())
    return _fold(term, None)


def keys(terms: Sequence[str]) -> list[str]:
    """Fold many terms, with the answers of `key`; those that are not ASCII are folded together, as one text.

    >>> keys(["C#", "Ｔensor\\u200bFlow™"])
    ['c#', 'tensorflow']
    """
    from recommender.kernels import kernel

    compiled = kernel("fold")
    if compiled is not None:
        return _folder(compiled)(list(terms))
    folded = [key(term) if term.isascii() else term for term in terms]
    # A line break would part a term in two.
    wide = [at for at, term in enumerate(terms) if not term.isascii() and "\n" not in term]
    for at, line in zip(wide, _fold_lines([terms[at] for at in wide]), strict=True):
        folded[at] = line
    return [key(term) if "\n" in term else done for term, done in zip(terms, folded, strict=True)]


@cache
def _folder(compiled: Any) -> Callable[[list[str]], list[str]]:
    """Give the compiled twin of `keys`, which remembers what signs become."""
    return compiled.Folder(_meaning, key).keys  # type: ignore[no-any-return]


def _meaning(sign: str) -> int:
    """Tell `recommender.kernels.fold` what a sign beyond ASCII becomes, wherever it stands: ASCII, or nothing.

    Gives the code of the ASCII sign, plus 128 for a look-alike and 256 for an accented letter, 512 for nothing and 1024
    where what stands near it tells.
    """
    undecided = 1024
    if not drop_invisible(sign):
        return 512
    if sign in SIGNS:
        return ord(SIGNS[sign] or "\0") or 512
    form = _compatibility_forms(sign)
    if form != sign:
        return ord(form) if len(form) == 1 and form.isascii() and form.isalnum() == sign.isalnum() else undecided
    if sign in LOOKALIKES:
        return ord(LOOKALIKES[sign]) + 128
    if sign in APOSTROPHES:
        return undecided if sign.isalpha() else ord("'")
    bare = _accents(f"a{_case(sign)}")[1:]
    if sign.isalpha():
        return ord(bare) + 256 if len(bare) == 1 and bare.isascii() and bare.isalpha() else undecided
    return undecided if sign.isalnum() or _pattern("letters").match(sign) or bare != sign else ord(" ")


def _fold_lines(lines: list[str]) -> list[str]:
    """Run the fixers over the lines of one text: none of them looks beyond a line break, or makes one."""
    folded = list(lines)
    asked = list(range(len(lines)))
    for _ in range(MOST_ROUNDS):
        before = [folded[at] for at in asked]
        text = "\n".join(before)
        for _, fix in _FIXERS[:-1]:
            text = fix(text)
        after = [key(line) if line.isascii() else _punctuation(line) for line in text.split("\n")] if asked else []
        for at, line in zip(asked, after, strict=True):
            folded[at] = line
        asked = [at for at, old, new in zip(asked, before, after, strict=True) if new != old and not new.isascii()]
    return folded


def explain(term: str) -> tuple[str, tuple[Step, ...]]:
    """Fold a term and tell how: the key, and each step that changed something.

    >>> folded, steps = explain("SEO!")
    >>> folded, [(step.name, step.after) for step in steps]
    ('seo', [('case', 'seo!'), ('punctuation and spaces', 'seo')])
    """
    steps: list[Step] = []
    return _fold(term, steps), tuple(steps)


def look_alike_words(folded: str) -> str:
    """Read words that hold nothing but look-alikes as the Latin words that they look like.

    `key` leaves them, for they may be words of their own script; a matcher may try this reading when it finds nothing.

    >>> look_alike_words(key("СЕО"))      # three Cyrillic letters
    'ceo'
    """
    if folded.isascii():
        return folded
    return " ".join([latin if (latin := word.translate(_LOOKALIKES)).isascii() else word for word in folded.split(" ")])
