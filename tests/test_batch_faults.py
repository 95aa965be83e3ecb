"""What a batch does with inputs, places and options that are not as they should be: nothing is lost, and it is said."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recommender import SkillRecommender
from recommender.batch import locks, reading, rejects
from recommender.batch.encodings import encoding_of
from recommender.batch.job import Job
from recommender.batch.run import run
from recommender.batch.tables import Dialect
from recommender.batch.trial import trial
from recommender.columns import Plan
from recommender.errors import InputError, InterruptedRunError, TableError, UsageError

MODEL = SkillRecommender.load()
PLAIN = "id,skills\n1,python\n2,excel\n"


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def command(*arguments: str) -> list[str]:
    code = "import sys; from recommender.cli import main; main(sys.argv[1:])"
    return [sys.executable, "-c", code, "batch", *arguments]


def done(*arguments: str, **how: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), capture_output=True, text=True, **how)  # type: ignore[call-overload, no-any-return]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_header_may_span_lines(tmp_path: Path, end: str) -> None:
    """Data begins behind the header's record, however many lines its quotes span; rejected rows keep their lines."""
    text = f'\nskills,"rate\n(EUR, h)"{end}python,1{end}sql,2,3{end}excel,4{end}'
    job = Job((str(written(tmp_path / "in.csv", text)),), str(tmp_path / "out.csv"), plan=Plan(0), workers=1)
    run(job)
    assert [(row["skills"], row["rate\n(EUR, h)"]) for row in read_csv(tmp_path / "out.csv")] == [
        ("python", "1"), ("excel", "4"),
    ]  # fmt: skip
    assert [row["line"] for row in read_csv(job.rejected_file())] == ["5"]


def test_a_quote_left_open_in_a_header_costs_no_rows(tmp_path: Path) -> None:
    """A header whose quote is never closed ends with its line."""
    text = 'skills,"rate\n' + "python,1\n" * 3
    job = Job((str(written(tmp_path / "in.csv", text)),), str(tmp_path / "out.csv"), plan=Plan(0), workers=1)
    assert run(job)["rows"] == 3


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le"])
def test_wide_text_may_lack_its_mark(tmp_path: Path, encoding: str) -> None:
    """A file that is said to be UTF-16 or UTF-32, and begins with no mark, is read all the same."""
    source = written(tmp_path / "in.csv", PLAIN.encode(encoding))
    asked = Dialect(encoding=encoding[:6])
    job = Job((str(source),), str(tmp_path / "out.csv"), dialect=asked, workers=1)
    assert [run(job)[key] for key in ("rows", "recognised")] == [2, 2]


@pytest.mark.parametrize("encoding", ["idna", "punycode", "hex", "no-such"])
def test_what_no_file_is_written_in_is_no_encoding(tmp_path: Path, encoding: str) -> None:
    """Codecs of host names and of bytes are refused by name, with others to try."""
    job = Job((str(written(tmp_path / "in.csv", PLAIN)),), "-", dialect=Dialect(encoding=encoding))
    with pytest.raises(UsageError, match="Try utf-8, utf-16"):
        job.check()


def test_what_windows_has_no_letters_for_is_not_guessed_to_be_its(tmp_path: Path) -> None:
    """Text of a DOS code page, with bytes that Windows' western one lacks, ends in an error that asks for its name."""
    text = "id,skills,name\n" + "".join(f"{i},python,Müller José\n" for i in range(9))
    job = Job((str(written(tmp_path / "in.csv", text.encode("cp850"))),), str(tmp_path / "out.csv"), workers=1)
    with pytest.raises(TableError, match=r"--encoding .*cp850"):
        run(job)
    run(replace(job, dialect=Dialect(encoding="cp850")))
    assert {row["name"] for row in read_csv(tmp_path / "out.csv")} == {"Müller José"}


# -- no file is lost --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["name", "link", "hard link", "other spelling", "rejected", "summary"])
def test_an_input_is_never_written_over(tmp_path: Path, by: str) -> None:
    """Whatever name it goes by, an input that is also an output is refused before anything is read, and stays."""
    source = written(tmp_path / "in.csv", PLAIN)
    out = tmp_path / "out.csv"
    job = Job((str(source),), str(out), workers=1)
    if by == "link":
        out.symlink_to(source)
    elif by == "hard link":
        os.link(source, out)
    elif by == "name":
        job = replace(job, output=str(source))
    elif by == "other spelling":
        job = replace(job, output=f"{tmp_path}/../{tmp_path.name}/in.csv")
    else:
        job = replace(job, **{by: str(source)})
    with pytest.raises(InputError, match="an input, and be lost"):
        run(job)
    assert source.read_text() == PLAIN
    assert not job.work_folder().exists()


def test_standard_input_from_a_file_is_never_written_over(tmp_path: Path) -> None:
    """`batch - -o FILE < FILE` is refused like a file that is named."""
    source = written(tmp_path / "in.csv", PLAIN)
    with source.open("rb") as file:
        found = done("-", "-o", str(source), stdin=file)
    assert (found.returncode, source.read_text()) == (1, PLAIN)
    assert "an input, and be lost" in found.stderr


@pytest.mark.parametrize(("one", "other"), [("output", "rejected"), ("output", "summary"), ("rejected", "summary")])
def test_no_two_files_of_a_run_are_one(tmp_path: Path, one: str, other: str) -> None:
    """Output, rejected rows and summary by one name are refused before anything is read."""
    job = Job((str(written(tmp_path / "in.csv", PLAIN)),), str(tmp_path / "out.csv"), workers=1)
    same = str(tmp_path / "x.csv")
    with pytest.raises(InputError, match="would be both"):
        run(replace(job, **{one: same, other: same}))
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_places_are_looked_at_first(tmp_path: Path) -> None:
    """A missing folder of the summary or of the rejected rows, a folder and a device are refused before the work."""
    job = Job((str(written(tmp_path / "in.csv", PLAIN)),), str(tmp_path / "out.csv"), workers=1)
    for fault, other in (
        ("there is no folder", replace(job, summary=str(tmp_path / "no" / "s.json"))),
        ("there is no folder", replace(job, rejected=str(tmp_path / "no" / "r.csv"))),
        ("is a folder", replace(job, output=str(tmp_path))),
        ("is a folder", replace(job, summary=str(tmp_path))),
        ("is no plain file", replace(job, output="/dev/null")),
    ):
        with pytest.raises(InputError, match=fault):
            run(other)
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_an_output_that_is_a_link_stays_one(tmp_path: Path) -> None:
    """The answer goes to the file that a link stands for; the link stays."""
    source = written(tmp_path / "in.csv", PLAIN)
    (tmp_path / "there").mkdir()
    (tmp_path / "out.csv").symlink_to(tmp_path / "there" / "real.csv")
    run(Job((str(source),), str(tmp_path / "out.csv"), workers=1))
    assert (tmp_path / "out.csv").is_symlink()
    assert len(read_csv(tmp_path / "there" / "real.csv")) == 2
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["real.csv"]


def test_another_file_is_not_taken_away_as_rejected_rows(tmp_path: Path) -> None:
    """A run without rejected rows removes those of an earlier run, and no file that is something else."""
    job = Job((str(written(tmp_path / "in.csv", PLAIN)),), str(tmp_path / "out.csv"), workers=1)
    kept = written(tmp_path / "notes.csv", "mine\n")
    run(replace(job, rejected=str(kept)))
    assert kept.read_text() == "mine\n"
    old = written(tmp_path / "out.csv.rejected.csv", "source,line,reason,text\nin.csv,2,NUL byte,x\n")
    run(job)
    assert not old.exists()


def test_finished_parts_are_not_thrown_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --resume a run that finds finished parts is refused, naming --resume and --restart; --restart starts over."""
    monkeypatch.setattr(reading, "PART_BYTES", 512)
    monkeypatch.setattr("recommender.batch.records.REACH", 256)
    rows = "".join(f"{i},python\n" for i in range(400))
    job = Job((str(written(tmp_path / "in.csv", f"id,skills\n{rows}")),), str(tmp_path / "out.csv"), workers=1)
    add = rejects.Rejects.add

    def stop(self: rejects.Rejects, place: int, record: dict[str, object]) -> None:
        if place == 2:
            raise KeyboardInterrupt
        add(self, place, record)

    monkeypatch.setattr(rejects.Rejects, "add", stop)
    with pytest.raises(KeyboardInterrupt):
        run(job)
    monkeypatch.setattr(rejects.Rejects, "add", add)
    with pytest.raises(InterruptedRunError, match=r"3 finished parts .*--resume.*--restart"):
        run(job)
    assert len(list(job.work_folder().glob("part-*.json"))) == 3
    with pytest.raises(InputError, match="one of them"):
        run(replace(job, resume=True, restart=True))
    with pytest.raises(InterruptedRunError, match=r"options .--top was 5, is 4"):
        run(replace(job, plan=Plan(4), resume=True))
    assert run(replace(job, restart=True))["rows"] == 400


def test_parts_that_were_cut_otherwise_are_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A version that cuts at other places finds the parts of before, and takes none for its own."""
    monkeypatch.setattr(reading, "PART_BYTES", 512)
    monkeypatch.setattr("recommender.batch.records.REACH", 256)
    rows = "".join(f"{i},python\n" for i in range(400))
    job = Job((str(written(tmp_path / "in.csv", f"id,skills\n{rows}")),), str(tmp_path / "out.csv"), workers=1)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("recommender.batch.run._count_refused", stop)
        with pytest.raises(KeyboardInterrupt):
            run(job)
    assert len(list(job.work_folder().glob("part-*.json"))) == 1
    monkeypatch.setattr(reading, "PART_BYTES", 1024)
    assert run(replace(job, resume=True))["rows"] == 400
    assert [row["id"] for row in csv.DictReader((tmp_path / "out.csv").open())] == [str(i) for i in range(400)]


BUSY = """
import sys, time
from pathlib import Path
from recommender.batch.job import Job
from recommender.batch.run import run
source, out, workers = sys.argv[1:]
def wait(*_):
    print("at work", flush=True)
    time.sleep(60)
run(Job((source,), out, workers=int(workers)), wait)
"""


@pytest.mark.parametrize("way", [{}, {"restart": True}, {"resume": True}])
def test_a_second_run_to_one_output_is_refused(tmp_path: Path, way: dict[str, bool]) -> None:
    """While a run is at work, another to the same output is refused in one line, by any name of it and from any
    process, and disturbs nothing; when the first was killed, its lock is gone with it."""
    source = written(tmp_path / "in.csv", "id,skills\n" + "".join(f"{i},python\n" for i in range(200_000)))
    out = tmp_path / "out.csv"
    (tmp_path / "link.csv").symlink_to(out)
    job = Job((str(source),), str(out), workers=1, **way)
    with subprocess.Popen([sys.executable, "-c", BUSY, str(source), str(out), "2"], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"at work\n"
        before = {path.name for path in job.work_folder().iterdir() if path.name.endswith(".json")}
        for name in (str(out), str(tmp_path / "link.csv")):
            with pytest.raises(InputError, match=r"another run is at work there\. Wait"):
                run(replace(job, output=name))
        assert {path.name for path in job.work_folder().iterdir()} >= before
        other.kill()
    found = run(replace(job, resume=not job.restart))
    assert found["rows"] == 200_000
    assert not job.work_folder().exists()


def test_a_file_of_rejected_rows_is_of_one_run_at_a_time(tmp_path: Path) -> None:
    """A file of rejected rows that another run is to write is refused where it was named, before anything is read;
    beside standard output the second run's gets a number, that of no file there. No lock stays behind."""
    source = str(written(tmp_path / "in.csv", f"{PLAIN}3\n"))
    named = Job((source,), str(tmp_path / "out.csv"), rejected=str(tmp_path / "bad.csv"), workers=1)
    with rejects.reserved(named), pytest.raises(InputError, match="another run is to write its rejected rows there"):
        run(replace(named, output=str(tmp_path / "other.csv")))
    assert not list(tmp_path.glob("other*"))
    written(tmp_path / "batch.rejected.2.csv", "of an earlier one")
    found = [done(source, "-o", "-", cwd=tmp_path)]
    (tmp_path / "batch.rejected.csv").unlink()
    with locks.held(tmp_path / ".batch.rejected.csv.lock"):
        found.append(done(source, "-o", "-", cwd=tmp_path))
    assert [run.returncode for run in found] == [0, 0]
    (row,) = read_csv(tmp_path / "batch.rejected.3.csv")
    assert row["line"] == "4"
    assert "batch.rejected.3.csv" in found[1].stderr
    assert (tmp_path / "batch.rejected.2.csv").read_text() == "of an earlier one"
    assert not (tmp_path / ".bad.csv.lock").exists()


def test_a_second_run_of_the_same_process_is_refused(tmp_path: Path) -> None:
    """A run that another's progress starts to the same output is refused; the first goes on to its end."""
    job = Job((str(written(tmp_path / "in.csv", PLAIN)),), str(tmp_path / "out.csv"), workers=1)
    faults: list[str] = []

    def again(*_: object) -> None:
        try:
            run(job)
        except InputError as error:
            faults.append(str(error))

    assert run(job, again)["rows"] == 2
    assert len(faults) == 1
    assert "another run is at work" in faults[0]
    assert run(job)["rows"] == 2


def test_what_a_run_left_before_it_began_is_in_nobodys_way(tmp_path: Path) -> None:
    """A folder that holds a lock and nothing else, as a kill may leave it, is taken over; a torn record is told."""
    job = Job((str(written(tmp_path / "in.csv", PLAIN)),), str(tmp_path / "out.csv"), workers=1)
    job.work_folder().mkdir()
    (job.work_folder() / "run.lock").touch()
    with pytest.raises(InterruptedRunError, match="without --resume"):
        run(replace(job, resume=True))
    assert run(job)["rows"] == 2
    job.work_folder().mkdir()
    (job.work_folder() / "run.json").write_text("{")
    with pytest.raises(InterruptedRunError, match="torn"):
        run(replace(job, resume=True))
    assert run(job)["rows"] == 2


def test_each_run_of_a_process_takes_its_own_model(tmp_path: Path) -> None:
    """A second run in one process answers with the model that it names, not with that of the first."""
    MODEL.view(names=["upwork"]).save(tmp_path / "model")
    source = written(tmp_path / "in.csv", PLAIN)
    answers = []
    for model in (None, str(tmp_path / "model"), None):
        found = run(Job((str(source),), str(tmp_path / "out.csv"), model, workers=1))
        answers.append((found["model"], read_csv(tmp_path / "out.csv")))
    assert answers[0] == answers[2]
    assert answers[0][0] != answers[1][0]
    assert {row["model"] for row in answers[1][1]} == {answers[1][0]}


# -- what is read -----------------------------------------------------------------------------------------------------


def test_a_very_long_cell_is_scored(tmp_path: Path) -> None:
    """A cell of more than 131,072 characters is read like any other, also in the first row."""
    source = written(
        tmp_path / "in.csv", f'id,skills\n1,python {"x" * 150_000}\n2,"python, {"x" * 150_000}"\n3,excel\n'
    )
    found = run(Job((str(source),), str(tmp_path / "out.csv"), workers=1))
    assert (found["rows"], found["rejected"]) == (3, 0)
    before = csv.field_size_limit(1_000_000)
    try:
        assert [row["id"] for row in read_csv(tmp_path / "out.csv")] == ["1", "2", "3"]
    finally:
        csv.field_size_limit(before)
    assert before == 131_072  # the limit is everybody's, and stays


def test_line_ends_are_those_of_csv(tmp_path: Path) -> None:
    """Unicode's line separators and vertical tabs are letters of a cell, in the header too."""
    source = written(tmp_path / "in.csv", "i\u2028d,skills\n1,python\u2028excel\n2,python\x0bexcel\n")
    found = run(Job((str(source),), str(tmp_path / "out.csv"), workers=1))
    assert (found["rows"], found["rejected"]) == (2, 0)
    assert [row["i\u2028d"] for row in read_csv(tmp_path / "out.csv")] == ["1", "2"]


CYRILLIC = "id,skills,name\n" + "".join(f"{i},python,Мария Петрова\n" for i in range(9))


def test_a_code_page_is_not_guessed_at(tmp_path: Path) -> None:
    """Text in a code page that is not western is refused with a word about --encoding, and is read when it is named."""
    source = written(tmp_path / "in.csv", CYRILLIC.encode("cp1251"))
    job = Job((str(source),), str(tmp_path / "out.csv"), workers=1)
    with pytest.raises(TableError, match=r"no western text .*--encoding cp1251"):
        run(job)
    run(replace(job, dialect=Dialect(encoding="cp1251")))
    assert {row["name"] for row in read_csv(tmp_path / "out.csv")} == {"Мария Петрова"}


def test_a_guessed_encoding_is_said(tmp_path: Path) -> None:
    """Where an input is not UTF-8, the run and the trial say what it was taken for."""
    text = "id,skills,name\n" + "".join(f"{i},python,José Muñoz\n" for i in range(9))
    source = written(tmp_path / "in.csv", text.encode("cp1252"))
    found = done(str(source), "-o", str(tmp_path / "out.csv"))
    assert "read as cp1252" in found.stderr
    assert "--encoding" in found.stderr
    assert "cp1252" in trial(Job((str(source),), str(tmp_path / "out.csv")))[0]["encoding"]


@pytest.mark.parametrize("text", [PLAIN, CYRILLIC])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-32"])
def test_wide_text_is_read_with_and_without_its_mark(tmp_path: Path, text: str, encoding: str) -> None:
    """UTF-16 is told by its mark or by where its NULs fall."""
    source = written(tmp_path / "in.csv", text.encode(encoding))
    found = run(Job((str(source),), str(tmp_path / "out.csv"), workers=1))
    assert (found["rows"], found["rejected"]) == (text.count("\n") - 1, 0)
    assert [row["id"] for row in read_csv(tmp_path / "out.csv")] == [
        line.split(",")[0] for line in text.split()[1:] if "," in line
    ]


def test_nuls_that_are_damage_make_no_wide_text() -> None:
    """A few NULs, on one side or both, leave a text UTF-8."""
    assert encoding_of(b"id,skills\n1,pyt\x00hon\n2,ex\x00cel\n3,java and many words besides\n", None) == "utf-8"


def test_bytes_that_are_not_of_the_encoding_are_rejected(tmp_path: Path) -> None:
    """A wrongly named encoding sets rows aside, with the reason; it never makes replacement characters of them."""
    source = written(tmp_path / "in.csv", "id,skills,name\n1,python,Ann\n2,excel,José\n".encode("cp1252"))
    found = run(Job((str(source),), str(tmp_path / "out.csv"), dialect=Dialect(encoding="ascii"), workers=1))
    assert (found["rows"], found["rejected"]) == (1, 1)
    (row,) = read_csv(tmp_path / "out.csv.rejected.csv")
    assert (row["line"], row["reason"]) == ("3", "holds bytes that are not ascii")
    with pytest.raises(InputError, match="encoding 'hex' is unknown"):
        run(Job((str(source),), str(tmp_path / "x.csv"), dialect=Dialect(encoding="hex"), workers=1))


@pytest.mark.parametrize("name", ["in.csv", "in.jsonl"])
def test_lines_of_another_encoding_name_the_way_out(tmp_path: Path, name: str) -> None:
    """Where a line or two are not UTF-8 they are set aside, and the run names --encoding; so does --strict."""
    rows = [("1", "python", "Ann"), ("2", "excel", "José")]
    if name == "in.csv":
        text = "id,skills,name\n" + "".join(",".join(row) + "\n" for row in rows)
    else:
        text = "".join(f'{{"id": {a}, "skills": "{b}", "name": "{c}"}}\n' for a, b, c in rows)
    source = written(tmp_path / name, text.encode("cp1252"))
    found = done(str(source), "-o", str(tmp_path / "out.csv"))
    assert "1 row of these hold bytes of another encoding: name it with --encoding" in found.stderr
    assert "--encoding" in done(str(source), "-o", str(tmp_path / "out.csv"), "--strict").stderr
    found = done(str(source), "-o", str(tmp_path / "out.csv"), "--encoding", "cp1252")
    assert "2 rows written" in found.stderr
    assert "another encoding" not in found.stderr


def test_two_columns_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """A header that names the skills twice asks which; another repeated name gets a number that is free."""
    source = written(tmp_path / "in.csv", "id,skills,skills,skills_3\n1,python,excel,photoshop\n")
    job = Job((str(source),), str(tmp_path / "out.csv"), workers=1)
    with pytest.raises(TableError, match=r"--skills-column skills or --skills-column skills_4"):
        run(job)
    for column, skill in (("skills", "Python"), ("skills_4", "Microsoft Excel"), ("skills_3", "Adobe Photoshop")):
        run(replace(job, plan=Plan(1, skills_column=column)))
        (row,) = read_csv(tmp_path / "out.csv")
        assert row["recognised"] == skill
        assert row["skills_3"] == "photoshop"


def test_columns_that_cannot_hold_skills_are_refused(tmp_path: Path) -> None:
    """A column of structs by the name of skills is no answer for every row, but an error that names its kind."""
    pq.write_table(pa.table({"skills": [{"name": "python", "years": 3}]}), tmp_path / "in.parquet")
    with pytest.raises(TableError, match=r"struct<.*text or lists of text"):
        run(Job((str(tmp_path / "in.parquet"),), str(tmp_path / "out.csv"), workers=1))
    with pytest.raises(TableError, match="struct<"):
        MODEL.score_batch(pa.RecordBatch.from_pydict({"skills": [{"name": "python"}]}))
    with pytest.raises(TableError, match="list<"):
        MODEL.score_batch(pa.RecordBatch.from_pydict({"skills": [[["python"]]]}))


@pytest.mark.parametrize("kind", [pa.list_(pa.string()), pa.large_list(pa.string()), pa.list_(pa.large_string())])
def test_lists_of_any_kind_pass_through_alike(tmp_path: Path, kind: pa.DataType) -> None:
    """Lists of strings, large or not, are written to CSV as one kind of list."""
    table = pa.table({"skills": pa.array([["python", "sql"], [None, "excel"], None], kind)})
    pq.write_table(table, tmp_path / "in.parquet")
    run(Job((str(tmp_path / "in.parquet"),), str(tmp_path / "out.csv"), workers=1))
    assert [row["skills"] for row in read_csv(tmp_path / "out.csv")] == ["python; sql", "excel", ""]


@pytest.mark.parametrize("line", ["sep=;\r\n", "sep=;\n", '"sep=;"\n', "SEP=;\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_line_that_excel_puts_first_says_the_delimiter(tmp_path: Path, line: str, encoding: str) -> None:
    """`sep=;` before the header names the delimiter, is neither header nor row, and counts among the lines."""
    text = f"{line}id;skills\n1;python, sql, seo\n2;too;many\n3;excel, a, b, c\n"
    source = written(tmp_path / "in.csv", text.encode(encoding))
    found = run(Job((str(source),), str(tmp_path / "out.csv"), workers=1))
    assert (found["rows"], found["rejected"]) == (2, 1)
    assert [row["skills"] for row in read_csv(tmp_path / "out.csv")] == ["python, sql, seo", "excel, a, b, c"]
    assert read_csv(tmp_path / "out.csv.rejected.csv")[0]["line"] == "4"


def test_a_column_called_like_it_stays_a_column(tmp_path: Path) -> None:
    """A header that only begins like Excel's line is a header; a delimiter that is given is believed before it."""
    source = written(tmp_path / "in.csv", "sep=x,skills\n1,python\n")
    run(Job((str(source),), str(tmp_path / "out.csv"), workers=1))
    assert list(read_csv(tmp_path / "out.csv")[0])[:2] == ["sep=x", "skills"]
    written(source, "sep=,\nid;skills\n1;python\n")
    run(Job((str(source),), str(tmp_path / "out.csv"), dialect=Dialect(";"), workers=1))
    assert list(read_csv(tmp_path / "out.csv")[0])[:2] == ["id", "skills"]


def as_lines(path: Path, rows: list[object]) -> Path:
    return written(path, "".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows))


@pytest.mark.parametrize("first", ["text", "list"])
def test_text_and_lists_may_stand_in_one_column(tmp_path: Path, first: str) -> None:
    """In JSON Lines a text and a list, whichever comes first, are read alike; nothing of them is rejected."""
    rows: list[object] = [{"skills": "python, excel"}, {"skills": ["python", "excel"]}, {"skills": None}]
    source = as_lines(tmp_path / "in.jsonl", rows if first == "text" else [rows[1], rows[0], rows[2]])
    found = run(Job((str(source),), str(tmp_path / "out.csv"), workers=1))
    assert (found["rows"], found["rejected"], found["recognised"]) == (3, 0, 4)


@pytest.mark.parametrize("first", ["text", "list"])
def test_what_comes_late_is_read_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str) -> None:
    """A text or a list that first appears after the part that columns are told from is read like the others."""
    monkeypatch.setattr(reading, "PART_BYTES", 512)
    monkeypatch.setattr("recommender.batch.records.REACH", 256)
    one, other = {"skills": "python, excel"}, {"skills": ["python", "excel"]}
    many, late = (one, other) if first == "text" else (other, one)
    source = as_lines(tmp_path / "in.jsonl", [many] * 100 + [late])
    found = run(Job((str(source),), str(tmp_path / "out.csv"), workers=1))
    assert (found["rows"], found["rejected"], found["recognised"]) == (101, 0, 202)


def test_numbers_and_nulls_among_skills_cost_no_row(tmp_path: Path) -> None:
    """A list that holds a null or a number beside skills is read for the skills."""
    rows: list[object] = [{"skills": ["python"]}, {"skills": ["excel", None]}, {"skills": ["seo", 7]}]
    found = run(Job((str(as_lines(tmp_path / "in.jsonl", rows)),), str(tmp_path / "out.csv"), workers=1))
    assert (found["rows"], found["rejected"], found["recognised"], found["terms"]) == (3, 0, 3, 4)


def test_reasons_are_in_plain_words(tmp_path: Path) -> None:
    """Why a line is no row is said without the names of types in any library, and whole."""
    rows: list[object] = [{"id": 1, "skills": ["python"]}] * 40
    odd = ["null\n", "{oops\n", "[1]\n", '{"id": "x", "skills": []}\n', '{"id": 1, "skills": [{"a": 1}]}\n']
    job = Job((str(as_lines(tmp_path / "in.jsonl", [*rows, *odd])),), str(tmp_path / "out.csv"), workers=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "PART_BYTES", 512)
        patch.setattr("recommender.batch.records.REACH", 256)
        run(job)
    assert [row["reason"] for row in read_csv(tmp_path / "out.csv.rejected.csv")] == [
        "is null, not an object",
        "is no JSON: Expecting property name enclosed in double quotes at character 2",
        "is a list, not an object",
        "'id' is text, and the rows before have whole numbers",
        "'skills' is a list of an object, and the rows before have lists of text",
    ]


def test_other_columns_are_said_plainly(tmp_path: Path) -> None:
    """Of inputs that differ it is said which columns one has and lacks."""
    one = written(tmp_path / "a.csv", PLAIN)
    for text, fault in (
        ("who,skills\n1,python\n", "has 'who' and lacks 'id'"),
        ("skills,id\npython,1\n", "another order"),
    ):
        two = written(tmp_path / "b.csv", text)
        with pytest.raises(TableError, match=fault):
            run(Job((str(one), str(two)), str(tmp_path / "out.csv"), workers=1))


# -- what is said -----------------------------------------------------------------------------------------------------


def test_rows_in_which_nothing_is_recognised_are_marked(tmp_path: Path) -> None:
    """`personal` is false where nothing was recognised, and such rows do not count among the commonest suggestions."""
    source = written(tmp_path / "in.csv", "id,skills\n1,python\n2,zzq qqz\n3,\n")
    found = run(Job((str(source),), str(tmp_path / "out.csv"), plan=Plan(2), workers=1))
    assert [row["personal"] for row in read_csv(tmp_path / "out.csv")] == ["true", "false", "false"]
    assert sum(count for _, count in found["suggestions"]) == 2
    run(Job((str(source),), str(tmp_path / "long.jsonl"), plan=Plan(2, layout="long"), workers=1))
    lines = [json.loads(line) for line in (tmp_path / "long.jsonl").read_text().splitlines()]
    assert [line["personal"] for line in lines] == [True, True, False, False, False, False]


def test_the_summary_does_not_depend_on_how_a_file_was_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused terms are counted whole, also those that are rare in each part."""
    rows = "".join(f"{i},zzqa{i % 7:02d} vvx zzqb{i:04d}\n" for i in range(600))
    source = written(tmp_path / "in.csv", f"id,skills\n{rows}")
    job = Job((str(source),), str(tmp_path / "out.csv"), workers=1)
    whole = run(job)
    monkeypatch.setattr(reading, "PART_BYTES", 512)
    monkeypatch.setattr("recommender.batch.records.REACH", 256)
    assert run(replace(job, chunk_rows=7)) == whole
    assert len(whole["refused_terms"]) == 20


def test_a_reader_that_goes_is_no_fault(tmp_path: Path) -> None:
    """`batch -o - | head -1` exits 0 without a word about --resume."""
    rows = "".join(f"{i},python\n" for i in range(20_000))
    source = written(tmp_path / "in.csv", f"id,skills\n{rows}")
    line = " ".join(f"'{part}'" for part in command(str(source), "-o", "-", "--workers", "1"))
    found = subprocess.run(["bash", "-c", f"{line} | head -1; exit ${{PIPESTATUS[0]}}"], capture_output=True, text=True)
    assert (found.returncode, found.stdout.count("\n")) == (0, 1)
    assert "--resume" not in found.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_standard_output_names_no_lost_folder(tmp_path: Path) -> None:
    """Where standard output cannot be written, one line says so, and that a file would keep what is done."""
    source = written(tmp_path / "in.csv", PLAIN)
    with Path("/dev/full").open("wb") as full:
        found = subprocess.run(command(str(source), "-o", "-"), stdout=full, stderr=subprocess.PIPE, text=True)
    assert found.returncode == 1
    assert "name a file with -o" in found.stderr.splitlines()[-1]
    assert "--resume" not in found.stderr


def test_apostrophes_are_said_where_there_are_any(tmp_path: Path) -> None:
    """The run says how many cells it changed for spreadsheets, and nothing where it changed none."""
    plain = written(tmp_path / "in.csv", PLAIN)
    assert "an apostrophe" not in done(str(plain), "-o", str(tmp_path / "out.csv")).stderr
    odd = written(tmp_path / "odd.csv", "id,skills\n=1+1,python\n-5,excel\n")
    assert "1 cell got an apostrophe" in done(str(odd), "-o", str(tmp_path / "out.csv")).stderr


@pytest.mark.parametrize(
    "wrong", [("--layout", "foo"), ("--engine", "foo"), ("--candidates", "foo"), ("--from", "foo"), ("--to", "foo"),
              ("--delimiter", "ab")]
)  # fmt: skip
def test_words_that_no_option_knows_are_wrong_usage(tmp_path: Path, wrong: tuple[str, str]) -> None:
    """A choice that does not exist exits with 2, whatever the option, and names what was given."""
    found = done(str(written(tmp_path / "in.csv", PLAIN)), "-o", str(tmp_path / "out.csv"), *wrong)
    assert found.returncode == 2
    assert repr(wrong[1]) in found.stderr
    assert not (tmp_path / "out.csv").exists()


def test_targets_are_named_for_what_they_are(tmp_path: Path) -> None:
    """A folder or a device as the output is said to be one, not a name of unknown format."""
    source = str(written(tmp_path / "in.csv", PLAIN))
    assert "is a folder" in done(source, "-o", str(tmp_path)).stderr
    assert "is no plain file" in done(source, "-o", "/dev/null").stderr


def test_an_engine_that_is_not_installed_says_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pyspark, --engine spark is one line that names the extra to install."""
    from recommender.batch.spark import run as run_spark

    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    source = written(tmp_path / "in.csv", PLAIN)
    with pytest.raises(InputError, match=r"pip install 'recommender\[spark\]'"):
        run_spark(Job((str(source),), str(tmp_path / "out")))


def test_one_is_not_many(tmp_path: Path) -> None:
    """One part and one row are said as one."""
    found = done(str(written(tmp_path / "in.csv", "id,skills\n1,python\n")), "-o", str(tmp_path / "out.csv"))
    assert "1 part\n" in found.stderr
    assert "1 row written" in found.stderr


def test_a_trial_fits_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a terminal --dry-run shows each answer as lines of names and values, none longer than the terminal is wide."""
    from recommender.cli import batch, printing

    monkeypatch.setattr(printing.sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "60")
    source = written(tmp_path / "in.csv", f'id,skills,note\n1,"python, excel",{"long " * 50}\n')
    batch._show(Job((str(source),), str(tmp_path / "out.csv")))
    shown = capsys.readouterr().out.splitlines()
    assert shown[:2] == ["row 1", "  id: 1"]
    assert max(map(len, shown)) <= 60


def test_runs_beside_and_within_each_other(tmp_path: Path) -> None:
    """Runs in several threads, and one that another's progress starts, each give their own rows."""
    from concurrent.futures import ThreadPoolExecutor

    def one(name: str) -> list[str]:
        rows = "".join(f"{name}{i},python\n" for i in range(40))
        source = written(tmp_path / f"{name}.csv", f"id,skills\n{rows}")
        run(Job((str(source),), str(tmp_path / f"{name}.out.csv"), workers=1))
        return [row["id"] for row in read_csv(tmp_path / f"{name}.out.csv")]

    with ThreadPoolExecutor(3) as pool:
        for name, ids in zip("abc", pool.map(one, "abc"), strict=True):
            assert ids == [f"{name}{i}" for i in range(40)]
    source = written(tmp_path / "outer.csv", PLAIN)
    inner: list[str] = []
    run(Job((str(source),), str(tmp_path / "o.csv"), workers=1), lambda *_: inner.extend(one("inner")))
    assert [row["id"] for row in read_csv(tmp_path / "o.csv")] == ["1", "2"]
    assert len(inner) == 40


def test_the_summary_may_go_down_a_pipe(tmp_path: Path) -> None:
    """A device or a pipe is a place for the summary, which is written and not moved."""
    source = written(tmp_path / "in.csv", PLAIN)
    found = done(str(source), "-o", str(tmp_path / "out.csv"), "--summary", "/dev/stdout")
    assert json.loads(found.stdout)["rows"] == 2


def test_what_lies_where_spark_would_write_stays(tmp_path: Path) -> None:
    """Spark is not started where its output is there already; nothing is written over."""
    pytest.importorskip("pyspark")
    from recommender.batch.spark import run as run_spark

    source = written(tmp_path / "in.csv", PLAIN)
    with pytest.raises(InputError, match="is there already"):
        run_spark(Job((str(source),), str(source)))
    assert source.read_text() == PLAIN


def _batch(tmp_path: Path, name: str, content: bytes) -> tuple[list[str], list[str]]:
    """Score a file: the skills that came out, and the reasons of the rejected."""
    source, target = tmp_path / name, tmp_path / "out.csv"
    source.write_bytes(content)
    job = Job((str(source),), str(target), workers=1)
    run(job)
    with target.open(encoding="utf-8", newline="") as file:
        rows = [row["skills"] for row in csv.DictReader(file)]
    rejected = Path(job.rejected_file())
    if not rejected.exists():
        return rows, []
    with rejected.open(encoding="utf-8", newline="") as file:
        return rows, [row["reason"] for row in csv.DictReader(file)]


@pytest.mark.parametrize("lines", [5, 6, 40, 900])
def test_a_cell_of_many_quoted_lines_is_one_cell(tmp_path: Path, lines: int) -> None:
    """A record may span many lines with quotes in each; none of them becomes a row of its own."""
    cell = "\n".join(f'""said {n}"", photoshop' for n in range(lines))
    content = f'id,skills,bio\n1,python,fine\n2,"java, sql","{cell}"\n3,"css, html",ok\n'
    assert _batch(tmp_path, "in.csv", content.encode()) == (["python", "java, sql", "css, html"], [])


def test_a_lone_carriage_return_costs_its_line(tmp_path: Path) -> None:
    """A carriage return inside a row is told with its line, also beside rows of too few fields; in quotes it is text."""
    content = b'id,skills,x\n1,python,a\n2,ja\rva,b\n3,sql,c\n4,"a\rb",d\n5,css\n'
    rows, reasons = _batch(tmp_path, "in.csv", content)
    assert rows == ["python", "sql", "a\rb"]
    assert sorted(reasons) == ["2 fields where there are 3 columns", "carriage return outside quotes"]


@pytest.mark.parametrize("depth", [150, 199, 200, 300, 900, 980, 2_500, 20_000, 100_000])
@pytest.mark.parametrize("brackets", ["[]", '{"a":}'])
def test_json_of_any_depth_ends_no_run(tmp_path: Path, depth: int, brackets: str) -> None:
    """A line that is nested too deeply is rejected, by one rule wherever it is read; the lines beside it are read, and
    none of its keys is said to be left out."""
    deep = brackets[:-1] * depth + "1" + brackets[-1] * depth
    source = written(tmp_path / "in.jsonl", f'{{"skills": "python", "z": {deep}}}\n{{"skills": "java"}}\n')
    job = Job((str(source),), str(tmp_path / "out.csv"), workers=1)
    found = run(job)
    assert found["left_out_columns"] == []
    assert read_csv(tmp_path / "out.csv")[-1]["skills"] == "java"
    assert (found["rows"], found["rejected"]) == ((2, 0) if depth < 200 else (1, 1))
    if depth >= 200:
        assert "nested too deeply" in read_csv(job.rejected_file())[0]["reason"]


def test_brackets_in_text_nest_nothing(tmp_path: Path) -> None:
    """Brackets within a string, or beside each other, are not depth."""
    content = f'{{"skills": "python", "z": "{"[" * 3000}", "y": [{"[1]," * 3000}[1]]}}\n'
    assert _batch(tmp_path, "in.jsonl", content.encode()) == (["python"], [])
    hidden = "".join('["]", ' for _ in range(20_000)) + "1" + "]" * 20_000
    content = f'{{"skills": "python", "z": {hidden}}}\n{{"skills": "java"}}\n'
    assert _batch(tmp_path, "in.jsonl", content.encode())[0] == ["java"]


def test_half_a_letter_in_a_name_is_told(tmp_path: Path) -> None:
    """A key that no file can hold costs its line."""
    content = b'{"skills":["python"],"id":1}\n{"\\ud800":1,"skills":["sql"]}\n'
    rows, reasons = _batch(tmp_path, "in.jsonl", content)
    assert len(rows) == 1
    assert "half a character" in reasons[0]


def test_where_no_row_can_be_read_the_way_out_is_told(tmp_path: Path) -> None:
    """A file whose lists are not in quotes loses every row; the run says which options tell how it is written."""
    (tmp_path / "in.csv").write_text("id,skills\n1,python,sql,go\n2,java,c\n")
    call = [sys.executable, "-m", "recommender", "batch", str(tmp_path / "in.csv"), "-o", str(tmp_path / "out.csv")]
    done = subprocess.run(call, capture_output=True, text=True, check=True)
    assert "0 rows written" in done.stderr
    assert "no row could be read: --delimiter" in done.stderr
