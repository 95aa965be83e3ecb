"""Read a column of skill cells into rows of terms: each distinct piece is read once, not each cell.

A cell is a list as people write it, and only `recommender.text` knows how to read one. But commas, semicolons and bars
part a list whatever stands between them, so a cell falls into pieces that recur in many cells. What can reach across a
comma (brackets, list literals, hashtags, a cell of one piece) is read whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.text.qualifiers import is_qualifier

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["CellReader", "Entries"]

Split = Callable[[str], Sequence[str]]

_CUTS: Final = (ord(","), ord(";"), ord("|"))
# So many pieces and cells are remembered; when full, the memory starts anew. Longer ones are never remembered.
MOST_REMEMBERED: Final = 1 << 18
LONGEST_REMEMBERED: Final = 200
# A word that no list sign, level or conjunction can be part of: it stands for the neighbours of a piece.
_NEIGHBOUR: Final = "Zq"
_WHOLE: Final = re.compile(r"\s*[#\[({（]")
# Words and numbers with one blank between: nothing in them parts a list, unless one of these words opens or ends it.
_WORD: Final = r"[^\W_]+(?:[-.'][^\W_]+)*[+#]{0,2}"
_PLAIN: Final = re.compile(rf" ?((?!\d){_WORD}(?: {_WORD}){{0,7}})([,;|]?)")
_JOINING: Final = frozenset(
    [
        "and",
        "or",
        "plus",
        "also",
        "etc",
        "eg",
        "incl",
        "including",
        "more",
        "others",
        "on",
        "et",
        "und",
        "y",
        "with",
        "via",
        "using",
        "in",
    ]
)
_BRACKET: Final = re.compile(r"[()\[\]{}（）]")
_PARTNER: Final = {")": "(", "]": "[", "}": "{", "）": "（"}


class Entries(NamedTuple):
    """Hold rows of terms: row ``i`` has ``terms[c] for c in codes[indptr[i]:indptr[i + 1]]``; both arrays int64."""

    indptr: NDArray[np.int64]
    codes: NDArray[np.int64]
    terms: list[str]


class CellReader:
    """Read columns of strings, or of lists of strings, into rows of terms.

    ``split`` reads one whole cell; rows of a column of strings are what it would give, cell by cell. The elements of a
    column of lists are terms as they stand.

    >>> import pyarrow as pa
    >>> reader = CellReader(lambda cell: [part.strip() for part in cell.split(",") if part.strip()])
    >>> rows = reader.read(pa.array(["go, rust", None, "rust, go"]))
    >>> rows.indptr.tolist(), rows.codes.tolist(), rows.terms
    ([0, 2, 2, 4], [0, 1, 1, 0], ['go', 'rust'])
    """

    def __init__(self, split: Split) -> None:
        self._split = split
        self._pieces: dict[str, tuple[str, ...] | None] = {}
        self._cells: dict[str, tuple[str, ...]] = {}

    def read(self, column: pa.Array) -> Entries:
        """Read a column; nulls, and values that are neither strings nor lists of them, are empty rows.

        Raises
        ------
        UnicodeDecodeError
            A string is no UTF-8.
        """
        import pyarrow as pa

        kind = column.type
        if pa.types.is_dictionary(kind):
            column, kind = column.cast(kind.value_type), kind.value_type
        if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
            return _listed(column)
        return self._read(_plain_strings(column))

    def _read(self, cells: pa.StringArray) -> Entries:
        indptr, codes, pieces = _cut(cells)
        raw: list[str] = pieces.to_pylist()
        if len(self._pieces) + len(raw) > MOST_REMEMBERED:
            self._pieces.clear()
            self._cells.clear()
        single = np.diff(indptr) == 1
        read, codes = self._read_pieces(raw, codes, indptr, single)
        whole = self._whole_rows(indptr, codes, read, single)
        if len(whole):
            indptr, codes = self._read_whole(cells, whole, indptr, codes, read)
        return _expanded(indptr, codes, read)

    def _read_pieces(
        self, raw: list[str], codes: NDArray[np.int64], indptr: NDArray[np.int64], single: NDArray[np.bool_]
    ) -> tuple[list[tuple[str, ...] | None], NDArray[np.int64]]:
        """Read the pieces that stand in lists, and those that are a cell; the latter get codes of their own."""
        alone = codes[indptr[:-1][single]]
        in_list = np.zeros(len(raw), np.bool_)
        listed = np.ones(len(codes), np.bool_)
        listed[indptr[:-1][single]] = False
        in_list[codes[listed]] = True
        read: list[tuple[str, ...] | None] = [
            self._piece(piece) if wanted else () for piece, wanted in zip(raw, in_list.tolist(), strict=True)
        ]
        distinct, at = np.unique(alone, return_inverse=True)
        codes = codes.copy()
        codes[indptr[:-1][single]] = at + len(read)
        read += [self._cell(raw[place]) for place in distinct.tolist()]
        return read, codes

    def _piece(self, raw: str) -> tuple[str, ...] | None:
        """Read a piece of a list, its separator behind it if it is not the last; None if it needs the whole cell."""
        if raw in self._pieces:
            return self._pieces[raw]
        found: tuple[str, ...] | None = _plain(raw)
        if found is None and _whole_in_itself(raw):
            last = raw[-1:] not in (",", ";", "|")
            terms = self._split(f"{_NEIGHBOUR},{raw}" if last else f"{_NEIGHBOUR},{raw}{_NEIGHBOUR}")
            found = tuple(terms[1:] if last else terms[1:-1])
        if len(raw) <= LONGEST_REMEMBERED:
            self._pieces[raw] = found
        return found

    def _cell(self, cell: str) -> tuple[str, ...]:
        found = self._cells.get(cell)
        if found is None:
            found = tuple(self._split(cell))
            if len(cell) <= LONGEST_REMEMBERED:
                self._cells[cell] = found
        return found

    def _whole_rows(
        self,
        indptr: NDArray[np.int64],
        codes: NDArray[np.int64],
        read: Sequence[tuple[str, ...] | None],
        single: NDArray[np.bool_],
    ) -> NDArray[np.int64]:
        """Return the rows that must be read whole: a piece of theirs reaches out, or nothing else was found in them."""
        unsafe = np.array([terms is None for terms in read], np.bool_)
        counts = np.array([len(terms or ()) for terms in read], np.int64)
        found = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts[codes])])[indptr]
        out = (np.diff(found) == 0) & (np.diff(indptr) > 0)
        if unsafe.any():
            out[np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))[unsafe[codes]]] = True
        rows: NDArray[np.int64] = np.flatnonzero(out & ~single)
        return rows

    def _read_whole(
        self, cells: pa.StringArray, rows: NDArray[np.int64], indptr: NDArray[np.int64], codes: NDArray[np.int64],
        read: list[tuple[str, ...] | None],
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:  # fmt: skip
        """Let one new piece, which is the whole cell, stand for all pieces of each such row."""
        kept = np.ones(len(codes), np.bool_)
        lengths = np.diff(indptr)
        starts = indptr[:-1][rows]
        inner = np.zeros(len(codes) + 1, np.int64)
        np.add.at(inner, starts + 1, 1)
        np.add.at(inner, indptr[1:][rows], -1)
        kept[np.cumsum(inner)[:-1] > 0] = False
        codes = codes.copy()
        codes[starts] = np.arange(len(read), len(read) + len(rows))
        read += [self._cell(cell) for cell in cells.take(rows).to_pylist()]
        lengths[rows] = 1
        return np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)]), codes[kept]


def _plain(raw: str) -> tuple[str, ...] | None:
    """Read the commonest kind of piece, one term as it stands; None for any other. It spares most of the work."""
    match = _PLAIN.fullmatch(raw)
    if match is None or not _JOINING.isdisjoint(match[1].lower().split(" ")) or is_qualifier(match[1]):
        return None
    return (match[1],)


def _whole_in_itself(raw: str) -> bool:
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


def _plain_strings(column: pa.Array) -> pa.StringArray:
    """Return the column as strings without nulls; what cannot be a string is empty."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_null(column.type) or pa.types.is_nested(column.type):
        return pa.array([""] * len(column), pa.string())
    if column.type != pa.string():
        column = pc.cast(column, pa.string())
    return column.fill_null("") if column.null_count else column


def _cut(cells: pa.StringArray) -> tuple[NDArray[np.int64], NDArray[np.int64], pa.StringArray]:
    """Cut cells behind each separator: rows of pieces (indptr, codes), and the distinct pieces; copies no text."""
    import pyarrow as pa

    _, offsets_buffer, data_buffer = cells.buffers()
    bounds = (
        np.frombuffer(offsets_buffer, np.int32, len(cells) + 1, cells.offset * 4)
        if len(cells)
        else np.zeros(1, np.int32)
    )
    low, high = int(bounds[0]), int(bounds[-1])
    if low == high:
        return np.zeros(len(cells) + 1, np.int64), np.zeros(0, np.int64), pa.array([], pa.string())
    text = np.frombuffer(data_buffer, np.uint8, high - low, low)
    cut = text == _CUTS[0]
    for mark in _CUTS[1:]:
        cut |= text == mark
    cut[bounds[1:][np.diff(bounds) > 0] - low - 1] = True
    ends = np.flatnonzero(cut) + 1
    edges = np.concatenate([np.zeros(1, np.int32), ends.astype(np.int32)])
    pieces = pa.StringArray.from_buffers(len(ends), pa.py_buffer(edges), data_buffer.slice(low, high - low))
    encoded = pieces.dictionary_encode()
    indptr = np.searchsorted(ends, bounds - low, side="right").astype(np.int64)
    return indptr, encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64), encoded.dictionary


def _expanded(indptr: NDArray[np.int64], codes: NDArray[np.int64], read: Sequence[tuple[str, ...] | None]) -> Entries:
    """Put the terms of each piece in its place."""
    places: dict[str, int] = {}
    counts = np.array([len(terms or ()) for terms in read], np.int64)
    flat = np.fromiter(
        (places.setdefault(term, len(places)) for terms in read for term in terms or ()), np.int64, int(counts.sum())
    )
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    lengths = counts[codes]
    ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    if len(lengths) and (lengths == 1).all():
        return Entries(indptr, flat[starts[codes]], list(places))
    first = np.repeat(starts[codes] - ends[:-1], lengths)
    return Entries(ends[indptr], flat[first + np.arange(int(ends[-1]))], list(places))


def _listed(column: Any) -> Entries:
    """Read a column of lists: its strings are terms; nulls are none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if column.null_count:
        column = pc.if_else(column.is_valid(), column, pa.scalar([], column.type))
    lengths = pc.list_value_length(column).to_numpy(zero_copy_only=False).astype(np.int64)
    values = column.flatten()
    if not pa.types.is_string(values.type):
        values = pa.array([], pa.string()) if pa.types.is_null(values.type) else values.cast(pa.string())
    if len(values) != lengths.sum():
        values = pa.nulls(int(lengths.sum()), pa.string())
    encoded = values.dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    kept = np.concatenate([np.zeros(1, np.int64), np.cumsum(codes >= 0)])
    indptr = kept[np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])]
    return Entries(indptr, codes[codes >= 0], encoded.dictionary.to_pylist())
