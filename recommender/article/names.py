"""Clean the names of a run of items: figures, bracketed short forms, explanations and stops taken off."""

from __future__ import annotations

import re
from itertools import pairwise

from recommender.article.blocks import FEWEST_ITEMS, Line
from recommender.trends import TrendItem
from recommender.trends.records import same_name

__all__ = ["inline_items", "read_items", "told_items"]

LONGEST_TOLD = 5
"""Words that a name in a running sentence has at most: longer parts are clauses."""

LONGEST_NAME = 9
"""Words that a name of a skill has at most ("Large language model (LLM) development & application" has 7)."""

_FIGURE = re.compile(
    r"(?P<sign>[+−–-]\s?)?\b(?P<number>\d[\d,]*(?:\.\d+)?)\s?(?:%|percent\b|per\s+cent\b|pct\b)", re.IGNORECASE
)
_FILLERS = frozenset(
    [
        "is",
        "was",
        "were",
        "are",
        "up",
        "by",
        "a",
        "an",
        "grew",
        "rose",
        "jumped",
        "soared",
        "surged",
        "climbed",
        "increased",
        "gained",
        "fell",
        "dropped",
        "declined",
        "down",
        "with",
        "at",
        "to",
        "over",
        "more",
        "than",
        "almost",
        "nearly",
        "about",
        "around",
        "some",
        "growth",
        "increase",
        "rise",
        "jump",
        "of",
        "in",
        "demand",
        "searches",
        "postings",
        "hires",
    ]
)
"""Words between a name and its figure ("AI chatbot: up by more than 71 %"); the last four only after another filler."""
_LATE_FILLERS = frozenset(["in", "demand", "searches", "postings", "hires", "of"])
_FALLING = re.compile(r"\b(?:down|fell|dropped|declined|lost)\b", re.IGNORECASE)
_BRACKET = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]\s*$")
_EXPLAINED = re.compile(r"\s+[-–—]\s+|:\s+|\s+[-–—]{2}\s+")
_TELLING = re.compile(r"\b(?:includ(?:e|es|ed|ing)|were|are|was|such as)\s+(?=\S)", re.IGNORECASE)
_ENUMERATOR = re.compile(r"^\(?\d{1,2}[.)]\s+")
_PROSE = re.compile(
    r"(?:which|who|that|this|these|with|as|but|up|down|while|where|when|because|according|not|also|more|less|higher|lower"
    r"|in|on|at|by|for|from|to|of|it|we|they|there|said|says)\b|(?:19|20)\d\d|Q[1-4]\b",
    re.IGNORECASE,
)
_AROUND = re.compile(r"^[\s()\[\].,;:–—-]+|[\s()\[\].,;:–—-]+$")
_INITIALS = re.compile(r"(?:[^\W\d_]\.){2,}$")
_LONGEST_LINE = 400  # characters: beyond, a line is prose, and is not searched for a name


def read_items(lines: tuple[Line, ...], ordered: bool = True) -> tuple[TrendItem, ...]:
    """Read a run of items into names with ranks and growth; empty when the lines are sentences, not names.

    A printed number is the rank, else the place in the run is. Places are no ranks when figures are printed that do not
    fall from line to line, or when the article says that the order means nothing (``ordered``).
    """
    read = [_item(line.text) for line in lines]
    kept = [(item, line) for item, line in zip(read, lines, strict=True) if item is not None]
    if len(kept) < FEWEST_ITEMS or len(kept) < 0.7 * len(lines):  # one stray line is a caption, more are prose
        return ()
    values = [item.value for item, _ in kept if item.value is not None]
    falling = all(a >= b for a, b in pairwise(values))
    numbers = [line.number for _, line in kept]
    printed = all(numbers) and all(a < b for a, b in pairwise(numbers) if a and b)
    out: dict[str, TrendItem] = {}
    for place, (item, line) in enumerate(kept, start=1):
        rank = line.number if printed else place if ordered and falling else None
        out.setdefault(same_name(item.name), TrendItem(item.name, rank, item.value, None, item.note))
    return tuple(out.values())


def inline_items(sentence: str) -> tuple[Line, ...]:
    """Read the names after the colon of a sentence: "...: ChatGPT, BERT and Bard."; none when they are prose.

    >>> [line.text for line in inline_items("Most searched were: ChatGPT, BERT, and Bard")]
    ['ChatGPT', 'BERT', 'Bard']
    """
    rest = sentence.partition(": ")[2]
    return _names_of(rest) if rest else ()


def told_items(sentence: str) -> tuple[str, tuple[Line, ...]]:
    """Read the names that a sentence tells without a colon, and the words before them; no names when it is prose.

    >>> told_items("Top searches included Figma, (2) Canva and Excel.")[1][1].text
    'Canva'
    """
    for verb in _TELLING.finditer(sentence[:_LONGEST_LINE]):
        lines = tuple(Line(_ENUMERATOR.sub("", line.text)) for line in _names_of(sentence[verb.end() :].rstrip(". ")))
        if lines and not any(_PROSE.match(line.text) or len(line.text.split()) > LONGEST_TOLD for line in lines):
            return sentence[: verb.start()], lines
    return "", ()


def _names_of(rest: str) -> tuple[Line, ...]:
    """Split the end of a sentence into names, at semicolons if there are several, else at commas and the last "and"."""
    wide = _split(rest, ";")
    parts = wide if len(wide) >= FEWEST_ITEMS else _split(rest, ",")
    if len(parts) > 1:
        last = parts.pop().strip()
        joined = re.match(r"(?:and|or|&)\s+(.+)$", last, re.IGNORECASE | re.DOTALL)
        parts += [joined[1]] if joined else last.rsplit(" and ", 1) if len(wide) < FEWEST_ITEMS else [last]
    return tuple(Line(part.strip()) for part in parts) if len(parts) >= FEWEST_ITEMS else ()


def _split(words: str, separator: str) -> list[str]:
    """Split at a separator before a blank, but not inside brackets."""
    parts, start, depth = [], 0, 0
    for position, letter in enumerate(words):
        depth += (letter == "(") - (letter == ")" and depth > 0)
        if letter == separator and not depth and words[position + 1 : position + 2].isspace():
            parts.append(words[start:position])
            start = position + 1
    return [*parts, words[start:]]


def _item(text: str) -> TrendItem | None:
    """Read one line: its name, its growth in per cent where printed, and what else it says as a note."""
    if len(text) > _LONGEST_LINE:
        return None
    value, notes = None, list[str]()
    figure = _FIGURE.search(text)
    if figure:
        value = float(figure["number"].replace(",", ""))
        minus = (figure["sign"] or "").strip() in ("-", "−", "–") and figure["sign"] and _minus(text, figure)
        before, between = _without_fillers(text[: figure.start()])
        after = text[figure.end() :]
        value = -value if minus or _FALLING.search(between) else value
        text, notes = (before, [_AROUND.sub("", after)]) if _AROUND.sub("", before) else (after, [])
    name = _trim(text)
    explained = _EXPLAINED.search(name)
    if explained and explained.start() > 0:
        name, notes = name[: explained.start()], [name[explained.end() :], *notes]
    bracket = _BRACKET.search(name)
    if bracket and _is_short_form(bracket[1], name[: bracket.start()]):
        name, notes = name[: bracket.start()], [f"printed with ({bracket[1]})", *notes]
    name = _trim(name)
    if not re.search(r"\w", name) or len(name.split()) > LONGEST_NAME:
        return None
    return TrendItem(name, None, value, None, "; ".join(note for note in notes if note))


def _without_fillers(words: str) -> tuple[str, str]:
    """Part a name from the words that lead to its figure."""
    tokens = words.split()
    kept, seen = len(tokens), len(tokens)
    while seen > 0:
        token = tokens[seen - 1].strip(" (,;:[-–—").lower()
        if token and token not in _FILLERS:
            break
        seen -= 1
        if token not in _LATE_FILLERS:
            kept = seen
    return " ".join(tokens[:kept]), " ".join(tokens[kept:])


def _minus(text: str, figure: re.Match[str]) -> bool:
    """Tell a minus from a dash between name and figure: it touches the figure, and a blank or bracket is before it."""
    start = figure.start("sign")
    return not figure["sign"].endswith(" ") and (start == 0 or text[start - 1] in " ([:+")


def _is_short_form(short: str, name: str) -> bool:
    """Tell whether a bracket repeats a name by its initials: NLP, LLMs, YOLO, RAG."""
    letters = re.sub(r"(?<=[A-Z])s$|\.", "", short.strip())
    initials = "".join(word[0] for word in re.split(r"[\s/&-]+", name) if word and word[0].isalnum())
    return len(letters) >= 2 and letters.isalpha() and letters.casefold() == initials.casefold()


def _trim(name: str) -> str:
    """Take stops, quotes and a closing "and" off a name; the dots of ".NET" and "A.I." stay."""
    name = re.sub(r"[\s,;]+(?:and|or)\s*$", "", name.strip(), flags=re.IGNORECASE).strip(' ,;:"“”–—')
    name = name.removesuffix(" -")
    if name.endswith(".") and not _INITIALS.search(name):
        name = name.rstrip(". ")
    opened = name.count("(") - name.count(")")
    return name.rstrip(" (") if opened > 0 and name.endswith("(") else name.strip()
