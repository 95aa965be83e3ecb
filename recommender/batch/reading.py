"""Read one part of one input as record batches, and tell which of its rows could not be read."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from recommender.arrays import plain_batch, plain_schema, unreadable, with_nul
from recommender.batch.jsonlines import json_schema, json_table
from recommender.batch.records import MOST_SHOWN, Rejected, clean_lines, cut_points, in_its_encoding
from recommender.batch.tables import Shape, schema_of
from recommender.batch.values import shown
from recommender.errors import TableError

__all__ = ["PART_BYTES", "PART_ROWS", "Part", "Reading", "parts_of", "read_part", "read_rows", "schema_for"]

PART_BYTES: Final = 1 << 23
"""Text in a part at most (8 MB, some 70,000 rows): enough to share the cost of distinct terms, little enough to be flat
in memory."""

PART_ROWS: Final = 1 << 16
"""Rows in a part of a binary table, about; its row groups are not cut."""


@dataclass(frozen=True, slots=True)
class Part:
    """Say where a part lies: bytes of a text, row groups of a Parquet file, or batches of an Arrow file."""

    source: int
    low: int
    high: int


@dataclass(slots=True)
class Reading:
    """Collect what reading a part found besides its rows."""

    rejected: list[Rejected]
    lines: int = 0
    """Lines that were read; of a binary table its rows."""
    left_out: set[str] = dataclasses.field(default_factory=set)
    """Keys of JSON Lines that stand in no column: they first appear after the part that columns are told from."""


def parts_of(path: Path, source: int, shape: Shape) -> list[Part]:
    """Cut an input into parts; the places depend on the file alone, so every run makes the same."""
    if shape.format in ("parquet", "arrow"):
        return _parts_of_rows(path, source, shape.format)
    if path.stat().st_size <= shape.start:
        return []
    with path.open("rb") as file:
        cuts = cut_points(file, shape.start, PART_BYTES, shape.delimiter, shape.quote)
    return [Part(source, low, high) for low, high in itertools.pairwise(cuts)]


def _parts_of_rows(path: Path, source: int, format: str) -> list[Part]:
    if format == "parquet":
        import pyarrow.parquet as pq

        metadata = pq.read_metadata(path)
        counts = [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)]
    else:
        with pa.memory_map(str(path)) as file, pa.ipc.open_file(file) as reader:
            counts = [reader.get_batch(i).num_rows for i in range(reader.num_record_batches)]
    out, low, rows = [], 0, 0
    for place, count in enumerate(counts):
        rows += count
        if rows >= PART_ROWS or place == len(counts) - 1:
            out.append(Part(source, low, place + 1))
            low, rows = place + 1, 0
    return out


def schema_for(path: Path, shape: Shape, name: str) -> pa.Schema:
    """Return the schema that all batches of an input have."""
    if shape.format == "csv":
        return pa.schema([(column, pa.string()) for column in shape.columns])
    if shape.format == "jsonl":
        return json_schema(path, shape, name, PART_BYTES)
    return plain_schema(schema_of(path, shape.format, name))


def read_part(
    path: Path, part: Part, shape: Shape, schema: pa.Schema, rows: int, reading: Reading, skills: str
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a part, at most ``rows`` at a time; rows that cannot be read go to ``reading``.

    ``skills`` is the column that must be text, even where its kind is binary.
    """
    if shape.format in ("parquet", "arrow"):
        for batch in read_rows(path, part, shape.format, rows):
            if (whole := readable(batch, skills, reading)).num_rows:
                yield whole
    else:
        with path.open("rb") as file:
            file.seek(part.low)
            raw = file.read(part.high - part.low)
        if len(raw) < part.high - part.low:
            raise TableError(f"{path}: became shorter while it was read. Let it be whole, and start again.")
        if shape.format == "csv":
            table = _csv(raw, shape, schema, reading)
        else:
            table = json_table(raw, shape.encoding, schema, reading)
        yield from table.to_batches(max_chunksize=rows)


def read_rows(
    path: Path, part: Part, format: str, rows: int, columns: list[str] | None = None
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a part of a binary table, all columns or some, made `plain`, at most ``rows`` at a time.

    Raises
    ------
    TableError
        What it holds is torn, or of a kind that pyarrow cannot read (a null among lists of a fixed size, in Parquet).
    """
    try:
        yield from map(plain_batch, _as_they_lie(path, part, format, rows, columns))
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        fault = str(error).splitlines()[0][:80]
        raise TableError(
            f"{path}: cannot be read ({fault}). Write it anew, lists of a fixed size as common lists."
        ) from None


def _as_they_lie(path: Path, part: Part, format: str, rows: int, columns: list[str] | None) -> Iterator[pa.RecordBatch]:
    if format == "parquet":
        import pyarrow.parquet as pq

        groups = list(range(part.low, part.high))
        with pq.ParquetFile(path, memory_map=False) as file:
            yield from file.iter_batches(batch_size=rows, row_groups=groups, columns=columns, use_threads=False)
    else:
        with pa.memory_map(str(path)) as file, pa.ipc.open_file(file) as reader:
            for place in range(part.low, part.high):
                table = pa.Table.from_batches([reader.get_batch(place)])
                yield from (table.select(columns) if columns else table).to_batches(max_chunksize=rows)


def readable(batch: pa.RecordBatch, skills: str, reading: Reading) -> pa.RecordBatch:
    """Return the rows whose text is UTF-8 and without NUL; the others go to ``reading``."""
    faults: dict[int, str] = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        for row in unreadable(column, also_bytes=name == skills).tolist():
            faults.setdefault(row, f"{name!r} holds bytes that are not UTF-8")
        for row in with_nul(column, also_bytes=name == skills).tolist():
            faults.setdefault(row, "NUL byte")
    first, reading.lines = reading.lines, reading.lines + batch.num_rows
    if not faults:
        return batch
    reading.rejected += [Rejected(first + row, fault, shown(batch, row)) for row, fault in faults.items()]
    kept = np.ones(batch.num_rows, np.bool_)
    kept[list(faults)] = False
    return batch.filter(pa.array(kept))


# -- CSV --------------------------------------------------------------------------------------------------------------


def _csv(raw: bytes, shape: Shape, schema: pa.Schema, reading: Reading) -> pa.Table:
    import pyarrow.csv as pc

    reading.lines += raw.count(b"\n") + (not raw.endswith(b"\n"))
    clean, rejected, spans, begins = clean_lines(raw, shape.delimiter, shape.quote, len(shape.columns))
    reading.rejected += [in_its_encoding(row, shape.encoding) for row in rejected]
    if not clean.strip(b"\r\n"):
        return schema.empty_table()

    def set_aside(row: Any) -> str:
        fault = f"{row.actual_columns} fields where there are {row.expected_columns} columns"
        line = int(begins[row.number - 1]) if row.number else -1
        reading.rejected.append(Rejected(line, fault, row.text[:MOST_SHOWN]))
        return "skip"

    return pc.read_csv(
        pa.BufferReader(clean),
        pc.ReadOptions(use_threads=False, column_names=schema.names, block_size=len(clean) + 1),
        pc.ParseOptions(
            delimiter=shape.delimiter,
            quote_char=shape.quote or False,
            newlines_in_values=spans,
            invalid_row_handler=set_aside,
        ),
        pc.ConvertOptions(column_types=schema, check_utf8=False, strings_can_be_null=False),
    )


def all_alike(schemas: Sequence[pa.Schema], names: Sequence[str]) -> pa.Schema:
    """Return the one schema of several inputs; raise `TableError` naming the first that differs, and how."""
    first = schemas[0]
    for schema, name in zip(schemas, names, strict=True):
        if not schema.equals(first):
            raise TableError(
                f"{name}: columns are not those of {names[0]}: it {_difference(schema, first)}. Run them apart."
            )
    return first


def _difference(one: pa.Schema, other: pa.Schema) -> str:
    """Say in what a table differs from another: columns that it has or lacks, their kinds, their order."""
    has = [name for name in one.names if name not in other.names]
    lacks = [name for name in other.names if name not in one.names]
    if has or lacks:
        both = [f"{verb} {', '.join(map(repr, some)):.100}" for verb, some in (("has", has), ("lacks", lacks)) if some]
        return " and ".join(both)
    if sorted(one.names) == sorted(other.names) and one.names != other.names:
        return f"has them in another order ({', '.join(one.names):.100})"
    kinds = [
        f"has {field.name!r} as {field.type!s:.60} and not as {other.field(at).type!s:.60}"
        for at, field in enumerate(one)
        if not field.equals(other.field(at))
    ]
    return kinds[0] if kinds else "has other notes on its columns"
