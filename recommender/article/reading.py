"""Put blocks, names and cues together: prose in, trend lists out, or an error that says what would be recognised."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from recommender.article.blocks import FEWEST_ITEMS, Block, Line, blocks
from recommender.article.cues import is_unordered, publication_day, read_periods, read_publisher, read_what, sentences
from recommender.article.names import inline_items, read_items, told_items
from recommender.errors import ArticleError
from recommender.trends import WHATS, Period, TrendItem, TrendList, list_id

__all__ = ["read_article"]

LONGEST_DATE = 6
"""Words of a line that is a date and no heading ("Published on March 19, 2025")."""

OPENING = 5
"""Blocks of an article in which its date line stands."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Hold a run of names and the words around it."""

    lines: tuple[Line, ...]
    lead: str
    paragraph: str
    headings: tuple[str, ...]  # nearest first
    line: int


def read_article(
    prose: str,
    *,
    name: str = "article",
    publisher: str | None = None,
    period: Period | None = None,
    what: str | None = None,
    published: date | None = None,
    sources: tuple[str, ...] = (),
    grade: str = "B",
    say: Callable[[str], None] = lambda _: None,
) -> list[TrendList]:
    """Read every trend list that an article prints, in its order.

    What is passed wins over what the text says. ``name`` is how messages call the article. Grade B is that of a third
    party who quotes a publisher. ``say`` is told of each run that is announced as a list but left out. Raises
    `ArticleError` when no list is found (it says what is recognised), or when publisher or period of a list is told
    nowhere (it names each, and the option that gives it).
    """
    parts = blocks(prose)
    published = published or publication_day(part.text for part in parts[:OPENING])
    lists: list[TrendList] = []
    faults: list[str] = []
    for found in _runs(parts):
        kind = what or _what(found)
        items = read_items(found.lines, not is_unordered(found.lead))
        if kind is None or not items:
            if kind is not None:
                say(_left_out(found))
            continue
        span, baseline = (period, None) if period else read_periods(_places(found, parts), published)
        house = publisher or read_publisher(_places(found, parts))
        missing = [word for word, value in (("period", span), ("publisher", house)) if value is None]
        if span is None or house is None:
            faults.append(f"line {found.line}: a list of {len(items)} names tells no {' and no '.join(missing)}")
            continue
        growing = kind.endswith("-growing")
        lists.append(
            _make(found, items, kind, house, span, baseline if growing else None, lists, published, sources, grade)
        )
    if faults:
        raise ArticleError(f"{name}: {'; '.join(faults)}. Pass --period (such as 2023-Q2) and --publisher.")
    if not lists:
        raise ArticleError(_nothing(name, parts))
    return lists


def _left_out(found: _Found) -> str:
    """Say which run was passed over, and why."""
    names = ", ".join(line.text for line in found.lines[:FEWEST_ITEMS])
    why = f"a list has {FEWEST_ITEMS} names or more" if len(found.lines) < FEWEST_ITEMS else "they read as sentences"
    return f"line {found.line}: {len(found.lines)} items left out ({names:.100}): {why}"


def _runs(parts: list[Block]) -> Iterator[_Found]:
    """Go through the runs of items, marked or after a colon, each with its lead-in sentence and its headings."""
    headings: list[str] = []
    for position, part in enumerate(parts):
        if part.kind == "heading":
            if not _is_date(part.text):
                headings.insert(0, part.text)
        elif part.kind == "items":
            before = parts[position - 1] if position else part
            paragraph = before.text if before.kind == "paragraph" else ""
            lead = sentences(paragraph)[-1] if paragraph else ""
            yield _Found(part.items, lead, paragraph, tuple(headings), part.line)
        else:
            for sentence in sentences(part.text):
                lines = inline_items(sentence)
                lead, told = (sentence.partition(": ")[0], lines) if lines else told_items(sentence)
                if lines or (told and read_what(lead, "")):  # without a colon it must say what it tells
                    yield _Found(told, lead, part.text, tuple(headings), part.line)


def _what(found: _Found) -> str | None:
    """Read the kind of measure; numbered names may lean on a heading above their own ("Top skills", "In design")."""
    numbered = all(line.number for line in found.lines)
    headings = found.headings if numbered else found.headings[:1]
    return next((kind for heading in headings or ("",) if (kind := read_what(found.lead, heading))), None)


def _is_date(words: str) -> bool:
    return len(words.split()) <= LONGEST_DATE and publication_day([words]) is not None


def _places(found: _Found, parts: list[Block]) -> list[str]:
    """List where publisher and period of a run are looked for, the nearest words first.

    The title often carries a bare year that is that of the report, not of its figures, so the text of the section and
    of the introduction come before it.
    """
    own = max((part.line for part in parts if part.kind == "heading" and part.line < found.line), default=0)
    second = [*(part.line for part in parts if part.kind == "heading"), found.line, found.line][1]
    title = found.headings[-1:] if parts[0].kind == "heading" else ()
    headings = found.headings[: len(found.headings) - len(title)]
    texts = [part for part in parts if part.kind == "paragraph"]
    section = [part.text for part in texts if own < part.line < found.line][::-1]
    opening = [part.text for part in texts if part.line < min(second, found.line)]
    others = [part.text for part in texts if part.line < found.line][::-1] + [part.text for part in texts]
    return [found.lead, *headings[:1], found.paragraph, *section, *headings[1:], *opening, *title, *others]


def _make(
    found: _Found,
    items: tuple[TrendItem, ...],
    what: str,
    publisher: str,
    period: Period,
    baseline: Period | None,
    lists: list[TrendList],
    published: date | None,
    sources: tuple[str, ...],
    grade: str,
) -> TrendList:
    title = found.headings[0] if found.headings else found.lead.rstrip(":") or f"{what}, {period.words()}"
    name = list_id(publisher, period, what)
    if any(other.id == name for other in lists):  # two lists of one period and kind: the title tells them apart
        name = list_id(publisher, period, what, " ".join(title.split()[:6]))
    if any(other.id == name for other in lists):
        name = f"{name}-{len(lists) + 1}"
    figures = any(item.value is not None for item in items)
    return TrendList(
        id=name,
        publisher=publisher,
        title=title,
        what=what,
        period=period,
        items=items,
        baseline=baseline,
        measure=found.lead.rstrip(" :") or title,
        unit="percent" if figures else "order",
        published=published,
        sources=sources,
        grade=grade,
    )


def _nothing(name: str, parts: list[Block]) -> str:
    runs = sum(part.kind == "items" for part in parts)
    return (
        f"{name}: no trend list found in {len(parts)} blocks of text ({runs} runs of bullets or numbers)."
        " Recognised is a heading or sentence about top or growing searches, hires, projects, postings, skills or"
        " talent profiles, then three or more names as bullets, numbers, dashes, or after a colon."
        f" Pass --what ({', '.join(WHATS[:4])}...) to name it yourself."
    )
