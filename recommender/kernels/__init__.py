"""Compiled twins of the hottest loops; each has a plain one beside its caller, which says the same and is the measure.

Nothing needs them: where no compiler was found at installation, or RECOMMENDER_PLAIN is set, `kernel` gives None and
the plain code runs, slower and to the same bytes. They see numbers and bytes only, import no room, and hold no state
that outlives a call but what their caller keeps.
"""

from __future__ import annotations

import importlib
import os
from typing import Any, Final

__all__ = ["PLAIN", "kernel"]

PLAIN: Final = "RECOMMENDER_PLAIN"
"""Environment variable: set to anything, no compiled kernel is used."""


def kernel(name: str) -> Any:
    """Return the compiled module of that name, None where there is none or none is wanted."""
    if os.environ.get(PLAIN):
        return None
    try:
        return importlib.import_module(f"recommender.kernels.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"recommender.kernels.{name}":
            raise
        return None
