"""Tell whether a value of JSON fits the kind of its column, part by part, and say in plain words why it does not.

Arrow is not asked: to build a column it cuts 20.75 to 20, takes true for 1.0, reads a text as a list of its letters,
and passes over the keys of an object that it has no place for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pyarrow as pa

from recommender.batch.numbers import Beyond

__all__ = ["KINDS", "as_text", "keys_beside", "misfit", "parts_beside"]

KINDS: Final[Mapping[type, str]] = {
    Beyond: "a number beyond 64 bits",
    str: "text",
    bool: "true or false",
    int: "a number",
    float: "a number with a fraction",
    list: "a list",
    dict: "an object",
    type(None): "null",
}


def as_text(kind: pa.DataType) -> pa.DataType:
    """Return a kind that holds text for dates, times and nulls however deep, so that they come out as they came in.

    >>> as_text(pa.struct([("at", pa.list_(pa.timestamp("s")))]))
    StructType(struct<at: list<item: string>>)
    """
    if pa.types.is_timestamp(kind) or pa.types.is_null(kind):
        return pa.string()
    if pa.types.is_list(kind):
        return pa.list_(as_text(kind.value_type))
    return pa.struct([(part.name, as_text(part.type)) for part in kind]) if pa.types.is_struct(kind) else kind


def misfit(value: Any, kind: pa.DataType, name: str) -> str:
    """Say which part of a value its column cannot hold as it is, and why; "" if it can hold all.

    >>> misfit({"rate": 20.75}, pa.struct([("rate", pa.int64())]), "meta")
    "'meta.rate' is a number with a fraction, and the rows before have whole numbers"
    """
    if value is None:
        return ""
    if pa.types.is_struct(kind) and isinstance(value, dict):
        faults = (misfit(value.get(part.name), part.type, f"{name}.{part.name}") for part in kind)
        return next(filter(None, faults), "")
    if pa.types.is_list(kind) and isinstance(value, list):
        if pa.types.is_struct(kind.value_type) and all(isinstance(item, dict | None) for item in value):
            return next(filter(None, (misfit(item, kind.value_type, name) for item in value)), "")
        if not any(misfit(item, kind.value_type, name) for item in value):
            return ""
    elif _holds(kind, value):
        return ""
    return f"{name!r} is {_shape(value)}, and the rows before have {_said(kind)}"


def _holds(kind: pa.DataType, value: Any) -> bool:
    if pa.types.is_string(kind):
        return isinstance(value, str)
    if pa.types.is_integer(kind):
        return type(value) is int or (type(value) is float and value.is_integer())
    if pa.types.is_floating(kind):
        return type(value) in (int, float)
    return pa.types.is_boolean(kind) and type(value) is bool


def keys_beside(value: Any, kind: pa.DataType, name: str) -> Iterator[str]:
    """Yield the keys within a value that its column has no place for, each with the keys that lead to it.

    >>> list(keys_beside([{"city": "Oslo"}], pa.list_(pa.struct([])), "meta"))
    ['meta.city']
    """
    if isinstance(value, list) and pa.types.is_list(kind):
        for item in value:
            yield from keys_beside(item, kind.value_type, name)
    elif isinstance(value, dict) and pa.types.is_struct(kind):
        for key, part in value.items():
            if (place := kind.get_field_index(key)) < 0:
                yield f"{name}.{key}"
            else:
                yield from keys_beside(part, kind.field(place).type, f"{name}.{key}")


def parts_beside(found: pa.DataType, kind: pa.DataType, name: str) -> Iterator[str]:
    """Yield what `keys_beside` does, for all values of a kind at once."""
    if pa.types.is_list(found) and pa.types.is_list(kind):
        yield from parts_beside(found.value_type, kind.value_type, name)
    elif pa.types.is_struct(found) and pa.types.is_struct(kind):
        for part in found:
            if (place := kind.get_field_index(part.name)) < 0:
                yield f"{name}.{part.name}"
            else:
                yield from parts_beside(part.type, kind.field(place).type, f"{name}.{part.name}")


def _shape(value: Any) -> str:
    """Name the kind of a value, and of what a list holds.

    >>> _shape([{}, "a"]), _shape(1)
    ('a list of an object and text', 'a number')
    """
    inner = dict.fromkeys(KINDS[type(item)] for item in value) if isinstance(value, list) else {}
    return KINDS[type(value)] + (f" of {' and '.join(inner)}" if inner else "")


def _said(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"lists of {_said(kind.value_type)}"
    for test, words in (
        (pa.types.is_string, "text"), (pa.types.is_integer, "whole numbers"), (pa.types.is_floating, "numbers"),
        (pa.types.is_boolean, "true or false"), (pa.types.is_struct, "objects"),
    ):  # fmt: skip
        if test(kind):
            return words
    return str(kind)
