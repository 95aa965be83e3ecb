"""Write the rows that could not be read, with their source, line (of a binary table, row) and reason."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, Final

from recommender.batch.job import STREAM, Job
from recommender.batch.locks import held
from recommender.batch.records import is_of_encoding
from recommender.batch.setup import Setup
from recommender.errors import InputError, TableError

__all__ = ["Rejects", "reserved"]

MOST_BESIDE: Final = 1000
"""Runs to standard output at a time in one folder that each get a file of rejected rows."""


_HEADER: Final = ("source", "line", "reason", "text")


@contextmanager
def reserved(job: Job) -> Iterator[Job]:
    """Keep the file of rejected rows to one run at a time; beside standard output the next run's gets a number.

    A file beside an output needs none of this: the folder of parts is locked.

    Raises
    ------
    InputError
        It was named, and another run is to write it.
    """
    path = job.rejected_file()
    if job.output != STREAM and not job.rejected:
        yield job
        return
    with ExitStack() as stack:
        try:
            stack.enter_context(_locked(path))
        except InputError:
            if job.rejected:
                raise
            if os.access(path.parent, os.W_OK):  # else it will never be written
                job = _numbered(job, path, stack)
        yield job


def _numbered(job: Job, path: Path, stack: ExitStack) -> Job:
    for number in range(2, MOST_BESIDE):
        free = path.with_name(f"batch.rejected.{number}.csv")
        if free.exists():
            continue
        try:
            stack.enter_context(_locked(free))
        except InputError:
            continue
        return replace(job, rejected=str(free))
    raise InputError(f"{path}: is written by other runs. Name another file with --rejected.")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    lock = path.with_name(f".{path.name}.lock")
    with held(lock, f"{path}: another run is to write its rejected rows there. Name another file with --rejected."):
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)


class Rejects:
    """Write the rows that could not be read, with their lines counted from the beginning of their file."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self.of_encoding = 0
        """Rows that another encoding might have letters for."""
        self._line = 0
        self._source = -1
        self._file: IO[str] | None = None
        self._path = setup.job.rejected_file()
        self._beside = self._path.with_name(f".{self._path.name}.{os.getpid()}.partial")

    def add(self, place: int, record: dict[str, Any]) -> None:
        """Write the rejected rows of a part; parts come in order, so their lines can be counted on."""
        part = self._setup.parts[place]
        if part.source != self._source:
            self._source = part.source
            with self._setup.paths[part.source].open("rb") as file:
                self._line = 1 + file.read(self._setup.shapes[part.source].start).count(b"\n")
        if record["rejected"]:
            rows = json.loads(self._setup.file(place, "rejected").read_text(encoding="ascii"))
            self.of_encoding += sum(is_of_encoding(reason) for _, reason, _ in rows)
            self._write(
                [[self._setup.names[part.source], self._line + line, reason, text] for line, reason, text in rows],
                "row" if self._setup.shapes[part.source].format in ("parquet", "arrow") else "line",
            )
        self._line += record["lines"]

    def _write(self, rows: list[list[Any]], what: str) -> None:
        source, line, reason, _ = rows[0]
        if self._setup.job.strict:
            way = "Mend it, name its encoding with --encoding" if is_of_encoding(reason) else "Mend it"
            raise TableError(
                f"{source}: {what} {line:,}: {reason}. {way}, or run without --strict to set such rows aside."
            )
        if self._file is None:
            self._file = self._beside.open("w", encoding="utf-8", newline="", errors="backslashreplace")
            csv.writer(self._file, lineterminator="\n").writerow(_HEADER)
        safe = [[*row[:3], f"'{row[3]}" if row[3][:1] in ("=", "+", "-", "@", "\t") else row[3]] for row in rows]
        csv.writer(self._file, lineterminator="\n").writerows(safe)

    def close(self) -> None:
        """Move the file into place, or take away that of an earlier run."""
        if self._file is None:
            if self._setup.job.output != STREAM and self._is_of_earlier_run():
                self._path.unlink()
            return
        self._file.close()
        self._beside.replace(self._path)

    def _is_of_earlier_run(self) -> bool:
        """Tell whether what lies at the path is a file of rejected rows; another's file is left alone."""
        try:
            with self._path.open("rb") as file:
                return file.readline().rstrip() == ",".join(_HEADER).encode()
        except OSError:
            return False
