"""The compiled reading of cells: the same rows of terms as the plain one, to the last byte."""

from __future__ import annotations

import itertools
import pickle
import random
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from recommender import SkillRecommender, cells
from recommender.cells import CellReader, Entries
from recommender.kernels import PLAIN, kernel
from recommender.matcher.profiles import ProfileReader
from recommender.pieces import AROUND, OTHERWISE, Terms, bytes_of, plain, table_of, words_of_plain
from recommender.text import is_qualifier
from recommender.text.lists import split_part
from recommender.text.many import split_many, split_parts
from recommender.text.qualifiers import _alone

pieces, plain_kernel = kernel("pieces"), kernel("plain")
compiled = pytest.mark.skipif(pieces is None or plain_kernel is None, reason="no kernel was built")

MODEL = SkillRecommender.load()

# What parts, joins, brackets, quotes, rates; blanks and marks of every width; letters of one to four bytes.
PARTS = [
    *",;|,;|  ()[]{}（）\"'#/:&+-.*·•\n\t\r\0_", "\x1c", "\u2028", "\u00a0", "\u200b", "\u00ad", "\ufeff", "\u2060", "\u3000",
    "python", "C++", "c#", "Word", "and", "AND", "or", "in", "with", "so", "including", "expert", "Expert in", "5 years", "3D", "a1",
    "at", "Advanced", "product", "PRO", "e", "É", "İ", "ı", "ſ", "K", "Ⅷ", "٣", "ｗｏｒｄ", "日本", "𝒳", "СЕО", "node.js", "O'Neil",
    "Django, Flask", "[\"a\", \"b\"]", "#seo #ads", "UI/UX", "SQL/MySQL", "Word and Excel", "HTML & CSS", "Skills:", "x" * 201,
]  # fmt: skip
CELLS = st.lists(st.sampled_from(PARTS), max_size=12).map("".join) | st.lists(st.sampled_from(PARTS), max_size=12).map(
    " ".join
)


def reader_of(native: bool, names: object = MODEL.reader) -> CellReader:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(PLAIN, raising=False) if native else patch.setenv(PLAIN, "1")
        made = CellReader(names)
    assert (made._native is not None) is native
    return made


def rows_of(read: Entries) -> list[list[str]]:
    assert read.indptr.dtype == read.codes.dtype == np.int64
    assert len(set(read.terms)) == len(read.terms)
    return [[read.terms[code] for code in read.codes[a:b]] for a, b in itertools.pairwise(read.indptr)]


def text_of(strings: list[str]) -> tuple[np.ndarray, np.ndarray]:
    return bytes_of(pa.array(strings, pa.string()))


# -- cells ------------------------------------------------------------------------------------------------------------


@compiled
@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELLS | st.none(), max_size=8), min_size=1, max_size=3), st.booleans())
def test_cells_are_read_alike(columns: list[list[str | None]], small: bool) -> None:
    """Compiled and plain readers give the same rows of terms, chunk after chunk, in slices too, whatever is forgotten."""
    one, other = reader_of(True), reader_of(False)
    with pytest.MonkeyPatch.context() as patch:
        if small:
            patch.setattr(cells, "MOST_STRINGS", 12)
            patch.setattr(cells, "MOST_BYTES", 300)
        for column in (*columns, columns[0]):
            for array in (pa.array(column, pa.string()), pa.array(["x, y", *column, "z"], pa.string())[1:-1]):
                assert rows_of(one.read(array)) == rows_of(other.read(array))


@compiled
@settings(max_examples=60, deadline=None)
@given(st.lists(CELLS, max_size=6))
def test_cells_without_names_are_read_alike(column: list[str]) -> None:
    """The same holds where nobody knows what terms mean."""
    array = pa.array(column, pa.string())
    assert rows_of(reader_of(True, None).read(array)) == rows_of(reader_of(False, None).read(array))


@compiled
def test_odd_columns_are_read_alike() -> None:
    """Columns without rows, of nulls, numbers, large strings, dictionaries, long cells and many commas are read alike."""
    one, other = reader_of(True), reader_of(False)
    long = "a, " * 70_000 + "b " * 100_000 + "," * 1000
    for array in (
        pa.array([], pa.string()), pa.array([None, ""], pa.string()), pa.nulls(3), pa.array([1, 2]), pa.array(["x"])[1:],
        pa.array(["go, c", None], pa.large_string()), pa.array(["go", "go", None]).dictionary_encode(),
        pa.array([long, "", long]), pa.array([["a", None], [], None]),
    ):  # fmt: skip
        assert rows_of(one.read(array)) == rows_of(other.read(array))


@compiled
def test_no_utf8_is_refused_alike_and_forgotten() -> None:
    """A string that is no UTF-8 raises UnicodeDecodeError both ways, each time, and spoils nothing."""
    one, other = reader_of(True), reader_of(False)
    for broken in (
        b"go, \xff\xfe (a, b)",
        b"\xe2\x82",
        b"go\xc3",
        b"\xed\xa0\x80",
        b"a\xc0\xafb",
        b"\xf5\x80\x80\x80",
        b"c, (\xff, d)",
    ):
        array = pa.Array.from_buffers(
            pa.string(), 1, [None, pa.py_buffer(np.array([0, len(broken)], np.int32)), pa.py_buffer(broken)]
        )
        for reader in (one, other, one):
            with pytest.raises(UnicodeDecodeError):
                reader.read(array)
        assert rows_of(one.read(pa.array(["go, rust"]))) == [["go", "rust"]]


@compiled
def test_half_letters_are_dropped() -> None:
    """A list literal can name half of a letter, which no file could hold: the rest of the term counts, either way."""
    column = pa.array(['["py\\ud800thon", "sql"]'])
    found = [reader_of(native).read(column) for native in (True, False)]
    assert rows_of(found[0]) == rows_of(found[1]) == [["python", "sql"]]
    assert all("python" in pa.array(read.terms, pa.string()).to_pylist() for read in found)


@compiled
def test_what_was_read_stays() -> None:
    """Terms of an earlier chunk are the same when they are looked at after the table was made anew."""
    reader = reader_of(True)
    first = reader.read(pa.array(["go, rust (a, b)", "c"]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cells, "MOST_STRINGS", 0)
        reader.read(pa.array(["java, scala"]))
    assert rows_of(first) == [["go", "rust", "a", "b"], ["c"]]
    assert pa.array(first.terms, pa.string()).to_pylist() == list(first.terms)


@compiled
def test_a_table_stays_within_its_bounds() -> None:
    """What does not come again goes; what does keeps what it reads as; long strings go."""
    table = table_of(pieces)
    for turn in range(3):
        bounds, text = text_of([f"again, once {turn}, again", "y" * 300, "y" * 300])
        _, numbers, _, unread = table.cut(bounds, text)
        assert len(unread) == (3 if turn == 0 else 2)
        table.learn(unread, [[b"z"] if n == numbers[0] else None for n in unread])
        assert table.counts(numbers).tolist() == [1, -1, 1, -1, -1]
        table = table.thinned(200)
        assert len(table) == 2  # what came again, and the term


# -- facts ------------------------------------------------------------------------------------------------------------


@compiled
def test_terms_by_number_mean_what_they_mean_by_name() -> None:
    """Facts of numbered terms are those of their strings: again, in another table, and after everything is forgotten."""
    reader = ProfileReader(MODEL.matcher_)
    column = pa.array(["pythn, TF (expert), NLP", "golf, " + "z" * 300, "TF, pythn, Keras"])
    one = CellReader(reader)
    for _ in range(3):
        for read in (one.read(column), CellReader(reader).read(column)):
            assert isinstance(read.terms, Terms)
            assert reader.facts(read.terms).tolist() == reader.facts(list(read.terms)).tolist()
            assert reader.numbers(*read).tolist() == ProfileReader(MODEL.matcher_).numbers(*read).tolist()
        reader._forget()


def test_threads_share_a_reader() -> None:
    """Four threads that ask one reader get what each would get alone: no one's terms are taken for another's."""
    rng = random.Random(3)
    said = [
        *MODEL.vocabulary_.names[:2000],
        *MODEL.vocabulary_.forms,
        *["".join(rng.choices("abcdef ", k=8)) for _ in range(800)],
    ]
    chunks = [pa.array([", ".join(rng.choices(said, k=6)) for _ in range(100)]) for _ in range(12)]
    shared, cells_shared = ProfileReader(MODEL.matcher_), CellReader(ProfileReader(MODEL.matcher_))

    def numbers(chunk: pa.Array, reader: ProfileReader, cell_reader: CellReader) -> list[int]:
        return reader.numbers(*cell_reader.read(chunk)).tolist()

    wanted = [
        numbers(chunk, ProfileReader(MODEL.matcher_), CellReader(ProfileReader(MODEL.matcher_))) for chunk in chunks
    ]
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda chunk: numbers(chunk, shared, cells_shared), chunks))
    finally:
        sys.setswitchinterval(usual)
    assert found == wanted
    assert [numbers(chunk, pickle.loads(pickle.dumps(shared)), cells_shared) for chunk in chunks[:2]] == wanted[:2]


# -- plain pieces -----------------------------------------------------------------------------------------------------


def lengths(bare: list[str]) -> list[int]:
    return plain_kernel.lengths(*text_of(bare), *words_of_plain()).tolist()


@compiled
@settings(max_examples=400, deadline=None)
@given(st.lists((CELLS | st.text(max_size=8)).map(lambda cell: cell.strip(AROUND)), max_size=8))
@example(
    [
        "and",
        "so",
        "in C",
        "C++",
        "C+++",
        "Go#",
        "x -y",
        "x\u00a0and\u00a0y",
        "a\u200bnd",
        "\u0441.",
        "o'\u0131",
        "expertı",
        "expertK",
    ]
)
def test_plain_pieces_are_told_alike(bare: list[str]) -> None:
    """Where the kernel tells a term, it is the one that the plain code tells."""
    for piece, length in zip(bare, lengths(bare), strict=True):
        if length:
            assert plain(piece) == (piece.encode()[:length].decode(),)


@compiled
def test_most_plain_pieces_are_told() -> None:
    """Skills as people write them are told without looking closer; what is odd is not."""
    told = [
        "Machine learning",
        "Visual C++",
        "node.js",
        "product owner",
        "naïve Bayes",
        "Дизайн",
        "Ｗｏｒｄ",
        "O'Neil",
        "x_y",
    ]
    assert lengths(told) == [len(one.encode()) for one in told]
    assert lengths(["Word . .", "Word\u00a0"]) == [4, 4]
    assert lengths(["", "C/C++", "Word and Excel", "expert", "(x", "x" * 201, "-x", "Tools: a"]) == [0] * 8


@settings(max_examples=400, deadline=None)
@given(st.from_regex(_alone(), fullmatch=True) | st.text("aAbcıİſKéЖ٣ 15-exprtlvn+~>*%/", max_size=8))
def test_qualifiers_are_refused_at_first_sight_only_where_they_are_none(term: str) -> None:
    """The quick look of is_qualifier refuses nothing that its pattern takes."""
    assert is_qualifier(term) == (len(term) <= 200 and _alone().fullmatch(term) is not None)


# -- parts of lists ---------------------------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(CELLS.filter(lambda text: not set("()[]{}（）") & set(text)), st.booleans(), st.booleans())
def test_a_part_is_read_as_behind_another(text: str, last: bool, known: bool) -> None:
    """split_part gives what split_list gives for the part between two plain terms, or behind one at the end."""
    names = MODEL.reader if known else None
    text = text if last else f"{text};"
    whole = split_many([f"Zq,{text}" if last else f"Zq,{text}Zq"], names)[0]
    assert whole[0] == "Zq"
    assert split_parts([text], names)[0] == (whole[1:] if last else whole[1:-1])
    if names is None:
        assert split_part(text) == split_parts([text])[0]


# -- doors ------------------------------------------------------------------------------------------------------------


@compiled
@pytest.mark.parametrize("bounds", [[], [0, 9], [2, 1], [-1, 2], [0, 5, 3]])
def test_bounds_are_checked(bounds: list[int]) -> None:
    """Bounds that leave the bytes, or do not ascend, are refused."""
    text = np.frombuffer(b"a,b", np.uint8)
    table = table_of(pieces)
    ask: list[Callable[[], object]] = [
        lambda: table.cut(np.array(bounds, np.int32), text),
        lambda: plain_kernel.lengths(np.array(bounds, np.int32), text, *words_of_plain()),
        lambda: table.expand(np.array(bounds, np.int64), np.zeros(0, np.int64)),
    ]
    for one in ask:
        with pytest.raises(ValueError, match="bounds"):
            one()


@compiled
def test_numbers_are_checked() -> None:
    """Numbers of no string, lengths beyond one, and readings of another count are refused."""
    table = table_of(pieces)
    _, numbers, _, unread = table.cut(*text_of(["go"]))
    wrong, one = np.array([7], np.int64), np.array([1], np.int64)
    text = np.frombuffer(b"go", np.uint8)
    calls = SimpleNamespace(
        counts=(wrong,), strings=(wrong,), expand=(np.array([0, 1], np.int64), wrong), learn=(wrong, [[b"x"]]),
        learn_plain=(numbers, wrong), number=(wrong, wrong, text, pieces.RAW),
    )  # fmt: skip
    for name, given_ in vars(calls).items():
        with pytest.raises(ValueError, match=r"string|term|text"):
            getattr(table, name)(*given_)
    with pytest.raises(ValueError, match="length"):
        table.learn_plain(numbers, np.zeros(2, np.int64))
    with pytest.raises(ValueError, match="ends"):
        table.number(one, np.zeros(2, np.int64), text, pieces.RAW)
    for sort in (pieces.BARE - 1, pieces.CELL + 1, 256):  # a sort is kept in one byte
        with pytest.raises(ValueError, match="sort"):
            table.number(np.array([0]), one, text, sort)
    with pytest.raises(ValueError, match="zip"):
        table.learn(unread, [])
    table.learn(unread, [None])
    assert [array.tolist() for array in table.expand(np.array([0, 1], np.int64), numbers)] == [[0, 0], [], []]
    assert plain("x (y)") is OTHERWISE
