"""Read a file of profiles whole, for learning and judging: any format that a batch reads, its skills as lists."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from recommender.batch.job import STREAM, Job
from recommender.batch.reading import Reading
from recommender.batch.setup import prepare
from recommender.cells import CellReader
from recommender.columns import Plan
from recommender.model import SkillRecommender

__all__ = ["Profiles", "read_profiles"]


@dataclass(frozen=True, slots=True)
class Profiles:
    """Hold the lists of a file, the column they stood in, and how many rows could not be read."""

    lists: list[list[str]]
    column: str
    rejected: int


def read_profiles(
    name: str,
    column: str | None = None,
    say: Callable[[str], None] = lambda _: None,
    model: SkillRecommender | None = None,
    input_format: str | None = None,
) -> Profiles:
    """Read CSV, TSV, JSON Lines, Parquet or Arrow (.gz and .zst too; - is standard input); ``say`` is told how far.

    ``model`` tells which skills terms mean, and so what "and" or a slash parts in a cell, as it does for `recommend`;
    ``input_format`` is the format where the name does not tell it.

    Raises
    ------
    RecommenderError
        The file is missing, empty, of no known format, or has no column of skills.
    """
    job = Job((name,), STREAM, plan=Plan(0, skills_column=column, keep=(), told=False), input_format=input_format)
    reader, lists, rejected = CellReader(None if model is None else model.reader), list[list[str]](), 0
    with tempfile.TemporaryDirectory() as folder:
        setup = prepare(job, Path(folder))
        for place in range(len(setup.parts)):
            reading = Reading([])
            for batch in setup.read(place, job.chunk_rows, reading):
                indptr, codes, terms = reader.read(batch.column(setup.skills))
                words = [terms[code] for code in codes.tolist()]
                bounds = indptr.tolist()
                lists += [words[bounds[i] : bounds[i + 1]] for i in range(len(bounds) - 1)]
            rejected += len(reading.rejected)
            say(f"reading: {len(lists):,} profiles")
    return Profiles(lists, setup.skills, rejected)
