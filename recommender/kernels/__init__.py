"""Compiled twins of the hottest loops; each has a plain one beside its caller, which says the same and is the measure.

Nothing needs them: where no compiler was found at installation, or RECOMMENDER_PLAIN is set, `kernel` gives None and
the plain code runs, slower and to the same bytes. They see numbers, bytes and strings, import no room,
and hold no state that outlives a call but what their caller keeps. What several share, or one is long enough for, lies
in a `.pxd` of its own: functions that are compiled into whoever names them, and no module.
"""

from __future__ import annotations

import importlib
import os
from typing import Any, Final

__all__ = ["NAMES", "PLAIN", "kernel", "missing"]

PLAIN: Final = "RECOMMENDER_PLAIN"
"""Environment variable: set to anything, no compiled kernel is used."""


NAMES: Final = (
    "choosing", "cues", "fold", "held", "lines", "meanings", "naming", "near", "pieces", "plain", "rows",
    "slips", "texts",
)  # fmt: skip


def missing() -> list[str]:
    """Name the kernels that are not there, or not wanted: without them a batch is slower, and the same."""
    return [name for name in NAMES if kernel(name) is None]


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
