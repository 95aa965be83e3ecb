"""Match raw terms to skills: exactly, by alias, by sense in context, by near spelling, or not at all.

>>> from recommender.vocabulary import Vocabulary
>>> Matcher(Vocabulary.from_names(["PyTorch", "TensorFlow"])).match("pytroch").skill
'PyTorch'
"""

from __future__ import annotations

from recommender.matcher.match import THRESHOLD, Candidate, Match, Matcher

__all__ = ["THRESHOLD", "Candidate", "Match", "Matcher"]
