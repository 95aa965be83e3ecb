"""Write record batches as the bytes of CSV, TSV or JSON Lines, put together from whole columns.

A cell that a
spreadsheet would run as a formula gets an apostrophe before it (OWASP, "CSV Injection"), unless it is a plain number.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from recommender.kernels import kernel
from recommender.pieces import bytes_of

__all__ = ["Changes", "csv_header", "encode", "neutralised"]

_RUNS: Final = b"=+-@\t\r"
_NUMBER: Final = r"^[+\-]?[0-9][0-9.,]*(?:[eE][+\-]?[0-9]+)?$"
_MARKS: Final = tuple(b'"\n\r')


@dataclass(slots=True)
class Changes:
    """Count the cells that were not written as they were."""

    apostrophes: int = 0


def encode(batch: pa.RecordBatch, format: str, safe: bool = True, changes: Changes | None = None) -> pa.Buffer:
    """Return the bytes of the rows in CSV, TSV or JSON Lines, without a header; ``changes`` are counted."""
    if format == "jsonl":
        return _json_lines(batch)
    delimiter = "\t" if format == "tsv" else ","
    changes = Changes() if changes is None else changes
    columns = [_cell(column, safe, changes) for column in batch.columns]
    if (lines := kernel("lines")) is not None:
        bounds, texts = zip(*[_bounds_and_text(column) for column in columns], strict=True)
        return pa.py_buffer(lines.csv_lines([*bounds], [*texts], delimiter))
    return _text_of(_glued([_quoted(column, delimiter) for column in columns], delimiter, "", "\n"))


def csv_header(names: list[str], format: str) -> bytes:
    """Return the header line."""
    header = pa.RecordBatch.from_arrays([pa.array([name], pa.string()) for name in names], names)
    return bytes(encode(header, format))


def neutralised(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return the rows with an apostrophe before text that a spreadsheet would run, for those who write CSV themselves.

    >>> neutralised(pa.RecordBatch.from_pydict({"a": ["=1+1", "-3", None]})).to_pylist()
    [{'a': "'=1+1"}, {'a': '-3'}, {'a': None}]
    """
    columns = [
        pc.if_else(column.is_valid(), _harmless(column.fill_null(""), Changes()), column)
        if pa.types.is_string(column.type)
        else column
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _harmless(column: Any, changes: Changes) -> Any:
    """Put an apostrophe before cells that a spreadsheet would run, unless they are plain numbers."""
    runs = _begin_with(column, _RUNS)
    if not runs.any():
        return column
    risky = pc.and_not(pa.array(runs), pc.match_substring_regex(column, _NUMBER))
    changes.apostrophes += risky.true_count
    return pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column)


def _glued(columns: list[Any], between: str, before: str, after: str) -> pa.Array:
    """Join columns of strings row by row."""
    first, last = columns[0], columns[-1]
    if before:
        first = pc.binary_join_element_wise(before, first, "")
    columns = [first, *columns[1:]]
    last = pc.binary_join_element_wise(columns[-1], after, "")
    return pc.binary_join_element_wise(*columns[:-1], last, between) if len(columns) > 1 else last


def _text_of(rows: pa.Array) -> pa.Buffer:
    """Return the text of a string array, which lies end to end in one buffer."""
    _, offsets, data = rows.buffers()
    if data is None or not len(rows):
        return pa.py_buffer(b"")
    bounds = np.frombuffer(offsets, np.int32, len(rows) + 1, rows.offset * 4)
    return data.slice(int(bounds[0]), int(bounds[-1] - bounds[0]))


def _cell(column: Any, safe: bool, changes: Changes) -> Any:
    """Write a column as the text of CSV cells, not in quotes yet, a null as nothing."""
    kind = column.type
    if (
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_nested(kind)
        or pa.types.is_dictionary(kind)
    ):
        text = _plain(column)
        return _harmless(text, changes) if safe else text
    return _numbers(column)


def _plain(column: Any) -> Any:
    """Write a column as text, nulls as nothing; a list of strings as its elements with "; " between them."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if (pa.types.is_large_list(kind) or pa.types.is_list(kind)) and str(kind.value_type) in ("string", "large_string"):
        kind = pa.list_(pa.string())
        column = column.cast(kind)
    if pa.types.is_list(kind) and pa.types.is_string(kind.value_type):
        joined = pc.binary_join(column, "; ")
        column = (
            joined
            if not column.flatten().null_count
            else pa.array(
                [
                    None if row is None else "; ".join(term for term in row if term is not None)
                    for row in column.to_pylist()
                ],
                pa.string(),
            )
        )
    elif pa.types.is_nested(kind):
        column = pa.array([None if v is None else _json(v) for v in column.to_pylist()], pa.string())
    if column.type != pa.string():
        column = column.cast(pa.string())
    return column.fill_null("") if column.null_count else column


def _quoted(column: Any, delimiter: str) -> Any:
    """Put cells that need it in quotes; most columns have none, and their bytes are only looked through once."""
    marks = _hold(column, (ord(delimiter), *_MARKS))
    if not marks.any():
        return column
    doubled = pc.replace_substring(column, '"', '""') if _hold(column, (ord('"'),)).any() else column
    return pc.if_else(pa.array(marks), pc.binary_join_element_wise('"', doubled, '"', ""), column)


def _bounds_and_text(column: Any) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Return where the cells of a string column begin and end in its bytes, from 0 on, and these."""
    bounds, data = bytes_of(column)
    return bounds - bounds[0], data[bounds[0] : bounds[-1]]


def _hold(column: Any, signs: Sequence[int]) -> NDArray[np.bool_]:
    """Tell which cells hold any of some ASCII signs."""
    bounds, text = _bounds_and_text(column)
    out = np.zeros(len(column), np.bool_)
    found = text == signs[0]
    for sign in signs[1:]:
        found |= text == sign
    out[np.searchsorted(bounds, found.nonzero()[0], side="right") - 1] = True
    return out


def _begin_with(column: Any, signs: bytes) -> NDArray[np.bool_]:
    """Tell which cells begin with any of some ASCII signs."""
    bounds, text = _bounds_and_text(column)
    out = np.zeros(len(column), np.bool_)
    (some,) = np.diff(bounds).nonzero()
    out[some] = np.isin(text[bounds[some]], np.frombuffer(signs, np.uint8))
    return out


def _numbers(column: Any) -> Any:
    """Write numbers as text, nulls as nothing."""
    return column.cast(pa.string()).fill_null("")


# -- JSON Lines -------------------------------------------------------------------------------------------------------


def _json_lines(batch: pa.RecordBatch) -> pa.Buffer:
    keys = [json.dumps(name, ensure_ascii=False) for name in batch.schema.names]
    cells = [
        pc.binary_join_element_wise(f"{', ' if place else '{'}{key}: ", _json_values(column), "")
        for place, (key, column) in enumerate(zip(keys, batch.columns, strict=True))
    ]
    return _text_of(_glued(cells, "", "", "}\n"))


def _json_values(column: Any) -> Any:
    """Write a column as JSON values; strings without signs to escape are quoted as a whole column."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_string(kind):
        filled = column.fill_null("")
        if pc.any(pc.match_substring_regex(filled, '["\\\\\\x00-\\x1f]')).as_py():
            filled = _escaped(filled)
        text = pc.binary_join_element_wise('"', filled, '"', "")
    elif pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        text = column.cast(pa.string())
    else:
        text = pa.array(list(map(_json, column.to_pylist())), pa.string())
    return pc.if_else(column.is_valid(), text, "null") if column.null_count else text


_encode: Final = json.JSONEncoder(ensure_ascii=False, default=str, allow_nan=False).encode


def _json(value: Any) -> str:
    """Write a value as JSON, which has no number for what is none: "NaN", "Infinity" and "-Infinity", as Protobuf."""
    try:
        return _encode(value)
    except ValueError:
        return _encode(_finite(value))


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    return [_finite(part) for part in value] if isinstance(value, list | tuple) else value


def _escaped(column: Any) -> Any:
    """Escape the few distinct strings that need it, each once."""
    encoded = column.dictionary_encode()
    words = [json.dumps(word, ensure_ascii=False)[1:-1] for word in encoded.dictionary.to_pylist()]
    return pa.array(words, pa.string()).take(encoded.indices)
