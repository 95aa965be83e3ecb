"""Read a column of skill cells into rows of terms: each distinct piece is read once, not each cell.

A cell is a list as people write it, and only `recommender.text` knows how to read one. But commas, semicolons and bars
part a list whatever stands between them, so a cell falls into pieces that recur in many cells. What can reach across a
comma (brackets, list literals, hashtags, a cell of one piece) is read whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.memory import Memory
from recommender.pieces import (
    AROUND,
    LONGEST_REMEMBERED,
    NEIGHBOUR,
    OTHERWISE,
    SEPARATORS,
    Read,
    cut,
    plain,
    strings_of,
    whole_in_itself,
)
from recommender.text.many import Names, split_many

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["CellReader", "Entries"]

# So many plain pieces, and others and cells, are remembered, some 200 bytes each: what is misspelt at random does not
# come again, and with four times as many a worker grew to 590 MB over ten million rows.
MOST_PLAIN: Final = 1 << 17

MOST_OTHERS: Final = 1 << 16


class Entries(NamedTuple):
    """Hold rows of terms: row ``i`` has ``terms[c] for c in codes[indptr[i]:indptr[i + 1]]``; both arrays int64."""

    indptr: NDArray[np.int64]
    codes: NDArray[np.int64]
    terms: list[str]


class CellReader:
    """Read columns of strings, or of lists of strings, into rows of terms.

    Rows of a column of strings are what `recommender.text.split_list` would give, cell by cell, with what ``names``
    know. The elements of a column of lists are terms as they stand.

    >>> import pyarrow as pa
    >>> rows = CellReader().read(pa.array(["go, rust", None, "rust, go"]))
    >>> rows.indptr.tolist(), rows.codes.tolist(), rows.terms
    ([0, 2, 2, 4], [0, 1, 1, 0], ['go', 'rust'])
    """

    def __init__(self, names: Names | None = None) -> None:
        self._names = names
        # Plain pieces, without the blanks and the separator around them; then other pieces as they stand, and cells.
        self._plain = Memory[Read](MOST_PLAIN)
        self._pieces = Memory[Read](MOST_OTHERS)
        self._cells = Memory[Read](MOST_OTHERS)

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
        return self._read(strings_of(column))

    def _read(self, cells: pa.StringArray) -> Entries:
        indptr, codes, pieces = cut(cells)
        place, read = self._read_plain(pieces)
        single = np.diff(indptr) == 1
        odd = np.array([terms is OTHERWISE for terms in read], np.bool_)[place][codes]
        (others,) = odd.nonzero()
        codes, raw = place[codes], codes[others]
        alone = single[np.searchsorted(indptr, others, side="right") - 1]
        for reader, some in ((self._read_pieces, ~alone), (self._read_cells, alone)):
            distinct, at = np.unique(raw[some], return_inverse=True)
            codes[others[some]] = len(read) + at
            read += reader(pieces.take(distinct).to_pylist())
        whole = self._whole_rows(indptr, codes, read, single)
        if len(whole):
            indptr, codes = self._read_whole(cells, whole, indptr, codes, read)
        return _expanded(indptr, codes, read)

    def _read_plain(self, pieces: pa.StringArray) -> tuple[NDArray[np.int64], list[Read]]:
        """Read the plain pieces: the number of each piece's reading, and the readings, `OTHERWISE` for odd ones."""
        import pyarrow.compute as pc

        bare = pc.ascii_trim(pieces, AROUND).dictionary_encode()
        strings = bare.dictionary.to_pylist()
        found = self._plain.recall(strings)
        for at, terms in enumerate(found):
            if terms is None:
                found[at] = terms = plain(strings[at])
                if len(strings[at]) <= LONGEST_REMEMBERED:
                    self._plain.keep(strings[at], terms)
        return bare.indices.to_numpy(zero_copy_only=False).astype(np.int64), found  # type: ignore[return-value]

    def _read_pieces(self, raw: list[str]) -> list[Read]:
        """Read pieces of lists, each with its separator if not the last; `OTHERWISE` where one needs its cell."""
        found = self._pieces.recall(raw)
        new = [at for at, terms in enumerate(found) if terms is None]
        whole = [at for at in new if whole_in_itself(raw[at])]
        within = [raw[at] + (NEIGHBOUR if raw[at].endswith(SEPARATORS) else "") for at in whole]
        split = split_many([f"{NEIGHBOUR},{piece}" for piece in within], self._names)
        read = {
            at: tuple(terms[1:-1] if raw[at].endswith(SEPARATORS) else terms[1:])
            for at, terms in zip(whole, split, strict=True)
        }
        return _completed(self._pieces, raw, found, {at: read.get(at, OTHERWISE) for at in new})

    def _read_cells(self, cells: list[str]) -> list[Read]:
        found = self._cells.recall(cells)
        new = [at for at, terms in enumerate(found) if terms is None]
        split = split_many([cells[at] for at in new], self._names)
        return _completed(self._cells, cells, found, dict(zip(new, map(tuple, split), strict=True)))

    def _whole_rows(
        self,
        indptr: NDArray[np.int64],
        codes: NDArray[np.int64],
        read: Sequence[Read],
        single: NDArray[np.bool_],
    ) -> NDArray[np.int64]:
        """Return the rows that must be read whole: a piece of theirs reaches out, or nothing else was found in them."""
        unsafe = np.array([terms is OTHERWISE for terms in read], np.bool_)
        counts = np.fromiter(map(len, read), np.int64, len(read))
        found = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts[codes])])[indptr]
        out = (np.diff(found) == 0) & (np.diff(indptr) > 0)
        if unsafe.any():
            out[np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))[unsafe[codes]]] = True
        rows: NDArray[np.int64] = np.flatnonzero(out & ~single)
        return rows

    def _read_whole(
        self, cells: pa.StringArray, rows: NDArray[np.int64], indptr: NDArray[np.int64], codes: NDArray[np.int64],
        read: list[Read],
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
        read += self._read_cells(cells.take(rows).to_pylist())
        lengths[rows] = 1
        return np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)]), codes[kept]


def _completed(
    memory: Memory[Read], strings: Sequence[str], found: Sequence[Read | None], new: Mapping[int, Read]
) -> list[Read]:
    """Put what was read anew beside what was remembered, and remember it too."""
    for at, terms in new.items():
        if len(strings[at]) <= LONGEST_REMEMBERED:
            memory.keep(strings[at], terms)
    return [new[at] if terms is None else terms for at, terms in enumerate(found)]


def _expanded(indptr: NDArray[np.int64], codes: NDArray[np.int64], read: Sequence[Read]) -> Entries:
    """Put the terms of each piece in its place."""
    places: dict[str, int] = {}
    counts = np.fromiter(map(len, read), np.int64, len(read))
    flat = np.fromiter(
        (places.setdefault(term, len(places)) for terms in read for term in terms), np.int64, int(counts.sum())
    )
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    lengths = counts[codes]
    if len(lengths) and (lengths == 1).all():
        return Entries(indptr, flat[starts[codes]], list(places))
    ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
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
