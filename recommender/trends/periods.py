"""Turn the words of a period into its first and last day.

Publishers write "Q2 2023", "from January 1 to June 30, 2023", "the first half of 2023", "in August 2025" or "2024"; our
files hold two ISO dates. One grammar reads both prose (`find`) and the bare forms of options and tables
(`Period.parse`), so that they cannot drift apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from recommender.errors import TrendError

__all__ = ["Period", "Spotted", "find", "last_day"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?:199\d|20\d\d)"
_DAY = r"(?:[0-3]?\d)(?:st|nd|rd|th)?"
_TO = r"\s*(?:to|through|thru|until|till|and|-|–|—|\.\.)\s*"
_FILLERS = r"(?:from|in|between|during|over|for|the|of|release|version|year|\d+\.\d+|[\s(),.:])*"
"""What may stand beside a bare period: "release 29.2 (February 2025)"; anything else ("Q5", "31") is a fault."""
_FORMS = "Write 2023-01-01..2023-06-30, 2023-Q2, 2023-H1, 2025-08 or 2025."
_PLAIN, _PLAIN_DAY = len("2023-01-01..2023-06-30"), len("2023-01-01")
_ORDINALS = {"first": 1, "1st": 1, "initial": 1, "opening": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3}
_ORDINALS |= {"fourth": 4, "4th": 4, "last": 0, "final": 0, "closing": 0}
_ORDINAL = "(?:" + "|".join(_ORDINALS) + ")"
_OF = r"\s+(?:of|in)?\s*(?:the\s+year\s+|calendar\s+year\s+|fiscal\s+)?"


Meaning = Callable[[re.Match[str]], "Period"]
"""What the words of one form mean."""


@dataclass(frozen=True, slots=True)
class Period:
    """Name the first and the last day that a list speaks of, both included.

    >>> str(Period.parse("2023-Q2"))
    '2023-04-01..2023-06-30'
    >>> Period.parse("first half of 2023").words()
    'first half of 2023'
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise TrendError(f"period {self.start}..{self.end} ends before it starts. Swap the two dates.")

    def __str__(self) -> str:
        return f"{self.start}..{self.end}"

    @classmethod
    def parse(cls, words: str) -> Period:
        """Read one period, as dates or as words.

        Raises `TrendError` when the words name no period, or more than one.

        >>> str(Period.parse("30 days to 2026-10-18"))
        '2026-09-19..2026-10-18'
        >>> str(Period.parse("release 29.2 (February 2025)"))
        '2025-02-01..2025-02-28'
        """
        if len(words) == _PLAIN and words[10:12] == "..":  # our own files, read at every start: no grammar needed
            return cls._of_dates(words[:10], words[12:])
        if len(words) == _PLAIN_DAY and words[4] == words[7] == "-":
            return cls._of_dates(words, words)
        found = find(words)
        rest = words[: found[0].start] + words[found[0].end :] if len(found) == 1 else ""
        if len(found) != 1 or not re.fullmatch(_FILLERS, rest, re.IGNORECASE):
            count = f"{len(found)} periods" if len(found) > 1 else "no period"
            raise TrendError(f"{words[:80]!r} holds {count}. {_FORMS}")
        return found[0].period

    @classmethod
    def _of_dates(cls, start: str, end: str) -> Period:
        try:
            return cls(date.fromisoformat(start), date.fromisoformat(end))
        except ValueError as problem:
            raise TrendError(f"{start}..{end} holds no period: {problem}. {_FORMS}") from None

    def words(self) -> str:
        """Say the period as a reader would: a year, a half, a quarter, a month, or its two days."""
        start, end = self.start, self.end
        months = end.month - start.month + 1
        if start.day != 1 or end != last_day(end.year, end.month):
            return f"{start}" if start == end else f"{start} to {end}"
        if start.year != end.year:
            whole = start.month == 1 and end.month == 12
            return f"{start.year} to {end.year}" if whole else f"{start:%B %Y} to {end:%B %Y}"
        if months == 12:
            return str(end.year)
        if months == 6 and start.month in (1, 7):
            return f"{'first' if start.month == 1 else 'second'} half of {end.year}"
        if months == 3 and start.month % 3 == 1:
            return f"Q{end.month // 3} {end.year}"
        if months == 1:
            return f"{start:%B} {end.year}"
        return f"{start:%B} to {end:%B} {end.year}"

    def short(self) -> str:
        """Give the period as a word for ids: 2023, 2023h1, 2023q2, 2025-08, or its last day.

        >>> Period.parse("H1 2023").short(), Period.parse("Aug 2025").short(), Period.parse("2023-05-02").short()
        ('2023h1', '2025-08', '2023-05-02')
        """
        words = self.words()
        half = re.fullmatch(r"(first|second) half of (\d{4})", words)
        if half:
            return f"{half[2]}h{1 if half[1] == 'first' else 2}"
        if re.fullmatch(r"Q\d \d{4}", words):
            return f"{words[3:]}q{words[1]}"
        if re.fullmatch(r"\d{4}( to \d{4})?", words):
            return words.replace(" to ", "-")
        month = self.start.day == 1 and self.end == last_day(self.start.year, self.start.month)
        return f"{self.end:%Y-%m}" if month else str(self.end)

    def year_before(self) -> Period:
        """Give the same days one year earlier; the end of February stays its end."""
        start, end = self.start, self.end
        whole = end == last_day(end.year, end.month)
        last = last_day(end.year - 1, end.month)
        return Period(
            date(start.year - 1, start.month, min(start.day, last_day(start.year - 1, start.month).day)),
            last if whole else last.replace(day=min(end.day, last.day)),
        )

    def before(self) -> Period:
        """Give the period of the same number of months just before (the quarter before a quarter)."""
        months = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1
        year, month = divmod(self.start.year * 12 + self.start.month - 1 - months, 12)
        return Period(date(year, month + 1, 1), self.start - timedelta(days=1))


class Spotted(NamedTuple):
    """Hold a period found in prose, with the place of its words (`start` and `end` count characters)."""

    period: Period
    start: int
    end: int


def last_day(year: int, month: int = 12) -> date:
    """Give the last day of a month, or of a year.

    >>> last_day(2024, 2)
    datetime.date(2024, 2, 29)
    """
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def find(prose: str) -> list[Spotted]:
    """Find the periods that prose names, in the order of the words; the longest reading of each place wins.

    Impossible dates (31 June) are passed over. Years stand only for themselves: "2023" in "August 2023" is not found
    twice.

    >>> [str(f.period) for f in find("in Q2 2023 compared to Q1 2023")]
    ['2023-04-01..2023-06-30', '2023-01-01..2023-03-31']
    """
    found: list[Spotted] = []
    taken = [False] * len(prose)
    for pattern, meaning in _grammar():
        for match in pattern.finditer(prose):
            if any(taken[match.start() : match.end()]):
                continue
            try:
                period = meaning(match)
            except (ValueError, TrendError):  # a day that no calendar has
                continue
            taken[match.start() : match.end()] = [True] * (match.end() - match.start())
            found.append(Spotted(period, match.start(), match.end()))
    return sorted(found, key=lambda spotted: spotted.start)


def _month(word: str) -> int:
    return _MONTHS.index(word[:3].lower()) + 1


def _day(word: str) -> int:
    return int(re.sub(r"\D", "", word))


def _months(first_year: int, first: int, year: int, last: int) -> Period:
    return Period(date(first_year, first, 1), last_day(year, last))


def _part(match: re.Match[str], parts: int) -> Period:
    """Read the n-th of so many equal parts of a year."""
    word = match["n"].lower()
    number = _ORDINALS[word] if word in _ORDINALS else int(word)
    number = number or parts
    if not 1 <= number <= parts:
        raise ValueError(number)
    year, size = int(match["y"]), 12 // parts
    return _months(year, (number - 1) * size + 1, year, number * size)


def _months_of(match: re.Match[str]) -> Period:
    """Read "the first six months of 2023"."""
    counts = {"three": 3, "six": 6, "nine": 9, "3": 3, "6": 6, "9": 9}
    count, year = counts[match["k"].lower()], int(match["y"])
    if _ORDINALS[match["n"].lower()] == 1:
        return _months(year, 1, year, count)
    return _months(year, 13 - count, year, 12)


def _days(match: re.Match[str]) -> Period:
    """Read "January 1 to June 30, 2023", in either order of day and month; the first year may be left out."""
    year = int(match["y2"])
    first = date(int(match["y1"] or year), _month(match["m1"]), _day(match["d1"]))
    return Period(first, date(year, _month(match["m2"] or match["m1"]), _day(match["d2"])))


def _month_span(match: re.Match[str]) -> Period:
    year = int(match["y2"])
    return _months(int(match["y1"] or year), _month(match["m1"]), year, _month(match["m2"]))


def _quarter_span(match: re.Match[str]) -> Period:
    year = int(match["y"])
    return _months(year, int(match["a"]) * 3 - 2, year, int(match["b"]) * 3)


def _days_back(match: re.Match[str]) -> Period:
    end = date.fromisoformat(match["e"])
    return Period(end - timedelta(days=int(match["k"]) - 1), end)


@cache
def _grammar() -> tuple[tuple[re.Pattern[str], Meaning], ...]:
    """Compile the forms, longest reading first (once, when first asked: scoring a profile never comes here)."""
    iso = r"\d{4}-\d\d-\d\d"
    days = rf"(?P<m1>{_MONTH})\s+(?P<d1>{_DAY})(?:,?\s+(?P<y1>{_YEAR}))?{_TO}(?:(?P<m2>{_MONTH})\s+)?(?P<d2>{_DAY})"
    days_first = rf"(?P<d1>{_DAY})\s+(?P<m1>{_MONTH})(?:\s+(?P<y1>{_YEAR}))?{_TO}(?P<d2>{_DAY})\s+(?P<m2>{_MONTH})"
    half = rf"(?:(?P<n>{_ORDINAL})\s+half{_OF}(?P<y>{_YEAR}))"
    forms: tuple[tuple[str, Meaning], ...] = (
        (rf"(?P<k>\d{{1,3}})\s+days\s+(?:up\s+)?to\s+(?P<e>{iso})", _days_back),
        (rf"(?P<a>{iso}){_TO}(?P<b>{iso})", lambda m: Period(date.fromisoformat(m["a"]), date.fromisoformat(m["b"]))),
        (
            rf"(?P<y1>{_YEAR})-(?P<a>\d\d){_TO}(?P<y2>{_YEAR})-(?P<b>\d\d)",
            lambda m: _months(int(m["y1"]), int(m["a"]), int(m["y2"]), int(m["b"])),
        ),
        (rf"{days},?\s+(?P<y2>{_YEAR})", _days),
        (rf"{days_first},?\s+(?P<y2>{_YEAR})", _days),
        (rf"(?P<m1>{_MONTH})(?:,?\s+(?P<y1>{_YEAR}))?{_TO}(?P<m2>{_MONTH}),?\s+(?:of\s+)?(?P<y2>{_YEAR})", _month_span),
        (rf"Q(?P<a>[1-4]){_TO}Q(?P<b>[1-4]),?\s+(?:of\s+)?(?P<y>{_YEAR})", _quarter_span),
        (rf"(?P<n>{_ORDINAL})\s+(?P<k>three|six|nine|[369])\s+months{_OF}(?P<y>{_YEAR})", _months_of),
        (half, lambda m: _part(m, 2)),
        (rf"(?P<n>{_ORDINAL})\s+quarter{_OF}(?P<y>{_YEAR})", lambda m: _part(m, 4)),
        (rf"(?:H(?P<n>[12])|(?P<n2>[12])H),?\s*(?:of\s+)?(?P<y>{_YEAR})", lambda m: _short(m, 2)),
        (rf"(?:Q(?P<n>[1-4])|(?P<n2>[1-4])Q),?\s*(?:of\s+)?(?P<y>{_YEAR})", lambda m: _short(m, 4)),
        (rf"(?P<y>{_YEAR})[\s-]?H(?P<n>[12])", lambda m: _part(m, 2)),
        (rf"(?P<y>{_YEAR})[\s-]?Q(?P<n>[1-4])", lambda m: _part(m, 4)),
        (iso, lambda m: Period(date.fromisoformat(m[0]), date.fromisoformat(m[0]))),
        (rf"(?P<m>{_MONTH})\s+(?P<d>{_DAY}),?\s+(?P<y>{_YEAR})", _single_day),
        (rf"(?P<d>{_DAY})\s+(?P<m>{_MONTH}),?\s+(?P<y>{_YEAR})", _single_day),
        (
            rf"(?P<m>{_MONTH}),?\s+(?:of\s+)?(?P<y>{_YEAR})",
            lambda m: _months(int(m["y"]), _month(m["m"]), int(m["y"]), _month(m["m"])),
        ),
        (
            rf"(?P<y>{_YEAR})-(?P<m>[01]\d)(?!-\d)",
            lambda m: _months(int(m["y"]), int(m["m"]), int(m["y"]), int(m["m"])),
        ),
        (
            rf"(?P<a>{_YEAR})(?:\.\.|–|-|\s+to\s+|\s+through\s+)(?P<b>{_YEAR})",
            lambda m: _months(int(m["a"]), 1, int(m["b"]), 12),
        ),
        (rf"(?P<y>{_YEAR})", lambda m: _months(int(m["y"]), 1, int(m["y"]), 12)),
    )
    return tuple((re.compile(rf"(?<![\w$.]){form}(?![\w%]|[-–]\d)", re.IGNORECASE), meaning) for form, meaning in forms)


def _short(match: re.Match[str], parts: int) -> Period:
    number, year, size = int(match["n"] or match["n2"]), int(match["y"]), 12 // parts
    return _months(year, (number - 1) * size + 1, year, number * size)


def _single_day(match: re.Match[str]) -> Period:
    day = date(int(match["y"]), _month(match["m"]), _day(match["d"]))
    return Period(day, day)
