"""Read one part of one input as record batches, and tell which of its rows could not be read."""

from __future__ import annotations

import dataclasses
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from recommender.batch.records import MOST_SHOWN, Rejected, clean_lines, cut_points
from recommender.batch.tables import Shape, schema_of
from recommender.errors import TableError

__all__ = ["PART_BYTES", "PART_ROWS", "Part", "Reading", "parts_of", "read_part", "schema_for"]

PART_BYTES: Final = 1 << 23
"""Text in a part (8 MB, some 70,000 rows): enough to share the cost of distinct terms, little enough to be flat in
memory and to leave both cores something to do till the end."""

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
    left_out: set[str] = dataclasses.field(default_factory=set)
    """Keys of JSON Lines that stand in no column: they first appear after the part that columns are told from."""


def parts_of(path: Path, source: int, shape: Shape) -> list[Part]:
    """Cut an input into parts; the places depend on the file alone, so every run makes the same."""
    if shape.format in ("parquet", "arrow"):
        return _parts_of_rows(path, source, shape.format)
    import mmap

    size = path.stat().st_size
    if size <= shape.start:
        return []
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        view = memoryview(mapped)
        cuts = cut_points(view, shape.start, PART_BYTES, ord(shape.quote) if shape.quote else -1)
        view.release()
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
        return _json_schema(path, shape, name)
    return schema_of(path, shape.format, name)


def read_part(
    path: Path, part: Part, shape: Shape, schema: pa.Schema, rows: int, reading: Reading
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a part, at most ``rows`` at a time; rows that cannot be read go to ``reading``."""
    if shape.format == "parquet":
        import pyarrow.parquet as pq

        groups = list(range(part.low, part.high))
        with pq.ParquetFile(path, memory_map=False) as file:
            yield from file.iter_batches(batch_size=rows, row_groups=groups, use_threads=False)
    elif shape.format == "arrow":
        with pa.memory_map(str(path)) as file, pa.ipc.open_file(file) as reader:
            for place in range(part.low, part.high):
                yield from pa.Table.from_batches([reader.get_batch(place)]).to_batches(max_chunksize=rows)
    else:
        with path.open("rb") as file:
            file.seek(part.low)
            raw = file.read(part.high - part.low)
        if len(raw) < part.high - part.low:
            raise TableError(f"{path}: became shorter while it was read. Let it be whole, and start again.")
        read = _csv if shape.format == "csv" else _json
        yield from read(raw, shape, schema, reading).to_batches(max_chunksize=rows)


# -- CSV --------------------------------------------------------------------------------------------------------------


def _csv(raw: bytes, shape: Shape, schema: pa.Schema, reading: Reading) -> pa.Table:
    import pyarrow.csv as pc

    reading.lines += raw.count(b"\n") + (not raw.endswith(b"\n"))
    clean, rejected, spans, begins = clean_lines(raw, shape.delimiter, shape.quote, len(shape.columns))
    reading.rejected += [_in_its_encoding(row, shape.encoding) for row in rejected]
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


def _in_its_encoding(row: Rejected, encoding: str) -> Rejected:
    """Say of a row of an input that was recoded that its bytes are not of that encoding; its copy's are at no place."""
    if encoding == "utf-8" or not row.reason.endswith("is not UTF-8"):
        return row
    return row._replace(reason=f"holds bytes that are not {encoding}", text=row.text.replace("\\xff", "\ufffd"))


# -- JSON Lines -------------------------------------------------------------------------------------------------------


def _json_schema(path: Path, shape: Shape, name: str) -> pa.Schema:
    """Tell the columns of JSON Lines from the first part of the file; a line that is no object does not count."""
    import pyarrow.json as pj

    with path.open("rb") as file:
        file.seek(shape.start)
        raw = file.read(PART_BYTES)
    whole = raw[: raw.rfind(b"\n") + 1] or raw
    good = [line for line in whole.split(b"\n") if _object(line) is not None]
    if not good:
        raise TableError(f'{name}: no line is a JSON object. Write one object per line: {{"skills": [...]}}.')
    try:
        schema = pj.read_json(pa.BufferReader(b"\n".join(good) + b"\n"), _block(whole)).schema
    except pa.ArrowInvalid:
        schema = _first_types(good)
    # A column of dates or times comes out as it came in: as text.
    return pa.schema([(f.name, _as_text(f.type)) for f in schema])


def _first_types(lines: Sequence[bytes]) -> pa.Schema:
    """Give each key the type that it has first, where types change from line to line; the others are rejected later."""
    types: dict[str, pa.DataType] = {}
    for line in lines[:PART_ROWS]:
        for key, value in json.loads(line).items():
            if pa.types.is_null(types.setdefault(key, pa.null())) and value not in (None, []):
                types[key] = pa.infer_type([value])
    return pa.schema(list(types.items()))


def _as_text(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_timestamp(kind) or pa.types.is_null(kind):
        return pa.string()
    if pa.types.is_list(kind) and (pa.types.is_null(kind.value_type) or pa.types.is_timestamp(kind.value_type)):
        return pa.list_(pa.string())
    return kind


def _block(raw: bytes) -> Any:
    import pyarrow.json as pj

    return pj.ReadOptions(use_threads=False, block_size=len(raw) + 2)


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _json(raw: bytes, shape: Shape, schema: pa.Schema, reading: Reading) -> pa.Table:
    import pyarrow.json as pj

    lines = raw.count(b"\n") + (not raw.endswith(b"\n"))
    reading.lines += lines
    options = pj.ParseOptions(explicit_schema=schema, unexpected_field_behavior="infer")
    if b"\x00" not in raw:
        try:
            table = pj.read_json(pa.BufferReader(raw), _block(raw), options)
            if table.num_rows == lines:
                reading.left_out.update(table.column_names[len(schema) :])
                return table.select(schema.names).cast(schema)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            pass
    return _json_line_by_line(raw, schema, reading, shape.encoding)


def _json_line_by_line(raw: bytes, schema: pa.Schema, reading: Reading, encoding: str = "utf-8") -> pa.Table:
    """Read a part in which some line is not as it should be; slower, but each line stands for itself."""
    batches: list[pa.RecordBatch] = []
    good: list[dict[str, Any]] = []
    for number, line in enumerate(raw.split(b"\n")):
        if not line.strip():
            continue
        fault = _json_fault(line, schema)
        if fault:
            shown = line[:MOST_SHOWN].decode("utf-8", "backslashreplace")
            row = Rejected(number, fault, shown.replace("\x00", "\\x00"))
            reading.rejected.append(_in_its_encoding(row, encoding))
        else:
            good.append(json.loads(line))
            reading.left_out.update(good[-1].keys() - schema.names)
    batches.append(pa.RecordBatch.from_pylist(good, schema))
    return pa.Table.from_batches(batches, schema)


def _json_fault(line: bytes, schema: pa.Schema) -> str:
    """Say why a line is no row, "" if it is one."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"byte {error.start + 1} of the line, 0x{line[error.start]:02x}, is not UTF-8"
    if "\x00" in text:
        return "NUL byte"
    try:
        value = json.loads(text)
    except RecursionError:
        return "is nested too deeply"
    except ValueError as error:
        return f"is no JSON ({str(error)[:60]})"
    if not isinstance(value, dict):
        return f"is a JSON {type(value).__name__}, not an object"
    return _wrong_type(value, schema)


def _wrong_type(value: dict[str, Any], schema: pa.Schema) -> str:
    for field in schema:
        try:
            if pa.types.is_list(field.type) and isinstance(value.get(field.name), str):
                raise pa.ArrowTypeError  # it would be read as a list of letters
            pa.array([value.get(field.name)], field.type).validate(full=True)
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError, UnicodeEncodeError):
            return f"{field.name!r} is no {field.type}, as it is in the rows before"
    return ""


def all_alike(schemas: Sequence[pa.Schema], names: Sequence[str]) -> pa.Schema:
    """Return the one schema of several inputs; raise `TableError` naming the first that differs."""
    for schema, name in zip(schemas, names, strict=True):
        if not schema.equals(schemas[0]):
            theirs, ours = (
                ", ".join(map(str, schema)).replace("\n", " "),
                ", ".join(map(str, schemas[0])).replace("\n", " "),
            )
            raise TableError(
                f"{name}: columns are not those of {names[0]} ({theirs:.120}; {ours:.120}). Run them apart."
            )
    return schemas[0]
