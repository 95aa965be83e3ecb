"""Look into Arrow arrays of any kind: what lists hold, and which rows hold text that is not UTF-8, or NULs.

Neither Parquet nor Arrow makes sure that what is called text is UTF-8, and whoever decodes it first would fail.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["entries", "is_bytes", "is_listed", "is_text", "unreadable", "with_nul"]

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
