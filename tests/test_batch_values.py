"""What a batch does with values that a table may hold and a text cannot: bytes, times, and text that is not UTF-8."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recommender import SkillRecommender
from recommender.arrays import entries, unreadable
from recommender.batch.job import Job
from recommender.batch.profiles import read_profiles
from recommender.batch.run import run
from recommender.batch.trial import trial
from recommender.batch.values import as_text
from recommender.cells import CellReader
from recommender.columns import Plan
from recommender.errors import ProfileError, TableError

MODEL = SkillRecommender.load()
MOMENT = 1577836800000000001
"""2020-01-01 and a nanosecond."""


def texts(*raw: bytes | None) -> pa.StringArray:
    """Make what is called text of any bytes, as a writer does that looks at nothing."""
    return pa.Array.from_buffers(pa.string(), len(raw), pa.array(raw, pa.binary()).buffers())


def write(path: Path, table: pa.Table, rows: int = 2) -> Path:
    if path.suffix == ".parquet":
        pq.write_table(table, path, row_group_size=rows)
    else:
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as out:
            out.write_table(table, max_chunksize=rows)
    return path


def job_of(source: Path, to: str = "csv", **more: Any) -> Job:
    return Job((str(source),), str(source.with_name(f"out.{to}")), plan=Plan(1), workers=1, **more)


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_lines(path: Path) -> list[dict[str, Any]]:
    def refuse(word: str) -> None:
        raise ValueError(f"{word} is no JSON")

    return [json.loads(line, parse_constant=refuse) for line in path.read_text(encoding="utf-8").splitlines()]


# -- text that is not UTF-8 -------------------------------------------------------------------------------------------

KINDS: dict[str, Callable[[pa.StringArray], Any]] = {
    "text": lambda column: column,
    "large text": lambda column: column.cast(pa.large_string()),
    "dictionary": lambda column: column.dictionary_encode(),
    "binary": lambda column: column.cast(pa.binary()),
    "list": lambda column: pa.ListArray.from_arrays(list(range(len(column) + 1)), column),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_rows_of_tables_that_are_not_utf8_are_set_aside(tmp_path: Path, suffix: str, kind: str) -> None:
    """A row of a Parquet or Arrow file whose skills are not UTF-8 is rejected with its number and the reason, whatever
    the kind of the column and the size of chunks; every other row comes out."""
    skills = KINDS[kind](texts(b"python", b"jav\xe9", None, b"excel", b"\xff"))
    source = write(tmp_path / f"in.{suffix}", pa.table({"id": [1, 2, 3, 4, 5], "skills": skills}))
    for to, rows in (("csv", 1), ("parquet", 100), ("jsonl", 2)):
        job = job_of(source, to, chunk_rows=rows)
        found = run(job)
        assert (found["rows"], found["rejected"], found["recognised"]) == (3, 2, 2)
        rejected = read_csv(job.rejected_file())
        assert [(row["line"], row["reason"]) for row in rejected] == [
            ("2", "'skills' holds bytes that are not UTF-8"), ("5", "'skills' holds bytes that are not UTF-8"),
        ]  # fmt: skip
        assert json.loads(rejected[0]["text"])["id"] == 2
    with pytest.raises(TableError, match=r"row 2: 'skills' holds bytes"):
        run(job_of(source, strict=True))
    read = read_profiles(str(source))
    assert (read.lists, read.rejected) == ([["python"], [], ["excel"]], 2)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_rows_of_tables_with_a_nul_are_set_aside(tmp_path: Path, suffix: str, kind: str) -> None:
    """A row of a Parquet or Arrow file whose text holds a NUL is rejected as that of a CSV file is, so that every CSV
    that is written can be read back; bytes beside the skills that hold one are no text, and come out as base64."""
    skills = KINDS[kind](texts(b"python", b"jav\0a", None, b"excel"))
    table = pa.table({"id": ["1", "2", "3", "\0"], "raw": [b"a\0"] * 4, "skills": skills})
    job = job_of(write(tmp_path / f"in.{suffix}", table))
    assert [run(job)[key] for key in ("rows", "rejected")] == [2, 2]
    assert [(row["line"], row["reason"]) for row in read_csv(job.rejected_file())] == [
        ("2", "NUL byte"), ("4", "NUL byte"),
    ]  # fmt: skip
    assert b"\0" not in Path(job.output).read_bytes()
    assert [(row["id"], row["raw"]) for row in read_csv(Path(job.output))] == [("1", "YQA="), ("3", "YQA=")]


def runs(values: list[Any]) -> pa.RunEndEncodedArray:
    return pa.RunEndEncodedArray.from_arrays(pa.array(range(1, len(values) + 1), pa.int32()), pa.array(values))


def fixed(values: list[Any]) -> pa.FixedSizeListArray:
    return pa.array(values, pa.list_(pa.string(), 2))


@pytest.mark.parametrize("to", ["csv", "jsonl", "parquet", "arrow"])
@pytest.mark.parametrize(("kind", "skills"), [("runs", ["python", None, "sql"]),
                                              ("fixed", [["python", "sql"], None, ["excel", None]])])  # fmt: skip
def test_runs_and_lists_of_a_fixed_size_are_read(tmp_path: Path, kind: str, skills: list[Any], to: str) -> None:
    """Columns of runs are read as their values and lists of a fixed size as lists, nulls among them, as skills and
    beside them; what is written can be read back."""
    column = {"runs": runs, "fixed": fixed}[kind](skills)
    within = pa.StructArray.from_arrays([fixed([["a", "b"], None, ["c", "d"]])], ["x"])
    source = write(tmp_path / "in.arrow", pa.table({"skills": column, "again": column, "in": within}))
    summary = run(job_of(source, to))
    assert (summary["rows"], summary["recognised"]) == (3, 2 if kind == "runs" else 3)
    if to == "parquet":
        made = pq.read_table(tmp_path / "out.parquet")
        assert [made[name].to_pylist() for name in ("skills", "again")] == [skills] * 2
        assert made["in"].to_pylist() == within.to_pylist()
    for layout in ("wide", "long"):
        batch = pa.RecordBatch.from_arrays([column, runs([1, 1, 2])], ["skills", "n"])
        scored = MODEL.score_batch(batch[1:], n=1, layout=layout)
        assert scored.column("n").type == batch.column("n").type
        assert scored.column("n").to_pylist() == [1, 2]


def test_what_pyarrow_cannot_read_is_said_in_a_line(tmp_path: Path) -> None:
    """Runs within lists, and a null among lists of a fixed size in Parquet, end in an error of ours."""
    within = pa.ListArray.from_arrays([0, 1, 2], runs(["a", "b"]))
    with pytest.raises(TableError, match="without run ends"):
        run(job_of(write(tmp_path / "in.arrow", pa.table({"skills": ["python", "sql"], "x": within}))))
    with pytest.raises(TableError, match="without run ends"):
        MODEL.score_batch(pa.RecordBatch.from_arrays([within], ["skills"]))
    table = pa.table({"skills": ["python", "sql"], "x": fixed([["a", "b"], None])})
    with pytest.raises(TableError, match="as common lists"):
        run(job_of(write(tmp_path / "in.parquet", table)))


def test_a_stream_may_replace_its_dictionaries(tmp_path: Path) -> None:
    """An Arrow stream whose batches bring dictionaries of their own, within lists too, is read like their values."""
    cells = [["python", "sql"], ["excel", None], ["sql", "java"]]
    kind = pa.dictionary(pa.int8(), pa.string())
    schema = pa.schema([("skills", kind), ("more", pa.list_(kind))])
    source = tmp_path / "in.arrow"
    with pa.OSFile(str(source), "wb") as file, pa.ipc.new_stream(file, schema) as out:
        for some in cells:
            lists = pa.ListArray.from_arrays([0, 1, 2], pa.array(some).dictionary_encode().cast(kind))
            out.write_batch(pa.record_batch([pa.array(some).dictionary_encode().cast(kind), lists], schema=schema))
    assert run(job_of(source, "jsonl"))["recognised"] == 5
    found, flat = read_lines(tmp_path / "out.jsonl"), [cell for some in cells for cell in some]
    assert [row["skills"] for row in found] == flat
    assert [row["more"] for row in found] == [[cell] for cell in flat]


def test_other_columns_that_are_not_utf8_cost_their_row_too(tmp_path: Path) -> None:
    """Text beside the skills is judged as well, also within objects and maps; binary beside them is no text."""
    table = pa.table({
        "skills": ["python"] * 4,
        "who": pa.StructArray.from_arrays([texts(b"a", b"\xe9", b"c", None)], ["name"]),
        "more": pa.MapArray.from_arrays([0, 1, 2, 3, 4], pa.array(["k"] * 4), texts(b"a", b"b", b"\xe9", b"d")),
        "raw": [b"\xff"] * 4,
    })  # fmt: skip
    job = job_of(write(tmp_path / "in.arrow", table))
    assert run(job)["rows"] == 2
    assert [(row["line"], row["reason"][:6]) for row in read_csv(job.rejected_file())] == [
        ("2", "'who' "),
        ("3", "'more'"),
    ]


def test_lines_of_json_that_are_not_utf8_are_set_aside(tmp_path: Path) -> None:
    """A line of JSON Lines that is whole but for its encoding is rejected, also where no other line is at fault."""
    source = tmp_path / "in.jsonl"
    source.write_bytes(b'{"id": 1, "skills": "python"}\n{"id": 2, "skills": "jav\xe9"}\n')
    assert [run(job_of(source))[key] for key in ("rows", "rejected")] == [1, 1]


def test_rows_are_found_in_slices() -> None:
    """The rows that hold what is no UTF-8 are told of parts of arrays too; nulls and empty lists hold nothing."""
    flat = texts(b"a", b"\xe9", None, b"ok", b"\xff")
    lists = pa.ListArray.from_arrays([0, 1, 1, 3, 5], flat, mask=pa.array([False, True, False, False]))
    fixed = pa.FixedSizeListArray.from_arrays(texts(b"\xff", b"a", b"b", b"\xff"), 2, mask=pa.array([True, False]))
    for column, want in ((flat, [1, 4]), (flat[2:], [2]), (lists, [2, 3]), (lists[3:], [0]), (fixed, [1])):
        assert unreadable(column).tolist() == want
    assert entries(lists[2:])[0].tolist() == [2, 2]


@pytest.mark.parametrize("kind", KINDS)
def test_the_library_names_the_row_that_is_not_utf8(kind: str) -> None:
    """score_batch, recommend_frame and recommend_many raise an error of ours that names the row and the way out."""
    skills = KINDS[kind](texts(b"python", b"jav\xe9"))
    with pytest.raises(TableError, match=r"column 'skills', row 2: holds bytes that are not UTF-8\. Decode"):
        MODEL.score_batch(pa.RecordBatch.from_arrays([skills], ["skills"]))
    with pytest.raises(TableError, match="row 2"):
        MODEL.recommend_frame(pa.table({"skills": skills}))
    if kind != "binary":
        with pytest.raises(ProfileError, match="not UTF-8"):
            MODEL.recommend_many(skills)


# -- bytes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [pa.binary(), pa.large_binary(), pa.binary(6), pa.list_(pa.binary())])
def test_skills_may_be_bytes(tmp_path: Path, kind: pa.DataType) -> None:
    """A column of skills whose bytes are UTF-8 is read like text and comes out as text; Parquet keeps it as it is."""
    cells = [[b"python"], None] if pa.types.is_list(kind) else [b"python", None]
    source = write(tmp_path / "in.parquet", pa.table({"skills": pa.array(cells, kind)}))
    assert run(job_of(source))["recognised"] == 1
    assert [row["skills"] for row in read_csv(tmp_path / "out.csv")] == ["python", ""]
    run(job_of(source, "parquet"))
    assert pq.read_table(tmp_path / "out.parquet")["skills"].type == pq.read_table(source)["skills"].type
    assert pq.read_table(tmp_path / "out.parquet")["skills"].to_pylist() == cells


@pytest.mark.parametrize("to", ["csv", "jsonl"])
@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_bytes_are_text_or_base64(tmp_path: Path, suffix: str, to: str) -> None:
    """A column of bytes is written as the text that it holds; one with any value that is no text as base64, whole,
    however the rows are cut; the run can say which."""
    table = pa.table({
        "skills": ["python"] * 5, "text": ["café".encode()] * 5, "hash": [b"abc", b"def", None, b"\xff\x00", b"ghi"],
        "parts": [[b"a"], [b"\xff"], None, [], [None]],
    })  # fmt: skip
    source, made = write(tmp_path / f"in.{suffix}", table), set()
    for rows in (1, 100):
        said: list[frozenset[str]] = []
        job = job_of(source, to, chunk_rows=rows)
        run(job, settled=lambda setup, said=said: said.append(setup.coded))  # type: ignore[misc]
        made.add(Path(job.output).read_bytes())
        assert said == [{"hash", "parts"}]
    assert len(made) == 1
    rows_out = read_csv(tmp_path / "out.csv") if to == "csv" else read_lines(tmp_path / "out.jsonl")
    assert {row["text"] for row in rows_out} == {"café"}
    assert [row["hash"] or "" for row in rows_out] == ["YWJj", "ZGVm", "", "/wA=", "Z2hp"]
    assert [row["parts"] or "" for row in rows_out] == (
        ["YQ==", "/w==", "", "", ""] if to == "csv" else [["YQ=="], ["/w=="], "", "", [None]]
    )
    run(replace(job_of(source, "parquet")))
    assert pq.read_table(tmp_path / "out.parquet").select(table.schema.names).equals(table)


def test_bytes_are_safe_for_spreadsheets(tmp_path: Path) -> None:
    """Text that was bytes, or a view, gets an apostrophe like any other where a spreadsheet would run it."""
    table = pa.table({"skills": ["python"], "a": [b"=1+1"], "b": pa.array(["=2+2"], pa.string_view())})
    assert run(job_of(write(tmp_path / "in.arrow", table)))["apostrophes"] == 2
    assert [(row["a"], row["b"]) for row in read_csv(tmp_path / "out.csv")] == [("'=1+1", "'=2+2")]


# -- times and numbers ------------------------------------------------------------------------------------------------

ODD: list[tuple[pa.Array, Any]] = [
    (pa.array([MOMENT], pa.timestamp("ns")), "2020-01-01T00:00:00.000000001"),
    (pa.array([MOMENT], pa.timestamp("ns", "UTC")), "2020-01-01T00:00:00.000000001Z"),
    (pa.array([MOMENT // 10**9], pa.timestamp("s", "+03:30")), "2020-01-01T03:30:00+03:30"),
    (pa.array([MOMENT // 10**9], pa.timestamp("s", "no/where")), "2020-01-01T00:00:00Z"),
    (pa.array([-10**11], pa.timestamp("s")), "-1199-02-15T14:13:20"),
    (pa.array([2**63 - 1], pa.timestamp("us")), "+294247-01-10T04:00:54.775807"),
    (pa.array([-(2**63)], pa.timestamp("us", "+05:30")), "-290308-12-21T19:59:05.224192Z"),
    (pa.array([2**62], pa.timestamp("s", "no/where")), "+146138514283-06-19T07:45:04Z"),
    (pa.array([2**31 - 1], pa.date32()), "+5881580-07-11"),
    (pa.array([-(2**63)], pa.date64()), "-292275055-05-16"),
    (pa.array([2**63 - 1], pa.timestamp("ns")), "2262-04-11T23:47:16.854775807"),
    (pa.array([5_000_000_001], pa.duration("ns")), "PT5.000000001S"),
    (pa.array([-90_500], pa.duration("ms")), "-PT90.5S"),
    (pa.array([1], pa.time64("ns")), "00:00:00.000000001"),
    (pa.array([10], pa.date32()), "1970-01-11"),
    (pa.array([Decimal("1.10")], pa.decimal128(30, 2)), "1.10"),
    (pa.array([pa.MonthDayNano([1, 2, 3])]), "P1M2DT0.000000003S"),
    (pa.array([[MOMENT, None]], pa.list_(pa.timestamp("ns"))), ["2020-01-01T00:00:00.000000001", None]),
    (pa.array([{"at": MOMENT}], pa.struct([("at", pa.timestamp("ns"))])), {"at": "2020-01-01T00:00:00.000000001"}),
    (pa.array([[("k", MOMENT)]], pa.map_(pa.string(), pa.timestamp("ns"))), [["k", "2020-01-01T00:00:00.000000001"]]),
    (pa.array([float("nan")]), "NaN"),
    (pa.array([[float("-inf"), 1.5]]), ["-Infinity", 1.5]),
]  # fmt: skip


@pytest.mark.parametrize(("column", "want"), ODD, ids=[str(column.type) for column, _ in ODD])
def test_what_json_has_no_kind_for_is_text(tmp_path: Path, column: pa.Array, want: Any) -> None:
    """Times are ISO 8601 with every digit of their unit, decimals keep theirs, and what is no number is said so: in
    JSON Lines, in CSV, within lists and objects, and beside nulls."""
    whole = pa.concat_arrays([column, pa.nulls(1, column.type)])
    source = write(tmp_path / "in.arrow", pa.table({"skills": ["python", "sql"], "x": whole}))
    run(job_of(source, "jsonl"))
    assert [row["x"] for row in read_lines(tmp_path / "out.jsonl")] == [want, None]
    run(job_of(source, "csv", safe=False))
    cell = read_csv(tmp_path / "out.csv")[0]["x"]
    if isinstance(want, str) and want != "NaN":
        assert cell == want
    elif pa.types.is_list(column.type) and pa.types.is_timestamp(column.type.value_type):
        assert cell == want[0]  # a list of text
    elif not isinstance(want, str):
        assert json.loads(cell) == want
    assert trial(job_of(source))[1][0]["skills"] == "python"


def test_a_column_that_has_its_kind_in_json_stays_what_it_is() -> None:
    """Text, numbers and lists of them are not copied on the way."""
    for column in (
        pa.array(["a"]),
        pa.array([1.5]),
        pa.array([["a"]]),
        pa.array([{"a": 1}]),
        pa.array(["a"]).dictionary_encode(),
    ):
        assert as_text(column) is column


def test_cells_of_bytes_are_cells() -> None:
    """CellReader reads bytes like the text that they hold."""
    rows = CellReader().read(pa.array([b"go, rust", None]))
    assert list(rows.terms) == ["go", "rust"]


# -- numbers of JSON --------------------------------------------------------------------------------------------------


def of_json(path: Path, values: list[str]) -> Path:
    """Write rows whose `x` is as it is given."""
    path.write_text("".join(f'{{"skills": "python", "x": {value}}}\n' for value in values), encoding="utf-8")
    return path


@pytest.mark.parametrize("value", ["1e400", "-1e999", "12345678901234567890", "-9223372036854775809"])
@pytest.mark.parametrize("others", ["1", "1.5", '"text"'])
def test_numbers_that_no_column_holds_come_out_as_they_came(tmp_path: Path, value: str, others: str) -> None:
    """A number beyond 64 bits makes its column text, in which it stands as it was written; no row is lost."""
    source = of_json(tmp_path / "in.jsonl", [others, value])
    assert run(job_of(source, "jsonl"))["rows"] == 2
    assert [row["x"] for row in read_lines(tmp_path / "out.jsonl")] == [others.strip('"'), value]
    run(job_of(source, "csv", safe=False))
    assert [row["x"] for row in read_csv(tmp_path / "out.csv")] == [others.strip('"'), value]


def test_numbers_within_objects_come_out_as_they_came(tmp_path: Path) -> None:
    """A number beyond 64 bits within an object costs no row: the objects of its column are text then."""
    source = of_json(tmp_path / "in.jsonl", ['{"a": 1}', '{"a": 1e400}', '{"a": 12345678901234567890}'])
    summary = run(job_of(source, "jsonl"))
    assert (summary["rows"], summary["rejected"]) == (3, 0)
    assert read_lines(tmp_path / "out.jsonl")[0]["x"] == '{"a": 1}'
    assert "12345678901234567890" in read_lines(tmp_path / "out.jsonl")[2]["x"]


@pytest.mark.parametrize("value", ["9007199254740993", "[9007199254740993, 1.5]", "[12345678901234567890]",
                                   '{"a": [9007199254740993]}'])  # fmt: skip
def test_no_digit_is_lost_among_fractions(tmp_path: Path, value: str) -> None:
    """Whole numbers beside fractions keep their last digit, within lists and objects too."""
    other = {"[": "[0.5]", "{": '{"a": [0.5]}'}.get(value[0], "0.5")
    run(job_of(of_json(tmp_path / "in.jsonl", [other, value]), "jsonl"))
    assert [row["x"] for row in read_lines(tmp_path / "out.jsonl")] == [other, value]


@pytest.mark.parametrize(
    ("before", "late", "reason"),
    [
        ("1", "1e400", "'x' is a number beyond 64 bits, and the rows before have whole numbers"),
        ("1.5", "1e400", "'x' is a number beyond 64 bits, and the rows before have numbers"),
        ("1", "12345678901234567890", "'x' has more digits than the numbers of the rows before can have"),
        ("1.5", "12345678901234567890", "'x' has more digits than the numbers of the rows before can have"),
        ("1.5", "9007199254740993", "'x' has more digits than the numbers of the rows before can have"),
        ("[1]", "[12345678901234567890]", "'x' has more digits than the numbers of the rows before can have"),
        ("1", "20.75", "'x' is a number with a fraction, and the rows before have whole numbers"),
        ("1", "1e20", "'x' has more digits than the numbers of the rows before can have"),
        ("1", "9007199254740993.0", "'x' has more digits than the numbers of the rows before can have"),
        ("[1]", "[2, 20.75]",
         "'x' is a list of a number and a number with a fraction, and the rows before have lists of whole numbers"),
        ('{"a": [{"b": 1}]}', '{"a": [{"b": 20.75}]}',
         "'x.a.b' is a number with a fraction, and the rows before have whole numbers"),
        ("1.5", "true", "'x' is true or false, and the rows before have numbers"),
        ('{"a": ["text"]}', '{"a": "text"}', "'x.a' is text, and the rows before have lists of text"),
        ("1.5", "NaN", "holds NaN, which JSON has not"),
        ('"text"', "-Infinity", "holds -Infinity, which JSON has not"),
    ],
)  # fmt: skip
def test_numbers_that_come_late_are_told_truly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str, late: str, reason: str
) -> None:
    """Where the columns are settled, a number that does not fit costs its row, and the reason is the true one."""
    from recommender.batch import reading

    monkeypatch.setattr(reading, "PART_BYTES", 512)
    monkeypatch.setattr("recommender.batch.records.REACH", 256)
    job = job_of(of_json(tmp_path / "in.jsonl", [before] * 40 + [late]), "jsonl")
    assert [run(job)[key] for key in ("rows", "rejected")] == [40, 1]
    assert [row["reason"] for row in read_csv(job.rejected_file())] == [reason]


def test_what_is_no_number_is_rejected_at_once(tmp_path: Path) -> None:
    """NaN and Infinity, which pyarrow's reader takes, are no JSON in the first part either."""
    values = ["1.5", "NaN", "[Infinity]", "1" * 5000, "2.5", "1e20"]
    job = job_of(of_json(tmp_path / "in.jsonl", values), "jsonl")
    assert [run(job)[key] for key in ("rows", "rejected")] == [3, 3]
    assert read_csv(job.rejected_file())[2]["reason"] == "holds a number of 5,000 digits"
    assert [row["x"] for row in read_lines(tmp_path / "out.jsonl")] == [1.5, 2.5, 1e20]


@pytest.mark.parametrize("late", ["20.0", "2e1"])
def test_whole_numbers_may_be_written_with_a_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: str) -> None:
    """A number that has no fraction costs no row where the rows before have whole numbers, however it is written."""
    cut_small(monkeypatch)
    assert run(job_of(of_json(tmp_path / "in.jsonl", ["1"] * 40 + [late]), "jsonl"))["rejected"] == 0
    assert read_lines(tmp_path / "out.jsonl")[-1]["x"] == 20


# -- what lies within objects -----------------------------------------------------------------------------------------


def cut_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recommender.batch.reading.PART_BYTES", 512)
    monkeypatch.setattr("recommender.batch.records.REACH", 256)


@pytest.mark.parametrize("broken", [False, True])
@pytest.mark.parametrize(
    ("before", "late", "comes", "named"),
    [
        ('{"a": 1}', '{"a": 2, "city": "Oslo"}', {"a": 2}, ["x.city"]),
        ('[{"a": 1}]', '[{"a": 2, "city": "Oslo"}]', [{"a": 2}], ["x.city"]),
        ('{"a": {"b": 1}}', '{"a": {"b": 2, "c": {"d": 1}}}', {"a": {"b": 2}}, ["x.a.c"]),
        ("{}", '{"city": "Oslo", "at": [1]}', {}, ["x.at", "x.city"]),
    ],
)
def test_keys_within_objects_that_come_late_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str, late: str, comes: Any, named: list[str], broken: bool
) -> None:
    """A key within objects that no row of the first part has is left out, and the summary names it with the keys that
    lead to it, whether or not a line beside it is broken; no row is lost."""
    cut_small(monkeypatch)
    found = run(job_of(of_json(tmp_path / "in.jsonl", [before] * 40 + [late] + ["oops"] * broken), "jsonl"))
    assert (found["rows"], found["rejected"], found["left_out_columns"]) == (41, int(broken), named)
    assert read_lines(tmp_path / "out.jsonl")[-1]["x"] == comes


def test_half_a_letter_in_a_name_within_an_object_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that is no text costs its row within objects too, and ends no run."""
    cut_small(monkeypatch)
    job = job_of(of_json(tmp_path / "in.jsonl", ['{"a": 1}'] * 40 + ['{"\\ud800": 1}']), "jsonl")
    assert [run(job)[key] for key in ("rows", "rejected", "left_out_columns")] == [40, 1, []]
    assert "half a character" in read_csv(job.rejected_file())[0]["reason"]


@pytest.mark.parametrize("broken", ["", "\n", "oops\n"])
@pytest.mark.parametrize(
    "dated", ['{"at": "2020-01-01"}', '[["2020-01-01"]]', '{"a": [{"at": "2020-01-01 10:00:00Z"}]}']
)
def test_dates_pass_through_however_deep(tmp_path: Path, dated: str, broken: str) -> None:
    """A date within objects and lists comes out as it came in, and a line that is broken or blank costs no other."""
    source = of_json(tmp_path / "in.jsonl", [dated] * 3)
    source.write_text(broken + source.read_text(encoding="utf-8"), encoding="utf-8")
    assert run(job_of(source, "jsonl"))["rows"] == 3
    assert [row["x"] for row in read_lines(tmp_path / "out.jsonl")] == [json.loads(dated)] * 3


@pytest.mark.parametrize("values", [["1.5", "true"], ["1", '"text"'], ["[1]", '["text"]'], ['["text"]', '"text"']])
def test_kinds_that_change_within_objects_cost_no_row(tmp_path: Path, values: list[str]) -> None:
    """Objects of the first part whose values differ in kind make a column of text, in which each stands as JSON."""
    rows = [f'{{"a": {value}}}' for value in values]
    assert run(job_of(of_json(tmp_path / "in.jsonl", rows), "jsonl"))["rejected"] == 0
    assert [row["x"] for row in read_lines(tmp_path / "out.jsonl")] == rows


def test_values_that_come_late_where_all_were_null_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Text in objects and lists that held nothing in the first part comes out as it came in."""
    cut_small(monkeypatch)
    late = '{"a": "text", "b": ["text"]}'
    source = of_json(tmp_path / "in.jsonl", ['{"a": null, "b": []}'] * 40 + [late])
    assert run(job_of(source, "jsonl"))["rows"] == 41
    assert read_lines(tmp_path / "out.jsonl")[-1]["x"] == json.loads(late)


def test_what_parquet_cannot_hold_is_told_before_a_row_is_scored(tmp_path: Path) -> None:
    """A column of intervals goes from Arrow to Arrow and to text; for Parquet it is named, and nothing is left behind."""
    table = pa.table({"skills": ["python"], "span": pa.array([(1, 2, 3)], pa.month_day_nano_interval())})
    with pa.OSFile(str(tmp_path / "in.arrow"), "wb") as file, pa.ipc.new_file(file, table.schema) as out:
        out.write_table(table)
    for name in ("out.csv", "out.arrow"):
        assert run(Job((str(tmp_path / "in.arrow"),), str(tmp_path / name), workers=1))["rows"] == 1
    with pytest.raises(TableError, match="column 'span' is month_day_nano_interval, which Parquet cannot hold"):
        run(Job((str(tmp_path / "in.arrow"),), str(tmp_path / "out.parquet"), workers=1))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.arrow", "out.arrow", "out.csv"]
