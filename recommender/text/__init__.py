"""Fold raw terms to keys, split skill lists, set qualifiers apart; every change is a step that can be shown.

>>> key("  Рython ")          # the first letter is Cyrillic
'python'
>>> [piece.term for piece in split_list("Python (Django, Flask); CI/CD")]
['Python', 'Django', 'Flask', 'CI/CD']
"""

from __future__ import annotations

from recommender.text.fold import Step, explain, key, look_alike_words
from recommender.text.lists import Known, Piece, split_list
from recommender.text.qualifiers import is_qualifier, unqualified
from recommender.text.spelling import clean

__all__ = [
    "Known",
    "Piece",
    "Step",
    "clean",
    "explain",
    "is_qualifier",
    "key",
    "look_alike_words",
    "split_list",
    "unqualified",
]
