"""Read lists that are written as JSON or Python literals."""

from __future__ import annotations

import json
import re
from typing import Final

__all__ = ["read_literal"]

_LITERAL: Final = re.compile(r"\s*[\[({]\s*(?:[\"'“‘]|[uU]?['\"]|(?:null|None|true|false|-?\d+(?:\.\d+)?)\s*,)")
_QUOTED: Final = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.|(?<=\w)'(?=\w))*)'")


def read_literal(text: str) -> list[str] | None:
    """Read a JSON list (of strings, or of objects with a name) or a Python list of strings; None if it is neither.

    Nothing is evaluated; strings are picked out of what looks like a list.

    >>> read_literal("['Word', \\"driver's licence\\"]"), read_literal("Word, Excel")
    (['Word', "driver's licence"], None)
    >>> read_literal('[null, "SEO", 3]')
    ['SEO', '3']
    """
    if not _LITERAL.match(text) and not text.lstrip().startswith("[{"):
        return None
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        quoted = [(a or b).replace('\\"', '"').replace("\\'", "'") for a, b in _QUOTED.findall(text)]
        return quoted if quoted and text.rstrip()[-1:] in "])}" else None
    if isinstance(content, dict):
        content = next((value for value in content.values() if isinstance(value, list)), list(content))
    found = [_whole(_named(value)) for value in content] if isinstance(content, list) else []
    return [term for term in found if term] or None


def _whole(term: str) -> str:
    """Drop halves of letters (lone surrogates), which JSON can name and which no text can be written with.

    >>> _whole("py\\ud800thon")
    'python'
    """
    return term.encode("utf-8", "ignore").decode("utf-8")


def _named(value: object) -> str:
    if isinstance(value, dict):
        return next((str(value[name]) for name in ("name", "skill", "title", "label", "tag") if name in value), "")
    return "" if value is None or isinstance(value, list) else str(value)
