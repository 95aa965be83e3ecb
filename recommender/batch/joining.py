"""Write the parts of an output, and join them into one file: text by copying, tables in row groups of one size."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

import pyarrow as pa

from recommender.batch.encodings import COPIED

__all__ = ["GROUP_ROWS", "join", "part_sink"]

GROUP_ROWS: Final = 1 << 16
"""Rows of a row group of the output, whatever the parts were: files are the same however the work was cut."""


@contextlib.contextmanager
def part_sink(path: Path, compression: str | None) -> Iterator[Any]:
    """Open a file for the bytes of a part, each compressed on its own, so that parts can be joined by copying."""
    with path.open("wb") as file:
        if compression == "gzip":
            import gzip

            with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
                yield packed
        elif compression:
            with pa.PythonFile(file, "w") as plain, pa.CompressedOutputStream(plain, compression) as packed:
                yield packed
        else:
            yield file


def join(parts: Iterator[Path], target: IO[bytes], format: str, schema: pa.Schema) -> None:
    """Join parts, in order, into ``target``; text by copying, tables by writing row groups of one size."""
    if format in ("parquet", "arrow"):
        _join_tables(parts, target, format, schema)
        return
    for path in parts:
        copy(path, target)


def copy(path: Path, target: IO[bytes]) -> None:
    """Copy a file to the end of another, within the kernel where it can."""
    import os
    import shutil

    with path.open("rb") as source:
        size = path.stat().st_size
        try:
            target.flush()
            done = 0
            while done < size:
                sent = os.copy_file_range(source.fileno(), target.fileno(), size - done)
                if not sent:
                    break
                done += sent
        except (OSError, AttributeError, ValueError):
            source.seek(0)
            if done:
                raise
            shutil.copyfileobj(source, target, COPIED)


def _join_tables(parts: Iterator[Path], target: IO[bytes], format: str, schema: pa.Schema) -> None:
    import pyarrow.parquet as pq

    writer: Any = (
        pq.ParquetWriter(target, schema, compression="snappy")
        if format == "parquet"
        else pa.ipc.new_file(target, schema)
    )
    with writer:
        for table in _regrouped(parts, schema):
            if format == "parquet":
                writer.write_table(table, row_group_size=GROUP_ROWS)
            else:
                writer.write_table(table)


def _regrouped(parts: Iterator[Path], schema: pa.Schema) -> Iterator[pa.Table]:
    """Yield tables of exactly `GROUP_ROWS` rows, the last of what is left."""
    waiting: list[pa.Table] = []
    rows = 0
    for path in parts:
        with pa.memory_map(str(path)) as file:
            table = pa.ipc.open_file(file).read_all()
        waiting.append(table)
        rows += table.num_rows
        while rows >= GROUP_ROWS:
            whole = pa.concat_tables(waiting)
            yield whole.slice(0, GROUP_ROWS).combine_chunks()
            waiting = [whole.slice(GROUP_ROWS)]
            rows -= GROUP_ROWS
    if rows:
        yield pa.concat_tables(waiting).combine_chunks()
    elif not waiting:
        yield schema.empty_table()
