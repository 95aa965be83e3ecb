"""Cut cells of skills into pieces, and tell what a piece says by itself: one plain term, or nothing without more."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final, overload

import numpy as np
from numpy.typing import NDArray

from recommender.text.qualifiers import is_qualifier, openings

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "AROUND", "LONGEST_REMEMBERED", "OTHERWISE", "SEPARATORS", "Read", "Terms", "bytes_of", "cut", "plain",
    "strings_of", "table_of", "whole_in_itself", "words_of_plain",
]  # fmt: skip

SEPARATORS: Final = (",", ";", "|")

LONGEST_REMEMBERED: Final = 200

# So many texts are remembered to be levels or none: few are written, but what else stands in brackets is endless.
MOST_LEVELS: Final = 1 << 10

_WHOLE: Final = re.compile(r"\s*[#\[({（]")

AROUND: Final = " \t\r\n,;|"  # stands around a piece and is never part of a term

# Words with blanks, dashes and marks of no width between: nothing in them parts a list, unless one of the words below
# is among them.
_BARE: Final = "\u200b\u00ad\u2060\ufeff"  # marks of no width

_LETTER: Final = "[^\\W\u0130\u0131\u017f\u212a]"  # without those that a pattern takes for an i, an s or a k as well

_WIDE: Final = "\uff3f\uff0d\uff0e"  # full-width marks, which part nothing

_PLAIN: Final = re.compile(
    rf"((?!_){_LETTER}(?:{_LETTER}|[ \u00a0{_BARE}{_WIDE}-]|[.'](?=[^\W_]))*(?<=\w)[{_BARE}]*[+#]{{0,2}})[\s.]*"
)

# A term and what may be said of it: "Excel (expert)", "Excel: basic", "Excel - 5 years".
_SAID: Final = re.compile(r"([^:()]*?)(?: ?\(([\w ]+)\)|: ([\w ]+)| - ([\w ]+))")

_JOINING: Final = frozenset(
    "and or plus also etc eg incl including more others on et und y with via using in so".split()  # noqa: SIM905
)

# Beside a blank, a dash may part a list.
_DASHED: Final = re.compile(r"-\s|\s-")

_BRACKET: Final = re.compile(r"[()\[\]{}（）]")

_PARTNER: Final = {")": "(", "]": "[", "}": "{", "）": "（"}

Read = tuple[str, ...]

# Stands for the reading of a piece that is not plain, or that needs the rest of its cell.
OTHERWISE: Final[Read] = ("\0",)


def plain(bare: str) -> Read:
    """Read the commonest kinds of piece, one term as it stands; `OTHERWISE` for any other.

    >>> plain("machine learning."), plain("Excel (expert)"), plain("Word and Excel") is OTHERWISE
    (('machine learning',), ('Excel (expert)',), True)
    """
    if not bare:
        return ()
    found = _one_term(bare)
    return _with_level(bare) if found is OTHERWISE else found


def _with_level(bare: str) -> Read:
    """Read a plain term with a level or so behind it, of which nothing is parted either."""
    match = _SAID.fullmatch(bare) if len(bare) <= LONGEST_REMEMBERED else None
    if match is None or _one_term(match[1]) != (match[1],) or not _is_level(match[2] or match[3] or match[4]):
        return OTHERWISE
    return OTHERWISE if is_qualifier(bare) else (bare,)


@lru_cache(maxsize=MOST_LEVELS)
def _is_level(said: str) -> bool:
    return is_qualifier(said) and _JOINING.isdisjoint(said.lower().split())


def _one_term(bare: str) -> Read:
    match = _PLAIN.fullmatch(bare) if len(bare) <= LONGEST_REMEMBERED else None
    if (
        match is None
        or not _JOINING.isdisjoint(match[1].lower().split())
        or _DASHED.search(bare)
        or is_qualifier(match[1])
    ):
        return OTHERWISE
    return (match[1],)


def whole_in_itself(raw: str) -> bool:
    """Tell whether what a piece says cannot depend on the rest of its cell: every bracket has its partner in it."""
    if _WHOLE.match(raw):
        return False
    if not _BRACKET.search(raw):
        return True
    stack: list[str] = []
    for mark in _BRACKET.findall(raw):
        if mark in _PARTNER:
            if not stack or stack.pop() != _PARTNER[mark]:
                return False
        else:
            stack.append(mark)
    return not stack


def strings_of(column: pa.Array) -> pa.StringArray:
    """Return the column as strings without nulls; what cannot be a string is empty."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_null(column.type) or pa.types.is_nested(column.type):
        return pa.array([""] * len(column), pa.string())
    if column.type != pa.string():
        column = pc.cast(column, pa.string())
    return column.fill_null("") if column.null_count else column


def bytes_of(cells: pa.StringArray) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Return where each cell begins and ends (int32, one more than cells), and the bytes; copies nothing."""
    _, offsets, data = cells.buffers()
    bounds = np.frombuffer(offsets, np.int32, len(cells) + 1, cells.offset * 4) if len(cells) else np.zeros(1, np.int32)
    return bounds, np.zeros(0, np.uint8) if data is None else np.frombuffer(data, np.uint8)


def cut(cells: pa.StringArray) -> tuple[NDArray[np.int64], NDArray[np.int64], pa.StringArray]:
    """Cut cells behind each separator: rows of pieces (indptr, codes), and the distinct pieces; copies no text."""
    import pyarrow as pa

    bounds, data = bytes_of(cells)
    low, high = int(bounds[0]), int(bounds[-1])
    if low == high:
        return np.zeros(len(cells) + 1, np.int64), np.zeros(0, np.int64), pa.array([], pa.string())
    text = data[low:high]
    cut = text == ord(SEPARATORS[0])
    for mark in SEPARATORS[1:]:
        cut |= text == ord(mark)
    cut[bounds[1:][np.diff(bounds) > 0] - low - 1] = True
    ends = np.flatnonzero(cut) + 1
    edges = np.concatenate([np.zeros(1, np.int32), ends.astype(np.int32)])
    pieces = pa.StringArray.from_buffers(len(ends), pa.py_buffer(edges), pa.py_buffer(text))
    encoded = pieces.dictionary_encode()
    indptr = np.searchsorted(ends, bounds - low, side="right").astype(np.int64)
    return indptr, encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64), encoded.dictionary


def table_of(native: Any) -> Any:
    """Make an empty table of strings of the compiled kernel."""
    marks = AROUND.encode("ascii"), "".join(SEPARATORS).encode("ascii")
    return native.Strings(*marks, int.from_bytes(os.urandom(8), "little"))


@cache
def words_of_plain() -> tuple[frozenset[bytes], frozenset[bytes]]:
    """Give the words with which a piece is not plain, and those that may open a qualifier, as the kernel needs them."""
    joining, opening = (frozenset(word.encode("ascii") for word in words) for words in (_JOINING, openings()))
    return joining, opening


class Terms(Sequence[str]):
    """Hold distinct terms by their numbers in a table of strings, which stay; strings are made when looked at.

    Parameters
    ----------
    table : recommender.kernels.pieces.Strings
        The table.
    numbers : int64 array
        The terms.
    """

    def __init__(self, table: Any, numbers: NDArray[np.int64]) -> None:
        self.table, self.numbers = table, numbers

    @cached_property
    def _strings(self) -> list[str]:
        return self.array().to_pylist()  # type: ignore[no-any-return]

    def bytes(self) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        """Return where each term begins and ends, and the bytes of all; see `bytes_of`."""
        bounds, data = self.table.strings(self.numbers)
        return bounds, data

    def array(self) -> pa.StringArray:
        """Return the terms as an array."""
        import pyarrow as pa

        return pa.StringArray.from_buffers(len(self), *map(pa.py_buffer, self.bytes()))

    def __arrow_array__(self, type: pa.DataType | None = None) -> pa.Array:

        return self.array() if type is None else self.array().cast(type)

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[str]:
        return iter(self._strings)

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> list[str]: ...

    def __getitem__(self, at: int | slice) -> str | list[str]:
        return self._strings[at]
