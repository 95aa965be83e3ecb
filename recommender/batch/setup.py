"""Look at the inputs of a job and plan the work: what they are, where they can be cut, what comes out."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from recommender.batch.encodings import encoding_of, unpacked
from recommender.batch.job import STREAM, Job, is_stream
from recommender.batch.reading import Part, Reading, all_alike, parts_of, read_part, read_rows, schema_for
from recommender.batch.tables import (
    SAMPLE,
    Shape,
    describe,
    file_stream,
    is_arrow_file,
    open_compressed,
)
from recommender.batch.values import coded_columns, holding_bytes
from recommender.columns import check_kind, output_schema, skills_column
from recommender.errors import TableError

__all__ = ["Setup", "prepare"]


@dataclass(slots=True)
class Setup:
    """Hold what a worker needs: where the inputs lie, what they are, which parts there are, and the job."""

    job: Job
    names: list[str]
    paths: list[Path]
    shapes: list[Shape]
    parts: list[Part]
    schema: pa.Schema
    output: pa.Schema
    folder: Path
    skills: str
    coded: frozenset[str] = frozenset()
    """Columns of bytes that are no text, which text formats hold as base64."""

    def read(self, place: int, rows: int, reading: Reading) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a part, at most ``rows`` at a time; those that cannot be read go to ``reading``."""
        part = self.parts[place]
        path, shape = self.paths[part.source], self.shapes[part.source]
        return read_part(path, part, shape, self.schema, rows, reading, self.skills)

    def file(self, place: int, suffix: str) -> Path:
        """Return the path of a file of a part."""
        return self.folder / f"part-{place:06d}.{suffix}"


def prepare(job: Job, folder: Path) -> Setup:
    """Look at the inputs, unpack what cannot be read in parts, and plan the work.

    Raises
    ------
    RecommenderError
        An input is missing, empty, of another format, or without a column of skills.
    """
    job.plan.check()
    names = job.sources()
    paths, shapes = [], []
    for place, name in enumerate(names):
        format, compression = job.format_of(name)
        path, encoding = _plain_file(job, name, compression, format, folder / f"input-{place}")
        paths.append(path)
        shapes.append(describe(path, format, job.dialect, name, encoding))
    _check_repeated(shapes, names, job.plan.skills_column)
    schemas = [schema_for(path, shape, name) for path, shape, name in zip(paths, shapes, names, strict=True)]
    schema = all_alike(schemas, names)
    skills = _skills_column(schema, job.plan.skills_column)
    check_kind(schema.field(skills))
    parts = [
        part
        for place, (path, shape) in enumerate(zip(paths, shapes, strict=True))
        for part in parts_of(path, place, shape)
    ]
    setup = Setup(job, names, paths, shapes, parts, schema, output_schema(schema, job.plan), folder, skills)
    if job.written()[0] == "parquet":
        _check_parquet(setup.output)
    elif job.written()[0] in ("csv", "tsv", "jsonl"):
        setup.coded = _coded(setup)
    return setup


def _skills_column(schema: pa.Schema, wanted: str | None = None) -> str:
    try:
        return skills_column(schema, wanted)
    except TableError as fault:  # words of the library
        raise TableError(str(fault).replace("skills_column=NAME", "--skills-column NAME")) from None


def _check_parquet(schema: pa.Schema) -> None:
    """Raise `TableError` for columns that Parquet cannot hold, before a row is scored."""
    import pyarrow.parquet as pq

    for field in schema:
        try:
            pq.ParquetWriter(pa.BufferOutputStream(), pa.schema([field])).close()
        except pa.ArrowNotImplementedError:
            raise TableError(
                f"column {field.name!r} is {str(field.type)[:80]}, which Parquet cannot hold. Write another format "
                "(--to arrow), or name the others with --keep."
            ) from None


def _coded(setup: Setup) -> frozenset[str]:
    """Look through the columns of bytes that come out, skills aside, for any that are no text."""
    names = [name for name in holding_bytes(setup.output) if name != setup.skills]
    if not names:
        return frozenset()
    paths, shapes = setup.paths, setup.shapes
    rows = (
        read_rows(paths[part.source], part, shapes[part.source].format, setup.job.chunk_rows, names)
        for part in setup.parts
    )
    return coded_columns(itertools.chain.from_iterable(rows), names)


def _check_repeated(shapes: list[Shape], names: list[str], wanted: str | None) -> None:
    """Raise `TableError` where a header has several columns of skills by one name, and nobody said which to read."""
    for shape, name in zip(shapes, names, strict=True):
        for twice, called in shape.renamed:
            first = _skills_column(pa.schema([(column, pa.null()) for column in shape.columns])) if not wanted else ""
            if first == twice:
                raise TableError(
                    f"{name}: the header names {twice!r} more than once; the later one is called {called!r} here. "
                    f"Say which to read: --skills-column {twice} or --skills-column {called}."
                )


def _plain_file(job: Job, name: str, compression: str | None, format: str, copy: Path) -> tuple[Path, str]:
    """Return a file that can be read in parts (the input, or an unpacked UTF-8 copy), and the encoding it was in."""
    told = copy.with_suffix(".encoding")
    if copy.exists():
        return copy, told.read_text(encoding="utf-8") if told.exists() else "utf-8"
    encoding = "utf-8"
    path = first = _unpacked_file(name, compression, copy.with_suffix(".partial"))
    if format == "arrow" and path.stat().st_size and not is_arrow_file(path):
        path = copy.with_suffix(".filed")
        file_stream(first, path, name)
    elif format in ("csv", "tsv", "jsonl"):
        with path.open("rb") as file:
            encoding = encoding_of(file.read(SAMPLE), job.dialect.encoding, name)
        if encoding != "utf-8":
            path = copy.with_suffix(".recoded")
            with first.open("rb") as file:
                unpacked(file, path, encoding)
            told.write_text(encoding, encoding="utf-8")
    if path == Path(name):
        return path, encoding
    path.rename(copy)
    if first not in (path, Path(name)):
        first.unlink()
    return copy, encoding


def _unpacked_file(name: str, compression: str | None, beside: Path) -> Path:
    """Return the input itself, or what standard input, a pipe or a packed file holds, written ``beside``."""
    if name == STREAM:
        unpacked(sys.stdin.buffer, beside, None)
        return beside
    if not compression and is_stream(name):
        with Path(name).open("rb") as pipe:
            unpacked(pipe, beside, None)
        return beside
    if not compression:
        return Path(name)
    try:
        with open_compressed(name, compression) as stream:
            unpacked(stream, beside, None)
    except OSError as error:
        if error.errno is None:
            fault = f"{name}: is no whole {compression} file ({str(error)[:80]})"
            raise TableError(f"{fault}. Fetch it again.") from None
        raise
    return beside
