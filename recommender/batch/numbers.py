"""Read the numbers of JSON so that no whole one loses a digit unseen, and none comes out that JSON does not have.

Columns hold numbers in 64 bits. What does not fit is kept as it was written where the column turns out to be text, and
else is told, as `1e400` would be read as infinity and `12345678901234567890` as another number.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import pyarrow as pa

__all__ = ["Beyond", "are_exact", "is_beyond", "loads"]

_WHOLE: Final = range(-(2**63), 2**63)
"""Whole numbers that a column of them can hold."""

_EXACT: Final = range(-(2**53), 2**53 + 1)
"""Whole numbers that a column of numbers with fractions holds to the last digit (IEEE 754, binary64)."""

MOST_DIGITS: Final = 4300
"""Digits of a whole number that is read; Python refuses more, as the work grows with their square."""


class Beyond(str):
    """Hold a number that is too large for 64 bits as it was written."""

    __slots__ = ()


def _float(text: str) -> float | Beyond:
    return value if math.isfinite(value := float(text)) else Beyond(text)


def _whole(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise ValueError(f"a number of {len(text):,} digits")
    return int(text)


def _refused(word: str) -> None:
    raise ValueError(f"{word}, which JSON has not")


# Raises `json.JSONDecodeError` for what is no JSON, and a plain `ValueError` for numbers that are none or too long.
loads: Final = json.JSONDecoder(parse_float=_float, parse_int=_whole, parse_constant=_refused).decode


def is_beyond(value: Any, kind: pa.DataType) -> bool:
    """Tell whether a value holds a whole number with more digits than its column could give back."""
    if isinstance(value, list):
        return pa.types.is_list(kind) and any(is_beyond(item, kind.value_type) for item in value)
    if isinstance(value, dict):
        return pa.types.is_struct(kind) and any(is_beyond(value.get(field.name), field.type) for field in kind)
    if isinstance(value, Beyond):
        return not pa.types.is_string(kind)
    if type(value) is float:
        return pa.types.is_integer(kind) and value.is_integer() and int(value) not in _EXACT[1:-1]
    if type(value) is not int:
        return False
    return value not in (_EXACT if pa.types.is_floating(kind) else _WHOLE) and not pa.types.is_string(kind)


def are_exact(columns: Iterable[Any]) -> bool:
    """Tell whether no number of some columns may have lost digits, or be none, where pyarrow's reader took it."""
    chunks = (part for c in columns for part in (c.chunks if isinstance(c, pa.ChunkedArray) else [c]))
    return all(map(_is_exact, chunks))


def _is_exact(column: Any) -> bool:
    kind = column.type
    if pa.types.is_floating(kind):
        values = column.drop_null().to_numpy(zero_copy_only=False)
        return bool((np.abs(values) < _EXACT.stop - 1).all())  # beyond, what is read may be a neighbour
    if pa.types.is_list(kind):
        return _is_exact(column.flatten())
    return all(map(_is_exact, column.flatten())) if pa.types.is_struct(kind) else True
