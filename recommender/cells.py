"""Read a column of skill cells into rows of terms: each distinct piece is read once, not each cell.

A cell is a list as people write it, and only `recommender.text` knows how to read one. But commas, semicolons and bars
part a list whatever stands between them, so a cell falls into pieces that recur in many cells. What can reach across a
comma (brackets, list literals, hashtags, a cell of one piece) is read whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.memory import Memory
from recommender.text.many import Names, split_many
from recommender.text.qualifiers import is_qualifier

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["CellReader", "Entries"]

_SEPARATORS: Final = (",", ";", "|")
# So many plain pieces, and others and cells, are remembered, some 200 bytes each.
MOST_PLAIN: Final = 1 << 19
MOST_OTHERS: Final = 1 << 16
LONGEST_REMEMBERED: Final = 200
# A word that no list sign, level or conjunction can be part of: it stands for the neighbours of a piece.
_NEIGHBOUR: Final = "Zq"
_WHOLE: Final = re.compile(r"\s*[#\[({（]")
_AROUND: Final = " \t\r\n,;|"  # stands around a piece and is never part of a term
# Words with blanks, dashes and marks of no width between: nothing in them parts a list, unless one of the words below
# is among them.
_WORD: Final = r"[^\W_]+(?:[-.'][^\W_]+)*[+#]{0,2}"
_BARE: Final = "\u200b\u00ad\u2060\ufeff"  # marks of no width
_LETTER: Final = "[^\\W\u0130\u0131\u017f\u212a]"  # without those that a pattern takes for an i, an s or a k as well
_PLAIN: Final = re.compile(
    rf"((?!_){_LETTER}(?:{_LETTER}|[ \u00a0{_BARE}-]|[.'](?=[^\W_]))*(?<=\w)[{_BARE}]*[+#]{{0,2}})[\s.]*"
)
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
        "so",
    ]
)
# Beside a blank, a dash may part a list.
_DASHED: Final = re.compile(r"-\s|\s-")
_BRACKET: Final = re.compile(r"[()\[\]{}（）]")
_PARTNER: Final = {")": "(", "]": "[", "}": "{", "）": "（"}


_Read = tuple[str, ...]
# Stands for the reading of a piece that is not plain, or that needs the rest of its cell.
_OTHERWISE: Final[_Read] = ("\0",)


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
        self._plain = Memory[_Read](MOST_PLAIN)
        self._pieces = Memory[_Read](MOST_OTHERS)
        self._cells = Memory[_Read](MOST_OTHERS)

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
        place, read = self._read_plain(pieces)
        single = np.diff(indptr) == 1
        odd = np.array([terms is _OTHERWISE for terms in read], np.bool_)[place][codes]
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

    def _read_plain(self, pieces: pa.StringArray) -> tuple[NDArray[np.int64], list[_Read]]:
        """Read the plain pieces: the number of each piece's reading, and the readings, `_OTHERWISE` for odd ones."""
        import pyarrow.compute as pc

        bare = pc.ascii_trim(pieces, _AROUND).dictionary_encode()
        strings = bare.dictionary.to_pylist()
        found = self._plain.recall(strings)
        for at, terms in enumerate(found):
            if terms is None:
                found[at] = terms = _plain(strings[at])
                if len(strings[at]) <= LONGEST_REMEMBERED:
                    self._plain.keep(strings[at], terms)
        return bare.indices.to_numpy(zero_copy_only=False).astype(np.int64), found  # type: ignore[return-value]

    def _read_pieces(self, raw: list[str]) -> list[_Read]:
        """Read pieces of lists, each with its separator if not the last; `_OTHERWISE` where one needs its cell."""
        found = self._pieces.recall(raw)
        new = [at for at, terms in enumerate(found) if terms is None]
        whole = [at for at in new if _whole_in_itself(raw[at])]
        within = [raw[at] + (_NEIGHBOUR if raw[at].endswith(_SEPARATORS) else "") for at in whole]
        split = split_many([f"{_NEIGHBOUR},{piece}" for piece in within], self._names)
        read = {
            at: tuple(terms[1:-1] if raw[at].endswith(_SEPARATORS) else terms[1:])
            for at, terms in zip(whole, split, strict=True)
        }
        return _completed(self._pieces, raw, found, {at: read.get(at, _OTHERWISE) for at in new})

    def _read_cells(self, cells: list[str]) -> list[_Read]:
        found = self._cells.recall(cells)
        new = [at for at, terms in enumerate(found) if terms is None]
        split = split_many([cells[at] for at in new], self._names)
        return _completed(self._cells, cells, found, dict(zip(new, map(tuple, split), strict=True)))

    def _whole_rows(
        self,
        indptr: NDArray[np.int64],
        codes: NDArray[np.int64],
        read: Sequence[_Read],
        single: NDArray[np.bool_],
    ) -> NDArray[np.int64]:
        """Return the rows that must be read whole: a piece of theirs reaches out, or nothing else was found in them."""
        unsafe = np.array([terms is _OTHERWISE for terms in read], np.bool_)
        counts = np.fromiter(map(len, read), np.int64, len(read))
        found = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts[codes])])[indptr]
        out = (np.diff(found) == 0) & (np.diff(indptr) > 0)
        if unsafe.any():
            out[np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))[unsafe[codes]]] = True
        rows: NDArray[np.int64] = np.flatnonzero(out & ~single)
        return rows

    def _read_whole(
        self, cells: pa.StringArray, rows: NDArray[np.int64], indptr: NDArray[np.int64], codes: NDArray[np.int64],
        read: list[_Read],
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


def _plain(bare: str) -> _Read:
    """Read the commonest kind of piece, one term as it stands; `_OTHERWISE` for any other."""
    if not bare:
        return ()
    match = _PLAIN.fullmatch(bare) if len(bare) <= LONGEST_REMEMBERED else None
    if (
        match is None
        or not _JOINING.isdisjoint(match[1].lower().split())
        or _DASHED.search(bare)
        or is_qualifier(match[1])
    ):
        return _OTHERWISE
    return (match[1],)


def _completed(
    memory: Memory[_Read], strings: Sequence[str], found: Sequence[_Read | None], new: Mapping[int, _Read]
) -> list[_Read]:
    """Put what was read anew beside what was remembered, and remember it too."""
    for at, terms in new.items():
        if len(strings[at]) <= LONGEST_REMEMBERED:
            memory.keep(strings[at], terms)
    return [new[at] if terms is None else terms for at, terms in enumerate(found)]


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
    cut = text == ord(_SEPARATORS[0])
    for mark in _SEPARATORS[1:]:
        cut |= text == ord(mark)
    cut[bounds[1:][np.diff(bounds) > 0] - low - 1] = True
    ends = np.flatnonzero(cut) + 1
    edges = np.concatenate([np.zeros(1, np.int32), ends.astype(np.int32)])
    pieces = pa.StringArray.from_buffers(len(ends), pa.py_buffer(edges), data_buffer.slice(low, high - low))
    encoded = pieces.dictionary_encode()
    indptr = np.searchsorted(ends, bounds - low, side="right").astype(np.int64)
    return indptr, encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64), encoded.dictionary


def _expanded(indptr: NDArray[np.int64], codes: NDArray[np.int64], read: Sequence[_Read]) -> Entries:
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
