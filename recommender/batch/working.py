"""Score one part of a run and write it with its record: what each worker does, again and again."""

from __future__ import annotations

import gc
import json
import os
import sys
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from recommender.batch.exchange import Exchange
from recommender.batch.job import Job
from recommender.batch.reading import Reading, read_part
from recommender.batch.setup import Setup
from recommender.batch.writing import csv_header, encode, part_sink
from recommender.columns import Tally, columns_of
from recommender.model import SkillRecommender

__all__ = ["checksum", "loaded", "set_up", "start_worker", "warm", "work", "write_json"]

_SELDOM: Final = (50_000, 20, 100)
"""How often the collector looks for cycles in a worker: it makes hardly any, and what it remembers is long to look
through (measured: 7 % of all time at the default)."""

_WARMING: Final = "pythn develping, exel, NLP, TF, zzq qqz"
"""A list whose terms must be searched for: near names, nothing near, ambiguous forms."""

_setup: Setup | None = None

_model: SkillRecommender | None = None


def start_worker(setup: Setup | None, job: Job, folder: Path, workers: int, started: Any) -> None:
    """Make a worker die with its parent, leave Ctrl-C to it, and share what terms mean with the others."""
    import ctypes
    import signal

    global _setup
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(*_SELDOM)
    if sys.platform == "linux":
        die_with_parent = 1  # PR_SET_PDEATHSIG, prctl(2)
        ctypes.CDLL(None).prctl(die_with_parent, signal.SIGKILL)
    if setup is not None:
        _setup = setup
    pa.set_cpu_count(1)
    pa.set_memory_pool(pa.system_memory_pool())  # gives memory back: measured 60 MB less than the default at its peak
    with started.get_lock():
        place = started.value
        started.value += 1
    columns_of(loaded(job)).reader.shared = Exchange(folder, place, workers)


def set_up(setup: Setup) -> None:
    """Say which run the parts are of that `work` is asked for in this process."""
    global _setup
    _setup = setup


def work(place: int) -> dict[str, Any]:
    """Score one part, write it, and return its record."""
    assert _setup is not None
    setup, job = _setup, _setup.job
    format, compression = job.written()
    reading, tally = Reading([]), Tally()
    beside = setup.file(place, f"{os.getpid()}.partial")
    try:
        with part_sink(beside, compression) as sink:
            _write_rows(setup, place, format, sink, reading, tally)
        record = _record_of(setup, place, reading, tally, beside)
        beside.rename(setup.file(place, "out"))
        write_json(setup.file(place, "json"), record)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return record


def _write_rows(setup: Setup, place: int, format: str, sink: Any, reading: Reading, tally: Tally) -> None:
    job, part = setup.job, setup.parts[place]
    columns = columns_of(loaded(job))
    writer = pa.ipc.new_file(sink, setup.output) if format in ("parquet", "arrow") else None
    if not writer and place == 0 and format != "jsonl":
        sink.write(csv_header(setup.output.names, format))
    for batch in read_part(
        setup.paths[part.source], part, setup.shapes[part.source], setup.schema, job.chunk_rows, reading
    ):
        scored = columns.score(batch, job.plan, tally)
        if writer:
            writer.write_batch(scored)
        else:
            sink.write(encode(scored, format, job.safe))
    if writer:
        writer.close()


def _record_of(setup: Setup, place: int, reading: Reading, tally: Tally, path: Path) -> dict[str, Any]:
    rejected = sorted(reading.rejected)
    if rejected:
        write_json(setup.file(place, "rejected"), rejected)
    return {
        "rows": tally.rows, "lines": reading.lines, "rejected": len(rejected), "terms": tally.terms,
        "recognised": tally.recognised, "left_out": sorted(reading.left_out),
        "refused": tally.refused.most_common(1000), "suggested": dict(tally.suggested),
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


def loaded(job: Job) -> SkillRecommender:
    """Return the job's model, loaded once in each process."""
    global _model
    if _model is None:
        _model = SkillRecommender.load(job.model)
    return _model


def warm(job: Job) -> None:
    """Load the model and make its tables, so that forked workers share them instead of each making its own."""
    first = pa.RecordBatch.from_pydict({"skills": [_WARMING]})
    columns_of(loaded(job)).score(first, replace(job.plan, skills_column="skills", keep=()))
