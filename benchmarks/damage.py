"""Damage names as people and programs do: one function per kind, each None where the kind does not apply.

Used to fit and to check the calibration of the matcher and to compare it with baselines. Slips of the fingers fall on
inner and outer letters with the frequencies that studies of typing report: inner letters mostly (Pollock & Zamora,
1984).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from recommender.matcher.synonyms import mates

__all__ = ["KINDS", "WILD", "Damage"]

Damage = Callable[[str, Random], str | None]

BESIDE = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok", "o": "ipl", "p": "ol",  # noqa: E501
    "a": "sqz", "s": "adwx", "d": "sfec", "f": "dgrv", "g": "fhtb", "h": "gjyn", "j": "hkum", "k": "jli", "l": "ko",
    "z": "xa", "x": "zcs", "c": "xvd", "v": "cbf", "b": "vng", "n": "bmh", "m": "nj",
}  # fmt: skip
DISGUISES = {"a": "аα", "c": "сϲ", "e": "е", "i": "іι", "o": "оο", "p": "рρ", "s": "ѕ", "x": "хχ", "y": "у", "j": "ј",
             "A": "АΑ", "B": "ВΒ", "C": "С", "E": "ЕΕ", "H": "НΗ", "K": "КΚ", "M": "МΜ", "N": "Ν", "O": "ОΟ", "P": "РΡ",
             "S": "Ѕ", "T": "ТΤ", "X": "ХΧ", "Y": "Υ", "I": "ІΙ"}  # fmt: skip
HIDDEN = "\u200b\u200c\u200d\u2060\u00ad\ufeff\u200e"
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
ROW_SHARE = 0.75  # share of wrong keys that lie in the same row
LEAST_LETTERS = 6  # a slip in a shorter name leaves too little to tell it by
OUTER_SHARE = 0.06  # share of slips that fall on the first or last letter of a word


def _place(name: str, rng: Random) -> int | None:
    """Choose a letter to slip on; rarely one at the edge of a word."""
    if sum(c.isalpha() for c in name) < LEAST_LETTERS:
        return None
    letters = [i for i, c in enumerate(name) if c.isascii() and c.isalpha()]
    inner = [i for i in letters if 0 < i < len(name) - 1 and name[i - 1].isalpha() and name[i + 1].isalpha()]
    outer = sorted(set(letters) - set(inner))
    chosen = outer if outer and rng.random() < OUTER_SHARE else inner
    return rng.choice(chosen) if chosen else None


def left_out(name: str, rng: Random) -> str | None:
    """Leave one letter out."""
    at = _place(name, rng)
    return None if at is None else name[:at] + name[at + 1 :]


def pressed_twice(name: str, rng: Random) -> str | None:
    """Press one key twice."""
    at = _place(name, rng)
    return None if at is None else name[: at + 1] + name[at:]


def wrong_order(name: str, rng: Random) -> str | None:
    """Swap two neighbouring letters."""
    at = _place(name, rng)
    if at is None or at + 1 >= len(name) or not name[at + 1].isalpha() or name[at].lower() == name[at + 1].lower():
        return None
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def wrong_key(name: str, rng: Random) -> str | None:
    """Hit the key beside; three times of four one of the same row."""
    at = _place(name, rng)
    if at is None or name[at].lower() not in BESIDE:
        return None
    letter = name[at].lower()
    row = [c for c in BESIDE[letter] if any(letter in keys and c in keys for keys in ROWS)]
    near = row if rng.random() < ROW_SHARE else sorted(set(BESIDE[letter]) - set(row))
    return name[:at] + rng.choice(near or row) + name[at + 1 :]


def extra_key(name: str, rng: Random) -> str | None:
    """Touch a neighbouring key too."""
    at = _place(name, rng)
    if at is None or name[at].lower() not in BESIDE:
        return None
    return name[: at + 1] + rng.choice(BESIDE[name[at].lower()]) + name[at + 1 :]


def wrong_vowel(name: str, rng: Random) -> str | None:
    """Write one vowel for another, as those do who spell by ear."""
    at = [i for i in range(1, len(name) - 1) if name[i] in "aeiou"]
    if len(name) < LEAST_LETTERS + 2 or not at:
        return None
    i = rng.choice(at)
    return name[:i] + rng.choice([v for v in "aeiou" if v != name[i]]) + name[i + 1 :]


def two_slips(name: str, rng: Random) -> str | None:
    """Slip twice, in names long enough."""
    if sum(c.isalpha() for c in name) < 2 * LEAST_LETTERS:
        return None
    once = rng.choice(SLIPS)(name, rng)
    return rng.choice(SLIPS)(once, rng) if once else None


def disguised(name: str, rng: Random) -> str | None:
    """Swap letters for Cyrillic and Greek ones that look alike."""
    out = "".join(rng.choice(DISGUISES[c]) if c in DISGUISES and rng.random() < 0.5 else c for c in name)
    return out if out != name and any(c.isascii() and c.isalpha() for c in out) else None


def hidden_mark(name: str, rng: Random) -> str | None:
    """Put a character in that cannot be seen."""
    at = rng.randrange(1, len(name)) if len(name) > 1 else 0
    return name[:at] + rng.choice(HIDDEN) + name[at:] if at else None


def wide(name: str, rng: Random) -> str | None:  # noqa: ARG001
    """Write in full-width forms."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name)


def other_case(name: str, rng: Random) -> str | None:
    """Change upper and lower case."""
    out = rng.choice([name.upper(), name.lower(), name.title(), name.swapcase()])
    return out if out != name else None


def other_joint(name: str, rng: Random) -> str | None:
    """Join the words, or put hyphens or underscores between them."""
    out = re.sub(r"[ -]", rng.choice(["", "-", "_", "."]), name)
    return out if out != name and len(out) >= LEAST_LETTERS else None


def split_word(name: str, rng: Random) -> str | None:
    """Put a space where a capital stands inside a word."""
    at = [i for i in range(2, len(name) - 1) if name[i].isupper() and name[i - 1].islower()]
    return None if not at else (lambda i: name[:i] + " " + name[i:])(rng.choice(at))


def loose(name: str, rng: Random) -> str | None:
    """Leave spaces and stray punctuation around."""
    return (
        rng.choice([" ", "\t", "- ", "• "])
        + name.replace(" ", rng.choice(["  ", "\u00a0"]))
        + rng.choice([" ", ".", " ;", "…"])
    )


def other_number(name: str, rng: Random) -> str | None:  # noqa: ARG001
    """Write a singular in the plural."""
    if len(name) < 4 or not name[-1].isalpha() or not name[-1].islower():
        return None
    if name.endswith(
        ("s", "x", "z", "ch", "sh", "ing", "ics", "ware", "ment", "ion", "ity", "ism", "phy", "ogy", "ance")
    ):
        return None
    return name[:-1] + "ies" if name.endswith("y") and name[-2] not in "aeiou" else name + "s"


def turned_round(name: str, rng: Random) -> str | None:
    """Put the last word first, as a catalogue does, or without its comma."""
    words = name.split(" ")
    if not 2 <= len(words) <= 4 or not all(w.isalpha() for w in words):
        return None
    return words[-1] + rng.choice([", ", " "]) + " ".join(words[:-1])


def with_of(name: str, rng: Random) -> str | None:  # noqa: ARG001
    """Say "editing of photos" for "photo editing"."""
    words = name.split(" ")
    if (
        len(words) != 2
        or not words[1].endswith(("ing", "ment", "tion", "sis", "design"))
        or (not words[0].islower() and not words[0].istitle())
    ):
        return None
    return f"{words[1]} of {words[0]}"


def level(name: str, rng: Random) -> str | None:
    """Add a level, years or a phrase."""
    return rng.choice(
        ["{} (advanced)", "{} - expert", "{}: beginner", "{} (7 years)", "{}, 3 yrs", "{} skills", "Advanced {}", "Experienced in {}", "Basic {}",  # noqa: E501
         "Proficient in {}", "Knowledge of {}", "{} knowledge", "4+ years of {}", "{} ★★★★", "{} 8/10", "Strong {}"]
    ).format(name)  # fmt: skip


def repeated(name: str, rng: Random) -> str | None:
    """Give the initials with the name, or the name with its initials."""
    words = name.split(" ")
    if not 3 <= len(words) <= 5 or not all(w.isalpha() for w in words):
        return None
    short = "".join(w[0] for w in words).upper()
    return rng.choice([f"{name} ({short})", f"{short} ({name})"])


def said_otherwise(name: str, rng: Random) -> str | None:
    """Say one or two common words of a phrase with others, its verb as a noun, or leave a word of it out."""
    words = name.lower().split(" ")
    at = [i for i, word in enumerate(words) if mates(word)]
    if len(words) < 2 or not at:
        return None
    chosen = rng.sample(at, min(len(at), 2 if len(words) > 2 and rng.random() < 0.4 else 1))
    for i in chosen:
        words[i] = rng.choice(mates(words[i]))
    if len(words) > 3 and rng.random() < 0.25:
        words.pop(rng.choice([i for i in range(len(words)) if i not in chosen] or [0]))
    elif rng.random() < 0.3:
        i = chosen[0]
        words[i] = words[i].removesuffix("e") + "ing"
        words.append(words.pop(i)) if rng.random() < 0.4 else words.insert(i + 1, "of")
    return " ".join(words)


SLIPS: list[Damage] = [left_out, pressed_twice, wrong_order, wrong_key]
KINDS: dict[str, Damage] = {
    f.__name__: f
    for f in (left_out, pressed_twice, wrong_order, wrong_key, disguised, hidden_mark, wide, other_case, other_joint, loose,  # noqa: E501
              other_number, turned_round, level)
}  # fmt: skip
# Rarer and harder kinds: part of the fit, reported apart.
WILD: dict[str, Damage] = {
    f.__name__: f for f in (extra_key, wrong_vowel, two_slips, split_word, with_of, repeated, said_otherwise)
}
