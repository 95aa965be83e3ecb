"""Cut the bytes of a CSV file into records, and set aside what is no record, with its line and the reason.

A broken quote must cost one line, not the rest of the file. So each line is judged by the grammar of RFC 4180: a quote
opens at the start of a field and closes before a delimiter or the end of the line. A line in which one stays open goes
on in the next lines only if that makes a whole record; else that line alone is rejected and reading goes on behind it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache
from os import SEEK_END
from typing import BinaryIO, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Rejected", "clean_lines", "cut_points", "first_record", "in_its_encoding", "is_of_encoding", "is_utf8"]

MOST_LINES: Final = 1000
"""Lines that one record may span; more is a quote that was never closed. It keeps work linear where every line is
broken."""

REACH: Final = 1 << 20
"""Bytes looked through for a place to cut at; a quote that stays open for longer was never meant."""

MOST_SHOWN: Final = 2000
"""Characters of a rejected row that are kept: enough to find and mend it."""

# The next part is so small a share of what is left, but no smaller than such a share of the largest.
SHARE_LEFT: Final = 8
SMALLER: Final = 8

_NEWLINE: Final = 10
_RETURN: Final = 13
Mask = NDArray[np.bool_]


class Rejected(NamedTuple):
    """Hold a row that cannot be read: its line (from 0 in its part), why, and its text as far as it can be shown."""

    line: int
    reason: str
    text: str


def cut_points(file: BinaryIO, start: int, part_bytes: int, delimiter: str, quote: str) -> list[int]:
    """Return where to cut a file into parts: ascending offsets, the first ``start``, the last its length.

    A cut lies behind a line feed outside quotes (``quote`` is "" where none are known), so parts can be read on their
    own; parts get smaller towards the end, so that no worker waits long for another (guided self-scheduling:
    Polychronopoulos & Kuck, 1987). The places depend on the bytes alone. The file is read a part at a time, not mapped:
    what is mapped counts as memory of the process.
    """
    end, cuts = file.seek(0, SEEK_END), [start]
    while (size := _next_size(end - cuts[-1], part_bytes)) + REACH < end - cuts[-1]:
        low = file.seek(cuts[-1])
        data = np.frombuffer(file.read(size + REACH), np.uint8)
        ends = size + np.flatnonzero(data[size:] == _NEWLINE)
        outside = ends[~_quoted(data, ends, ord(delimiter), ord(quote))] if quote else ends
        if len(best := outside if len(outside) else ends):
            cuts.append(low + int(best[0]) + 1)
        else:  # a record longer than the reach stays whole
            file.seek(low + len(data))
            cuts.append(low + len(data) + len(file.readline()))
    return [*cuts, end] if cuts[-1] < end else cuts


def _next_size(left: int, most: int) -> int:
    """Give the bytes of the next part: a share of what is left, within bounds."""
    return max(min(most, left // SHARE_LEFT), most // SMALLER)


def _quoted(data: NDArray[np.uint8], places: NDArray[np.int64], delimiter: int, quote: int) -> Mask:
    """Tell which places lie within quotes, from the last quote before that surely opens or closes a field.

    A quote of which nothing is sure for itself closes what is open, or opens; one in the middle of a field does
    neither. So a quote too many spoils nothing beyond the next that is in its place.
    """
    marks = np.flatnonzero(data == quote)
    before = np.where(marks > 0, data[marks - 1], _NEWLINE)
    after = data[np.minimum(marks + 1, len(data) - 1)]
    opens = (before == delimiter) | (before == _NEWLINE)
    closes = (after == delimiter) | (after == _NEWLINE) | (after == _RETURN)
    sure, either = marks[opens ^ closes], marks[opens & closes]
    opening = np.append(opens[opens ^ closes], False)  # the last is for none before
    last = np.searchsorted(sure, places) - 1
    since = np.searchsorted(either, places) - np.searchsorted(either, np.append(sure, -1)[last])
    return np.asarray(opening[last] ^ (since & 1).astype(np.bool_))


def clean_lines(
    raw: bytes, delimiter: str, quote: str, columns: int
) -> tuple[bytes, list[Rejected], bool, NDArray[np.int64]]:
    """Take out the lines that are no records.

    Returns the rest, what was taken out, whether any record spans lines, and the line (int64) that each record of the
    rest begins at. Field counts are not judged here for records of one line: the reader of tables does that as it goes.
    """
    if raw and not raw.endswith(b"\n"):
        raw += b"\n"
    data = np.frombuffer(raw, np.uint8)
    ends = np.flatnonzero(data == _NEWLINE) + 1
    starts = np.concatenate([np.zeros(1, np.int64), ends[:-1]]) if len(ends) else ends
    bad = _torn(data, ends, ord(delimiter), ord(quote)) if quote else np.zeros(len(ends), np.bool_)
    faults = _faulty_bytes(raw, data, starts, ends) | _lone_returns(data, ends, ord(quote) if quote else -1)
    if not bad.any() and not faults:
        return raw, [], False, np.flatnonzero(ends - starts > 1 + (data[np.maximum(ends - 2, 0)] == _RETURN))
    return _mended(raw, starts.tolist(), ends.tolist(), bad, faults, (delimiter, quote, columns))


def _torn(data: NDArray[np.uint8], ends: NDArray[np.int64], delimiter: int, quote: int) -> Mask:
    """Tell which lines, taken alone, break the grammar of quotes; bool per line."""
    marks = np.flatnonzero(data == quote)
    out = np.zeros(len(ends), np.bool_)
    if not len(marks):
        return out
    line = np.searchsorted(ends, marks, side="right")
    first = np.searchsorted(line, np.arange(len(ends)))
    counts = np.diff(np.append(first, len(marks)))
    out |= (counts & 1).astype(np.bool_)
    opens = ((np.arange(len(marks)) - first[line]) & 1) == 0
    before = data[marks - 1]  # of the very first byte: the last one, a line feed
    after = data[np.minimum(marks + 1, len(data) - 1)]
    ok_open = (before == delimiter) | (before == _NEWLINE) | (before == quote)
    ok_close = (after == delimiter) | (after == _NEWLINE) | (after == _RETURN) | (after == quote)
    wrong = np.where(opens, ~ok_open, ~ok_close)
    out[line[wrong]] = True
    return out


def _faulty_bytes(
    raw: bytes, data: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> dict[int, str]:
    """Find lines with a NUL or with bytes that are no UTF-8, and say so; most parts have none."""
    faults: dict[int, str] = {}
    nul = np.flatnonzero(data == 0)
    for line in np.unique(np.searchsorted(ends, nul, side="right")).tolist():
        faults[line] = "NUL byte"
    if is_utf8(raw):
        return faults
    high = np.flatnonzero(data > 127)
    for line in np.unique(np.searchsorted(ends, high, side="right")).tolist():
        try:
            raw[starts[line] : ends[line]].decode("utf-8")
        except UnicodeDecodeError as error:
            byte = raw[int(starts[line]) + error.start]
            faults.setdefault(line, f"byte {error.start + 1} of the line, 0x{byte:02x}, is not UTF-8")
    return faults


def _lone_returns(data: NDArray[np.uint8], ends: NDArray[np.int64], quote: int) -> dict[int, str]:
    """Find lines with a carriage return that neither ends them nor stands in quotes: some take it for a line's end."""
    returns = np.flatnonzero(data == _RETURN)
    returns = returns[data[np.minimum(returns + 1, len(data) - 1)] != _NEWLINE]
    if not len(returns):
        return {}
    line = np.searchsorted(ends, returns, side="right")
    before = np.concatenate([np.zeros(1, np.int64), np.cumsum(data == quote)])
    starts = np.concatenate([np.zeros(1, np.int64), ends[:-1]])
    outside = (before[returns] - before[starts[line]]) % 2 == 0
    return dict.fromkeys(line[outside].tolist(), "carriage return outside quotes")


def is_utf8(raw: bytes) -> bool:
    """Tell whether bytes are UTF-8, at the speed of memory."""
    import pyarrow as pa

    whole = pa.StringArray.from_buffers(1, pa.py_buffer(np.array([0, len(raw)], np.int32)), pa.py_buffer(raw))
    try:
        whole.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


@cache
def _record(delimiter: str, quote: str) -> re.Pattern[bytes]:
    d, q = re.escape(delimiter), re.escape(quote)
    field = rf"(?:{q}(?:[^{q}]|{q}{q})*+{q}|[^{q}{d}\r\n][^{d}\r\n]*+|)"
    return re.compile(rf"{field}(?:{d}{field})*+\r?\n".encode())


@cache
def _fields(delimiter: str, quote: str) -> re.Pattern[bytes]:
    d, q = re.escape(delimiter), re.escape(quote)
    return re.compile(rf"(?:^|{d})(?:{q}(?:[^{q}]|{q}{q})*+{q})?".encode())


def first_record(raw: bytes, delimiter: str, quote: str) -> int:
    """Return the bytes of the record that text begins with, 0 where it begins with none.

    >>> first_record(b'a,"b\\nc"\\n1,2\\n', ",", '"'), first_record(b'a,"b\\n1,2\\n', ",", '"')
    (8, 0)
    """
    found = _record(delimiter, quote).match(raw) if quote else None
    return found.end() if found else 0


def _mended(
    raw: bytes, starts: list[int], ends: list[int], bad: Mask, faults: dict[int, str], dialect: tuple[str, str, int]
) -> tuple[bytes, list[Rejected], bool, NDArray[np.int64]]:
    """Go through the lines one by one where some are torn."""
    _delimiter, _quote, _columns = dialect
    torn = set(np.flatnonzero(bad).tolist())
    kept: list[bytes] = []
    begins: list[int] = []
    rejected: list[Rejected] = []
    spans, line, run = False, 0, 0
    watched = sorted(torn | set(faults))
    for fault in watched:
        if fault < line:
            continue
        kept.append(raw[starts[run] : starts[fault]] if run < fault else b"")
        begins += [at for at in range(run, fault) if raw[starts[at] : ends[at]].strip(b"\r\n")]
        last = fault
        if fault not in faults and fault in torn:
            last = _reaches(raw, starts, ends, fault, faults, dialect)
        if fault in faults or last < 0:
            reason = faults.get(fault, "quotes are broken")
            rejected.append(Rejected(fault, reason, _shown(raw[starts[fault] : ends[fault]])))
            last = fault
        else:
            spans |= last > fault
            begins.append(fault)
            kept.append(raw[starts[fault] : ends[last]])
        line = run = last + 1
    kept.append(raw[starts[run] :] if run < len(starts) else b"")
    begins += [at for at in range(run, len(starts)) if raw[starts[at] : ends[at]].strip(b"\r\n")]
    return b"".join(kept), rejected, spans, np.array(begins, np.int64)


def _reaches(
    raw: bytes, starts: list[int], ends: list[int], line: int, faults: dict[int, str], dialect: tuple[str, str, int]
) -> int:
    """Return the line at which a record that begins on ``line`` is whole, with a field for each column; or -1."""
    delimiter, quote, columns = dialect
    most = ends[min(line + MOST_LINES, len(ends)) - 1]
    # The grammar leaves one place where a record can end, if any.
    found = _record(delimiter, quote).match(raw, starts[line], min(most, starts[line] + REACH))
    if not found:
        return -1
    last = bisect_left(ends, found.end())
    if last == line:
        return line  # a quote inside a field without quotes is a letter like any other: 5" pipe
    whole = len(_fields(delimiter, quote).findall(found[0])) == columns
    return last if whole and faults.keys().isdisjoint(range(line, last + 1)) else -1


def _shown(raw: bytes) -> str:
    return raw[:MOST_SHOWN].decode("utf-8", "backslashreplace").rstrip("\r\n").replace("\x00", "\\x00")


def in_its_encoding(row: Rejected, encoding: str) -> Rejected:
    """Say of a row of an input that was recoded that its bytes are not of that encoding; its copy's are at no place."""
    if encoding == "utf-8" or not row.reason.endswith("is not UTF-8"):
        return row
    return row._replace(reason=f"holds bytes that are not {encoding}", text=row.text.replace("\\xff", "\ufffd"))


def is_of_encoding(reason: str) -> bool:
    """Tell whether a line was rejected for bytes that another encoding might have letters for."""
    return reason.endswith("is not UTF-8") or reason.startswith("holds bytes that are not ")
