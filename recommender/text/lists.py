"""Split a skill list as people write it: separators of all kinds, brackets, headings, literals, hashtags, bullets.

Where a sign may be part of a name ("CI/CD", "Research and development") the text alone cannot tell. A caller who knows
the names passes ``known``; then a name that is known whole stays whole, and is split only into parts that are known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from recommender.characters import BULLETS, QUOTES
from recommender.text.entities import unescaped
from recommender.text.fold import Step
from recommender.text.literals import read_literal
from recommender.text.parting import AND, WITH, Known, Parts, halved, joined, of_several, slashes
from recommender.text.qualifiers import is_qualifier

__all__ = ["Known", "Piece", "split_list", "split_part"]

# Brackets in brackets in brackets are no list that a person wrote.
DEEPEST: Final = 3
# Longer pieces are prose; they are not looked into.
LONGEST_PIECE: Final = 200
# "Python - Django - Flask": so many dashes, and no other separator, make a list.
LEAST_DASHES: Final = 2

# A raised dot stands inside names (DALL·E) and an asterisk rates; they part only beside a blank.
_BULLETS: Final = BULLETS.replace("*", "").replace("·", "")
_SEPARATORS: Final = re.compile(
    rf"[,;|\n\r\t\v\f\u2028\u2029、，；｜،؛]|[{_BULLETS}]|(?<!\S)[·‧∙]|[·‧∙](?!\S)|(?<=\s)\*(?=\s)| / | \\ "
    # A full stop ends an item before a capital, unless it begins a suffix of products (ASP. NET).
    r"|(?<=\w\w\w)\.\s+(?=[A-Z](?!(?:ET|S)\b))"
)
_BRACKETS: Final = {"(": ")", "[": "]", "{": "}", "（": "）"}
_CLOSING: Final = {close: open_ for open_, close in _BRACKETS.items()}
_BRACKET: Final = re.compile(r"[()\[\]{}（）]")
_OPENING_MARK: Final = re.compile(
    rf"^(?:[\s{BULLETS}]|[-–—](?=\s|[^\W\d_]{{2}})|\(?\d{{1,3}}[.)](?=\s)|&\s+|"
    r"(?:and|or|plus|also|etc\.?|e\.g\.|incl(?:uding|\.)?)\s+)+", re.IGNORECASE,
)  # fmt: skip
_CLOSING_MARK: Final = re.compile(r"[\s.;,:…]+$|\s+(?:etc\.?|and more|and others|and so on)\s*$", re.IGNORECASE)
_HEADING: Final = re.compile(
    r"^(?:(?:my|key|core|main|other|top|soft|hard|technical|tech|professional|additional|relevant|computer|it|digital)"
    r"\s+)*"
    r"(?:skills?|competenc(?:ies|es|e)|languages?|programming languages|tools?|technolog(?:y|ies)|frameworks?|software|"
    r"libraries|databases?|platforms?|methods|expertise|proficienc(?:y|ies)|stack|knowledge|strengths|tags|keywords|"
    r"others?|services|specialties|areas of expertise|tools (?:and|&) technologies)$",
    re.IGNORECASE,
)
_TAG: Final = re.compile(r"#[^\W\d_]{2}")
_HASHTAGS: Final = re.compile(r"\s*(?:#[^\s#,;]+[\s,;]*)+")
# What holds none of these is one term, whatever is known.
_MAY_PART: Final = re.compile(r"[/:&+()\[\]{}（）]|\s(?:with|using|via|in|and|or|et|und|y)\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """Hold one term of a list, as its author wrote it, and the steps that read it."""

    term: str
    steps: tuple[Step, ...] = ()


def split_list(text: str, known: Known | None = None) -> list[Piece]:
    """Split a skill list into its terms.

    Reads commas, semicolons, bars, bullets, lines, spaced slashes, hashtags, numbered lists, JSON and Python list
    literals, "Tools: X, Y", "X (Y, Z)" and "X, Y and Z". Qualifiers such as "(expert)" stay with their term, for the
    matcher to read. Nothing is dropped but headings ("Skills:") and spans of years that stand alone. Linear in the
    text; never fails.

    Args:
        text: the list.
        known: tells which skill a term means, None if none; decides what a slash, a bracket or an "and" parts.

    >>> [piece.term for piece in split_list("Python (Django, Flask); CI/CD • 5+ years of Java | SQL/MySQL")]
    ['Python', 'Django', 'Flask', 'CI/CD', '5+ years of Java', 'SQL', 'MySQL']
    >>> [piece.term for piece in split_list('["Word", "Excel"]')], [piece.term for piece in split_list("#seo #ads")]
    (['Word', 'Excel'], ['seo', 'ads'])
    """
    pieces: list[Piece] = []
    for part, steps in _top(unescaped(text), known):
        pieces += [piece for piece in _item(part, steps, known, 0) if any(c.isalnum() for c in piece.term)]
    return _without_bare_years(pieces, known)


def split_part(text: str, known: Known | None = None) -> list[str]:
    """Split part of a list that begins behind a term of it, where a comma parts them; no bracket reaches out of it.

    If the list goes on, the part ends with its separator. What is said of the term before ("5 years") is left out.

    >>> split_part("5 years, Python (Django, Flask)")
    ['Python', 'Django', 'Flask']
    """
    text = f",{text}"
    parts = [text[a:b] for a, b in _spans(text)]
    parts[-1:] = _halves(parts[-1], known)
    terms = [piece.term for part in parts if part.strip() for piece in _item(part, (), known, 0)]
    return [term for term in terms if any(map(str.isalnum, term)) and not _is_said(term, known)]


def _top(text: str, known: Known | None) -> Iterator[tuple[str, tuple[Step, ...]]]:
    """Read literals and hashtags; anything else is split at its separators."""
    literal = read_literal(text)
    if literal is not None:
        yield from [(term, (Step("list literal", _short(text), term),)) for term in literal]
    elif "#" in text and _HASHTAGS.fullmatch(text):
        yield from [(tag, (Step("hashtags", _short(text), tag),)) for tag in re.findall(r"#([^\s#,;]+)", text)]
    else:
        yield from _separated(text, known)


def _short(text: str) -> str:
    """Show the beginning of a long text: steps are for people."""
    return text if len(text) <= LONGEST_PIECE else f"{text[:LONGEST_PIECE]}…"


def _separated(text: str, known: Known | None) -> Iterator[tuple[str, tuple[Step, ...]]]:
    """Split at separators that stand in no brackets."""
    parts = [text[a:b] for a, b in _spans(text)]
    dashes = list(re.split(r"\s+[-–—]\s+", text)) if len(parts) == 1 and len(text) <= LONGEST_PIECE else []
    if len(dashes) > LEAST_DASHES and not any(is_qualifier(part) for part in dashes):
        yield from [(part, (Step("list with dashes", text, part),)) for part in dashes]
        return
    last = len(parts) - 1
    for place, part in enumerate(parts):
        steps = (Step("list", _short(text), part.strip()),) if last else ()
        halves = _halves(part, known) if place == last and last else [part]
        for half in halves:
            yield half, steps if len(halves) == 1 else (*steps, Step("and", part.strip(), half.strip()))


def _halves(part: str, known: Known | None) -> list[str]:
    """Read "X and Y" at the end of a list as two of its items, where that is not known as one."""
    halves = AND.split(part) if "(" not in part else [part]
    if len(halves) != 2 or ", " in part or not all(halves) or not _single(halves):
        return [part]
    return [part] if known is not None and known(part.strip()) is not None else halves


def _single(halves: list[str]) -> bool:
    """Tell whether "X and Y" at the end of a list are two of its items: a word or two each, written alike."""
    first, second = halves[0].strip(), halves[1].strip()
    alike = first[:1].isupper() == second[:1].isupper() or not second[:1].isalpha()
    return alike and all(len(half.split()) <= 2 for half in halves)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Find the parts between separators; brackets that have no partner are no brackets."""
    shield = _closed(text)
    start, inside = 0, 0
    for match in _SEPARATORS.finditer(text):
        while inside < len(shield) and shield[inside][1] < match.start():
            inside += 1
        if inside < len(shield) and shield[inside][0] < match.start():
            continue
        yield start, match.start()
        start = match.end()
    yield start, len(text)


def _closed(text: str) -> list[tuple[int, int]]:
    """Find the outermost pairs of brackets, none of which spans lines."""
    stack: list[int] = []
    pairs: list[tuple[int, int]] = []
    for match in _BRACKET.finditer(text):
        mark, at = match[0], match.start()
        if mark in _BRACKETS:
            stack.append(at)
        elif stack and text[stack[-1]] == _CLOSING[mark]:
            opened = stack.pop()
            while pairs and pairs[-1][0] > opened:
                pairs.pop()
            if "\n" not in text[opened:at]:
                pairs.append((opened, at))
    return pairs


def _item(part: str, steps: tuple[Step, ...], known: Known | None, depth: int) -> Iterator[Piece]:
    """Read one item: marks around it, a heading before it, brackets behind it, parts inside it."""
    bare = _unmarked(part)
    if bare != part.strip():
        steps = (*steps, Step("marks", part.strip(), bare))
    if not bare or len(bare) > LONGEST_PIECE or depth > DEEPEST:
        yield Piece(bare, steps)
        return
    if not _MAY_PART.search(bare) or not _may_part(bare):
        yield Piece(bare, steps)
        return
    listed = _brackets(bare, None)
    if (
        known is not None
        and listed is None
        and (whole := known(bare)) is not None
        and not _tells_more(bare, whole, known)
    ):
        yield Piece(bare, steps)
        return
    for read in (_heading, _brackets, slashes, joined):
        parts = read(bare, known)
        if parts is not None:
            name, found = parts
            for one in found:
                yield from _item(one, (*steps, Step(name, bare, one.strip())), known, depth + 1)
            return
    yield Piece(bare, steps)


def _tells_more(bare: str, whole: object, known: Known) -> bool:
    """Tell whether a known name means only one of the skills that it names: "SEO/SEM", "Revit (BIM)" are two each."""
    explained = _explained(bare) if bare[-1] in _CLOSING else None
    if explained is None:
        return halved(bare, whole, known)
    head, parts = explained
    return of_several([head, *parts], whole, known)


def _may_part(bare: str) -> bool:
    """Tell whether any reading can part an item, whatever is known: asking what is known is most of the work."""
    if "/" in bare or bare[0] in _BRACKETS or WITH.search(bare):
        return True
    return (bare[-1] in _CLOSING and _explained(bare) is not None) or (":" in bare and _heading(bare, None) is not None)


def _unmarked(part: str) -> str:
    bare = part.strip()
    opened = _OPENING_MARK.match(bare)
    if opened:
        bare = bare[opened.end() :]
    closed = _CLOSING_MARK.search(bare[-LONGEST_PIECE:])
    if closed and len(bare) <= LONGEST_PIECE:
        bare = bare[: closed.start()]
    bare = bare.strip().strip(QUOTES).strip()
    if bare[:1] == "'" == bare[-1:] and len(bare) > 2:
        bare = bare[1:-1]
    return bare[1:] if bare[:1] == "#" and _TAG.match(bare) else bare


def _heading(bare: str, known: Known | None) -> Parts:  # noqa: ARG001
    """Read "MS Office: Word" as both, "Tools: Figma", "Basic: Figma" as Figma; a level behind it is none of ours."""
    head, colon, rest = bare.partition(":")
    if not colon or not rest.strip() or not head.strip() or is_qualifier(rest) or rest.startswith("//"):
        return None
    if _HEADING.match(head.strip()) or is_qualifier(head.strip()):
        return "heading", [rest]
    return ("colon", [head, rest]) if rest[0].isspace() else None


def _brackets(bare: str, known: Known | None) -> Parts:
    """Read "Python (Django, Flask)" as all three; "NLP (natural language processing)" and "Excel (expert)" stay."""
    if bare[-1] not in _CLOSING or bare[0] in _BRACKETS:
        inner = bare[1:-1] if bare[0] in _BRACKETS and bare[-1] == _BRACKETS[bare[0]] else ""
        return ("brackets", [inner[a:b] for a, b in _spans(inner)]) if inner and not _BRACKET.search(inner) else None
    explained = _explained(bare)
    if explained is None:
        return None
    head, parts = explained
    if len(parts) > 1:
        return "brackets", [head, *parts]
    if known is not None and len(parts) == 1:
        of_head, of_part = known(head), known(parts[0])
        if of_head is not None:  # what stands in the brackets is read, or refused, by itself
            return "brackets", [head] if of_head == of_part else [head, parts[0]]
    return None


def _explained(bare: str) -> tuple[str, list[str]] | None:
    """Read what stands before a closing pair of brackets, and the parts within it that are no qualifiers."""
    pairs = _closed(bare)
    if not pairs or pairs[-1][1] != len(bare) - 1:
        return None
    head, inside = bare[: pairs[-1][0]].strip(), bare[pairs[-1][0] + 1 : -1]
    parts = [inside[a:b].strip() for a, b in _spans(inside)]
    parts = [part for part in parts if part and not is_qualifier(part)]
    return (head, parts) if head and parts else None


def _without_bare_years(pieces: list[Piece], known: Known | None) -> list[Piece]:
    """Take "5 years" and the like, written as an item of its own, as said of the term before it."""
    found: list[Piece] = []
    for piece in pieces:
        alone = _is_said(piece.term, known)
        if alone and found:
            before = found[-1]
            found[-1] = Piece(before.term, (*before.steps, Step("said of the term before", piece.term, before.term)))
        elif not alone or len(pieces) == 1:
            found.append(piece)
    return found


def _is_said(term: str, known: Known | None) -> bool:
    return is_qualifier(term) and (known is None or known(term) is None)
