"""Write recommender/characters.py: the tables of characters that folding needs.

    python data/scripts/make_characters.py            # writes the module
    python data/scripts/make_characters.py --check    # exit 1 if the module on disk differs

Invisible marks, dashes and spaces come from Python's own ``unicodedata`` (general categories of the Unicode Character
Database); the look-alikes are a hand-written choice of letters whose usual glyph equals a Latin letter, after Unicode
Technical Standard #39 (confusables). Only letters that are used to disguise Latin words are taken, not all of TS #39:
it also pairs letters that merely resemble each other in some fonts.
"""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

TARGET = Path(__file__).resolve().parents[2] / "recommender" / "characters.py"
UNICODE_CEILING = 0x3_2000  # assigned letters end below it; the tags of plane 14 are added by hand

LOOKALIKES = {
    # Cyrillic
    "а": "a", "в": "b", "с": "c", "ԁ": "d", "е": "e", "ё": "e", "ԍ": "g", "һ": "h", "і": "i", "ї": "i", "ј": "j",
    "к": "k", "ӏ": "l", "м": "m", "о": "o", "р": "p", "ԛ": "q", "г": "r", "ѕ": "s", "т": "t", "ѵ": "v", "ԝ": "w",
    "х": "x", "у": "y", "ү": "y", "н": "h", "п": "n",
    "А": "A", "В": "B", "С": "C", "Ԁ": "D", "Е": "E", "Ё": "E", "Ԍ": "G", "Н": "H", "Һ": "H", "І": "I", "Ї": "I",
    "Ј": "J", "К": "K", "М": "M", "О": "O", "Р": "P", "Ԛ": "Q", "Ѕ": "S", "Т": "T", "Ѵ": "V", "Ԝ": "W", "Х": "X",
    "У": "Y", "Ү": "Y", "Ӏ": "I",
    # Greek
    "α": "a", "β": "b", "ϲ": "c", "ε": "e", "η": "n", "ι": "i", "κ": "k", "ν": "v", "ο": "o", "ρ": "p", "τ": "t",
    "υ": "u", "χ": "x", "γ": "y", "ω": "w", "ϳ": "j",
    "Α": "A", "Β": "B", "Ϲ": "C", "Ε": "E", "Η": "H", "Ι": "I", "Ϳ": "J", "Κ": "K", "Μ": "M", "Ν": "N", "Ο": "O",
    "Ρ": "P", "Τ": "T", "Υ": "Y", "Χ": "X", "Ζ": "Z",
    # Armenian
    "օ": "o", "ս": "u", "հ": "h", "ո": "n", "ց": "g", "զ": "q", "ք": "p", "Ս": "U", "Օ": "O", "Տ": "S", "Լ": "L",
    # Cherokee, Lisu and others seen in disguised text
    "Ꭺ": "A", "Ᏼ": "B", "Ꮯ": "C", "Ꭼ": "E", "Ꮋ": "H", "Ꭻ": "J", "Ꮶ": "K", "Ꮮ": "L", "Ꮇ": "M", "Ꮲ": "P", "Ꮪ": "S",
    "Ꭲ": "T", "Ꮩ": "V", "Ꮃ": "W", "Ꮓ": "Z",
    # Latin letters that are no ASCII letters, yet look like one
    "ı": "i", "ɑ": "a", "ɡ": "g", "ɩ": "i", "ɪ": "i", "ʏ": "y", "ᴀ": "a", "ᴄ": "c", "ᴅ": "d", "ᴇ": "e", "ᴊ": "j",
    "ᴋ": "k", "ᴍ": "m", "ᴏ": "o", "ᴘ": "p", "ᴛ": "t", "ᴜ": "u", "ᴠ": "v", "ᴡ": "w", "ᴢ": "z", "ɴ": "n", "ʀ": "r",
    "ʙ": "b", "ɢ": "g", "ʜ": "h", "ʟ": "l", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ħ": "h",
}  # fmt: skip
APOSTROPHES = "'’‘‛ʼʻˈ′`´＇"
QUOTES = '"“”„‟«»‹›″〝〞＂'
SIGNS = {"™": "", "®": "", "©": "", "℠": "", "℗": "", "♯": "#", "﹟": "#", "⁺": "+", "➕": "+", "•": " "}
BULLETS = "•·●○◦▪▫■□►▸▶‣⁃➤➢➔→✓✔☑✅✦✧◆◇★☆*"
STARS = "★☆⭐🌟✩✪✫✬✭✮✯✰"
# Default-ignorable code points that are no format characters (Unicode DerivedCoreProperties).
OTHER_INVISIBLE = [0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2065, 0x3164, 0xFFA0, *range(0xFE00, 0xFE10),
                   *range(0x180B, 0x1810), *range(0xE0100, 0xE01F0), *range(0xE0020, 0xE0080), 0xE0001]  # fmt: skip
# Format characters that are drawn (Arabic number signs and the like) stay.
DRAWN_FORMATS = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}


def invisible() -> list[int]:
    """Collect code points that leave no mark on paper: format characters, controls that are no white space."""
    found = set(OTHER_INVISIBLE)
    for point in range(UNICODE_CEILING):
        character, category = chr(point), unicodedata.category(chr(point))
        if category == "Cf" and point not in DRAWN_FORMATS:
            found.add(point)
        if category == "Cc" and not character.isspace():
            found.add(point)
    return sorted(found)


def of_category(*names: str) -> list[int]:
    """Collect the code points of some general categories."""
    return [point for point in range(UNICODE_CEILING) if unicodedata.category(chr(point)) in names]


def ranges(points: list[int]) -> list[tuple[int, int]]:
    """Join neighbouring code points into inclusive ranges."""
    out: list[tuple[int, int]] = []
    for point in points:
        if out and out[-1][1] == point - 1:
            out[-1] = (out[-1][0], point)
        else:
            out.append((point, point))
    return out


def character_class(points: list[int]) -> str:
    """Write code points as the inside of a regular expression's character class, in ASCII."""

    def escape(point: int) -> str:
        return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"

    return "".join(escape(a) if a == b else f"{escape(a)}-{escape(b)}" for a, b in ranges(points))


def literal(name: str, text: str, comment: str) -> str:
    """Write one string constant, wrapped at 100 characters."""
    lines = [f"# {comment}", f"{name} = ("]
    step, at = 98, 0
    while at < len(text):
        end = min(len(text), at + step)
        while end < len(text) and "\\" in text[max(at, end - 10) : end] and text[end] != "\\" and end > at + 80:
            end -= 1  # never cut an escape in two
        lines.append(f'    r"{text[at:end]}"')
        at = end
    return "\n".join([*lines, ")"])


def module() -> str:
    """Write the whole module as text."""
    table = "\n".join(
        f'    "{source}": "{target}",  # {unicodedata.name(source)}' for source, target in LOOKALIKES.items()
    )
    signs = ", ".join(f"{k!a}: {v!a}" for k, v in SIGNS.items()).replace("'", '"')
    invisible_text = literal(
        "INVISIBLE",
        character_class(invisible()),
        "Characters that leave no mark on paper (Cf, Cc, default ignorable).",
    )
    dashes_text = literal(
        "DASHES",
        character_class(sorted({*of_category("Pd"), 0x2212, 0x2043, 0x2D7})),
        "Dashes, minus and hyphen bullet (Pd and kin).",
    )
    marks_text = literal(
        "MARKS",
        character_class([*of_category("Mn", "Mc", "Me")]),
        "Combining marks, which are parts of words in many scripts (Mn, Mc, Me).",
    )
    return f'''"""Hold tables of characters: look-alikes, invisible marks, dashes, quotes; nothing else.

Written by ``data/scripts/make_characters.py``, do not edit. Sources: general categories of the Unicode Character
Database as Python's ``unicodedata`` holds it; look-alikes chosen by hand after Unicode Technical Standard #39.
The classes are the inside of a regular expression's ``[...]``.
"""

from __future__ import annotations

from typing import Final

__all__ = ["APOSTROPHES", "BULLETS", "DASHES", "INVISIBLE", "LOOKALIKES", "MARKS", "QUOTES", "SIGNS", "STARS"]

# Letter that looks like an ASCII letter -> that letter (Unicode TS #39, letters used in disguised text).
LOOKALIKES: Final[dict[str, str]] = {{
{table}
}}

# Signs that are no part of a name, or stand for an ASCII sign; replaced before compatibility folding spells them out.
SIGNS: Final[dict[str, str]] = {{{signs}}}  # noqa: E501

# Written where ASCII writes an apostrophe.
APOSTROPHES: Final = {APOSTROPHES!a}

# Double quotation marks and guillemets.
QUOTES: Final = {QUOTES!a}

# Signs that open a list item.
BULLETS: Final = (
    {BULLETS[:14]!a}
    {BULLETS[14:]!a}
)

# Signs that rate a skill.
STARS: Final = {STARS!a}

{invisible_text}

{dashes_text}

{marks_text}
'''


def main() -> int:
    """Write the module, or with ``--check`` compare it."""
    text = module()
    if "--check" in sys.argv[1:]:
        return int(TARGET.read_text(encoding="utf-8") != text)
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
