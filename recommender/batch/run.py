"""Run a batch: cut the inputs into parts, score them in workers, join the parts in order, lose nothing on the way.

Everything lies beside the output in ``OUT.parts`` until it is whole, and is moved into place then. A part is written
under another name and renamed, and its record, with size and checksum, is written last; so after a kill at any moment
`resume` finds whole parts or none, and the joined bytes are the same.
"""

from __future__ import annotations

import gc
import heapq
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import astuple
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from recommender.batch.folder import work_folder
from recommender.batch.job import STREAM, Job, identity
from recommender.batch.joining import join
from recommender.batch.rejects import Rejects, reserved
from recommender.batch.setup import Setup, prepare
from recommender.batch.working import checksum, model_for, start_worker, warm, work, work_as_told
from recommender.batch.writing import csv_header
from recommender.columns import columns_of
from recommender.errors import InputError, InterruptedRunError

if TYPE_CHECKING:
    from recommender.model import SkillRecommender

__all__ = ["run"]

MOST_REFUSED: Final = 1 << 20
"""Distinct refused terms that are counted (some 150 MB); up to here the summary is exact, however a file was cut."""

MOST_NAMED: Final = 20
"""Refused terms and suggestions that a summary names."""

Progress = Callable[[int, int, int], None]
"""Called with parts done, parts in all, rows done."""


def run(job: Job, progress: Progress | None = None, settled: Callable[[Setup], None] | None = None) -> dict[str, Any]:
    """Run a job to its end and return the summary.

    Raises
    ------
    RecommenderError
        See `prepare`; `InterruptedRunError` where the run can be resumed.
    KeyboardInterrupt
        Stopped by hand; what is done is kept.
    """
    job.check()
    sources = job.sources()
    job.check_places(sources)
    job.written()
    facts = identity(job, sources)
    with reserved(job) as job, work_folder(job, facts) as folder:
        try:
            setup = prepare(job, folder)
            if settled is not None:
                settled(setup)
            model = model_for(job, facts["model"])
            summary = _run_all(setup, model, progress or (lambda *_: None))
        except OSError as error:
            if error.errno is None:
                raise
            if job.output == STREAM:
                if isinstance(error, BrokenPipeError):  # the reader has what it wanted
                    raise
                where = error.filename or "standard output"
                raise InputError(
                    f"{where}: {error.strerror}. Nothing is kept of a run to standard output: name a file with -o."
                ) from error
            where = error.filename or job.output
            raise InterruptedRunError(
                f"{where}: {error.strerror}. What is done is kept in {folder}: mend it, then go on with --resume."
            ) from error
    return summary


def _run_all(setup: Setup, model: SkillRecommender, progress: Progress) -> dict[str, Any]:
    records: list[dict[str, Any]] = []
    refused: Counter[str] = Counter()
    format, _ = setup.job.written()
    rejects = Rejects(setup)

    def finished() -> Generator[Path, None, None]:
        done = sum(1 for place in range(len(setup.parts)) if setup.file(place, "json").exists())
        with closing(_records(setup, model)) as ready:
            for place, record in enumerate(ready):
                _count_refused(refused, record.pop("refused"))
                records.append(record)
                rejects.add(place, record)
                progress(max(place + 1, done), len(setup.parts), sum(r["rows"] for r in records))
                yield setup.file(place, "out")

    with closing(finished()) as parts:  # whatever ends the run, its workers end before its folder goes
        if setup.job.output == STREAM:
            join(parts, sys.stdout.buffer, format, setup.output)
            if not setup.parts and format in ("csv", "tsv"):
                sys.stdout.buffer.write(csv_header(setup.output.names, format))
            sys.stdout.flush()
        else:
            _join_file(setup, parts, format)
    rejects.close()
    return _summary(setup, model, records, refused) | {"rejected_for_encoding": rejects.of_encoding}


def _count_refused(counts: Counter[str], more: dict[str, int]) -> None:
    """Add the refused terms of a part; where there are too many to hold, those that were met once go."""
    counts.update(more)
    if len(counts) > MOST_REFUSED:
        for term in [term for term, count in counts.items() if count == 1]:
            del counts[term]


def _join_file(setup: Setup, finished: Iterator[Path], format: str) -> None:
    joined = setup.folder / "joined"
    with joined.open("wb") as file:
        if not setup.parts and format in ("csv", "tsv"):
            file.write(csv_header(setup.output.names, format))
        join(_kept(finished, file), file, format, setup.output)
        file.flush()
        os.fsync(file.fileno())
    joined.replace(setup.job.target())


def _kept(parts: Iterator[Path], file: IO[bytes]) -> Iterator[Path]:
    """Have each part on disk before the next is waited for: workers go on meanwhile, and little is left for the end."""
    for path in parts:
        yield path
        file.flush()
        os.fsync(file.fileno())


def _records(setup: Setup, model: SkillRecommender) -> Generator[dict[str, Any], None, None]:
    """Yield the record of every part, in order, as parts become whole; those that are so already stay."""
    kept = {place: record for place in range(len(setup.parts)) if (record := _whole(setup, place)) is not None}
    left = [place for place in range(len(setup.parts)) if place not in kept]
    workers = min(setup.job.workers or os.cpu_count() or 1, len(left))
    if workers <= 1:
        for place in range(len(setup.parts)):
            yield kept[place] if place in kept else work(setup, model, place)
        return
    with _pool(setup, model, workers) as submit:
        futures = {place: submit(place) for place in left}
        for place in range(len(setup.parts)):
            yield kept[place] if place in kept else futures.pop(place).result()


def _whole(setup: Setup, place: int) -> dict[str, Any] | None:
    """Return the record of a part that an earlier run left whole."""
    try:
        record = dict(json.loads(setup.file(place, "json").read_text(encoding="ascii")))
        path = setup.file(place, "out")
        cut_alike = record["part"] == list(astuple(setup.parts[place]))
        same = cut_alike and path.stat().st_size == record["size"] and checksum(path) == record["crc"]
        listed = (
            not record["rejected"]
            or len(json.loads(setup.file(place, "rejected").read_text(encoding="ascii"))) == record["rejected"]
        )
    except (OSError, ValueError, KeyError):
        return None
    return record if same and listed else None


@contextmanager
def _pool(setup: Setup, model: SkillRecommender, workers: int) -> Iterator[Callable[[int], Any]]:
    """Start workers; they share the model that was loaded before them, where the system can fork."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    forks = "fork" in multiprocessing.get_all_start_methods() and sys.platform == "linux"
    if forks:
        warm(setup.job, model)
        gc.freeze()  # what is shared is not touched by the collector, so it stays shared
    context = multiprocessing.get_context("fork" if forks else "spawn")
    started = context.Array("i", workers)
    pool = ProcessPoolExecutor(workers, context, start_worker, (setup, model if forks else None, started))
    try:
        yield lambda place: pool.submit(work_as_told, place)
    except BrokenProcessPool:
        raise InterruptedRunError(
            "a worker was ended from outside (out of memory?). What is done is kept: go on with --resume, "
            f"perhaps with --workers {max(1, workers // 2)}."
        ) from None
    finally:
        failed = sys.exc_info()[0] is not None
        ours = [process for process in multiprocessing.active_children() if process.pid in started[:]]
        pool.shutdown(wait=not failed, cancel_futures=True)
        for process in ours if failed else []:
            process.kill()
            process.join()


def _summary(
    setup: Setup, model: SkillRecommender, records: list[dict[str, Any]], refused: Counter[str]
) -> dict[str, Any]:
    suggested: Counter[str] = Counter()
    for record in records:
        suggested.update(record["suggested"])
    terms = sum(record["terms"] for record in records)
    recognised = sum(record["recognised"] for record in records)
    rejected = sum(record["rejected"] for record in records)
    return {
        "rows": sum(record["rows"] for record in records),
        "rejected": rejected,
        "left_out_columns": sorted({name for record in records for name in record["left_out"]}),
        "rejected_file": str(setup.job.rejected_file()) if rejected else None,
        "apostrophes": sum(record["apostrophes"] for record in records),
        "terms": terms,
        "recognised": recognised,
        "recognised_share": round(recognised / terms, 4) if terms else None,
        "refused_terms": _commonest(refused),
        "suggestions": _commonest(suggested),
        "model": columns_of(model).version,
        "data": str(model.outlook_.as_of),
    }


def _commonest(counts: Counter[str]) -> list[list[Any]]:
    return [list(pair) for pair in heapq.nsmallest(MOST_NAMED, counts.items(), key=lambda pair: (-pair[1], pair[0]))]
