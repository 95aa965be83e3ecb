"""Files are cut where records end, whatever stands in them."""

from __future__ import annotations

import io
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.batch import records
from recommender.batch.records import cut_points

REACH = 64


@pytest.fixture(autouse=True, scope="module")
def _short_reach() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "REACH", REACH)
        yield


def parts(raw: bytes, size: int, quote: str = '"', start: int = 0) -> list[bytes]:
    cuts = cut_points(io.BytesIO(raw), start, size, ",", quote)
    assert cuts[0] == start
    assert cuts[-1] == len(raw)
    return [raw[a:b] for a, b in itertools.pairwise(cuts)]


FIELDS = st.sampled_from(
    ["a", "", '"b"', '"two\nlines"', '"x, y"', '"say ""hi"""', '","', '"end,"', 'é"', '5" pipe', 'x"y']
)
RECORDS = st.lists(st.lists(FIELDS, min_size=1, max_size=4).map(",".join), min_size=1, max_size=60)


@given(
    RECORDS.filter(lambda rows: not any('"' in row and ('é"' in row or '" pipe' in row or 'x"' in row) for row in rows))
)
@settings(max_examples=300, deadline=None)
def test_cuts_lie_between_records(rows: list[str]) -> None:
    """However records are quoted, each part begins with a record and ends with one, and nothing is lost."""
    raw = "".join(f"{row}\n" for row in rows).encode()
    ends = set(itertools.accumulate(len(f"{row}\n".encode()) for row in rows))
    found = parts(raw, 128)
    assert b"".join(found) == raw
    assert set(itertools.accumulate(map(len, found))) <= ends


@pytest.mark.parametrize("quote", ['"', ""])
def test_a_long_record_stays_whole(quote: str) -> None:
    """A record longer than the reach of a cut is in one part, wherever it begins."""
    for before in range(0, 200, 7):
        raw = b"a,b\n" * before + b"x," + b"y" * 1000 + b"\n" + b"c,d\n" * 50
        assert any(b"x," + b"y" * 1000 + b"\n" in part for part in parts(raw, 256, quote))
        assert all(part.endswith(b"\n") for part in parts(raw, 256, quote))


@pytest.mark.parametrize("stray", [b'0,5" pipe,s\n', b'0,s,5"\n', b'0,a"b"c"d,x\n'])
def test_a_stray_quote_tears_no_other_record(stray: bytes) -> None:
    """A quote in the middle of a field, or at its end alone, leaves later records of several lines whole."""
    record = b'1,"a\nb\nc",2\n'
    raw = stray + (record + b"plain,row,3\n") * 200
    found = parts(raw, 256)
    assert len(found) > 5
    assert all(part.count(b'"') % 2 == 0 for part in found[1:])
    assert sum(part.count(record) for part in found) == 200
    assert all(part.startswith((b"1,", b"plain", b"0,")) for part in found)


def test_parts_get_smaller_towards_the_end() -> None:
    """The last part is a small share of the first, so that no worker waits long for another."""
    sizes = [len(part) for part in parts(b"some,row\n" * 20_000, 1 << 14)]
    assert max(sizes) <= (1 << 14) + REACH
    assert sizes[0] > 4 * sizes[-1]
    assert sizes[-1] <= (1 << 14) // records.SMALLER + 2 * REACH
