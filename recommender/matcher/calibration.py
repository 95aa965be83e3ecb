"""Turn the features of a relation into the probability that it is right."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp

from recommender.matcher.weights import WEIGHTS

__all__ = ["odds"]


def odds(features: Mapping[str, float]) -> float:
    """Give the odds that a relation with these features is right, against none."""
    return exp(min(12.0, sum([WEIGHTS.get(name, 0.0) * value for name, value in features.items()])))
