"""Set qualifiers apart: levels, years, ratings and phrases such as "experience with", which name no skill.

Each rule is a pattern that ends (or opens) a raw term. They are tried in turn until none applies, one step each, so
that a matcher can look the term up after every step and stop at the first reading that it knows.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

from recommender.characters import STARS
from recommender.text.fold import Step

__all__ = ["is_qualifier", "may_be_qualified", "openings", "unqualified"]

# Longer terms are prose; their qualifiers are not looked for, which also keeps the work linear.
LONGEST_QUALIFIED: Final = 200
MOST_QUALIFIERS: Final = 6

_LEVEL: Final = (
    r"(?:(?:very|highly|extremely|upper|lower|pre|semi)[ -])?(?:beginner|novice|basics?|elementary|"
    r"entry[ -]level|junior|"
    r"intermediate|mid(?:dle)?(?:[ -]level)?|competent|proficient|proficiency|skilled|experienced|"
    r"advanced|senior|expert|"
    r"expertise|guru|ninja|master|mastery|professional|pro|fluent|fluency|native(?: speaker|"
    r" or bilingual)?|bilingual|"
    r"conversational|good|very good|great|excellent|strong|solid|outstanding|fair|average|medium|high|"
    r"low|top|primary|"
    r"secondary|main|core|must[ -]have|nice[ -]to[ -]have|required|preferred|optional|certified|self[ -]taught|"
    r"daily|currently learning|learning|some experience|working knowledge|hands[ -]on|knowledge|"
    r"experience|exp|skills?|"
    r"abilit(?:y|ies)|level|usage|user)"
)
_YEARS: Final = (
    r"(?:(?:over|more than|at least|about|around|almost|nearly|approx\.?|min\.?|minimum|since|~|"
    r">)\s?)?\d{1,4}(?:[.,]\d)?\s?(?:\+|plus)?(?:\s?(?:-|–|to)\s?\d{1,2}\s?\+?)?\s?(?:years?|yrs?\.?|"
    r"y|yoe|months?|mos?\.?|mths?|hours?|hrs?)(?:['’]s?)?(?:\s?(?:of )?(?:\w+ )?(?:experience|exp\.?|"
    r"expertise|work|use))?"
)
_RATING: Final = (
    rf"(?:[{STARS}]{{1,10}}|[*+]{{2,10}}|\d{{1,2}}(?:[.,]\d)?\s?/\s?(?:5|10)|\d{{1,3}}\s?%|(?:level|"
    rf"lvl)\.? \d{{1,2}}|[abc][12])"
)
_ANY: Final = rf"(?:{_LEVEL}(?:[ ,/&-]+(?:and )?{_LEVEL}){{0,3}}|{_YEARS}|{_RATING})"
_OPENING: Final = (
    r"(?:expert(?:ise)?|specialist|speciali[sz](?:ed|ing|ation)|skilled|skills?|proficien(?:t|cy)|"
    r"experience[d]?|competent|competence|fluent|"
    r"fluency|familiar(?:ity)?|knowledge(?:able)?|understanding|background|certified|trained|good|great|strong|"
    r"comfortable|working|well[ -]versed|versed|adept|mastery|command|exposure|practice|professional|"
    r"training|ability|able)"
)
_BEFORE: Final = (
    r"(?:(?:very|highly|extremely|deep|good|great|strong|solid|excellent|extensive|basic|advanced|"
    r"practical|proven|working|hands[ -]on|professional|in[ -]depth|sound|thorough|some|prior|"
    r"commercial|\d{1,2}\+?) )"
)

# Name, pattern (its first group is what stays) and the sign without which it cannot match; see `_signs`.
_RULES: Final[tuple[tuple[str, str, str], ...]] = (
    ("brackets", rf"^(.*\S)\s*[(\[{{]\s*{_ANY}(?:\s*[,;/|-]\s*{_ANY}){{0,2}}\s*[)\]}}]$", "b"),
    ("rating", rf"^(.*[^\s{STARS}*:,|=–—-])\s*(?:[-–—:,|=]\s*)?(?:[{STARS}]{{1,10}}|(?<=\s)[*]{{2,10}})\s*$", "s"),
    ("after a mark", rf"^(.*[^\s:,;|–—-])(?:\s+[-–—]+\s*|\s*[:,;|=]\s*|[–—]){_ANY}(?:\s*[,/-]\s*{_ANY})?$", "m"),
    ("years before",
        rf"^{_YEARS}\s+(?:of |in |with |using |as an? )*(?:professional |experience |exp )*(?:of |in |"
        rf"with |using |as an? )*(.*\S)$", "d"),
    ("years after", rf"^(.*\S)\s+{_YEARS}$", "d"),
    ("phrase before",
        rf"^{_BEFORE}{{0,3}}(?:{_OPENING}|use)(?:,? (?:and|&|or) {_OPENING})?\s+(?:in|with|of|at|on|using|"
        rf"to use|to|for)\s+(?:the use of |using |the )?(.*\S)$", "o"),
    ("level before",
        r"^(?:beginner|novice|entry[ -]level|intermediate|mid[ -]level|advanced|expert(?:[ -]level)?|"
        r"proficient|experienced|fluent)(?: in| with| at)?\s+(.*\S)$", "o"),
    ("praise before",
        r"^(?:basic|elementary|junior|skilled|senior|professional|good|very good|great|excellent|strong|"
        r"solid|outstanding|certified|some|proven)(?: in| with| at)?\s+(.*\S)$", "o"),
    ("word after",
        r"^(.*\S)\s+(?:skills?|knowledge|experience|expertise|proficiency|expert|beginner|novice|"
        r"intermediate|advanced|proficient|fluent)$", "e"),
    ("role after", r"^(.*\S)\s+(?:specialist|abilit(?:y|ies)|level|usage)$", "e"),
    ("rating after", r"^(.*\S)\s+(?:\(?\d{1,2}\s?/\s?(?:5|10)\)?|\d{1,3}\s?%|[abcABC][12])$", "d"),
)  # fmt: skip


# A term can hold a qualifier only if it opens or ends with one of these words, or holds a mark or a number. Checked
# first:
# most terms hold none, and the rules are many.
_OPENERS_TEXT: Final = """
ability able about adept advanced approx around at background basic beginner certified comfortable command
commercial competence competent deep elementary entry excellent expert expertise exposure extensive extremely
familiar familiarity fluency fluent good great hands high highly in intermediate junior knowledge knowledgeable
lower mastery mid min minimum more native novice outstanding over practical practice prior professional
proficiency proficient proven senior since skill skilled skills solid some sound specialisation specialised
specialising specialist specialization specialized specializing strong thorough trained training understanding
upper use very versed well working experience experienced almost nearly least than
"""
_OPENERS: Final = frozenset(_OPENERS_TEXT.split())
_ENDERS_TEXT: Final = """
skill skills knowledge experience expertise proficiency expert beginner novice intermediate advanced proficient
fluent specialist ability abilities level usage a1 a2 b1 b2 c1 c2
"""
_ENDERS: Final = frozenset(_ENDERS_TEXT.split())
_MARK: Final = re.compile(rf"[\d()\[\]{{}}:,;|=–—*%{STARS}]")
_DASH: Final = re.compile(r"\s-|-\s")
# The letters that a term begins with, unless one follows that a pattern takes for an i, an s or a k as well.
_WORD: Final = re.compile("[a-zA-Z]*+(?![\u0130\u0131\u017f\u212a])")
_JOINT: Final = re.compile(r"[:,;|=-]")
_DIGIT: Final = re.compile(r"\d")
_ALL_SIGNS: Final = "oebsmd"


def _may_hold(text: str) -> bool:
    """Tell whether looking for qualifiers can find any."""
    lowered = text.lower()
    first, last = lowered.partition(" ")[0], lowered.rpartition(" ")[2]
    return first.partition("-")[0] in _OPENERS or last in _ENDERS or _is_marked(text)


@cache
def _rules() -> tuple[tuple[str, re.Pattern[str], str], ...]:
    """Compile when first needed: an exact match never comes here."""
    return tuple((name, re.compile(pattern, re.IGNORECASE | re.DOTALL), sign) for name, pattern, sign in _RULES)


@cache
def _alone() -> re.Pattern[str]:
    return re.compile(rf"\s*{_ANY}\s*", re.IGNORECASE)


@cache
def openings() -> frozenset[str]:
    """Hold the first words that a level, a span or a rating can have: what begins with another is none of them."""
    words = frozenset(re.findall(r"[a-z]{3,}", _LEVEL + _YEARS + _RATING))
    # Not written out above: ends that may be left out or differ, and words of a letter or two.
    return words | {word.removesuffix("s") for word in words} | {"middle", "ability", "abilities", "at", "a", "b", "c"}


def _is_marked(text: str) -> bool:
    """Tell whether a text holds a sign or a number that a qualifier is set off by."""
    return _MARK.search(text) is not None or ("-" in text and _DASH.search(text) is not None)


def may_be_qualified(term: str, key: str) -> bool:
    """Tell whether a term can hold a qualifier, a comma or brackets, from its key of ASCII: by its ends and its marks.

    >>> may_be_qualified("Data-entry", "data entry"), may_be_qualified("Expert, Java", "expert java")
    (False, True)
    """
    if key.partition(" ")[0] in _OPENERS or key.rpartition(" ")[2] in _ENDERS:
        return True
    if term.isascii():
        return not term.replace(" ", "").isalpha() and _is_marked(term)
    return _is_marked(unicodedata.normalize("NFKC", term))


def is_qualifier(term: str) -> bool:
    """Tell whether a term is nothing but a level, a span of years or a rating.

    >>> is_qualifier("5+ years"), is_qualifier("expert"), is_qualifier("Excel")
    (True, True, False)
    """
    if len(term) > LONGEST_QUALIFIED:
        return False
    if term[:1].isalpha() and (word := _WORD.match(term)) and word[0].lower() not in openings():
        return False
    return _alone().fullmatch(term) is not None


def unqualified(term: str) -> tuple[Step, ...]:
    """Take the qualifiers off a raw term, one step each; the last step's ``after`` is the bare term.

    Empty when there is none. A matcher should look up each step's ``after``: "Advanced Excel skills" may be known as
    "Advanced Excel".

    >>> [step.after for step in unqualified("Expert in Python (5 years)")]
    ['Expert in Python', 'Python']
    """
    if len(term) > LONGEST_QUALIFIED:
        return ()
    text = " ".join((term if term.isascii() else unicodedata.normalize("NFKC", term)).split())
    steps: list[Step] = []
    if not _may_hold(text):
        return ()
    while len(steps) < MOST_QUALIFIERS:
        signs = _signs(text)
        for name, pattern, sign in _rules():
            found = pattern.match(text) if sign in signs else None
            if found:
                steps.append(Step(f"qualifier, {name}", text, found[1]))
                text = found[1]
                break
        else:
            break
    return tuple(steps)


def _signs(text: str) -> str:
    """Tell by a letter each which signs a text shows; beyond ASCII letters have other cases, and it may show any."""
    if not text.isascii():
        return _ALL_SIGNS
    lowered = text.lower()
    first, last = lowered.partition(" ")[0].partition("-")[0].rstrip(","), lowered.rpartition(" ")[2]
    shown = "o" if first in _OPENERS or text[:1].isdigit() else ""
    shown += "e" if last in _ENDERS else ""
    shown += "b" if text[-1:] in ")]}" else ""
    shown += "s" if text[-1:] == "*" else ""
    shown += "m" if _JOINT.search(text) else ""
    return shown + ("d" if _DIGIT.search(text) else "")
