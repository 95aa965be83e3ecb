"""Tell how a text is encoded, and copy it as UTF-8, so that it can be read in parts."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final

import numpy as np
import pyarrow as pa

from recommender.errors import TableError, UsageError

__all__ = ["COPIED", "check_encoding", "encoding_of", "unpacked"]

COPIED: Final = 1 << 20
"""Bytes copied at a time."""

_READ_AS: Final = {"utf-16": "utf-16-le", "utf-32": "utf-32-le"}
"""What is read where the mark is missing that such a text begins with: as Windows writes it."""

_NO_TEXT: Final = {
    b"\x1f\x8b": "gzip data. Unpack it, or name it .gz",
    b"\x28\xb5\x2f\xfd": "zstd data. Unpack it, or name it .zst",
    b"PK\x03\x04": "a zip archive or a workbook. Unpack it, or save it as CSV",
}
"""Beginnings of files that no text has (RFC 1952, RFC 8878, PKWARE's APPNOTE), and the way out."""

_PROBE: Final = "a, b\n"

LEAST_BROKEN: Final = 3
"""Lines that are no UTF-8 before another encoding is believed: one or two are damage."""

LEAST_WIDE: Final = 0.1
"""NULs on one side of the pairs of bytes that make a text UTF-16: its commas, digits and line ends have one each."""

ONE_SIDED: Final = 10
"""Times more NULs on one side than on the other; NULs that are damage fall on both."""


def unpacked(source: IO[bytes] | pa.NativeFile, target: Path, encoding: str | None) -> None:
    """Copy a stream to a plain UTF-8 file, so that it can be read in parts and read again.

    Bytes that are not of the encoding become a byte that is no UTF-8, so that their line is rejected, not guessed at.
    """
    decode = _decoder(encoding) if encoding else None
    with target.open("wb") as file:
        while chunk := source.read(COPIED):
            file.write(decode.decode(chunk).encode("utf-8", "surrogateescape") if decode else chunk)
        if decode:
            file.write(decode.decode(b"", final=True).encode("utf-8", "surrogateescape"))


def _decoder(encoding: str) -> codecs.IncrementalDecoder:
    codecs.register_error("recommender.unreadable", _unreadable)
    return codecs.getincrementaldecoder(encoding)("recommender.unreadable")


def _unreadable(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "\udcff", error.end


def check_encoding(wanted: str | None) -> None:
    """Raise `UsageError` for a name that is of no encoding in which files are written."""
    try:
        _decoder(wanted or "utf-8").decode(_PROBE.encode(wanted or "utf-8"))  # some codecs are not of text, or of names
    except (LookupError, ValueError):
        raise UsageError(f"encoding {wanted!r} is unknown. Try utf-8, utf-16, cp1252 or latin-1.") from None


def encoding_of(sample: bytes, wanted: str | None, name: str = "the input") -> str:
    """Tell the encoding of a text by its mark or its NULs, else UTF-8 if it can be, else Windows' western code page.

    Raises
    ------
    UsageError
        ``wanted`` is no encoding of text.
    TableError
        It is neither UTF-8 nor western: a code page that only a person can name; or no text at all.
    """
    for start, what in _NO_TEXT.items():
        if sample.startswith(start):
            raise TableError(f"{'standard input' if name == '-' else name}: is no text but {what}.")
    marked = _marked(sample)
    if wanted:
        check_encoding(wanted)
        encoding = codecs.lookup(wanted).name
        if encoding not in _READ_AS or marked == encoding:
            return encoding
        wide = _wide(sample)
        return wide if wide.startswith(encoding) else _READ_AS[encoding]
    if marked:
        return marked
    if wide := _wide(sample):
        return wide
    whole = sample[: sample.rfind(b"\n") + 1] or sample  # the sample may end within a letter
    lines = [line for line in whole.splitlines() if not line.isascii()]
    broken = sum(not _decodes(line) for line in lines)
    # A few broken lines are damage; where most lines with letters beyond ASCII are broken, it is another encoding.
    if broken < LEAST_BROKEN or broken * 2 <= len(lines):
        return "utf-8"
    if not _is_western(lines) or not all(_decodes(line, "cp1252") for line in lines):
        raise TableError(
            f"{name}: is no UTF-8, and no western text either ({broken:,} of {len(lines):,} lines with letters beyond "
            "ASCII). Say what it is: --encoding cp1251 (Cyrillic), cp1253 (Greek), cp850 (DOS), shift_jis, gb18030, ..."
        )
    return "cp1252"


def _marked(sample: bytes) -> str:
    """Tell the wide encoding by the mark that a text begins with, "" if there is none."""
    if sample.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    return "utf-16" if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ""


def _wide(sample: bytes) -> str:
    """Tell UTF-16 without a mark, "" if it is none: its ASCII letters have a NUL each, always on the same side."""
    nul = np.frombuffer(sample, np.uint8, len(sample) // 2 * 2).reshape(-1, 2) == 0
    first, second = nul.sum(0).tolist() if len(nul) else (0, 0)
    if not max(first, second) >= max(LEAST_WIDE * len(nul), ONE_SIDED * min(first, second), 1):
        return ""
    return "utf-16-be" if first > second else "utf-16-le"


def _is_western(lines: Sequence[bytes]) -> bool:
    """Tell whether bytes beyond ASCII stand alone among ASCII letters, as accents do, not in runs, as an alphabet."""
    high = np.frombuffer(b"\n".join(lines), np.uint8) > 127
    beside = np.zeros(len(high), np.bool_)
    beside[1:] |= high[:-1]
    beside[:-1] |= high[1:]
    return bool((high & beside).sum() * 2 <= high.sum())


def _decodes(line: bytes, encoding: str = "utf-8") -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
