"""Read what a list is about from the words around it: whose it is, what was measured, when."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from recommender.trends.periods import Period, find

__all__ = ["is_unordered", "publication_day", "read_periods", "read_publisher", "read_what", "sentences"]

PUBLISHERS = (
    "Upwork",
    "Fiverr",
    "Freelancer.com",
    "LinkedIn",
    "Malt",
    "Indeed",
    "Toptal",
    "PeoplePerHour",
    "Guru.com",
    "Workana",
    "99designs",
    "Contra",
    "Braintrust",
    "Truelancer",
    "Freelancermap",
    "Jobspiq",
    "Qarera",
    "Lightcast",
    "Dice",
    "Glassdoor",
    "Monster",
    "ZipRecruiter",
    "Coursera",
    "Udemy",
    "Stack Overflow",
    "World Economic Forum",
    "O*NET",
)
"""Houses that print such lists, as they write themselves; another one is named with ``--publisher``."""

_GROWTH = re.compile(
    r"\b(?:grow\w*|grew|growth|fastest|ris(?:e|es|ing)|rose|surg\w+|soar\w*|increase[sd]?|jump\w*|climb\w*|emerging"
    r"|gain(?:s|ed|ing)?|accelerat\w*|spik\w+|trending|up\s+\d)",
    re.IGNORECASE,
)
_VOLUME = re.compile(
    r"\b(?:top|most|leading|popular|highest|biggest|commonest|sought|in[- ]demand|wanted|needed|rank\w*|busiest"
    r"|favou?rite|best[- ]selling|number\s+one|lead)\b",
    re.IGNORECASE,
)
# The first that fits decides: a "skill on talent profiles" is supply even if clients hire for it.
_NOUNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (what, re.compile(pattern, re.IGNORECASE))
    for what, pattern in (
        (
            "profiles",
            r"\bprofiles?\b|\bsupply\b|\b(?:freelancers|sellers|talents?|professionals)\s+(?:\w+\s+)?"
            r"(?:offer|list|add|show|advertise)\w*\b",
        ),
        ("searched", r"\bsearch\w*|\blook(?:ed|ing)\s+for\b|\bqueries\b|\bquery\b"),
        ("posted", r"\b(?:posts?|postings?|posted|listings?|ads?|adverts?|advertisements?|jobs?|vacanc\w+|openings)\b"),
        (
            "hired",
            r"\bhir(?:e|es|ed|ing)\b|\bprojects?\b|\bcontracts?\b|\bbook(?:ed|ings?)\b|\border(?:s|ed)?\b"
            r"|\bearn\w*|\bspen[dt]\w*|\bdemand\b|\bsought\b|\bwanted\b|\bbuy\w*|\bbought\b|\bpurchas\w+",
        ),
        ("expected", r"\b(?:skills?|services?|gigs?|categor(?:y|ies)|tools?|technolog(?:y|ies)|languages)\b"),
    )
)
_GROWING = {
    "profiles": "profiles-growing",
    "searched": "searches-growing",
    "posted": "postings-growing",
    "hired": "hires-growing",
}
_AGAINST = re.compile(
    r"\b(?:compared|versus|vs|against|over|relative|than|from|up\s+from|on)\b\.?(?:\s+(?:to|with|the|that|of|in))*\s*$",
    re.IGNORECASE,
)
_FALLING = re.compile(
    r"\b(?:declin|shrink|shrank|falling|fell\b|fall(?:s|en)?\b|dropp|fading|losing\b|least\b|slow(?:est|ing)\b)\w*",
    re.IGNORECASE,
)
_YEARLY = re.compile(
    r"\byear[- ](?:over|on)[- ]year\b|\b(?:previous|prior) year\b|(?<!-)\byear (?:earlier|ago|before)\b", re.I
)
_QUARTER_WITHOUT_YEAR = re.compile(r"\b(Q[1-4])(?=(?:\s+[a-z.]+){1,3}\s+Q[1-4],?\s+((?:19|20)\d\d)\b)")
_UNORDERED = re.compile(r"\bno\s+(?:particular|special)\s+order\b|\balphabetical\b|\bunranked\b", re.IGNORECASE)
_SHORT_FORMS = re.compile(
    r"\b(vs|Dr|Mr|Mrs|Ms|Inc|Ltd|Co|St|approx|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.(?=\s)"
)
_SENTENCE = re.compile(r"(?<=[.!?])[\"”’')\]]*\s+(?=[^\W\d_a-z])")


def sentences(paragraph: str) -> list[str]:
    """Split a paragraph into sentences; the dots of "vs." and "Jan." end none."""
    return _SENTENCE.split(_SHORT_FORMS.sub(r"\1", paragraph))


def read_what(lead: str, heading: str) -> str | None:
    """Read the kind of measure from the sentence before a list and from its heading; None when neither tells.

    What was counted is taken from the sentence, else from the heading; a bare "skills" or "services" counts only when
    neither says more. Growth or volume is decided by the first of the two that speaks of either.

    >>> read_what("Searches that grew the most on the platform include:", "")
    'searches-growing'
    >>> read_what("The list:", "Top projects")
    'hired'
    """
    if any(_FALLING.search(words) for words in (lead, heading)):
        return None  # what falls shows no demand, and there is no kind of list for it
    nouns = [what for words in (lead, heading) for what, pattern in _NOUNS if pattern.search(words)]
    noun = next((what for what in nouns if what != "expected"), nouns[0] if nouns else None)
    for words in (lead, heading):
        if noun and _GROWTH.search(words):
            return _GROWING.get(noun, noun)
        if noun and _VOLUME.search(words):
            return noun
    return None


def read_periods(places: Iterable[str], published: date | None = None) -> tuple[Period | None, Period | None]:
    """Read period and baseline from the first place that names a period; single days date the text.

    "This year" and "last year" are understood when the day of publication is known.

    >>> [str(p) for p in read_periods(["grew in Q2 2023 vs Q1 2023"])]
    ['2023-04-01..2023-06-30', '2023-01-01..2023-03-31']
    """
    alone: Period | None = None
    for words in places:
        words = _with_years(words, published)
        spotted = [found for found in find(words) if found.period.start != found.period.end]
        if not spotted:
            continue
        first = spotted[0]
        if len(spotted) == 1 and _AGAINST.search(words[: first.start]):
            alone = alone or first.period  # a baseline, it seems, unless no other place names a period
            continue
        for other in spotted[1:]:
            if _AGAINST.search(words[first.end : other.start]) and other.period.end < first.period.end:
                return first.period, other.period
        if re.search(r"quarter[- ](?:over|on)[- ]quarter|month[- ](?:over|on)[- ]month", words, re.IGNORECASE):
            return first.period, first.period.before()
        return first.period, first.period.year_before() if _YEARLY.search(words) else None
    return alone, None


def read_publisher(places: Iterable[str]) -> str | None:
    """Name the first publisher of `PUBLISHERS` that is named in the first place to name one."""
    for words in places:
        hits = [
            (match.start(), name) for name in PUBLISHERS if (match := re.search(rf"\b{re.escape(name)}(?!\w)", words))
        ]
        if hits:
            return min(hits)[1]
    return None


def publication_day(openings: Iterable[str]) -> date | None:
    """Give the first single day that the opening of an article names: its dateline."""
    for words in openings:
        for found in find(words):
            if found.period.start == found.period.end:
                return found.period.end
    return None


def is_unordered(words: str) -> bool:
    """Say whether the words tell that the order of a list means nothing."""
    return bool(_UNORDERED.search(words))


def _with_years(words: str, published: date | None) -> str:
    """Write out years that words leave to the reader: "Q2 versus Q1 2023", "the first half of this year"."""
    words = _QUARTER_WITHOUT_YEAR.sub(r"\1 \2", words)
    if published is None:
        return words
    words = re.sub(r"\bthis year\b", str(published.year), words, flags=re.IGNORECASE)
    return re.sub(r"\blast year\b", str(published.year - 1), words, flags=re.IGNORECASE)
