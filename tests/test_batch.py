from __future__ import annotations

import csv
import gzip
import io
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import SkillRecommender
from recommender.batch import reading
from recommender.batch.job import Job
from recommender.batch.records import clean_lines
from recommender.batch.run import run
from recommender.batch.tables import Dialect
from recommender.cells import CellReader
from recommender.columns import Plan
from recommender.errors import InputError, InterruptedRunError, MissingFileError, TableError
from recommender.matcher.profiles import ProfileReader
from recommender.memory import Memory

MODEL = SkillRecommender.load()
PIECES = ["Python", " OpenCV", "Word and Excel", "NLP", "TF", "keras", "C++", "C#", "Python (Django, Flask)", "#seo #ads", "golf (zz",
          "5 years", "expert", "SQL/MySQL", "• bullet", "Skills: Figma", '["a"', "and R", "e.g. Java", "", " ", "MS Office: Word", "x)",
          "Node.js", "React / Vue", "\n* line", "Ｆｉｇｍａ", "Рython", "etc.", "1. Photoshop", '"quoted"', "AWS", "terraform",
          "Excel (expert)", "Java: basic", "SQL - 5 years", "5 - 10 years", "Level 3 (expert)", "job＿costing", "C++(good)",
          "English: native or bilingual", "Word: basic and good", "A (B) - 2 years", "level: 3", "TF (expert)", "R&amp;D", "&#83;EO &nope; AT&T; C", "Basic: SQL"]  # fmt: skip
CELLS = st.lists(st.sampled_from(PIECES), max_size=6).flatmap(
    lambda parts: st.lists(
        st.sampled_from([",", ", ", ";", "|", " | ", "\n", " "]), min_size=len(parts), max_size=len(parts)
    ).map(lambda signs: "".join(a + b for a, b in zip(parts, signs, strict=True)))
)


def rows_of(count: int, seed: int = 0) -> list[dict[str, str]]:
    """Make profiles of the vocabulary's own names, some of them damaged, some ambiguous."""
    rng = random.Random(seed)
    names = [name for name in MODEL.vocabulary_.names if "," not in name][:400]

    def one(i: int) -> dict[str, str]:
        terms = [
            *rng.sample(names, rng.randint(0, 5)),
            *rng.sample(["AWS", "NLP", "TF", "Keras", "qqq zzz", "pyton"], rng.randint(0, 2)),
        ]
        return {
            "id": f"p{i}",
            "skills": ", ".join(terms),
            "note": rng.choice(["", "plain", 'say "hi"', "two\nlines", "a, b"]),
        }

    return [one(i) for i in range(count)]


def write_csv(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(rows)
    return path


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make several parts of small files."""
    monkeypatch.setattr(reading, "PART_BYTES", 4096)
    monkeypatch.setattr("recommender.batch.records.REACH", 2048)


# -- one chunk function -----------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(st.lists(CELLS, max_size=8))
def test_a_column_of_cells_is_read_like_each_cell(cells: list[str]) -> None:
    """CellReader gives, for every cell, exactly what split_list gives."""
    rows = CellReader(MODEL.reader).read(pa.array(cells, pa.string()))
    read = [[rows.terms[c] for c in rows.codes[a:b]] for a, b in zip(rows.indptr, rows.indptr[1:], strict=False)]
    assert read == [MODEL.split(cell) for cell in cells]


@settings(max_examples=25)
@given(st.lists(st.lists(st.sampled_from([p.strip() for p in PIECES if p.strip()]), max_size=7), max_size=6))
def test_rows_are_matched_like_single_profiles(profiles: list[list[str]]) -> None:
    """Ambiguous forms included, held_rows equals match_profile row by row."""
    indptr, held = MODEL.held_rows(profiles)
    want = [list(dict.fromkeys(m.number for m in MODEL.match_profile(p) if m.skill is not None)) for p in profiles]
    assert [held[a:b].tolist() for a, b in itertools.pairwise(indptr)] == want


CUES = [cue.strip('"') for sense in MODEL.vocabulary_.senses[:400] for cue in sense.cues if not cue.startswith("@")]
FORMS = [sense.form for sense in MODEL.vocabulary_.senses[:400]]


@settings(max_examples=40)
@given(
    st.lists(st.lists(st.sampled_from(FORMS) | st.sampled_from(CUES), max_size=9), min_size=1, max_size=6),
    st.booleans(),
)
def test_forms_are_weighed_together_as_one_by_one(profiles: list[list[str]], skilled: bool) -> None:
    """Weighing all forms of a chunk as arrays gives the decisions of match_profile, forms beside forms included."""
    rows = [[f"{term} skills" if skilled and k % 3 == 0 else term for k, term in enumerate(p)] for p in profiles]
    indptr = np.cumsum([0, *map(len, rows)])
    terms = list(dict.fromkeys(term for row in rows for term in row))
    codes = np.array([terms.index(term) for row in rows for term in row], np.int64)
    found = ProfileReader(MODEL.matcher_).numbers(indptr, codes, terms)
    assert found.tolist() == [match.number for row in rows for match in MODEL.match_profile(row)]


def test_what_is_asked_for_again_is_remembered() -> None:
    """A bounded memory never holds more than its bound, and keeps what recurs however much passes by."""
    memory = Memory[int](10)
    memory.keep("again", 1)
    for number in range(100):
        memory.keep(f"once {number}", number)
        assert len(memory) <= 10
        assert memory.recall(["again", "never"]) == [1, None]
    assert memory.recall(["once 5"]) == [None]


def test_score_batch_equals_recommend() -> None:
    """Every row of score_batch carries the skills, scores and reasons of recommend; nulls are answers."""
    cells = [*(row["skills"] for row in rows_of(40)), None, "", "qqq"]
    out = MODEL.score_batch(pa.RecordBatch.from_pydict({"skills": cells}), n=3)
    for row, cell in zip(out.to_pylist(), cells, strict=True):
        for k, suggestion in enumerate(MODEL.recommend(cell or "", n=3), 1):
            said = [reason.skill for reason in suggestion.because if reason.share > 0][:2]
            assert (row[f"skill_{k}"], row[f"score_{k}"]) == (suggestion.skill, round(suggestion.score, 4))
            assert row[f"because_{k}"] == ", ".join(said)


def test_lists_and_strings_say_the_same() -> None:
    """A column of lists, of large strings, of dictionary strings and of plain strings give one answer."""
    lists = [["Python", "OpenCV"], [], None, ["Keras", None, "TF"]]
    plain = ["Python, OpenCV", "", None, "Keras, TF"]
    answers = [
        MODEL.score_batch(pa.RecordBatch.from_arrays([array], ["skills"]), keep=[]).to_pylist()
        for array in (pa.array(lists), pa.array(plain), pa.array(plain, pa.large_string()), pa.array(plain).dictionary_encode(),
                      pa.array(["x", *plain])[1:])
    ]  # fmt: skip
    assert all(answer == answers[0] for answer in answers)


def test_blank_items_of_lists_are_nothing(tmp_path: Path) -> None:
    """Nulls, empty and blank strings in a list are no terms: they are neither recognised nor refused, nor told."""
    lists = [["python", "", None, " ", "\t\n"], [""], [], None, ["zzq qqz", ""]]
    pq.write_table(pa.table({"skills": lists}), tmp_path / "in.parquet")
    found = run(Job((str(tmp_path / "in.parquet"),), str(tmp_path / "out.csv"), workers=1))
    assert (found["rows"], found["terms"], found["recognised"]) == (5, 2, 1)
    assert found["refused_terms"] == [["zzq qqz", 1]]
    assert [row["refused"] for row in read_csv(tmp_path / "out.csv")] == ["", "", "", "", "zzq qqz"]


def test_batches_do_not_depend_on_how_rows_are_cut() -> None:
    """Rows scored together or one by one, in any layout, give the same rows."""
    batch = pa.RecordBatch.from_pylist(rows_of(30, seed=1))
    for layout in ("wide", "long"):
        whole = MODEL.score_batch(batch, layout=layout).to_pylist()
        assert whole == [
            row for i in range(30) for row in MODEL.score_batch(batch.slice(i, 1), layout=layout).to_pylist()
        ]


def test_columns_are_found_or_named() -> None:
    """The column of skills is found by name or kind; else the message lists the columns."""
    assert MODEL.score_batch(pa.RecordBatch.from_pydict({"a": [1], "Tags": ["seo"]})).num_rows == 1
    with pytest.raises(TableError, match="Columns: a, b"):
        MODEL.score_batch(pa.RecordBatch.from_pydict({"a": [1], "b": ["seo"]}))
    with pytest.raises(TableError, match="written over"):
        MODEL.score_batch(pa.RecordBatch.from_pydict({"skills": ["seo"], "score_1": [1]}))


def test_frames_come_back_as_they_came() -> None:
    """recommend_frame gives pandas for pandas (index kept), polars for polars, pyarrow for pyarrow; nulls are answers."""
    import pandas as pd
    import polars as pl

    rows = {"id": [7, 8, 9], "skills": ["python, opencv", None, "seo"]}
    table = MODEL.recommend_frame(pa.table(rows), n=2)
    want = table["skill_1"].to_pylist()
    assert isinstance(table, pa.Table)
    assert want == [MODEL.recommend(cell or "", n=1)[0].skill for cell in rows["skills"]]
    assert MODEL.recommend_frame(pl.DataFrame(rows), n=2)["skill_1"].to_list() == want
    frame = MODEL.recommend_frame(pd.DataFrame(rows, index=[3, 1, 2]), n=2)
    assert frame.index.tolist() == [3, 1, 2]
    assert frame["skill_1"].tolist() == want
    odd = pd.DataFrame({"skills": [["python", "opencv"], None, "seo"]})
    assert MODEL.recommend_frame(odd, n=2)["skill_1"].tolist() == want


# -- files ------------------------------------------------------------------------------------------------------------


def test_chunks_workers_and_formats_change_nothing(tmp_path: Path) -> None:
    """The same bytes come out whatever the size of chunks, the number of workers and the format of the way in."""
    rows = rows_of(300)
    source = write_csv(tmp_path / "in.csv", rows)
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "in.parquet", row_group_size=70)
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (tmp_path / "in.csv.gz").write_bytes(gzip.compress(source.read_bytes()))
    with (
        pa.OSFile(str(tmp_path / "in.arrow"), "wb") as file,
        pa.ipc.new_file(file, pa.Table.from_pylist(rows).schema) as out,
    ):
        out.write_table(pa.Table.from_pylist(rows), max_chunksize=90)
    with pa.CompressedOutputStream(str(tmp_path / "in.csv.zst"), "zstd") as packed:
        packed.write(source.read_bytes())
    made = {}
    for target in ("csv", "parquet", "jsonl", "arrow", "tsv"):
        for name in ("in.csv", "in.parquet", "in.jsonl", "in.csv.gz", "in.arrow", "in.csv.zst"):
            out = tmp_path / f"out.{name}.{target}"
            found = run(
                Job((str(tmp_path / name),), str(out), workers=1, chunk_rows=37 if name == "in.parquet" else 1000)
            )
            assert found["rows"] == 300
            made.setdefault(target, set()).add(out.read_bytes())
            assert not out.with_name(out.name + ".parts").exists()
    assert all(len(outputs) == 1 for outputs in made.values())
    run(Job((str(source),), str(tmp_path / "two.csv"), workers=2))
    assert {(tmp_path / "two.csv").read_bytes()} == made["csv"]
    answer = read_csv(tmp_path / "two.csv")
    assert [row["id"] for row in answer] == [row["id"] for row in rows]
    assert [row["note"] for row in answer] == [row["note"] for row in rows]
    assert answer[5]["skill_1"] == MODEL.recommend(rows[5]["skills"])[0].skill


def test_long_layout_and_kept_columns(tmp_path: Path) -> None:
    """The long layout has a row per suggestion with its rank; only kept columns pass through."""
    source = write_csv(tmp_path / "in.csv", rows_of(20))
    run(Job((str(source),), str(tmp_path / "out.csv"), plan=Plan(3, keep=("id",), layout="long"), workers=1))
    answer = read_csv(tmp_path / "out.csv")
    assert [(row["id"], row["rank"]) for row in answer] == [(f"p{i}", str(k)) for i in range(20) for k in (1, 2, 3)]
    assert list(answer[0]) == [
        "id",
        "rank",
        "skill",
        "score",
        "because",
        "personal",
        "recognised",
        "refused",
        "model",
        "data",
    ]


@pytest.mark.parametrize(
    ("text", "encoding", "dialect"),
    [
        ("id;skills\n1;python, seo\n2;excel\n", "utf-8", Dialect()),
        ("id\tskills\n1\tpython, seo\n2\texcel\n", "utf-8-sig", Dialect()),
        ('id,skills\r\n1,"python, seo"\r\n2,excel\r\n', "utf-16", Dialect()),
        ("id|skills|café\n1|python, seo|è\n2|excel|ü\n", "cp1252", Dialect()),
        ("1;python, seo\n2;excel\n", "utf-8", Dialect(header=False)),
    ],
)
def test_dialects_are_told_from_the_file(tmp_path: Path, text: str, encoding: str, dialect: Dialect) -> None:
    """Delimiter, header, byte order marks and encodings are detected, or taken as given."""
    (tmp_path / "in.csv").write_bytes(text.encode(encoding))
    column = "column_2" if dialect.header is False else None
    found = run(
        Job(
            (str(tmp_path / "in.csv"),),
            str(tmp_path / "out.csv"),
            plan=Plan(2, skills_column=column),
            dialect=dialect,
            workers=1,
        )
    )
    assert (found["rows"], found["recognised"], found["rejected"]) == (2, 3, 0)


def test_several_inputs_and_patterns(tmp_path: Path) -> None:
    """Patterns are written out in order; an empty pattern or other columns are errors."""
    for name in ("b", "a"):
        write_csv(tmp_path / f"{name}.csv", [{"id": name, "skills": "python"}])
    run(Job((str(tmp_path / "[ab].csv"),), str(tmp_path / "out.csv"), workers=1))
    assert [row["id"] for row in read_csv(tmp_path / "out.csv")] == ["a", "b"]
    with pytest.raises(MissingFileError, match="no file fits"):
        run(Job((str(tmp_path / "*.none"),), str(tmp_path / "out.csv")))
    write_csv(tmp_path / "c.csv", [{"who": "c", "skills": "python"}])
    with pytest.raises(TableError, match="columns are not those"):
        run(Job((str(tmp_path / "[ac].csv"),), str(tmp_path / "out.csv"), workers=1))


def test_cells_that_a_spreadsheet_would_run_are_neutralised(tmp_path: Path) -> None:
    """Formulas get an apostrophe, numbers do not; raw output leaves both."""
    rows = [{"id": v, "skills": "python"} for v in ("=1+1", "+cmd", "-5", "-x", "@a", "\tb", "plain", "+4.5")]
    source = write_csv(tmp_path / "in.csv", rows)
    run(Job((str(source),), str(tmp_path / "out.csv"), workers=1))
    assert [r["id"] for r in read_csv(tmp_path / "out.csv")] == [
        "'=1+1",
        "'+cmd",
        "-5",
        "'-x",
        "'@a",
        "'\tb",
        "plain",
        "+4.5",
    ]
    run(Job((str(source),), str(tmp_path / "raw.csv"), safe=False, workers=1))
    assert [r["id"] for r in read_csv(tmp_path / "raw.csv")] == [r["id"] for r in rows]


# -- rows that cannot be read -----------------------------------------------------------------------------------------

BROKEN = (
    b"id,skills,note\n"
    b'1,"python, seo",fine\n'
    b'2,"broken,never closed\n'  # line 3
    b"3,excel,fine\n"
    b"4,excel,too,many,fields\n"  # line 5
    b"5,excel\n"  # line 6: too few
    b"6,exc\xffel,bad byte\n"  # line 7
    b"7,nul\x00,x\n"  # line 8
    b'8,"two\nlines",fine\n'
    b'9,5" pipe,fine\n'
    b'10,"a"b,closed too early\n'  # line 12
    b"\n"
    b"11,python,fine\n"
)


def test_rows_that_cannot_be_read_are_set_aside(tmp_path: Path) -> None:
    """Each broken row goes to OUT.rejected.csv with its line and reason; every other row comes out once, in order."""
    (tmp_path / "in.csv").write_bytes(BROKEN)
    found = run(Job((str(tmp_path / "in.csv"),), str(tmp_path / "out.csv"), workers=1))
    assert [row["id"] for row in read_csv(tmp_path / "out.csv")] == ["1", "3", "8", "9", "11"]
    rejected = read_csv(tmp_path / "out.csv.rejected.csv")
    assert [(row["line"], row["reason"][:12]) for row in rejected] == [
        ("3", "quotes are b"), ("5", "5 fields whe"), ("6", "2 fields whe"), ("7", "byte 6 of th"), ("8", "NUL byte"), ("12", "quotes are b"),
    ]  # fmt: skip
    assert found["rejected"] == 6
    with pytest.raises(TableError, match="line 3: quotes"):
        run(Job((str(tmp_path / "in.csv"),), str(tmp_path / "strict.csv"), strict=True, workers=1))
    assert not (tmp_path / "strict.csv").exists()


def test_json_lines_that_are_none_are_set_aside(tmp_path: Path) -> None:
    """A line that is no JSON object is rejected; the rest is read, also a text where others have lists."""
    lines = [b'{"id": 1, "skills": ["python"]}', b"{broken", b"[1]", b'{"id": 2, "skills": "seo"}', b'{"id": 3, "skills": ["\xff"]}', b"",
             b'{"id": 4}', b'{"id": 5, "skills": null}']  # fmt: skip
    (tmp_path / "in.jsonl").write_bytes(b"\n".join(lines))
    found = run(Job((str(tmp_path / "in.jsonl"),), str(tmp_path / "out.csv"), workers=1))
    assert [row["id"] for row in read_csv(tmp_path / "out.csv")] in (
        ["1", "2", "4", "5"],
        ["1.0", "2.0", "4.0", "5.0"],
    )
    assert found["rejected"] == 3
    assert [row["line"] for row in read_csv(tmp_path / "out.csv.rejected.csv")] == ["2", "3", "5"]


def test_keys_that_come_late_are_said(tmp_path: Path) -> None:
    """A key of JSON Lines that no row of the first part has is left out, and the summary names it; no row is lost."""
    early = [{"id": i, "skills": ["python"], "note": "x" * 60} for i in range(200)]
    for odd in ({"id": 200, "skills": ["seo"], "rate": 5}, {"id": "none", "skills": ["seo"], "rate": 5}):
        lines = [json.dumps(row) for row in [*early, odd, *early]]
        (tmp_path / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
        found = run(Job((str(tmp_path / "in.jsonl"),), str(tmp_path / "out.csv"), workers=1))
        assert found["left_out_columns"] == ([] if odd["id"] == "none" else ["rate"])
        assert found["rows"] + found["rejected"] == 401


def test_streams_of_arrow_are_read_like_files(tmp_path: Path) -> None:
    """An Arrow IPC stream, plain or packed, gives the bytes of the file; one that was cut off is an error."""
    table = pa.Table.from_pylist(rows_of(200))
    with pa.OSFile(str(tmp_path / "in.arrow"), "wb") as file, pa.ipc.new_file(file, table.schema) as out:
        out.write_table(table, max_chunksize=50)
    whole = io.BytesIO()
    with pa.ipc.new_stream(whole, table.schema) as stream:
        stream.write_table(table, max_chunksize=50)
    (tmp_path / "stream.arrow").write_bytes(whole.getvalue())
    (tmp_path / "stream.arrow.gz").write_bytes(gzip.compress(whole.getvalue()))
    made = set()
    for name in ("in.arrow", "stream.arrow", "stream.arrow.gz"):
        run(Job((str(tmp_path / name),), str(tmp_path / "out.csv"), workers=1))
        made.add((tmp_path / "out.csv").read_bytes())
    assert len(made) == 1
    (tmp_path / "torn.arrow").write_bytes(whole.getvalue()[:3000])
    with pytest.raises(TableError, match="no whole Arrow"):
        run(Job((str(tmp_path / "torn.arrow"),), str(tmp_path / "torn.csv"), workers=1))
    assert not (tmp_path / "torn.csv").exists()


FIELD = st.sampled_from(["a", "", "b c", '"x"', '"x,y"', '"x""y"', '"two\nlines"', '5" pipe'])


@settings(max_examples=60)
@given(st.lists(st.lists(FIELD, min_size=2, max_size=2), min_size=1, max_size=12), st.data())
def test_whole_records_are_never_rejected(records: list[list[str]], data: st.DataObject) -> None:
    """What Python's csv module reads as whole records of the right width comes through, whatever stands around it."""
    text = "".join(",".join(record) + "\n" for record in records)
    clean, rejected, _, _ = clean_lines(text.encode(), ",", '"', 2)
    assert not rejected
    assert clean == text.encode()
    at = data.draw(st.integers(0, len(records)))
    torn = (
        "".join(",".join(r) + "\n" for r in records[:at])
        + 'z,"torn\n'
        + "".join(",".join(r) + "\n" for r in records[at:])
    )
    clean, rejected, _, _ = clean_lines(torn.encode(), ",", '"', 2)
    whole = list(csv.reader(io.StringIO(clean.decode())))
    assert len(whole) + len(rejected) >= len(records)
    assert rejected or any("torn" in cell for row in whole for cell in row)


# -- faults -----------------------------------------------------------------------------------------------------------


def command(*arguments: str) -> list[str]:
    # Small parts, so that a short run has many moments to be killed at.
    code = (
        "import sys; from recommender.batch import reading, records; reading.PART_BYTES = 4096; records.REACH = 2048; "
        "from recommender.cli import main; main(sys.argv[1:])"
    )
    return [sys.executable, "-c", code, "batch", *arguments]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """Give an input of a dozen parts, and the output of a run that nothing disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    source = write_csv(folder / "in.csv", rows_of(900, seed=3))
    subprocess.run(command(str(source), "-o", str(folder / "out.csv")), check=True, capture_output=True)
    return source, (folder / "out.csv").read_bytes()


@pytest.mark.parametrize("parts_done", [0, 1, 4])
def test_killed_runs_resume_to_the_same_bytes(tmp_path: Path, whole: tuple[Path, bytes], parts_done: int) -> None:
    """After kill -9 at any moment there is no output file, and --resume makes the bytes of an undisturbed run."""
    source, want = whole
    out = tmp_path / "out.csv"
    process = subprocess.Popen(command(str(source), "-o", str(out)), stderr=subprocess.DEVNULL)
    folder = Path(f"{out}.parts")
    while process.poll() is None and len(list(folder.glob("part-*.json"))) < parts_done:
        time.sleep(0.002)
    process.kill()
    process.wait()
    if not out.exists():  # else the run was faster than the kill
        if folder.exists():
            done = subprocess.run(command(str(source), "-o", str(out), "--resume"), capture_output=True, text=True)
            if "no interrupted run" in done.stderr:  # killed before it had begun
                subprocess.run(command(str(source), "-o", str(out)), check=True, capture_output=True)
        else:
            subprocess.run(command(str(source), "-o", str(out)), check=True, capture_output=True)
    assert out.read_bytes() == want
    assert not folder.exists()


def interrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Job, bytes]:
    """Leave a run behind that stopped after two parts."""
    from recommender.batch import run as module

    source = write_csv(tmp_path / "in.csv", rows_of(300, seed=4))
    job = Job((str(source),), str(tmp_path / "out.csv"), workers=1)
    run(replace(job, output=str(tmp_path / "want.csv")))
    work, count = module.work, iter(range(100))

    def stop(*given: object) -> dict[str, object]:
        if next(count) == 2:
            raise KeyboardInterrupt
        return work(*given)

    monkeypatch.setattr(module, "work", stop)
    with pytest.raises(KeyboardInterrupt):
        run(job)
    monkeypatch.setattr(module, "work", work)
    assert not (tmp_path / "out.csv").exists()
    return job, (tmp_path / "want.csv").read_bytes()


def test_a_torn_part_is_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part whose bytes are not those of its record (power was lost) is not trusted."""
    job, want = interrupted(tmp_path, monkeypatch)
    part = job.work_folder() / "part-000001.out"
    part.write_bytes(part.read_bytes()[:-20] + b"\0" * 20)
    run(replace(job, resume=True, workers=2))
    assert (tmp_path / "out.csv").read_bytes() == want


@pytest.mark.parametrize("what", ["input", "options", "model"])
def test_what_changed_is_refused_on_resume(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """A changed input, option or model is named, and nothing is lost."""
    job, want = interrupted(tmp_path, monkeypatch)
    other = replace(job, resume=True)
    if what == "input":
        with (tmp_path / "in.csv").open("a") as file:
            file.write("p,python,late\n")
    elif what == "options":
        other = replace(other, plan=Plan(4))
    else:
        MODEL.view(names=["upwork"]).save(tmp_path / "model")
        other = replace(other, model=str(tmp_path / "model"))
    with pytest.raises(InterruptedRunError, match=what):
        run(other)
    if what != "input":
        run(replace(job, resume=True))
        assert (tmp_path / "out.csv").read_bytes() == want


def test_resume_without_a_run_says_so(tmp_path: Path) -> None:
    """--resume with nothing to go on with is an error with the way out."""
    source = write_csv(tmp_path / "in.csv", rows_of(3))
    with pytest.raises(InterruptedRunError, match="without --resume"):
        run(Job((str(source),), str(tmp_path / "out.csv"), resume=True))


def test_a_full_disk_leaves_no_half_file(tmp_path: Path, whole: tuple[Path, bytes]) -> None:
    """When no more can be written the run ends with one line and exit code 1; with space again, it is resumed."""
    source, want = whole
    out = tmp_path / "out.csv"
    limited = ["bash", "-c", 'ulimit -f 40; exec "$@"', "bash", *command(str(source), "-o", str(out), "--workers", "1")]
    done = subprocess.run(
        limited, capture_output=True, text=True, preexec_fn=lambda: signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    )
    assert done.returncode == 1
    assert "--resume" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert not out.exists()
    subprocess.run(command(str(source), "-o", str(out), "--resume"), check=True, capture_output=True)
    assert out.read_bytes() == want


def test_ctrl_c_says_how_to_resume(tmp_path: Path, whole: tuple[Path, bytes]) -> None:
    """Ctrl-C ends with code 130, no half file, no worker left, and a line about --resume."""
    source, want = whole
    out = tmp_path / "out.csv"
    process = subprocess.Popen(
        command(str(source), "-o", str(out), "--workers", "2"),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    folder = Path(f"{out}.parts")
    while process.poll() is None and len(list(folder.glob("part-*.json"))) < 1:
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate()
    if process.returncode != 0:  # else it was done already
        assert process.returncode == 130
        assert "--resume" in errors
        assert "Traceback" not in errors
        assert not out.exists()
        subprocess.run(command(str(source), "-o", str(out), "--resume"), check=True, capture_output=True)
    assert out.read_bytes() == want


def test_an_input_that_vanishes_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An input that is gone while it is read ends the run, and what is done is kept."""
    from recommender.batch import run as module

    source = write_csv(tmp_path / "in.csv", rows_of(300))
    work = module.work
    monkeypatch.setattr(module, "work", lambda *given: (given[2] == 2 and source.unlink(), work(*given))[1])
    with pytest.raises(InterruptedRunError, match="No such file"):
        run(Job((str(source),), str(tmp_path / "out.csv"), workers=1))
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("in.csv", b"", TableError), ("in.csv", b"\n\n", TableError), ("in.jsonl", b"nothing\n", TableError),
        ("in.parquet", b"PAR1 not", TableError), ("in.xyz", b"a\n", InputError), ("in.csv", b"a,b\n1,2\n", TableError),
        ("in.csv.gz", b"not packed", TableError), ("in.csv.zst", b"not packed", TableError), ("in.arrow", b"x", TableError),
        ("in.csv", gzip.compress(b"skills\nsql\n"), TableError), ("in.tsv", b"\x28\xb5\x2f\xfd$0", TableError),
        ("in.jsonl", b"PK\x03\x04skills\nsql\n", TableError),
    ],
)  # fmt: skip
def test_files_that_are_not_what_they_say(tmp_path: Path, name: str, content: bytes, error: type[Exception]) -> None:
    """Each is one error with the way out, and nothing is left behind."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(error):
        run(Job((str(tmp_path / name),), str(tmp_path / "out.csv"), workers=1))
    assert not (tmp_path / "out.csv").exists()


def test_targets_that_cannot_be_written(tmp_path: Path) -> None:
    """A folder, a missing folder and a name in the way are refused before any work."""
    source = write_csv(tmp_path / "in.csv", rows_of(3))
    for target in (str(tmp_path), str(tmp_path / "no" / "out.csv")):
        with pytest.raises(InputError):
            run(Job((str(source),), target, output_format="csv"))
    (tmp_path / "x.csv.parts").mkdir()
    (tmp_path / "x.csv.parts" / "mine").write_text("keep")
    with pytest.raises(InputError, match="in the way"):
        run(Job((str(source),), str(tmp_path / "x.csv")))
    assert (tmp_path / "x.csv.parts" / "mine").read_text() == "keep"


def test_pipes_and_dry_run(tmp_path: Path) -> None:
    """Standard input and output work, with nothing but rows on stdout; --dry-run writes no file; --summary is JSON."""
    source = write_csv(tmp_path / "in.csv", rows_of(30))
    done = subprocess.run(
        command("-", "-o", "-", "--keep", "id", "--to", "jsonl"),
        stdin=source.open("rb"),
        capture_output=True,
        check=True,
    )
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [f"p{i}" for i in range(30)]
    before = set(tmp_path.iterdir())
    done = subprocess.run(
        command(str(source), "-o", str(tmp_path / "out.csv"), "--dry-run"), capture_output=True, check=True, text=True
    )
    assert "skills column: skills" in done.stderr
    assert set(tmp_path.iterdir()) == before
    subprocess.run(
        command(str(source), "-o", str(tmp_path / "out.csv"), "--summary", str(tmp_path / "s.json")),
        capture_output=True,
        check=True,
    )
    assert json.loads((tmp_path / "s.json").read_text())["rows"] == 30


def test_the_summary_goes_to_standard_output_where_no_rows_do(tmp_path: Path) -> None:
    """`--summary -` prints JSON and nothing else; rows and summary, or rejected rows, cannot share standard output."""
    source, out = str(write_csv(tmp_path / "in.csv", rows_of(3))), str(tmp_path / "out.csv")
    done = subprocess.run(command(source, "-o", out, "--summary", "-"), capture_output=True, check=True, text=True)
    assert json.loads(done.stdout)["rows"] == 3
    for wrong in (("-o", "-", "--summary", "-"), ("-o", out, "--rejected", "-")):
        done = subprocess.run(command(source, *wrong), capture_output=True, check=False, text=True, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert "standard output" in done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.csv", "out.csv"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes by name on this system")
def test_pipes_by_name_are_inputs(tmp_path: Path) -> None:
    """`<(zcat ...)` and other pipes by name are read like standard input; a dry run, which reads twice, refuses them."""
    source = write_csv(tmp_path / "in.csv", rows_of(30))
    for out in ("file", "pipe"):
        name = source
        if out == "pipe":
            os.mkfifo(name := tmp_path / "pipe")
            feeder = threading.Thread(target=lambda to: to.write_bytes(source.read_bytes()), args=[name])
            feeder.start()
        subprocess.run(
            command(str(name), "--from", "csv", "-o", str(tmp_path / f"{out}.csv")), check=True, capture_output=True
        )
    feeder.join()
    assert (tmp_path / "pipe.csv").read_bytes() == (tmp_path / "file.csv").read_bytes()
    done = subprocess.run(
        command(str(tmp_path / "pipe"), "--from", "csv", "-o", "x.csv", "--dry-run"), capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert "is a pipe" in done.stderr
