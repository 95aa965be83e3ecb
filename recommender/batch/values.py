"""Write as text the values that neither CSV nor JSON has a kind for: times, decimals and bytes, also within lists.

Times are ISO 8601 with all the digits of their unit, which Python's own would cut after the sixth. Bytes are the text
that they hold; where any of a column hold none, the whole column is base64 (RFC 4648), so that one rule reads it back.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recommender.arrays import entries, is_bytes, is_listed, is_text, with_nul
from recommender.batch.records import MOST_SHOWN

__all__ = ["as_text", "coded_columns", "holding_bytes", "shown", "written_out"]

_PER_SECOND: Final = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
FAR_DAYS: Final = 10_000_000
"""Days from 1970 (some 27,000 years) that pyarrow's own writing of dates holds for."""

_DAY: Final = 86_400
_CYCLE: Final = 146_097
"""Days of 400 years, after which the calendar begins again."""

_UUID: Final = "extension<arrow.uuid>"


def written_out(batch: pa.RecordBatch, coded: Iterable[str] = ()) -> pa.RecordBatch:
    """Return a batch in which every value has a kind of its own in JSON; ``coded`` are the columns to write as base64.

    >>> written_out(pa.RecordBatch.from_pydict({"a": [b"text"], "b": [b"\\xff"]}), ["b"]).to_pylist()
    [{'a': 'text', 'b': '/w=='}]
    """
    columns = [as_text(c, name in coded) for name, c in zip(batch.schema.names, batch.columns, strict=True)]
    return pa.RecordBatch.from_arrays(columns, batch.schema.names)


def holding_bytes(schema: pa.Schema) -> list[str]:
    """Return the columns that hold binary values, however deep."""
    return [field.name for field in schema if _holds(field.type, is_bytes)]


def coded_columns(batches: Iterable[pa.RecordBatch], names: Sequence[str]) -> frozenset[str]:
    """Return those of the named columns in which some binary value is no UTF-8 text, or holds a NUL."""
    found: set[str] = set()
    for batch in batches:
        for name in names:
            try:
                if name not in found:
                    as_text(batch.column(name))
            except pa.ArrowInvalid:
                found.add(name)
        if len(found) == len(names):
            break
    return frozenset(found)


def as_text(column: Any, coded: bool = False) -> Any:
    """Return a column whose times, decimals and bytes are text; any other comes back as it is.

    Raises
    ------
    pyarrow.ArrowInvalid
        Bytes are no UTF-8 or hold a NUL, and are not to be ``coded`` as base64.
    """
    kind = column.type
    if not _holds(kind, _is_odd):
        return column
    if pa.types.is_dictionary(kind):
        return as_text(column.dictionary, coded).take(column.indices)
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return _times(column)
    if pa.types.is_duration(kind):
        per = _PER_SECOND[kind.unit]
        return _each(column.cast(pa.int64()), lambda ticks: f"{'-' * (ticks < 0)}PT{_seconds(abs(ticks), per)}S")
    if pa.types.is_interval(kind):
        return _each(column, lambda span: f"P{span[0]}M{span[1]}DT{_seconds(span[2], 10**9)}S")
    if is_bytes(kind):
        return _each(column, lambda raw: base64.b64encode(raw).decode("ascii")) if coded else _decoded(column)
    if is_listed(kind):
        return _lists(column, coded)
    if pa.types.is_struct(kind):
        parts = [as_text(part, coded) for part in column.flatten()]
        names = [kind.field(at).name for at in range(kind.num_fields)]
        return pa.StructArray.from_arrays(parts, names, mask=column.is_null())
    if isinstance(kind, pa.BaseExtensionType):
        return _each(column, str) if str(kind) == _UUID else as_text(column.storage, coded)
    return column.cast(pa.string())


def _is_odd(kind: pa.DataType) -> bool:
    """Tell kinds of single values that JSON has not, or that arrays hold in a way of their own."""
    own = isinstance(kind, pa.BaseExtensionType) or str(kind) == "string_view"
    return bool(own or pa.types.is_temporal(kind) or pa.types.is_decimal(kind) or is_bytes(kind))


def _holds(kind: pa.DataType, test: Any) -> bool:
    """Tell whether a kind, or one that it is made of, passes a test."""
    if pa.types.is_dictionary(kind):
        return _holds(kind.value_type, test)
    if isinstance(kind, pa.BaseExtensionType):
        return bool(test(kind)) or _holds(kind.storage_type, test)
    if pa.types.is_map(kind):
        return _holds(kind.key_type, test) or _holds(kind.item_type, test)
    if is_listed(kind):
        return _holds(kind.value_type, test)
    if pa.types.is_struct(kind):
        return any(_holds(kind.field(at).type, test) for at in range(kind.num_fields))
    return bool(test(kind))


def _each(column: Any, write: Any) -> Any:
    return pa.array([None if value is None else write(value) for value in column.to_pylist()], pa.string())


def _decoded(column: Any) -> Any:
    if len(with_nul(column, also_bytes=True)):
        raise pa.ArrowInvalid("a NUL is no text")
    return column.cast(pa.large_binary()).cast(pa.string())


def _times(column: Any) -> Any:
    """Write points in time as 2020-01-31T08:30:00.000, with the offset where there is a zone, and days as 2020-01-31.

    pyarrow writes no year beyond 32,767, and a wrong one where there is a zone: such are written here, in UTC.
    """
    kind = column.type
    per = 0 if pa.types.is_date32(kind) else _PER_SECOND["ms" if pa.types.is_date64(kind) else kind.unit]
    ticks = column.view(pa.int64() if per else pa.int32()).cast(pa.int64())
    most = min(FAR_DAYS * (_DAY * per or 1), np.iinfo(np.int64).max)
    far = pc.or_(pc.greater(ticks, most), pc.less(ticks, -most)).fill_null(False)
    if not far.true_count:
        return _near_times(column)
    near = _near_times(pc.if_else(far, pa.scalar(None, kind), column))
    written = _each(pc.if_else(far, ticks, None), lambda tick: _far_time(tick, per, pa.types.is_date(kind)))
    return pc.if_else(far, pc.binary_join_element_wise(written, "Z" if getattr(kind, "tz", None) else "", ""), near)


def _far_time(ticks: int, per: int, whole: bool) -> str:
    """Write a time, or a ``whole`` day, as ISO 8601 does beyond years of four digits; ``per`` second, 0 for days.

    >>> _far_time(2**31 - 1, 0, True), _far_time(-2**63, 10**6, False)
    ('+5881580-07-11', '-290308-12-21T19:59:05.224192')
    """
    days, rest = divmod(ticks, _DAY * per or 1)
    cycles, day = divmod(days, _CYCLE)
    on = date(1970, 1, 1) + timedelta(day)
    text = f"{on.year + 400 * cycles:+}-{on:%m-%d}"
    if whole:
        return text
    seconds, parts = divmod(rest, per)
    fraction = f".{parts:0{len(str(per)) - 1}}" if per > 1 else ""
    return f"{text}T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{fraction}"


def _near_times(column: Any) -> Any:
    if pa.types.is_date(column.type):
        return column.cast(pa.string())
    try:
        text = column.cast(pa.string())
    except pa.ArrowInvalid:  # a zone that this machine does not know
        text = column.cast(pa.timestamp(column.type.unit, "UTC")).cast(pa.string())
    text = pc.replace_substring(text, " ", "T", max_replacements=1)
    return pc.replace_substring_regex(text, r"([+-]\d\d)(\d\d)$", r"\1:\2") if column.type.tz else text


def _seconds(ticks: int, per: int) -> str:
    """Write a time in seconds with the digits that it has.

    >>> _seconds(90, 1), _seconds(1_500, 1_000), _seconds(-1, 10**9)
    ('90', '1.5', '-0.000000001')
    """
    whole, rest = divmod(abs(ticks), per)
    fraction = f".{rest:0{len(str(per)) - 1}}".rstrip("0") if rest else ""
    return f"{'-' * (ticks < 0)}{whole}{fraction}"


def _lists(column: Any, coded: bool) -> Any:
    lengths, values = entries(column)
    ends = np.concatenate([np.zeros(1, np.int64), lengths.cumsum()])
    if pa.types.is_map(column.type):
        keys, items = (as_text(part, coded) for part in values.flatten())
        absent = np.append(column.is_null().to_numpy(zero_copy_only=False), False)
        return pa.MapArray.from_arrays(pa.array(ends, pa.int32(), mask=absent), keys, items)
    return pa.LargeListArray.from_arrays(pa.array(ends), as_text(values, coded), mask=column.is_null())


def shown(batch: pa.RecordBatch, row: int) -> str:
    """Return a row as JSON for a person to find it by; bytes that are no text are shown as ``\\xff``."""
    cells: dict[str, Any] = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        cell = column.slice(row, 1)
        try:
            raw = cell.cast(pa.large_binary()) if is_text(cell.type) else cell if is_bytes(cell.type) else as_text(cell)
            value = raw[0].as_py()
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, UnicodeDecodeError):
            value = "..."
        cells[name] = value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else value
    return json.dumps(cells, ensure_ascii=False, default=str)[:MOST_SHOWN]
