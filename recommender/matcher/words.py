"""Name the words that add little to a name: versions, vendors, heads such as "development"; what is left is the core.

Closed classes of the language and of product naming, not facts about single skills.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from recommender.matcher.forms import ORDERED, SMALL_WORDS, singular, stem

__all__ = ["MAY_BE_LEFT_OUT", "PRODUCTS", "SAME_VENDOR", "VENDORS", "Core", "core", "described", "without_version"]

# Kinds of skill that one says "developer", "expert" or a version with, and still means the thing itself.
PRODUCTS: Final = frozenset(["tool", "platform", "programming-language", "framework", "library"])


# Heads that say "the work with X", what X is, or who does it. A name that differs in its head's class differs.
_HEADS: Final = (
    ("make", "develop development developer developers developing dev programming programmer coding coder"),
    ("thing", "framework library platform software tool tools app application applications system systems"),
    ("thing", "suite language technology technologies environment package database"),
    ("service", "service services solution solutions"),
    ("person", "expert specialist consultant consulting freelancer tutor"),
    ("use", "use using work working basics fundamentals concepts principles techniques"),
)
HEADS: Final[dict[str, str]] = {word: sort for sort, words in _HEADS for word in words.split()}
_VENDORS_TEXT: Final = """
adobe amazon apache apple atlassian autodesk aws azure cisco corel dell ea google hashicorp hp ibm intel
jetbrains meta microsoft ms mozilla nvidia openai oracle salesforce sap siemens sun symantec vmware wordpress wp
"""
VENDORS: Final = frozenset(_VENDORS_TEXT.split())
# Words that are shortened in writing, whatever stands beside them ("project mgmt").
SHORTENED: Final = {
    "mgmt": "management", "mgt": "management", "mktg": "marketing", "mktng": "marketing", "acctg": "accounting",
    "mfg": "manufacturing", "svc": "service", "svcs": "services", "engg": "engineering", "comms": "communications",
    "biz": "business", "intl": "international", "govt": "government",
}  # fmt: skip
SAME_VENDOR: Final = {"ms": "microsoft", "wp": "wordpress", "aws": "amazon"}
_VERSION: Final = re.compile(r"v?\d{1,4}(?:\.\d+)*(?:\.?x)?|r\d|(?:sp|cs|es)\d{1,4}|x|v\d+(?:\.\d+)*")
_ENDS_IN_VERSION: Final = re.compile(r"([^\W\d_]{4,})(\d{1,4}(?:\.\d+)*)")
# Words that `core` may set apart.
MAY_BE_LEFT_OUT: Final = frozenset([*HEADS, *VENDORS, *SMALL_WORDS, *ORDERED])


def without_version(word: str) -> tuple[str, ...]:
    """Give a word and, where it ends in a version, the word before that.

    >>> without_version("html5"), without_version("design")
    (('html5', 'html'), ('design',))
    """
    ends = _ENDS_IN_VERSION.fullmatch(word)
    return (word, ends[1]) if ends else (word,)


def is_version(word: str) -> bool:
    """Tell whether a word is a version or an edition: of letters only, one is.

    >>> is_version("v2.1"), is_version("x"), is_version("two")
    (True, True, False)
    """
    return word == "x" if word.isalpha() else _VERSION.fullmatch(word) is not None


def described(word: str) -> tuple[str, str, bool, bool, bool, bool, bool, str | None]:
    """Describe a word for `recommender.kernels.held`: what it is reduced to, and which classes of words it is of."""
    unversioned = () if word.isalpha() else without_version(word)[1:]
    classes = word in SMALL_WORDS, word in ORDERED, word in VENDORS, is_version(word), word in HEADS
    return singular(word), stem(word), *classes, unversioned[0] if unversioned else None


class Core(NamedTuple):
    """Hold what is left of a name, and what was set apart."""

    text: str
    version: str
    vendor: str
    head: str


def core(words: list[str]) -> Core | None:
    """Set versions, vendors and heads apart; None where nothing is left.

    >>> tuple(core(["ms", "sql", "server", "2012"])), tuple(core(["python", "developer"]))
    (('server sql', '2012', 'microsoft', ''), ('python', '', '', 'make'))
    """
    kept: list[str] = []
    version, vendor, heads = "", "", ""
    for at, word in enumerate(words):
        if word in VENDORS and len(words) > 1 and not vendor and at in (0, len(words) - 1):
            vendor = SAME_VENDOR.get(word, word)
        elif kept and is_version(word):
            version = f"{version} {word}".strip()
        elif word in HEADS:
            said = HEADS[word] if HEADS[word] in ("make", "person", "use") else stem(word)
            heads = said if heads in ("", said) else "several"
        elif word not in SMALL_WORDS or word in ORDERED:
            ends = None if version or word.isalpha() else _ENDS_IN_VERSION.fullmatch(word)
            if ends:
                word, version = ends[1], ends[2]
            kept.append(word)
    if not kept:
        return None
    # A single word is told by all its letters: Nav is not Naver.
    kept = [singular(kept[0])] if len(kept) == 1 else [stem(word) for word in kept]
    return Core(" ".join(kept if ORDERED.intersection(words) else sorted(kept)), version, vendor, heads)
