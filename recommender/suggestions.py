"""Hold the records of an answer: a suggestion, the held skills that speak for it, the lists that show its demand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

__all__ = ["Evidence", "Reason", "Suggestion", "Suggestions", "reasons"]

_WHAT_WORDS = {
    "searched": "searches",
    "searches-growing": "fastest-growing searches",
    "hired": "projects hired for",
    "hires-growing": "fastest-growing hires",
    "posted": "job posts",
    "postings-growing": "fastest-growing job posts",
    "expected": "skills that employers expect",
    "profiles": "talent profiles",
    "profiles-growing": "fastest-growing on talent profiles",
    "used": "tools people use",
}

_NAMED = 2
"""Held skills and lists that a one-line reason names; the rest is counted. More does not fit a line of 80 columns."""


@dataclass(frozen=True, slots=True, init=False)
class Reason:
    """Carry what one held skill gives to a suggestion's relevance; the shares of all reasons sum to it."""

    skill: str
    share: float

    def __init__(self, skill: str, share: float) -> None:
        # An answer has some forty; the way that dataclasses fill frozen fields was a tenth of a warm `recommend`.
        _set_skill(self, skill)
        _set_share(self, share)


_set_skill, _set_share = (vars(Reason)[name].__set__ for name in ("skill", "share"))  # the slots themselves


@dataclass(frozen=True, slots=True)
class Evidence:
    """Carry one appearance of a skill in a dated, published list.

    ``share`` is what the appearance gives to the demand part (0 for lists of supply, which are told, not added);
    ``name`` is how the list spells the skill; ``measure`` is what was measured, in the words of the list's record, and
    ``shows`` what has a place in it, where that is not plain from ``what``.
    """

    list: str
    publisher: str
    title: str
    what: str
    kind: str
    period: str
    name: str
    rank: int | None
    value: float | None
    unit: str
    share: float
    measure: str = ""
    shows: str = ""

    def words(self) -> str:
        """Say the appearance as a person would: "#6 of projects hired for, Upwork, first half of 2023"."""
        what = self.shows or _WHAT_WORDS.get(self.what, self.title)
        place = f"#{self.rank} of {what}" if self.rank else f"in {what}"
        growth = f" ({self.value:+.0f} %)" if self.unit == "percent" and "growing" in self.what and self.value else ""
        return f"{place}{growth}, {self.publisher}, {self.period}"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Carry one suggested skill with everything that speaks for it.

    ``score`` is the sum of ``parts`` exactly; the relevance parts (all but ``demand``) are the sum of the shares of
    ``because``; ``notes`` say what a reader should know (a product that was renamed, supply that outgrows demand).
    """

    skill: str
    score: float
    parts: Mapping[str, float]
    because: tuple[Reason, ...]
    evidence: tuple[Evidence, ...]
    notes: tuple[str, ...] = ()

    @property
    def personal(self) -> bool:
        """Tell whether anything held speaks for it; else it is suggested for its demand alone."""
        return any(reason.share > 0 for reason in self.because)

    def why(self) -> str:
        """Say the reasons in one line of plain words."""
        held = [reason.skill for reason in self.because if reason.share > 0]
        shown = [item for item in self.evidence if item.kind == "demand"]
        clauses = []
        if held:
            clauses.append("goes with " + _enumerated(held, "other of yours", "others of yours"))
        if shown:
            # A list that prints a skill under two names is one list, and what adds nothing shows no demand.
            more = len({item.list for item in shown if item.share > 0} - {shown[0].list})
            clauses.append(shown[0].words() + (f" (+{more} more list{'s' * (more > 1)})" if more else ""))
        return "; ".join([*clauses, *self.notes])


class Suggestions(Sequence[Suggestion]):
    """Hold the suggestions of one profile among many; they are made when first looked at, and compare like a list.

    ``make`` is called with ``row``, which spares a closure for each of a million profiles.
    """

    __slots__ = ("_count", "_made", "_make", "_row")

    def __init__(self, count: int, make: Callable[[int], list[Suggestion]], row: int) -> None:
        self._count, self._make, self._row = count, make, row
        self._made: list[Suggestion] | None = None

    def _list(self) -> list[Suggestion]:
        if self._made is None:
            self._made = self._make(self._row)
        return self._made

    def __getitem__(self, at: Any) -> Any:
        return self._list()[at]

    def __len__(self) -> int:
        return self._count

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    def __repr__(self) -> str:
        return repr(self._list())

    __hash__ = None  # type: ignore[assignment]  # as a list's


_SHARE = itemgetter(0)


def reasons(held: Sequence[str], shares: Sequence[float]) -> tuple[Reason, ...]:
    """Keep the held skills that say anything, loudest first; equal shares in the order of the profile.

    >>> [reason.skill for reason in reasons(["Go", "Rust", "Lua"], [0.5, 0.0, 2.0])]
    ['Lua', 'Go']
    """
    loudest = sorted(zip(shares, held, strict=True), key=_SHARE, reverse=True)  # equal ones keep their order
    return tuple([Reason(name, share) for share, name in loudest if share])


def _enumerated(names: list[str], one: str, many: str) -> str:
    more = len(names) - _NAMED
    if more <= 0:
        return " and ".join(names)
    return ", ".join(names[:_NAMED]) + f" and {more} {one if more == 1 else many}"
