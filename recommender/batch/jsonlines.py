"""Read JSON Lines as tables: one type for each column, and a reason for each line that is no row.

A key whose values change their kind from line to line (a text here, a list there) still makes one column: of text, in
which whatever is no text stands as JSON. So such rows are read and not rejected, and a list of skills that stands as
JSON is read like any other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from recommender.batch.kinds import KINDS, as_text, keys_beside, misfit, parts_beside
from recommender.batch.numbers import Beyond, are_exact, is_beyond, loads
from recommender.batch.records import MOST_SHOWN, Rejected, in_its_encoding, is_utf8
from recommender.batch.tables import Shape
from recommender.errors import TableError

if TYPE_CHECKING:
    from recommender.batch.reading import Reading

__all__ = ["json_schema", "json_table"]

MOST_DEPTH: Final = 200
"""Brackets within each other, the line's own too, up to which it is read: at 20,000 pyarrow's reader ended the process
(signal 11), and where Python's own gives up depends on who called it."""

_OPENS, _CLOSES = np.frombuffer(b"[{", np.uint8), np.frombuffer(b"]}", np.uint8)
_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"')


def json_schema(path: Path, shape: Shape, name: str, most_bytes: int) -> pa.Schema:
    """Tell the columns of JSON Lines from the first part of the file; a line that is no object does not count.

    Raises
    ------
    TableError
        No line is an object; ``name`` stands for the file in the message.
    """
    import pyarrow.json as pj

    with path.open("rb") as file:
        file.seek(shape.start)
        raw = file.read(most_bytes)
    whole = raw[: raw.rfind(b"\n") + 1] or raw
    good = [line for line in whole.split(b"\n") if _object(line) is not None]
    if not good:
        raise TableError(f'{name}: no line is a JSON object. Write one object per line: {{"skills": [...]}}.')
    plain = b"\n".join(good) + b"\n"
    try:
        table = None if _is_deep(plain) else pj.read_json(pa.BufferReader(plain), _block(whole))
    except pa.ArrowInvalid:
        table = None
    schema = _common_types(good) if table is None or not are_exact(table.columns) else table.schema
    # Dates and times come out as they came in: as text.
    return pa.schema([(f.name, as_text(f.type)) for f in schema])


def _common_types(lines: Sequence[bytes]) -> pa.Schema:
    """Give each key a type that all its values can be written in."""
    values: dict[str, list[Any]] = {}
    for line in lines:
        for key, value in loads(line.decode("utf-8")).items():
            values.setdefault(key, []).append(value)
    return pa.schema([(key, _common_type([v for v in some if v is not None])) for key, some in values.items()])


def _common_type(values: list[Any]) -> pa.DataType:
    kinds = {type(value) for value in values}
    if len(kinds) != 1 and kinds != {int, float}:
        return pa.string()
    if kinds == {list} and _are_terms(values):
        return pa.list_(pa.string())
    try:
        kind = pa.infer_type(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError, UnicodeEncodeError):
        return pa.string()
    settled = as_text(kind)
    return pa.string() if any(is_beyond(value, kind) or misfit(value, settled, "") for value in values) else kind


def _are_terms(lists: list[list[Any]]) -> bool:
    """Tell whether lists hold text, perhaps beside numbers and nulls, and nothing that has parts of its own."""
    kinds = {type(item) for items in lists for item in items}
    return str in kinds and not kinds & {list, dict}


def _block(raw: bytes) -> Any:
    import pyarrow.json as pj

    return pj.ReadOptions(use_threads=False, block_size=len(raw) + 2)


def _is_deep(raw: bytes) -> bool:
    """Tell whether a line may be nested so deeply that pyarrow's reader, which calls itself, would end the process."""
    data = np.frombuffer(raw, np.uint8)
    (opens,) = np.isin(data, _OPENS).nonzero()
    if len(opens) <= MOST_DEPTH:
        return False
    starts = np.concatenate([np.zeros(1, np.int64), np.flatnonzero(data == ord("\n")) + 1, [len(data)]])
    (many,) = (np.diff(np.searchsorted(opens, starts)) > MOST_DEPTH).nonzero()
    return any(_depth(raw[starts[line] : starts[line + 1]]) > MOST_DEPTH for line in many.tolist())


def _depth(line: bytes) -> int:
    """Return how many brackets of a line stand within each other; those in strings are letters."""
    data = np.frombuffer(_STRING.sub(b"", line), np.uint8)
    steps = np.isin(data, _OPENS).astype(np.int32) - np.isin(data, _CLOSES)
    return int(steps.cumsum().max(initial=0))


def _parsed(text: str) -> Any:
    """Read a line; raise `RecursionError` where it is nested too deeply, wherever it is read."""
    value = loads(text)
    if text.count("[") + text.count("{") > MOST_DEPTH:
        level = [value]
        for _ in range(MOST_DEPTH):
            inner = [part for outer in level for part in (outer.values() if isinstance(outer, dict) else outer)]
            level = [part for part in inner if isinstance(part, dict | list)]
        if level:
            raise RecursionError
    return value


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        value = _parsed(line.decode("utf-8"))
        "".join(value if isinstance(value, dict) else ()).encode()
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def json_table(raw: bytes, encoding: str, schema: pa.Schema, reading: Reading) -> pa.Table:
    """Read the lines of a part; those that are no rows go to ``reading``, which says so of the file's ``encoding``."""
    import pyarrow.json as pj

    lines = raw.count(b"\n") + (not raw.endswith(b"\n"))
    reading.lines += lines
    options = pj.ParseOptions(explicit_schema=schema, unexpected_field_behavior="infer")
    if b"\x00" not in raw and is_utf8(raw) and not _is_deep(raw):
        try:
            table = pj.read_json(pa.BufferReader(raw), _block(raw), options)
            if table.num_rows == lines and are_exact(table.select(schema.names).columns):
                reading.left_out.update(table.column_names[len(schema) :])
                for field in schema:
                    reading.left_out.update(parts_beside(table.schema.field(field.name).type, field.type, field.name))
                return table.select(schema.names).cast(schema)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            pass
    return _line_by_line(raw, encoding, schema, reading)


def _line_by_line(raw: bytes, encoding: str, schema: pa.Schema, reading: Reading) -> pa.Table:
    """Read a part in which some line is not as it should be; slower, but each line stands for itself."""
    good: list[dict[str, Any]] = []
    for number, line in enumerate(raw.split(b"\n")):
        if not line.strip():
            continue
        fault, value = _row(line)
        row: dict[str, Any] = {}
        beside: set[str] = set()
        if not fault:
            fault, row, beside = _fitted(value, schema)
        if fault:
            shown = line[:MOST_SHOWN].decode("utf-8", "backslashreplace")
            rejected = Rejected(number, fault, shown.replace("\x00", "\\x00"))
            reading.rejected.append(in_its_encoding(rejected, encoding))
        else:
            good.append(row)
            reading.left_out |= beside
    return pa.Table.from_batches([pa.RecordBatch.from_pylist(good, schema)], schema)


def _row(line: bytes) -> tuple[str, dict[str, Any]]:
    """Read a line; say why it is no object, "" if it is one."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"byte {error.start + 1} of the line, 0x{line[error.start]:02x}, is not UTF-8", {}
    if "\x00" in text:
        return "NUL byte", {}
    try:
        value = _parsed(text)
    except RecursionError:
        return f"is nested too deeply (more than {MOST_DEPTH} brackets)", {}
    except json.JSONDecodeError as error:
        return f"is no JSON: {error.msg} at character {error.pos + 1}", {}
    except ValueError as error:
        return f"holds {error}", {}
    if not isinstance(value, dict):
        return f"is {KINDS[type(value)]}, not an object", {}
    try:
        "".join(value).encode()
    except UnicodeEncodeError:
        return "a name of it holds half a character (a lone surrogate)", {}
    return "", value


def _fitted(value: dict[str, Any], schema: pa.Schema) -> tuple[str, dict[str, Any], set[str]]:
    """Return what cannot be held and why, else "", the row as its columns hold it, and the keys that none holds."""
    row: dict[str, Any] = {}
    beside = value.keys() - schema.names
    for field in schema:
        row[field.name] = cell = _cell(value.get(field.name), field.type)
        if not isinstance(cell, Beyond) and is_beyond(cell, field.type):
            return f"{field.name!r} has more digits than the numbers of the rows before can have", row, beside
        if fault := misfit(cell, field.type, field.name):
            return fault, row, beside
        try:
            pa.array([cell], field.type)
            more = set(keys_beside(cell, field.type, field.name))
            "".join(more).encode()
        except UnicodeEncodeError:
            return f"{field.name!r} holds half a character (a lone surrogate)", row, beside
        beside |= more
    return "", row, beside


def _cell(value: Any, kind: pa.DataType) -> Any:
    """Write a value as its column has it: what is no text as JSON, and text in a column of lists as a list."""
    if pa.types.is_string(kind) and not isinstance(value, str | None):
        return json.dumps(value, ensure_ascii=False)
    if pa.types.is_list(kind) and pa.types.is_string(kind.value_type):
        if isinstance(value, str):
            from recommender.text.lists import split_list

            return [piece.term for piece in split_list(value)]
        if isinstance(value, list):
            return [json.dumps(item) if isinstance(item, int | float) else item for item in value]
    return value
