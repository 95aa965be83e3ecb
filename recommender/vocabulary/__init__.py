"""Hold the skills, their other names and their ambiguous short forms; turn words into numbers and back.

>>> words = Vocabulary([Skill("TensorFlow", field="ai", aliases=("TF2",)), Skill("C++"), Skill("C#")])
>>> len(words), words.number("C#"), words.name(0), words.lookup("tf2")
(3, 2, 'TensorFlow', Entry(number=0, canonical=False))
"""

from __future__ import annotations

from recommender.vocabulary.skills import Entry, Sense, Skill
from recommender.vocabulary.words import Vocabulary

__all__ = ["Entry", "Sense", "Skill", "Vocabulary"]
