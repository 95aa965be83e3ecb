"""Name the words that add little to a name: versions, vendors, heads such as "development"; what is left is the core.

Closed classes of the language and of product naming, not facts about single skills.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from recommender.matcher.forms import ORDERED, SMALL_WORDS, stem

__all__ = ["PRODUCTS", "SAME_VENDOR", "VENDORS", "Core", "core"]

# Kinds of skill that one says "developer", "expert" or a version with, and still means the thing itself.
PRODUCTS: Final = frozenset(["tool", "platform", "programming-language", "framework", "library"])



# Heads that say "the work with X", what X is, or who does it. A name that differs in its head's class differs.
HEADS: Final[dict[str, str]] = {
    **dict.fromkeys("develop development developer developers developing dev programming programmer coding coder".split(), "make"),
    **dict.fromkeys("framework library platform software tool tools app application applications system systems suite "
                    "language technology technologies environment package database".split(), "thing"),
    **dict.fromkeys("service services solution solutions".split(), "service"),
    **dict.fromkeys("expert specialist consultant consulting freelancer tutor".split(), "person"),
    **dict.fromkeys("use using work working basics fundamentals concepts principles techniques".split(), "use"),
}  # fmt: skip
VENDORS: Final = frozenset(
    "adobe amazon apache apple atlassian autodesk aws azure cisco corel dell ea google hashicorp hp ibm intel jetbrains meta "
    "microsoft ms mozilla nvidia openai oracle salesforce sap siemens sun symantec vmware wordpress wp".split()
)
SAME_VENDOR: Final = {"ms": "microsoft", "wp": "wordpress", "aws": "amazon"}
_VERSION: Final = re.compile(r"v?\d{1,4}(?:\.\d+)*(?:\.?x)?|r\d|sp\d|x|v\d+(?:\.\d+)*")
_ENDS_IN_VERSION: Final = re.compile(r"([^\W\d_]{4,})(\d{1,4}(?:\.\d+)*)")


class Core(NamedTuple):
    """Hold what is left of a name, and what was set apart."""

    text: str
    version: str
    vendor: str
    head: str


def core(words: list[str]) -> Core | None:
    """Set versions, vendors and heads apart; None where nothing is left.

    >>> core(["ms", "sql", "server", "2012"]), core(["python", "developer"])
    (Core(text='server sql', version='2012', vendor='microsoft', head=''), Core(text='python', version='', vendor='', head='make'))
    """
    kept: list[str] = []
    version, vendor, heads = "", "", ""
    for at, word in enumerate(words):
        if word in VENDORS and len(words) > 1 and not vendor and at in (0, len(words) - 1):
            vendor = SAME_VENDOR.get(word, word)
        elif kept and _VERSION.fullmatch(word):
            version = f"{version} {word}".strip()
        elif word in HEADS:
            said = HEADS[word] if HEADS[word] in ("make", "person", "use") else stem(word)
            heads = said if heads in ("", said) else "several"
        elif word not in SMALL_WORDS or word in ORDERED:
            ends = _ENDS_IN_VERSION.fullmatch(word)
            if ends and not version:
                word, version = ends[1], ends[2]
            kept.append(stem(word))
    if not kept:
        return None
    return Core(" ".join(kept if ORDERED.intersection(words) else sorted(kept)), version, vendor, heads)
