"""Read character references of HTML, which lists taken from web pages hold: "R&amp;D" is no "R&amp" and "D"."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["REFERENCE", "unescaped"]

REFERENCE: Final = r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,7});"
"""A pattern of references: with their semicolon only, as "R&D; Java" holds none."""


def unescaped(text: str) -> str:
    """Replace character references by their characters; what is none stays.

    >>> unescaped("R&amp;D &#8226; Q&A; Java"), unescaped("&nosuch;")
    ('R&D • Q&A; Java', '&nosuch;')
    """
    if "&" not in text or ";" not in text:
        return text
    import html

    return re.sub(REFERENCE, lambda match: html.unescape(match[0]), text)
