"""Read the table of names that moved: what older lists print, and what it is called now."""

from __future__ import annotations

import os
from datetime import date

from recommender.errors import TrendError
from recommender.trends.files import read_text
from recommender.trends.records import Moved

__all__ = ["read_moved"]

MOVED_FORMAT = "recommender-moved 1"


def read_moved(path: str | os.PathLike[str]) -> tuple[Moved, ...]:
    """Read the table of names that moved: name, now, since, source, separated by tabs, below `# format:`.

    Raises `TrendError` with the line numbers of all faults.
    """
    moved, faults, header = [], [], False
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        if line.startswith("#"):
            header = header or line.removeprefix("#").strip() == f"format: {MOVED_FORMAT}"
            continue
        cells = line.split("\t")
        if not line.strip() or cells[0] == "name":
            continue
        try:
            name, now, since, source = (cell.strip() for cell in cells)
            moved.append(Moved(name, now, date.fromisoformat(since), source))
        except ValueError as problem:
            faults.append(f"line {number}: {problem}")
    if not header:
        faults.insert(0, f"no line '# format: {MOVED_FORMAT}'")
    if faults:
        raise TrendError(f"{path}: {'; '.join(faults)}. Write name, now, since (a date) and source, with tabs between.")
    return tuple(moved)
