"""Look into Arrow arrays of any kind: what lists hold, and which rows hold text that is not UTF-8, or NULs.

Neither Parquet nor Arrow makes sure that what is called text is UTF-8, and whoever decodes it first would fail.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recommender.errors import TableError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "entries",
    "is_bytes",
    "is_listed",
    "is_text",
    "plain",
    "plain_batch",
    "plain_schema",
    "taken",
    "unreadable",
    "with_nul",
]

NONE = np.zeros(0, np.int64)


def is_text(kind: pa.DataType) -> bool:
    """Tell kinds of strings."""
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or str(kind) == "string_view")


def is_bytes(kind: pa.DataType) -> bool:
    """Tell kinds of binary values."""
    import pyarrow as pa

    some = pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind)
    # A decimal lies in bytes of a fixed number, and is none.
    return bool(some or str(kind) == "binary_view") and not pa.types.is_decimal(kind)


def is_listed(kind: pa.DataType) -> bool:
    """Tell kinds of lists, maps among them: `entries` reads them."""
    import pyarrow as pa

    tests = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list, pa.types.is_map)
    return any(test(kind) for test in tests) or str(kind).startswith(("list_view<", "large_list_view<"))


def entries(column: pa.Array) -> tuple[NDArray[np.int64], pa.Array]:
    """Return how many values the list of each row holds (int64), and all of them end to end; null lists hold none.

    >>> import pyarrow as pa
    >>> lengths, values = entries(pa.array([["a", "b"], None, ["c"]])[1:])
    >>> lengths.tolist(), values.to_pylist()
    ([0, 1], ['c'])
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_map(column.type):
        whole = column.take(pa.array(np.arange(len(column))))  # whose parts begin where it begins
        pairs = pa.StructArray.from_arrays([whole.keys, whole.items], ["key", "value"])
        column = pa.ListArray.from_arrays(whole.offsets, pairs, mask=whole.is_null() if whole.null_count else None)
    lengths = pc.list_value_length(column).fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    return lengths, column.flatten()


def plain(column: pa.Array, dictionaries: bool = False) -> pa.Array:
    """Return a column without runs, its lists of a fixed size as lists; ``dictionaries``: its codes as values too.

    Not all that reads or writes arrays knows these kinds, or nulls among them.

    >>> import pyarrow as pa
    >>> plain(pa.array([["a", "b"], None], pa.list_(pa.string(), 2))).type
    ListType(list<item: string>)

    Raises
    ------
    TableError
        There are runs within lists or objects, which pyarrow cannot decode.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_run_end_encoded(column.type):
        column = pc.run_end_decode(column)
    kind = _plain_kind(column.type, dictionaries)
    try:
        return column if column.type == kind else column.cast(kind)
    except pa.ArrowNotImplementedError:
        raise _unsupported(column.type) from None


def taken(column: pa.Array, rows: pa.Array) -> pa.Array:
    """Return some rows of a column, in its own kind, also where that is one of runs.

    Raises
    ------
    TableError
        There are runs within lists or objects, of which pyarrow cannot take some.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        if pa.types.is_run_end_encoded(column.type):
            return pc.run_end_encode(pc.run_end_decode(column).take(rows), column.type.run_end_type)
        return column.take(rows)
    except pa.ArrowNotImplementedError:
        raise _unsupported(column.type) from None


def _unsupported(kind: pa.DataType) -> TableError:
    return TableError(
        f"a column is {str(kind)[:80]}, which cannot be read. Write it without run ends, or leave it out."
    )


def plain_schema(schema: pa.Schema, dictionaries: bool = False) -> pa.Schema:
    """Return a schema with the kinds that `plain` gives."""
    for place, field in enumerate(schema):
        schema = schema.set(place, field.with_type(_plain_kind(field.type, dictionaries)))
    return schema


def plain_batch(batch: pa.RecordBatch, dictionaries: bool = False) -> pa.RecordBatch:
    """Return a batch with all its columns `plain`."""
    import pyarrow as pa

    columns = [plain(column, dictionaries) for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, schema=plain_schema(batch.schema, dictionaries))


def _plain_kind(kind: pa.DataType, dictionaries: bool) -> pa.DataType:
    import pyarrow as pa

    def inner(field: pa.Field) -> pa.Field:
        return field.with_type(_plain_kind(field.type, dictionaries))

    if pa.types.is_run_end_encoded(kind) or (dictionaries and pa.types.is_dictionary(kind)):
        return _plain_kind(kind.value_type, dictionaries)
    if pa.types.is_map(kind):
        return pa.map_(inner(kind.key_field), inner(kind.item_field), kind.keys_sorted)
    if pa.types.is_struct(kind):
        return pa.struct([inner(kind.field(at)) for at in range(kind.num_fields)])
    if pa.types.is_large_list(kind):
        return pa.large_list(inner(kind.value_field))
    if pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind):
        return pa.list_(inner(kind.value_field))
    return kind


def unreadable(column: pa.Array, also_bytes: bool = False) -> NDArray[np.int64]:
    """Return the rows that hold text which is not UTF-8, however deep, ascending int64.

    ``also_bytes`` judges binary values like text.

    >>> import pyarrow as pa
    >>> unreadable(pa.array([b"caf\\xc3\\xa9", b"caf\\xe9", None]), also_bytes=True).tolist()
    [1]
    """
    return _rows(column, _undecodable, also_bytes)


def with_nul(column: pa.Array, also_bytes: bool = False) -> NDArray[np.int64]:
    """Return the rows that hold text with a NUL, which no CSV can hold, as `unreadable` does.

    >>> import pyarrow as pa
    >>> with_nul(pa.array([["a", "b\\0"], None, ["c"]])).tolist()
    [0]
    """
    return _rows(column, _nul, also_bytes)


def _rows(column: pa.Array, found: Callable[[pa.Array], NDArray[np.int64]], also_bytes: bool) -> NDArray[np.int64]:
    """Return the rows that hold, however deep, text that is ``found``."""
    import pyarrow as pa

    kind = column.type
    if is_text(kind) or (also_bytes and is_bytes(kind)):
        return found(column)
    if pa.types.is_dictionary(kind):
        words = _rows(column.dictionary, found, also_bytes)
        places = column.indices.fill_null(-1).to_numpy(zero_copy_only=False) if len(words) else NONE
        return np.flatnonzero(np.isin(places, words))
    if is_listed(kind):
        lengths, values = entries(column)
        return np.unique(np.searchsorted(lengths.cumsum(), _rows(values, found, also_bytes), side="right"))
    if pa.types.is_struct(kind):
        parts = [_rows(part, found, also_bytes) for part in column.flatten()]
        return np.unique(np.concatenate([NONE, *parts]))
    if isinstance(kind, pa.BaseExtensionType):
        return _rows(column.storage, found, also_bytes)
    return NONE


def _nul(column: pa.Array) -> NDArray[np.int64]:
    import pyarrow as pa
    import pyarrow.compute as pc

    holds = pc.match_substring(column.cast(pa.large_binary()), b"\0")
    return np.flatnonzero(holds.fill_null(False).to_numpy(zero_copy_only=False))


def _undecodable(column: pa.Array) -> NDArray[np.int64]:
    import pyarrow as pa

    try:
        if is_text(column.type):
            column.validate(full=True)
        else:
            column.cast(pa.large_string())
    except pa.ArrowInvalid:
        raw = column.cast(pa.large_binary()).to_pylist()
        return np.array([row for row, value in enumerate(raw) if value is not None and not _is_utf8(value)], np.int64)
    return NONE


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
