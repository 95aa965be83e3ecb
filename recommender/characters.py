"""Hold tables of characters: look-alikes, invisible marks, dashes, quotes; nothing else.

Written by ``data/scripts/make_characters.py``, do not edit. Sources: general categories of the Unicode Character
Database as Python's ``unicodedata`` holds it; look-alikes chosen by hand after Unicode Technical Standard #39.
The classes are the inside of a regular expression's ``[...]``.
"""

from __future__ import annotations

from typing import Final

__all__ = ["APOSTROPHES", "BULLETS", "DASHES", "INVISIBLE", "LOOKALIKES", "MARKS", "QUOTES", "SIGNS", "STARS"]

# Letter that looks like an ASCII letter -> that letter (Unicode TS #39, letters used in disguised text).
LOOKALIKES: Final[dict[str, str]] = {
    "а": "a",  # CYRILLIC SMALL LETTER A
    "в": "b",  # CYRILLIC SMALL LETTER VE
    "с": "c",  # CYRILLIC SMALL LETTER ES
    "ԁ": "d",  # CYRILLIC SMALL LETTER KOMI DE
    "е": "e",  # CYRILLIC SMALL LETTER IE
    "ё": "e",  # CYRILLIC SMALL LETTER IO
    "ԍ": "g",  # CYRILLIC SMALL LETTER KOMI SJE
    "һ": "h",  # CYRILLIC SMALL LETTER SHHA
    "і": "i",  # CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I
    "ї": "i",  # CYRILLIC SMALL LETTER YI
    "ј": "j",  # CYRILLIC SMALL LETTER JE
    "к": "k",  # CYRILLIC SMALL LETTER KA
    "ӏ": "l",  # CYRILLIC SMALL LETTER PALOCHKA
    "м": "m",  # CYRILLIC SMALL LETTER EM
    "о": "o",  # CYRILLIC SMALL LETTER O
    "р": "p",  # CYRILLIC SMALL LETTER ER
    "ԛ": "q",  # CYRILLIC SMALL LETTER QA
    "г": "r",  # CYRILLIC SMALL LETTER GHE
    "ѕ": "s",  # CYRILLIC SMALL LETTER DZE
    "т": "t",  # CYRILLIC SMALL LETTER TE
    "ѵ": "v",  # CYRILLIC SMALL LETTER IZHITSA
    "ԝ": "w",  # CYRILLIC SMALL LETTER WE
    "х": "x",  # CYRILLIC SMALL LETTER HA
    "у": "y",  # CYRILLIC SMALL LETTER U
    "ү": "y",  # CYRILLIC SMALL LETTER STRAIGHT U
    "н": "h",  # CYRILLIC SMALL LETTER EN
    "п": "n",  # CYRILLIC SMALL LETTER PE
    "А": "A",  # CYRILLIC CAPITAL LETTER A
    "В": "B",  # CYRILLIC CAPITAL LETTER VE
    "С": "C",  # CYRILLIC CAPITAL LETTER ES
    "Ԁ": "D",  # CYRILLIC CAPITAL LETTER KOMI DE
    "Е": "E",  # CYRILLIC CAPITAL LETTER IE
    "Ё": "E",  # CYRILLIC CAPITAL LETTER IO
    "Ԍ": "G",  # CYRILLIC CAPITAL LETTER KOMI SJE
    "Н": "H",  # CYRILLIC CAPITAL LETTER EN
    "Һ": "H",  # CYRILLIC CAPITAL LETTER SHHA
    "І": "I",  # CYRILLIC CAPITAL LETTER BYELORUSSIAN-UKRAINIAN I
    "Ї": "I",  # CYRILLIC CAPITAL LETTER YI
    "Ј": "J",  # CYRILLIC CAPITAL LETTER JE
    "К": "K",  # CYRILLIC CAPITAL LETTER KA
    "М": "M",  # CYRILLIC CAPITAL LETTER EM
    "О": "O",  # CYRILLIC CAPITAL LETTER O
    "Р": "P",  # CYRILLIC CAPITAL LETTER ER
    "Ԛ": "Q",  # CYRILLIC CAPITAL LETTER QA
    "Ѕ": "S",  # CYRILLIC CAPITAL LETTER DZE
    "Т": "T",  # CYRILLIC CAPITAL LETTER TE
    "Ѵ": "V",  # CYRILLIC CAPITAL LETTER IZHITSA
    "Ԝ": "W",  # CYRILLIC CAPITAL LETTER WE
    "Х": "X",  # CYRILLIC CAPITAL LETTER HA
    "У": "Y",  # CYRILLIC CAPITAL LETTER U
    "Ү": "Y",  # CYRILLIC CAPITAL LETTER STRAIGHT U
    "Ӏ": "I",  # CYRILLIC LETTER PALOCHKA
    "α": "a",  # GREEK SMALL LETTER ALPHA
    "β": "b",  # GREEK SMALL LETTER BETA
    "ϲ": "c",  # GREEK LUNATE SIGMA SYMBOL
    "ε": "e",  # GREEK SMALL LETTER EPSILON
    "η": "n",  # GREEK SMALL LETTER ETA
    "ι": "i",  # GREEK SMALL LETTER IOTA
    "κ": "k",  # GREEK SMALL LETTER KAPPA
    "ν": "v",  # GREEK SMALL LETTER NU
    "ο": "o",  # GREEK SMALL LETTER OMICRON
    "ρ": "p",  # GREEK SMALL LETTER RHO
    "τ": "t",  # GREEK SMALL LETTER TAU
    "υ": "u",  # GREEK SMALL LETTER UPSILON
    "χ": "x",  # GREEK SMALL LETTER CHI
    "γ": "y",  # GREEK SMALL LETTER GAMMA
    "ω": "w",  # GREEK SMALL LETTER OMEGA
    "ϳ": "j",  # GREEK LETTER YOT
    "Α": "A",  # GREEK CAPITAL LETTER ALPHA
    "Β": "B",  # GREEK CAPITAL LETTER BETA
    "Ϲ": "C",  # GREEK CAPITAL LUNATE SIGMA SYMBOL
    "Ε": "E",  # GREEK CAPITAL LETTER EPSILON
    "Η": "H",  # GREEK CAPITAL LETTER ETA
    "Ι": "I",  # GREEK CAPITAL LETTER IOTA
    "Ϳ": "J",  # GREEK CAPITAL LETTER YOT
    "Κ": "K",  # GREEK CAPITAL LETTER KAPPA
    "Μ": "M",  # GREEK CAPITAL LETTER MU
    "Ν": "N",  # GREEK CAPITAL LETTER NU
    "Ο": "O",  # GREEK CAPITAL LETTER OMICRON
    "Ρ": "P",  # GREEK CAPITAL LETTER RHO
    "Τ": "T",  # GREEK CAPITAL LETTER TAU
    "Υ": "Y",  # GREEK CAPITAL LETTER UPSILON
    "Χ": "X",  # GREEK CAPITAL LETTER CHI
    "Ζ": "Z",  # GREEK CAPITAL LETTER ZETA
    "օ": "o",  # ARMENIAN SMALL LETTER OH
    "ս": "u",  # ARMENIAN SMALL LETTER SEH
    "հ": "h",  # ARMENIAN SMALL LETTER HO
    "ո": "n",  # ARMENIAN SMALL LETTER VO
    "ց": "g",  # ARMENIAN SMALL LETTER CO
    "զ": "q",  # ARMENIAN SMALL LETTER ZA
    "ք": "p",  # ARMENIAN SMALL LETTER KEH
    "Ս": "U",  # ARMENIAN CAPITAL LETTER SEH
    "Օ": "O",  # ARMENIAN CAPITAL LETTER OH
    "Տ": "S",  # ARMENIAN CAPITAL LETTER TIWN
    "Լ": "L",  # ARMENIAN CAPITAL LETTER LIWN
    "Ꭺ": "A",  # CHEROKEE LETTER GO
    "Ᏼ": "B",  # CHEROKEE LETTER YV
    "Ꮯ": "C",  # CHEROKEE LETTER TLI
    "Ꭼ": "E",  # CHEROKEE LETTER GV
    "Ꮋ": "H",  # CHEROKEE LETTER MI
    "Ꭻ": "J",  # CHEROKEE LETTER GU
    "Ꮶ": "K",  # CHEROKEE LETTER TSO
    "Ꮮ": "L",  # CHEROKEE LETTER TLE
    "Ꮇ": "M",  # CHEROKEE LETTER LU
    "Ꮲ": "P",  # CHEROKEE LETTER TLV
    "Ꮪ": "S",  # CHEROKEE LETTER DU
    "Ꭲ": "T",  # CHEROKEE LETTER I
    "Ꮩ": "V",  # CHEROKEE LETTER DO
    "Ꮃ": "W",  # CHEROKEE LETTER LA
    "Ꮓ": "Z",  # CHEROKEE LETTER NO
    "ı": "i",  # LATIN SMALL LETTER DOTLESS I
    "ɑ": "a",  # LATIN SMALL LETTER ALPHA
    "ɡ": "g",  # LATIN SMALL LETTER SCRIPT G
    "ɩ": "i",  # LATIN SMALL LETTER IOTA
    "ɪ": "i",  # LATIN LETTER SMALL CAPITAL I
    "ʏ": "y",  # LATIN LETTER SMALL CAPITAL Y
    "ᴀ": "a",  # LATIN LETTER SMALL CAPITAL A
    "ᴄ": "c",  # LATIN LETTER SMALL CAPITAL C
    "ᴅ": "d",  # LATIN LETTER SMALL CAPITAL D
    "ᴇ": "e",  # LATIN LETTER SMALL CAPITAL E
    "ᴊ": "j",  # LATIN LETTER SMALL CAPITAL J
    "ᴋ": "k",  # LATIN LETTER SMALL CAPITAL K
    "ᴍ": "m",  # LATIN LETTER SMALL CAPITAL M
    "ᴏ": "o",  # LATIN LETTER SMALL CAPITAL O
    "ᴘ": "p",  # LATIN LETTER SMALL CAPITAL P
    "ᴛ": "t",  # LATIN LETTER SMALL CAPITAL T
    "ᴜ": "u",  # LATIN LETTER SMALL CAPITAL U
    "ᴠ": "v",  # LATIN LETTER SMALL CAPITAL V
    "ᴡ": "w",  # LATIN LETTER SMALL CAPITAL W
    "ᴢ": "z",  # LATIN LETTER SMALL CAPITAL Z
    "ɴ": "n",  # LATIN LETTER SMALL CAPITAL N
    "ʀ": "r",  # LATIN LETTER SMALL CAPITAL R
    "ʙ": "b",  # LATIN LETTER SMALL CAPITAL B
    "ɢ": "g",  # LATIN LETTER SMALL CAPITAL G
    "ʜ": "h",  # LATIN LETTER SMALL CAPITAL H
    "ʟ": "l",  # LATIN LETTER SMALL CAPITAL L
    "ø": "o",  # LATIN SMALL LETTER O WITH STROKE
    "Ø": "O",  # LATIN CAPITAL LETTER O WITH STROKE
    "đ": "d",  # LATIN SMALL LETTER D WITH STROKE
    "Đ": "D",  # LATIN CAPITAL LETTER D WITH STROKE
    "ł": "l",  # LATIN SMALL LETTER L WITH STROKE
    "Ł": "L",  # LATIN CAPITAL LETTER L WITH STROKE
    "ħ": "h",  # LATIN SMALL LETTER H WITH STROKE
}

# Signs that are no part of a name, or stand for an ASCII sign; replaced before compatibility folding spells them out.
SIGNS: Final[dict[str, str]] = {"\u2122": "", "\xae": "", "\xa9": "", "\u2120": "", "\u2117": "", "\u266f": "#", "\ufe5f": "#", "\u207a": "+", "\u2795": "+", "\u2022": " "}  # noqa: E501

# Written where ASCII writes an apostrophe.
APOSTROPHES: Final = "'\u2019\u2018\u201b\u02bc\u02bb\u02c8\u2032`\xb4\uff07"

# Double quotation marks and guillemets.
QUOTES: Final = '"\u201c\u201d\u201e\u201f\xab\xbb\u2039\u203a\u2033\u301d\u301e\uff02'

# Signs that open a list item.
BULLETS: Final = (
    '\u2022\xb7\u25cf\u25cb\u25e6\u25aa\u25ab\u25a0\u25a1\u25ba\u25b8\u25b6\u2023\u2043'
    '\u27a4\u27a2\u2794\u2192\u2713\u2714\u2611\u2705\u2726\u2727\u25c6\u25c7\u2605\u2606*'
)

# Signs that rate a skill.
STARS: Final = '\u2605\u2606\u2b50\U0001f31f\u2729\u272a\u272b\u272c\u272d\u272e\u272f\u2730'

# Characters that leave no mark on paper (Cf, Cc, default ignorable).
INVISIBLE = (
    r"\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f\u00ad\u034f\u061c\u115f-\u1160\u17b4-\u17b5"
    r"\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    r"\U00013430-\U00013438\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f"
    r"\U000e0100-\U000e01ef"
)

# Dashes, minus and hyphen bullet (Pd and kin).
DASHES = (
    r"\u002d\u02d7\u058a\u05be\u1400\u1806\u2010-\u2015\u2043\u2212\u2e17\u2e1a\u2e3a-\u2e3b\u2e40\u2e5d"
    r"\u301c\u3030\u30a0\ufe31-\ufe32\ufe58\ufe63\uff0d\U00010ead"
)

# Combining marks, which are parts of words in many scripts (Mn, Mc, Me).
MARKS = (
    r"\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1-\u05c2\u05c4-\u05c5\u05c7\u0610-\u061a\u064b-"
    r"\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7-\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07a6-\u07b0"
    r"\u07eb-\u07f3\u07fd\u0816-\u0819\u081b-\u0823\u0825-\u0827\u0829-\u082d\u0859-\u085b\u0898-\u089f"
    r"\u08ca-\u08e1\u08e3-\u0903\u093a-\u093c\u093e-\u094f\u0951-\u0957\u0962-\u0963\u0981-\u0983\u09bc"
    r"\u09be-\u09c4\u09c7-\u09c8\u09cb-\u09cd\u09d7\u09e2-\u09e3\u09fe\u0a01-\u0a03\u0a3c\u0a3e-\u0a42"
    r"\u0a47-\u0a48\u0a4b-\u0a4d\u0a51\u0a70-\u0a71\u0a75\u0a81-\u0a83\u0abc\u0abe-\u0ac5\u0ac7-\u0ac9"
    r"\u0acb-\u0acd\u0ae2-\u0ae3\u0afa-\u0aff\u0b01-\u0b03\u0b3c\u0b3e-\u0b44\u0b47-\u0b48\u0b4b-\u0b4d"
    r"\u0b55-\u0b57\u0b62-\u0b63\u0b82\u0bbe-\u0bc2\u0bc6-\u0bc8\u0bca-\u0bcd\u0bd7\u0c00-\u0c04\u0c3c"
    r"\u0c3e-\u0c44\u0c46-\u0c48\u0c4a-\u0c4d\u0c55-\u0c56\u0c62-\u0c63\u0c81-\u0c83\u0cbc\u0cbe-\u0cc4"
    r"\u0cc6-\u0cc8\u0cca-\u0ccd\u0cd5-\u0cd6\u0ce2-\u0ce3\u0d00-\u0d03\u0d3b-\u0d3c\u0d3e-\u0d44\u0d46-"
    r"\u0d48\u0d4a-\u0d4d\u0d57\u0d62-\u0d63\u0d81-\u0d83\u0dca\u0dcf-\u0dd4\u0dd6\u0dd8-\u0ddf\u0df2-"
    r"\u0df3\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u0f18-\u0f19\u0f35\u0f37"
    r"\u0f39\u0f3e-\u0f3f\u0f71-\u0f84\u0f86-\u0f87\u0f8d-\u0f97\u0f99-\u0fbc\u0fc6\u102b-\u103e\u1056-"
    r"\u1059\u105e-\u1060\u1062-\u1064\u1067-\u106d\u1071-\u1074\u1082-\u108d\u108f\u109a-\u109d\u135d-"
    r"\u135f\u1712-\u1715\u1732-\u1734\u1752-\u1753\u1772-\u1773\u17b4-\u17d3\u17dd\u180b-\u180d\u180f"
    r"\u1885-\u1886\u18a9\u1920-\u192b\u1930-\u193b\u1a17-\u1a1b\u1a55-\u1a5e\u1a60-\u1a7c\u1a7f\u1ab0-"
    r"\u1ace\u1b00-\u1b04\u1b34-\u1b44\u1b6b-\u1b73\u1b80-\u1b82\u1ba1-\u1bad\u1be6-\u1bf3\u1c24-\u1c37"
    r"\u1cd0-\u1cd2\u1cd4-\u1ce8\u1ced\u1cf4\u1cf7-\u1cf9\u1dc0-\u1dff\u20d0-\u20f0\u2cef-\u2cf1\u2d7f"
    r"\u2de0-\u2dff\u302a-\u302f\u3099-\u309a\ua66f-\ua672\ua674-\ua67d\ua69e-\ua69f\ua6f0-\ua6f1\ua802"
    r"\ua806\ua80b\ua823-\ua827\ua82c\ua880-\ua881\ua8b4-\ua8c5\ua8e0-\ua8f1\ua8ff\ua926-\ua92d\ua947-"
    r"\ua953\ua980-\ua983\ua9b3-\ua9c0\ua9e5\uaa29-\uaa36\uaa43\uaa4c-\uaa4d\uaa7b-\uaa7d\uaab0\uaab2-"
    r"\uaab4\uaab7-\uaab8\uaabe-\uaabf\uaac1\uaaeb-\uaaef\uaaf5-\uaaf6\uabe3-\uabea\uabec-\uabed\ufb1e"
    r"\ufe00-\ufe0f\ufe20-\ufe2f\U000101fd\U000102e0\U00010376-\U0001037a\U00010a01-\U00010a03"
    r"\U00010a05-\U00010a06\U00010a0c-\U00010a0f\U00010a38-\U00010a3a\U00010a3f\U00010ae5-\U00010ae6"
    r"\U00010d24-\U00010d27\U00010eab-\U00010eac\U00010f46-\U00010f50\U00010f82-\U00010f85\U00011000-"
    r"\U00011002\U00011038-\U00011046\U00011070\U00011073-\U00011074\U0001107f-\U00011082\U000110b0-"
    r"\U000110ba\U000110c2\U00011100-\U00011102\U00011127-\U00011134\U00011145-\U00011146\U00011173"
    r"\U00011180-\U00011182\U000111b3-\U000111c0\U000111c9-\U000111cc\U000111ce-\U000111cf\U0001122c-"
    r"\U00011237\U0001123e\U000112df-\U000112ea\U00011300-\U00011303\U0001133b-\U0001133c\U0001133e-"
    r"\U00011344\U00011347-\U00011348\U0001134b-\U0001134d\U00011357\U00011362-\U00011363\U00011366-"
    r"\U0001136c\U00011370-\U00011374\U00011435-\U00011446\U0001145e\U000114b0-\U000114c3\U000115af-"
    r"\U000115b5\U000115b8-\U000115c0\U000115dc-\U000115dd\U00011630-\U00011640\U000116ab-\U000116b7"
    r"\U0001171d-\U0001172b\U0001182c-\U0001183a\U00011930-\U00011935\U00011937-\U00011938\U0001193b-"
    r"\U0001193e\U00011940\U00011942-\U00011943\U000119d1-\U000119d7\U000119da-\U000119e0\U000119e4"
    r"\U00011a01-\U00011a0a\U00011a33-\U00011a39\U00011a3b-\U00011a3e\U00011a47\U00011a51-\U00011a5b"
    r"\U00011a8a-\U00011a99\U00011c2f-\U00011c36\U00011c38-\U00011c3f\U00011c92-\U00011ca7\U00011ca9-"
    r"\U00011cb6\U00011d31-\U00011d36\U00011d3a\U00011d3c-\U00011d3d\U00011d3f-\U00011d45\U00011d47"
    r"\U00011d8a-\U00011d8e\U00011d90-\U00011d91\U00011d93-\U00011d97\U00011ef3-\U00011ef6\U00016af0-"
    r"\U00016af4\U00016b30-\U00016b36\U00016f4f\U00016f51-\U00016f87\U00016f8f-\U00016f92\U00016fe4"
    r"\U00016ff0-\U00016ff1\U0001bc9d-\U0001bc9e\U0001cf00-\U0001cf2d\U0001cf30-\U0001cf46\U0001d165-"
    r"\U0001d169\U0001d16d-\U0001d172\U0001d17b-\U0001d182\U0001d185-\U0001d18b\U0001d1aa-\U0001d1ad"
    r"\U0001d242-\U0001d244\U0001da00-\U0001da36\U0001da3b-\U0001da6c\U0001da75\U0001da84\U0001da9b-"
    r"\U0001da9f\U0001daa1-\U0001daaf\U0001e000-\U0001e006\U0001e008-\U0001e018\U0001e01b-\U0001e021"
    r"\U0001e023-\U0001e024\U0001e026-\U0001e02a\U0001e130-\U0001e136\U0001e2ae\U0001e2ec-\U0001e2ef"
    r"\U0001e8d0-\U0001e8d6\U0001e944-\U0001e94a"
)
