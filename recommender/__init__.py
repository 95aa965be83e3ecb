"""Recommend the skills to add next, from a raw list of skills, with reasons that can be checked.

>>> from recommender import SkillRecommender
>>> model = SkillRecommender.load()
>>> model.match("pytroch").skill
'PyTorch'

Importing the package costs nothing; each name is loaded when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recommender.errors import RecommenderError
    from recommender.matcher import Candidate, Match, Matcher
    from recommender.model import SkillRecommender
    from recommender.suggestions import Evidence, Reason, Suggestion
    from recommender.trends import TrendItem, TrendList
    from recommender.vocabulary import Skill, Vocabulary

__version__ = "0.1.0"

_HOMES = {
    "Candidate": "matcher",
    "Evidence": "suggestions",
    "Match": "matcher",
    "Matcher": "matcher",
    "Reason": "suggestions",
    "RecommenderError": "errors",
    "Skill": "vocabulary",
    "SkillRecommender": "model",
    "Suggestion": "suggestions",
    "TrendItem": "trends",
    "TrendList": "trends",
    "Vocabulary": "vocabulary",
}

__all__ = [
    "Candidate",
    "Evidence",
    "Match",
    "Matcher",
    "Reason",
    "RecommenderError",
    "Skill",
    "SkillRecommender",
    "Suggestion",
    "TrendItem",
    "TrendList",
    "Vocabulary",
    "__version__",
]


def __getattr__(name: str) -> object:
    if name in _HOMES:
        from importlib import import_module

        value: object = getattr(import_module(f"recommender.{_HOMES[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'recommender' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
