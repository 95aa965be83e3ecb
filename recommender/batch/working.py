"""Score one part of a run and write it with its record: what each worker does, again and again."""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import zlib
from dataclasses import astuple, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from recommender.batch.job import Job
from recommender.batch.joining import part_sink
from recommender.batch.reading import Reading
from recommender.batch.setup import Setup
from recommender.batch.values import written_out
from recommender.batch.writing import Changes, csv_header, encode
from recommender.columns import Tally, columns_of
from recommender.model import SkillRecommender

__all__ = ["checksum", "model_for", "start_worker", "warm", "work", "work_as_told", "write_json"]

_SELDOM: Final = (50_000, 20, 100)
"""How often the collector looks for cycles in a worker: it makes hardly any, and what it remembers is long to look
through (measured: 7 % of all time at the default)."""

_WARMING: Final = "pythn develping, exel, NLP, TF, zzq qqz"
"""A list whose terms must be searched for: near names, nothing near, ambiguous forms."""

_given: tuple[Setup, SkillRecommender] | None = None
"""What a worker process was started with; never set in the process that runs the job, which may run others beside."""


def start_worker(setup: Setup, model: SkillRecommender | None, started: Any) -> None:
    """Make a worker die with its parent, and leave Ctrl-C to it.

    ``model`` is what the parent loaded, where a fork shares it; None to load it here. ``started`` is an array of zeros
    for the ids of the workers.
    """
    import ctypes
    import signal

    global _given
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(*_SELDOM)
    if sys.platform == "linux":
        die_with_parent = 1  # PR_SET_PDEATHSIG, prctl(2)
        ctypes.CDLL(None).prctl(die_with_parent, signal.SIGKILL)
    pa.set_cpu_count(1)
    pa.set_memory_pool(pa.system_memory_pool())  # gives memory back: measured 60 MB less than the default at its peak
    with started.get_lock():
        started[list(started).index(0)] = os.getpid()
    own = SkillRecommender.load(setup.job.model) if model is None else model
    _given = setup, own


def work_as_told(place: int) -> dict[str, Any]:
    """Score one part in a worker process, of the run that it was started for."""
    assert _given is not None
    return work(*_given, place)


def work(setup: Setup, model: SkillRecommender, place: int) -> dict[str, Any]:
    """Score one part, write it, and return its record."""
    _, compression = setup.job.written()
    reading, tally, changes = Reading([]), Tally(), Changes()
    beside = setup.file(place, f"{os.getpid()}.partial")
    try:
        with part_sink(beside, compression) as sink:
            _write_rows(setup, model, place, sink, (reading, tally, changes))
        record = _record_of(setup, place, reading, tally, beside) | {"apostrophes": changes.apostrophes}
        beside.rename(setup.file(place, "out"))
        write_json(setup.file(place, "json"), record)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return record


def _write_rows(
    setup: Setup, model: SkillRecommender, place: int, sink: Any, counts: tuple[Reading, Tally, Changes]
) -> None:
    """Write the scored rows of a part; what is found on the way goes to ``counts``."""
    job = setup.job
    format, _ = job.written()
    reading, tally, changes = counts
    columns = columns_of(model)
    writer = pa.ipc.new_file(sink, setup.output) if format in ("parquet", "arrow") else None
    if not writer and place == 0 and format != "jsonl":
        sink.write(csv_header(setup.output.names, format))
    for batch in setup.read(place, job.chunk_rows, reading):
        scored = columns.score(batch, job.plan, tally)
        if writer:
            writer.write_batch(scored)
        else:
            sink.write(encode(written_out(scored, setup.coded), format, job.safe, changes))
    if writer:
        writer.close()


def _record_of(setup: Setup, place: int, reading: Reading, tally: Tally, path: Path) -> dict[str, Any]:
    rejected = sorted(reading.rejected)
    if rejected:
        write_json(setup.file(place, "rejected"), rejected)
    return {
        "part": astuple(setup.parts[place]),
        "rows": tally.rows, "lines": reading.lines, "rejected": len(rejected), "terms": tally.terms,
        "recognised": tally.recognised, "left_out": sorted(reading.left_out),
        "refused": dict(tally.refused), "suggested": dict(tally.suggested),
        "size": path.stat().st_size, "crc": checksum(path),
    }  # fmt: skip


def checksum(path: Path) -> int:
    """Return the CRC-32 of a file's bytes."""
    value = 0
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            value = zlib.crc32(chunk, value)
    return value


def write_json(path: Path, value: Any) -> None:
    """Write JSON beside the path and move it there, so that it is whole or absent."""
    beside = path.with_suffix(f"{path.suffix}.{os.getpid()}.partial")
    beside.write_text(json.dumps(value, ensure_ascii=True), encoding="ascii")
    beside.rename(path)


def model_for(job: Job, digest: str) -> SkillRecommender:
    """Return the model of a run; of the runs of a thread that name the same one, the first loads it."""
    return _model_for(digest, job.model, threading.get_ident())


@lru_cache(maxsize=1)
def _model_for(digest: str, folder: str | None, thread: int) -> SkillRecommender:
    del digest, thread  # another model by the same name is another one; what a model remembers is one thread's
    return SkillRecommender.load(folder)


def warm(job: Job, model: SkillRecommender) -> None:
    """Make the tables of a model, so that forked workers share them instead of each making its own."""
    first = pa.RecordBatch.from_pydict({"skills": [_WARMING]})
    columns_of(model).score(first, replace(job.plan, skills_column="skills", keep=()))
