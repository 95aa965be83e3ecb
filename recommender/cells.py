"""Read a column of skill cells into rows of terms: each distinct piece is read once, not each cell.

A cell is a list as people write it, and only `recommender.text` knows how to read one. But commas, semicolons and bars
part a list whatever stands between them, so a cell falls into pieces that recur in many cells. What can reach across a
comma (brackets, list literals, hashtags, a cell of one piece) is read whole.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.kernels import kernel
from recommender.matcher.meanings import spread
from recommender.memory import Memory
from recommender.pieces import (
    AROUND,
    LONGEST_REMEMBERED,
    OTHERWISE,
    Read,
    Terms,
    bytes_of,
    cut,
    plain,
    strings_of,
    table_of,
    whole_in_itself,
    words_of_plain,
)
from recommender.text.entities import REFERENCE, unescaped
from recommender.text.many import Names, split_many, split_parts

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["CellReader", "Entries"]

# So many plain pieces, and others and cells, are remembered, some 200 bytes each: what is misspelt at random does not
# come again, and with four times as many a worker grew to 590 MB over ten million rows.
MOST_PLAIN: Final = 1 << 17

MOST_OTHERS: Final = 1 << 16

# So many strings of any sort, and bytes of them, are kept in a compiled table; then those go that did not come again.
MOST_STRINGS: Final = 1 << 19

MOST_BYTES: Final = 1 << 25


class Entries(NamedTuple):
    """Hold rows of terms: row ``i`` has ``terms[c] for c in codes[indptr[i]:indptr[i + 1]]``; both arrays int64."""

    indptr: NDArray[np.int64]
    codes: NDArray[np.int64]
    terms: Sequence[str]


class CellReader:
    """Read columns of strings, or of lists of strings, into rows of terms.

    Rows of a column of strings are what `recommender.text.split_list` would give, cell by cell, with what ``names``
    know. The elements of a column of lists are terms as they stand.

    >>> import pyarrow as pa
    >>> rows = CellReader().read(pa.array(["go, rust", None, "rust, go"]))
    >>> rows.indptr.tolist(), rows.codes.tolist(), list(rows.terms)
    ([0, 2, 2, 4], [0, 1, 1, 0], ['go', 'rust'])
    """

    def __init__(self, names: Names | None = None) -> None:
        self._names = names
        # Plain pieces, without the blanks and the separator around them; then other pieces as they stand, and cells.
        self._plain = Memory[Read](MOST_PLAIN)
        self._pieces = Memory[Read](MOST_OTHERS)
        self._cells = Memory[Read](MOST_OTHERS)
        # Where it is compiled, all of them are kept in one table, which two threads may not change at a time.
        self._native = kernel("pieces")
        self._native_plain = kernel("plain")
        self._table: Any = None
        self._lock = threading.Lock()

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
        cells = _unescaped(strings_of(column))
        if self._native is None:
            return self._read(cells)
        with self._lock:
            table, self._table = self._table, None  # if anything fails, a new one is begun
            found, self._table = self._read_numbered(cells, table)
            return found

    def _read(self, cells: pa.StringArray) -> Entries:
        indptr, codes, pieces = cut(cells)
        place, read = self._read_plain(pieces)
        single = np.diff(indptr) == 1
        odd = np.array([terms is OTHERWISE for terms in read], np.bool_)[place][codes]
        (others,) = odd.nonzero()
        codes, raw = place[codes], codes[others]
        alone = single[np.searchsorted(indptr, others, side="right") - 1]
        for memory, reader, some in (
            (self._pieces, self._read_pieces, ~alone),
            (self._cells, self._read_cells, alone),
        ):
            distinct, at = np.unique(raw[some], return_inverse=True)
            codes[others[some]] = len(read) + at
            read += _remembered(memory, reader, pieces.take(distinct).to_pylist())
        counts = np.fromiter((-1 if terms is OTHERWISE else len(terms) for terms in read), np.int64, len(read))
        whole = _whole_rows(indptr, counts[codes])
        if len(whole):
            indptr, codes = _standing_for(indptr, codes, whole, np.arange(len(read), len(read) + len(whole)))
            read += _remembered(self._cells, self._read_cells, cells.take(whole).to_pylist())
        return _expanded(indptr, codes, read)

    def _read_plain(self, pieces: pa.StringArray) -> tuple[NDArray[np.int64], list[Read]]:
        """Read the plain pieces: the number of each piece's reading, and the readings, `OTHERWISE` for odd ones."""
        import pyarrow.compute as pc

        bare = pc.ascii_trim(pieces, AROUND).dictionary_encode()
        read = _remembered(self._plain, lambda new: list(map(plain, new)), bare.dictionary.to_pylist())
        return bare.indices.to_numpy(zero_copy_only=False).astype(np.int64), read

    def _read_pieces(self, raw: list[str]) -> list[Read]:
        """Read pieces of lists, each with its separator if not the last; `OTHERWISE` where one needs its cell."""
        whole = [at for at, piece in enumerate(raw) if whole_in_itself(piece)]
        read = dict(zip(whole, split_parts([raw[at] for at in whole], self._names), strict=True))
        return [tuple(read[at]) if at in read else OTHERWISE for at in range(len(raw))]

    def _read_cells(self, cells: list[str]) -> list[Read]:
        return list(map(tuple, split_many(cells, self._names)))

    def _read_numbered(self, cells: pa.StringArray, table: Any) -> tuple[Entries, Any]:
        """Read cells as `_read` does, with the table of what was read before; give the table too."""
        native = self._native
        if table is not None and (len(table) > MOST_STRINGS or table.size > MOST_BYTES):
            table = table.thinned(LONGEST_REMEMBERED)
        if table is None or len(table) > MOST_STRINGS // 2 or table.size > MOST_BYTES // 2:
            table = table_of(native)

        def learn(unread: NDArray[np.int64], reader: Callable[[list[str]], list[Read]]) -> None:
            read = reader(Terms(table, unread).array().to_pylist()) if len(unread) else []
            table.learn(unread, [None if r is OTHERWISE else [str.encode(term) for term in r] for r in read])

        def number(starts: NDArray[np.int64], ends: NDArray[np.int64], sort: int) -> NDArray[np.int64]:
            found, unread = table.number(starts, ends, text, sort)
            learn(unread, self._read_cells if sort == native.CELL else self._read_pieces)
            return found  # type: ignore[no-any-return]

        bounds, text = bytes_of(cells)
        indptr, pieces, ends, unread = table.cut(bounds, text)
        if self._native_plain is not None:
            lengths = self._native_plain.lengths(*Terms(table, unread).bytes(), *words_of_plain())
            table.learn_plain(unread, lengths)
            unread = unread[lengths == 0]
        learn(unread, lambda new: list(map(plain, new)))
        counts = table.counts(pieces)
        (others,) = (counts < 0).nonzero()
        starts = np.concatenate([bounds[:1], ends])[others]
        alone = (np.diff(indptr) == 1)[np.searchsorted(indptr, others, side="right") - 1]
        for sort, some in ((native.RAW, ~alone), (native.CELL, alone)):
            pieces[others[some]] = number(starts[some], ends[others[some]], sort)
        counts[others] = table.counts(pieces[others])
        whole = _whole_rows(indptr, counts)
        if len(whole):
            edges = bounds.astype(np.int64)
            indptr, pieces = _standing_for(indptr, pieces, whole, number(edges[whole], edges[whole + 1], native.CELL))
        indptr, codes, terms = table.expand(indptr, pieces)
        return Entries(indptr, codes, Terms(table, terms)), table


def _unescaped(cells: pa.StringArray) -> pa.StringArray:
    """Replace the character references of HTML, whose semicolons part nothing, in the few cells that hold any."""
    import pyarrow as pa
    import pyarrow.compute as pc

    holding = pc.match_substring_regex(cells, REFERENCE)
    if not pc.any(holding).as_py():
        return cells
    return pc.replace_with_mask(
        cells, holding, pa.array(map(unescaped, cells.filter(holding).to_pylist()), pa.string())
    )


def _remembered(memory: Memory[Read], reader: Callable[[list[str]], list[Read]], strings: list[str]) -> list[Read]:
    """Recall what strings read as; let those be read that are new, and remember them too."""
    found = memory.recall(strings)
    new = [at for at, terms in enumerate(found) if terms is None]
    for at, terms in zip(new, reader([strings[at] for at in new]), strict=True):
        found[at] = terms
        if len(strings[at]) <= LONGEST_REMEMBERED:
            memory.keep(strings[at], terms)
    return found  # type: ignore[return-value]


def _whole_rows(indptr: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows of several pieces that must be read whole: one reaches out (-1), or they read as nothing."""
    (such,) = (counts < 1).nonzero()  # only rows of these can be
    rows: NDArray[np.int64] = np.unique(np.searchsorted(indptr, such, side="right") - 1)
    rows = rows[indptr[rows + 1] - indptr[rows] > 1]
    owner, at = spread(indptr[rows], indptr[rows + 1])
    reaching, found = (np.bincount(owner, of, len(rows)) for of in (counts[at] < 0, np.maximum(counts[at], 0)))
    rows = rows[(reaching > 0) | (found == 0)]
    return rows


def _standing_for(
    indptr: NDArray[np.int64], codes: NDArray[np.int64], rows: NDArray[np.int64], whole: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Let one new piece, which is the whole cell, stand for all pieces of each such row."""
    kept = np.ones(len(codes), np.bool_)
    kept[spread(indptr[rows] + 1, indptr[rows + 1])[1]] = False
    codes = codes.copy()
    codes[indptr[rows]] = whole
    lengths = np.diff(indptr)
    lengths[rows] = 1
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)]), codes[kept]


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
    """Read a column of lists: its strings are terms; nulls and blanks are none."""
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
    terms = encoded.dictionary.to_pylist()
    blank = np.array([not term or term.isspace() for term in terms] + [True])  # the last for -1, a null
    codes[blank[codes]] = -1
    kept = np.concatenate([np.zeros(1, np.int64), np.cumsum(codes >= 0)])
    indptr = kept[np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])]
    return Entries(indptr, codes[codes >= 0], terms)
