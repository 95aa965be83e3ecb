"""Load a model once in each process of a cluster, whatever engine runs it."""

from __future__ import annotations

from functools import cache

from recommender.model import SkillRecommender

__all__ = ["loaded"]


@cache
def loaded(folder: str) -> SkillRecommender:
    """Load the model in a folder, or return it if this process has it already."""
    return SkillRecommender.load(folder)
