"""Read and write tables of profiles: formats told from names, dialects from the first bytes.

All columns of a CSV file are read as text, so that what passes through comes out as it came in ("007" stays "007").
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

import pyarrow as pa

from recommender.arrays import plain_batch, plain_schema
from recommender.batch.records import first_record
from recommender.columns import NAMES
from recommender.errors import InputError, MissingFileError, TableError, UsageError

__all__ = [
    "COMPRESSIONS",
    "FORMATS",
    "Dialect",
    "Shape",
    "describe",
    "file_stream",
    "is_arrow_file",
    "open_compressed",
    "told_by_name",
]

Format = Literal["csv", "jsonl", "parquet", "arrow"]
FORMATS: Final = ("csv", "tsv", "jsonl", "parquet", "arrow")
COMPRESSIONS: Final = {".gz": "gzip", ".zst": "zstd"}
_SUFFIXES: Final = {
    ".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".txt": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl",
    ".parquet": "parquet", ".pq": "parquet", ".arrow": "arrow", ".feather": "arrow", ".ipc": "arrow",
}  # fmt: skip
_DELIMITERS: Final = (",", "\t", ";", "|")
SAMPLE: Final = 1 << 18
"""Bytes from which dialect and encoding are told: some thousand rows."""

_ARROW_FILE: Final = b"ARROW1"

_SEP: Final = re.compile(rb'(?i)"?sep=([ -!#-/:-@[-`{-~\t])"?[ \t,;|]*\r?\n')
"""The line that Excel writes, and reads, before a table to say its delimiter: no header and no row."""

_HEADINGS: Final = frozenset((*NAMES, "id", "name", "email", "user", "title", "country", "profile", "freelancer"))


@dataclass(frozen=True, slots=True)
class Dialect:
    """Say how a CSV file is written; None (and header None) means to tell it from the first rows."""

    delimiter: str | None = None
    quote: str | None = None
    header: bool | None = None
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """Say what one input turned out to be: its format, dialect and columns, and where its first row begins (bytes)."""

    format: str
    delimiter: str
    quote: str
    columns: tuple[str, ...]
    start: int
    encoding: str
    renamed: tuple[tuple[str, str], ...] = ()
    """Columns whose name stands in the header before: that name, and the name they go by instead."""

    def facts(self) -> dict[str, Any]:
        """Return the facts by name, for a person or for JSON."""
        return asdict(self)


def told_by_name(name: str, wanted: str | None = None) -> tuple[str, str | None]:
    """Return format and compression that a file name tells; ``wanted`` overrides the format.

    >>> told_by_name("a/profiles.csv.gz"), told_by_name("-", "tsv")
    (('csv', 'gzip'), ('tsv', None))
    """
    path = Path(name.lower())
    compression = COMPRESSIONS.get(path.suffix)
    suffix = Path(path.stem).suffix if compression else path.suffix
    format = wanted or _SUFFIXES.get(suffix)
    if format is None:
        known = ", ".join(sorted(_SUFFIXES))
        raise UsageError(
            f"{name}: no format is known by this name. Use one of {known} (.gz, .zst), or pass the format."
        )
    if format not in FORMATS:
        raise UsageError(f"format {format!r} is unknown. Choose one of {', '.join(FORMATS)}.")
    return format, compression


@contextlib.contextmanager
def open_compressed(path: str | os.PathLike[str], compression: str | None) -> Iterator[pa.NativeFile]:
    """Open a file for reading, decompressed on the way.

    Raises
    ------
    MissingFileError, InputError
        The file is not there, is a folder, or cannot be read.
    """
    try:
        with pa.OSFile(os.fspath(path), "rb") as plain:
            yield pa.CompressedInputStream(plain, compression) if compression else plain
    except FileNotFoundError:
        raise MissingFileError(f"{path}: no such file. Check the path.") from None
    except IsADirectoryError:
        raise InputError(f"{path}: is a folder, not a file. Name files in it: '{path}/*.csv'.") from None


def describe(path: Path, format: str, dialect: Dialect, name: str, encoding: str = "utf-8") -> Shape:
    """Look at the beginning of a plain UTF-8 file and say what it is; ``encoding`` is what it was in before.

    Raises
    ------
    TableError
        It is empty, or not of its format; ``name`` stands for it in the message.
    """
    if format in ("parquet", "arrow"):
        return Shape(format, "", "", tuple(schema_of(path, format, name).names), 0, "")
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    if not sample.strip():
        raise TableError(f"{name}: is empty. Give it a header line and rows.")
    start = 3 if sample.startswith(b"\xef\xbb\xbf") else 0
    if format == "jsonl":
        return Shape("jsonl", "", "", (), start, encoding)
    told = _SEP.match(sample, start)
    start = told.end() if told else start
    lines = [line.decode("utf-8", "replace").replace("\x00", "") for line in sample[start:].splitlines(keepends=True)]
    delimiter = dialect.delimiter or (told[1].decode() if told else "\t" if format == "tsv" else _delimiter(lines))
    quote = '"' if dialect.quote is None else dialect.quote
    rows = _rows(lines, delimiter, quote)
    if not rows:
        raise TableError(f"{name}: its first rows hold nothing. Give it a header line and rows.")
    header = _is_header(rows) if dialect.header is None else dialect.header
    if header:
        start += _header_bytes(sample[start:], delimiter, quote)
    columns = _named(rows[0]) if header else [f"column_{i}" for i in range(1, len(rows[0]) + 1)]
    given = [cell.strip() for cell in rows[0]]
    renamed = [pair for pair in zip(given, columns, strict=True) if header and pair[0] and pair[0] != pair[1]]
    return Shape("csv", delimiter, quote, tuple(columns), start, encoding, tuple(renamed))


MOST_LOOKED_AT: Final = 50
_NAME: Final = re.compile(r"[^\W\d][\w .\-/#()]{0,40}")


def _rows(lines: Sequence[str], delimiter: str, quote: str) -> list[list[str]]:
    """Read the first rows, empty ones left out."""
    import csv

    most = csv.field_size_limit(SAMPLE)  # a cell may be longer than Python's own limit, of which there is one for all
    try:
        read = csv.reader(
            iter(lines[:MOST_LOOKED_AT]),
            delimiter=delimiter,
            quotechar=quote or None,
            quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        )
        return [row for row in read if row]
    finally:
        csv.field_size_limit(most)


def _header_bytes(sample: bytes, delimiter: str, quote: str) -> int:
    """Return where data begins: behind the first line that is not blank, and those that its quotes span."""
    parts = sample.splitlines(keepends=True)
    line = next(i for i, text in enumerate(parts) if text.strip(b"\0 \t\r\n\v\f"))
    record = first_record(b"".join(parts[line:MOST_LOOKED_AT]), delimiter, quote)
    return sum(map(len, parts[:line])) + max(record, len(parts[line]))


def _named(row: Sequence[str]) -> list[str]:
    """Return the names of a header; empty and repeated ones get a number, so that every column can be named.

    >>> _named(["id", "skills", "skills", "skills_3", ""])
    ['id', 'skills', 'skills_4', 'skills_3', 'column_5']
    """
    given = [cell.strip() for cell in row]
    out: list[str] = []
    for place, name in enumerate(given, 1):
        if name and name not in out:
            out.append(name)
            continue
        number = place  # that no column, wherever it stands, is called by already
        while (free := f"{name or 'column'}_{number}") in given or free in out:
            number += 1
        out.append(free)
    return out


def _is_header(rows: Sequence[Sequence[str]]) -> bool:
    """Tell a header from a row: a known heading, or names above something that is none."""
    first = [cell.strip() for cell in rows[0]]
    if any(cell.casefold().replace(" ", "_") in _HEADINGS for cell in first):
        return True
    names = all(_NAME.fullmatch(cell) for cell in first) and len(set(first)) == len(first)
    below = [cell.strip() for row in rows[1:] for cell in row]
    return names and any(not _NAME.fullmatch(cell) for cell in below if cell)


def _delimiter(lines: Sequence[str]) -> str:
    """Choose the sign that cuts the first lines into the same number of fields, more than one, most alike."""

    def fit(sign: str) -> tuple[float, int]:
        counts = [len(row) for row in _rows(lines, sign, '"')]
        width = counts[0] if counts else 0
        return (sum(count == width for count in counts) / max(len(counts), 1), width) if width > 1 else (0.0, width)

    return max(_DELIMITERS, key=lambda sign: (fit(sign), -_DELIMITERS.index(sign)))


def is_arrow_file(path: Path) -> bool:
    """Tell an Arrow IPC file, which can be read in parts, from a stream, which cannot."""
    with path.open("rb") as file:
        return file.read(len(_ARROW_FILE)) == _ARROW_FILE


def file_stream(path: Path, target: Path, name: str) -> None:
    """Write the batches of an Arrow IPC stream to an Arrow IPC file, codes of dictionaries as their values.

    A stream may replace a dictionary on the way, as those do that are put together from several; a file may not.

    Raises
    ------
    TableError
        It is no whole stream; ``name`` stands for it in the message.
    """
    try:
        with (
            pa.OSFile(str(path), "rb") as source,
            pa.ipc.open_stream(source) as stream,
            pa.OSFile(str(target), "wb") as file,
            pa.ipc.new_file(file, plain_schema(stream.schema, dictionaries=True)) as out,
        ):
            for batch in stream:
                out.write_batch(plain_batch(batch, dictionaries=True))
    except (pa.ArrowInvalid, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        fault = str(error).splitlines()[0][:80]
        raise TableError(f"{name}: is no whole Arrow IPC file or stream ({fault}). Check how it was written.") from None


def schema_of(path: Path, format: str, name: str) -> pa.Schema:
    """Read the schema of a Parquet or Arrow file."""
    try:
        if format == "parquet":
            import pyarrow.parquet as pq

            return pq.read_schema(path)
        with pa.OSFile(str(path), "rb") as file:
            return pa.ipc.open_file(file).schema
    except pa.ArrowInvalid as error:
        kind = "Parquet" if format == "parquet" else "Arrow IPC"
        raise TableError(
            f"{name}: is no {kind} file ({str(error).splitlines()[0][:80]}). Check how it was written."
        ) from None
