"""Split an article into blocks: headings, paragraphs, and runs of items, whatever marks the copy left."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from recommender.characters import BULLETS
from recommender.text import clean

__all__ = ["FEWEST_ITEMS", "Block", "Line", "blocks"]

FEWEST_ITEMS = 3
"""A run of two names is an aside ("ChatGPT and Bard"), not a list."""

LONGEST_NAME = 8
"""Words of a name that stands on a line of its own without any mark; longer lines are prose or headings."""

MOST_BETWEEN = 4
"""Blocks of words that may stand after each name of a list that goes on."""

LONGEST_HEADING = 16
"""Words of a line that is a heading when nothing ends it."""

_DASHES = "-–—‐‑−"
_BULLET = re.compile(rf"\s*[{re.escape(BULLETS + _DASHES)}+](?:\s+|(?<=[•●▪■►▸‣⁃✓✔✅])\s*)(?=\S)")
_NUMBER = re.compile(r"\s*(?:#|No\.?\s*)?\(?(\d{1,3})(?:[.):]|\s+[-–—])\s+(?=\S)", re.IGNORECASE)
_INLINE_BULLET = re.compile(r"\s*[•●▪■►▸‣⁃✓✔✅]\s*")
_INLINE_NUMBER = re.compile(r"(?:^|\s)(\d{1,2})[.)]\s+(?=[^\W\d]|\d[^\W\d])")
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)\b[^<>]*>", re.IGNORECASE)
_HEADINGS, _BREAKING = (
    ("h1", "h2", "h3", "h4", "h5", "h6"),
    ("p", "div", "ul", "ol", "br", "tr", "table", "section", "article", "title"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """Hold one item as printed, and its number where it has one."""

    text: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Hold a heading, a paragraph (`text`), or a run of items (`items`); `line` is where it starts, from 1."""

    kind: str
    line: int
    text: str = ""
    items: tuple[Line, ...] = ()


def blocks(prose: str) -> list[Block]:
    """Split prose into its blocks, in order; letters are cleaned, HTML and Markdown marks taken off."""
    found: list[Block] = []
    group: list[str] = []
    before = ""
    for number, raw in enumerate([*_without_headers(_without_html(prose).splitlines()), ""], start=1):
        line = clean(raw)
        marked = _items(line)
        wrapped = before and line and not marked and not group and raw[:2].isspace() and found and found[-1].items
        before = line
        if wrapped:
            found[-1] = _lengthen(found[-1], line)
            continue
        if group and (not line or marked or line.startswith("#") or _bold(group[0])):
            found.extend(_paragraph(group, number - len(group)))
            group = []
        if marked:
            _extend(found, marked, number)
        elif line.startswith("#") and line.strip("# "):
            heading = _plain(line.strip("# "))
            ranked = _items(heading)  # "### 1. AI literacy", with words on each below
            found.append(Block("items", number, items=ranked) if ranked else Block("heading", number, heading))
        elif line:
            group.append(line)
    return _unmarked(_joined(found))


def _extend(found: list[Block], items: tuple[Line, ...], number: int) -> None:
    """Add items to the run before them, unless their numbers start again."""
    last = found[-1] if found else None
    again = last and last.kind == "items" and last.items[-1].number and (items[0].number or 2) == 1
    if last and last.kind == "items" and not again and bool(last.items[-1].number) == bool(items[0].number):
        found[-1] = Block("items", last.line, items=last.items + items)
    else:
        found.append(Block("items", number, items=items))


def _joined(found: list[Block]) -> list[Block]:
    """Join runs whose numbers go on although words on each name stand between: the words move behind the run."""
    out: list[Block] = []
    run = -1
    for block in found:
        last = out[run].items[-1].number if run >= 0 else None
        if block.items and last and block.items[0].number == last + 1 and len(out) - run - 1 <= MOST_BETWEEN * last:
            out[run] = Block("items", out[run].line, items=out[run].items + block.items)
            continue
        out.append(block)
        run = len(out) - 1 if block.items else run
    return out


def _without_headers(lines: list[str]) -> list[str]:
    """Blank the header of each Markdown table: the row above a row of dashes, and that row."""
    rule = re.compile(r"\s*\|?[\s:-]*-[\s:|-]*\|[\s:|-]*$")
    rules = {number for number, line in enumerate(lines) if "|" in line and rule.match(line)}
    return ["" if number in rules or number + 1 in rules else line for number, line in enumerate(lines)]


def _lengthen(run: Block, line: str) -> Block:
    """Add an indented line to the item above it, which it continues."""
    last = run.items[-1]
    return Block("items", run.line, items=(*run.items[:-1], Line(f"{last.text} {_plain(line)}", last.number)))


def _items(line: str) -> tuple[Line, ...]:
    """Read the items of a line that is marked as one, or holds several ("• A • B • C", "1. A 2. B 3. C")."""
    if line.startswith("|"):
        return _table_row(line)
    parts = [part for part in _INLINE_BULLET.split(line) if part]
    if len(parts) >= FEWEST_ITEMS and _INLINE_BULLET.match(line):
        return tuple(Line(_plain(part)) for part in parts)
    numbers = list(_INLINE_NUMBER.finditer(line))
    if len(numbers) >= FEWEST_ITEMS and numbers[0].start() == 0:
        ends = [match.start() for match in numbers[1:]] + [len(line)]
        return tuple(Line(_plain(line[m.end() : end]), int(m[1])) for m, end in zip(numbers, ends, strict=True))
    bullet = _BULLET.match(line)
    number = _NUMBER.match(line[bullet.end() :] if bullet else line)
    rest = line[bullet.end() :] if bullet else line
    if number:
        return (Line(_plain(rest[number.end() :]), int(number[1])),)
    return (Line(_plain(rest)),) if bullet else ()


def _table_row(line: str) -> tuple[Line, ...]:
    """Read a row of a Markdown or HTML table: a rank where the first cell is one, the name, and the rest behind it."""
    cells = [cell for cell in (part.strip() for part in line.strip("| ").split("|")) if re.search(r"\w", cell)]
    rank = int(cells[0].strip("#.")) if cells and re.fullmatch(r"#?\d{1,3}\.?", cells[0]) else None
    named = cells[1:] if rank is not None else cells
    return (Line(_plain(" — ".join(named)), rank),) if named else ()


def _counted(lines: list[str]) -> list[Line]:
    """Read lines that begin with 1, 2, 3... without a dot ("1 ChatGPT") at the end of a group, if there are."""
    out: list[Line] = []
    for line in reversed(lines):
        match = re.match(r"(\d{1,3})\s+(?=\S)", line)
        if not match or (out and int(match[1]) != (out[-1].number or 0) - 1):
            break
        out.append(Line(_plain(line[match.end() :]), int(match[1])))
    return out[::-1] if len(out) >= FEWEST_ITEMS and out[-1].number == 1 else []


def _paragraph(lines: list[str], number: int) -> list[Block]:
    """Make one paragraph of wrapped lines, or a lead-in and the unmarked names below it, or a heading."""
    counted = _counted(lines)
    if counted:
        rest = lines[: -len(counted)]
        above = _paragraph(rest, number) if rest else []
        return [*above, Block("items", number + len(rest), items=tuple(counted))]
    if len(lines) > FEWEST_ITEMS and lines[0].endswith(":") and all(map(_name_like, lines[1:])):
        items = tuple(Line(_plain(line)) for line in lines[1:])
        return [Block("paragraph", number, _plain(lines[0])), Block("items", number + 1, items=items)]
    text = _plain(" ".join(lines))
    ended = text[-1:] in ".!?:;," and not re.search(r"(?:[A-Z]\.){2,}$", text)  # "... in the U.S." may be a heading
    heading = len(lines) == 1 and len(text.split()) <= LONGEST_HEADING and not ended
    return [Block("heading" if heading or (_bold(lines[0]) and text[-1:] != ":") else "paragraph", number, text)]


def _unmarked(found: list[Block]) -> list[Block]:
    """Take short lines that stand alone below a lead-in with a colon for its items.

    The last one before the next lead-in is the heading of that one.
    """
    out: list[Block] = []
    position = 0
    while position < len(found):
        block = found[position]
        out.append(block)
        position += 1
        if block.kind != "paragraph" or not block.text.endswith(":"):
            continue
        stop = position
        while stop < len(found) and found[stop].kind == "heading" and _name_like(found[stop].text):
            stop += 1
        if stop < len(found) and found[stop].kind != "heading" and found[stop].text.endswith(":"):
            stop -= 1
        if stop - position >= FEWEST_ITEMS:
            out.append(Block("items", found[position].line, items=tuple(Line(b.text) for b in found[position:stop])))
            position = stop
    return out


def _name_like(line: str) -> bool:
    return len(line.split()) <= LONGEST_NAME and line[-1:] not in ".!?:;"


def _bold(line: str) -> bool:
    return bool(re.fullmatch(r"(\*\*|__)[^*_].*\1", line))


def _plain(text: str) -> str:
    """Take Markdown marks off: links, emphasis, code, footnote numbers (bounded, so that long lines stay linear)."""
    text = re.sub(r"!?\[([^\[\]]{0,300})\]\([^()\s]{0,900}\)", r"\1", text)
    text = re.sub(r"\[\^?\d{1,3}\]", "", text)
    text = re.sub(r"(?<!\w)(\*\*\*|\*\*|\*|__|_|`)(?=\S)(.{1,300}?)(?<=\S)\1(?!\w)", r"\2", text)
    return " ".join(text.split())


def _without_html(prose: str) -> str:
    """Turn HTML that a copy left over into lines: items get bullets, headings a #, paragraphs lines of their own."""
    if not _TAG.search(prose):
        return html.unescape(prose) if "&" in prose else prose
    prose = re.sub(r"<(script|style)\b[^<>]*>.*?</\1\s*>|<!--.*?-->", " ", prose, flags=re.IGNORECASE | re.DOTALL)

    prose = re.sub(r"<thead\b.*?</thead\s*>", " ", prose, flags=re.IGNORECASE | re.DOTALL)

    def mark(match: re.Match[str]) -> str:
        closing, tag = match[1], match[2].lower()
        if tag in ("td", "th"):
            return "" if closing else " | "
        if tag == "li":
            return "\n" if closing else "\n• "
        if tag in _HEADINGS:
            return "\n\n" if closing else "\n\n# "
        return "\n\n" if tag in _BREAKING else ""

    lines = _TAG.sub(mark, prose)
    return html.unescape(re.sub(r"•[ \t]*\n\s*(?=\S)", "• ", lines))
