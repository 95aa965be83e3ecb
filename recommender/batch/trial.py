"""Try a job on its first rows: say what was found in the inputs and what would be written, and write nothing."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from recommender.batch.job import STREAM, Job, identity, is_stream
from recommender.batch.reading import PART_ROWS, Reading
from recommender.batch.setup import Setup, prepare
from recommender.batch.values import coded_columns, written_out
from recommender.columns import Tally, columns_of
from recommender.errors import InputError, UsageError
from recommender.model import SkillRecommender

__all__ = ["TRIAL_ROWS", "trial"]

TRIAL_ROWS: Final = 1000
SHOWN_ROWS: Final = 5


def trial(job: Job) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return facts about the job, and the answers to its first rows.

    Raises
    ------
    RecommenderError
        What the run itself would raise before its first row.
    """
    if STREAM in job.inputs:
        raise UsageError("standard input cannot be tried and then read again. Try a file that holds its first rows.")
    job.check()
    sources = job.sources()
    if pipes := [name for name in sources if is_stream(name)]:
        raise InputError(
            f"{pipes[0]}: is a pipe, which cannot be tried and then read again. Try a file of its first rows."
        )
    job.check_places(sources)
    identity(job, sources)
    model = SkillRecommender.load(job.model)
    with tempfile.TemporaryDirectory(prefix="recommender-") as name:
        setup = prepare(job, Path(name))
        reading, tally, batches, rows = Reading([]), Tally(), [], 0
        for place in range(len(setup.parts)):
            for batch in setup.read(place, PART_ROWS, reading):
                batches.append(columns_of(model).score(batch.slice(0, TRIAL_ROWS - rows), job.plan, tally))
                rows += min(batch.num_rows, TRIAL_ROWS - rows)
                if rows >= TRIAL_ROWS:
                    break
            if rows >= TRIAL_ROWS:
                break
    shape = setup.shapes[0]
    share = f"{tally.recognised / tally.terms:.1%} of {tally.terms:,}" if tally.terms else "no terms"
    facts = {
        "inputs": f"{len(setup.names)} ({shape.format}"
        + (f", delimiter {shape.delimiter!r})" if shape.delimiter else ")"),
        "encoding": _encodings(setup, job.dialect.encoding is not None),
        "columns": ", ".join(setup.schema.names),
        "skills column": setup.skills,
        "output": f"{job.output} ({', '.join(filter(None, job.written()))})",
        "output columns": ", ".join(setup.output.names),
        "parts": len(setup.parts),
        "rows tried": f"{rows:,}, {len(reading.rejected):,} rejected in their part",
        "terms recognised": share,
    }
    table = pa.Table.from_batches(batches, setup.output).slice(0, SHOWN_ROWS)
    wanted = [
        name for name in table.column_names if name not in ("model", "data") and not name.endswith(("_3", "_4", "_5"))
    ]
    first = table.select(wanted).combine_chunks().to_batches()
    return facts, [row for batch in first for row in written_out(batch, coded_columns([batch], wanted)).to_pylist()]


def _encodings(setup: Setup, told: bool) -> str:
    """Say how the text of the inputs is encoded, and whether that is a guess."""
    kinds = sorted({shape.encoding for shape in setup.shapes if shape.encoding})
    guess = " (a guess; --encoding names another)" if set(kinds) - {"utf-8"} and not told else ""
    return (", ".join(kinds) or "of its own") + guess
