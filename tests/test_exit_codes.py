"""How commands end: 2 where the call alone tells that it cannot be followed, 1 where the world does not play along."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recommender.cli import main

BATCH = ["batch", "in.csv", "-o", "out.csv"]
"""Wrong usage and failures are told of this call, which would be done, with these words added."""

USAGE: list[list[str]] = [
    # words that an option does not know
    *([*BATCH, option, "foo"] for option in ("--candidates", "--layout", "--engine", "--from", "--to", "--encoding")),
    [*BATCH, "--encoding", "hex"],
    *([*BATCH, "--delimiter", sign] for sign in ("ab", "", "é", "\n", '"')),
    [*BATCH, "--quote", "ab"], [*BATCH, "--delimiter", "'", "--quote", "'"],
    # numbers out of range, or none
    *([*BATCH, "--top", number] for number in ("-1", "101", "five", "1.5")),
    [*BATCH, "--workers", "-1"], [*BATCH, "--chunk-rows", "0"],
    # options that contradict each other
    [*BATCH, "--resume", "--restart"], ["batch", "in.csv", "-o", "-", "--resume"],
    ["batch", "in.csv", "-o", "-", "--restart"], [*BATCH, "--engine", "spark", "--resume", "--restart"],
    # names that tell no format, or one that cannot be
    ["batch", "in.csv", "-o", "out.xyz"], ["batch", "in.csv", "-o", "out"], ["batch", "in.csv", "-o", "out.parquet.gz"],
    ["batch", "in.xyz", "-o", "out.csv"],
    # standard input beside files, or to be read twice
    ["batch", "-", "in.csv", "-o", "out.csv"], ["batch", "-", "-", "-o", "out.csv"],
    ["batch", "-", "-o", "out.csv", "--dry-run"],
    # names that are empty, as of a variable that was not set
    ["batch", "", "-o", "out.csv"], ["batch", "in.csv", "-o", ""], ["score", "python", "--trends", ""],
    # standard output for two things, or for a folder
    [*BATCH, "--rejected", "-"], ["batch", "in.csv", "-o", "-", "--summary", "-"], ["fit", "in.csv", "-o", "-"],
    ["trends", "import", "list.txt", "-o", "-", "--what", "hired"],
    # nothing, or what is no option
    ["batch"], ["batch", "in.csv"], ["batch", "-o", "out.csv"], [*BATCH, "--no-such"], [*BATCH, "--top"],
    # the other commands
    ["nosuch"], ["score", "python", "--candidates", "foo"], ["score", "python", "--as-of", "yesterday"],
    ["score", "python", "--format", "foo"], ["score", "python", "--top", "-1"], ["score", "python", "--plan", "0"],
    ["score", "python", "--plan", "2", "--gaps"], ["score", "python", "--file", "list.txt"],
    ["match", "python", "--file", "list.txt"],
    ["fit", "in.xyz", "-o", "model"], ["fit", "in.csv"], ["fit", "in.csv", "-o", "model", "--min-count", "0"],
    ["evaluate", "in.xyz"], ["evaluate", "in.csv", "--plot", "picture.xyz"],
    ["report", "in.csv"], ["report", "in.csv", "-o", "out.html", "--as-of", "2023-09-01"],
    ["report", "in.csv", "-o", "out.html", "--top", "0"],
    ["trends", "nosuch"], ["trends", "import", "list.txt", "-o", "lists", "--what", "foo"],
    *(["trends", "import", "list.txt", "-o", "lists", option, "foo"] for option in ("--period", "--baseline", "--published")),
    ["trends", "import", "in.csv", "-o", "lists"], ["trends", "diff", "a"],
]  # fmt: skip

FAILURES: list[list[str]] = [
    # what is not there
    ["batch", "none.csv", "-o", "out.csv"], ["batch", "none*.csv", "-o", "out.csv"], [*BATCH, "-m", "none"],
    ["batch", "in.csv", "-o", "none/out.csv"], [*BATCH, "--summary", "none/s.json"], [*BATCH, "--rejected", "none/r.csv"],
    [*BATCH, "--resume"],
    # what is something else
    ["batch", "folder", "-o", "out.csv", "--from", "csv"], ["batch", "folder", "-o", "out.csv"], ["fit", "folder", "-o", "model"],
    ["batch", "in.csv", "-o", "folder"],
    ["batch", "in.csv", "-o", "in.csv"], [*BATCH, "--summary", "in.csv"], [*BATCH, "--rejected", "out.csv"],
    ["batch", "empty.csv", "-o", "out.csv"], ["batch", "list.txt", "-o", "out.csv", "--from", "parquet"],
    ["batch", "in.csv", "in.parquet", "-o", "out.csv"],
    # columns that no header has
    [*BATCH, "--skills-column", "none"], [*BATCH, "--keep", "none"], ["batch", "numbers.csv", "-o", "out.csv"],
    # rows, where they are to be whole
    ["batch", "broken.csv", "-o", "out.csv", "--strict"],
    # the same before anything is written
    ["batch", "none.csv", "-o", "out.csv", "--dry-run"], ["batch", "in.csv", "-o", "folder", "--dry-run"],
    # the other commands
    ["score", "--file", "none.txt"], ["score", "python", "-m", "none"], ["score", "python", "--trends", "no such list"],
    ["score", "python", "--as-of", "1999-01-01"], ["match", "--file", "folder"],
    ["fit", "none.csv", "-o", "model"], ["fit", "in.csv", "-o", "list.txt"], ["fit", "in.csv", "-o", "none/model"],
    ["fit", "in.csv", "-o", "model", "--skills-column", "none"], ["fit", "in.csv", "-o", "model", "--base", "none"],
    ["evaluate", "none.csv"], ["evaluate", "in.csv"], ["evaluate", "in.csv", "--plot", "none/picture.png"],
    ["report", "none.csv", "-o", "out.html"], ["report", "python", "-o", "none/out.html"], ["report", "in.csv", "-o", "in.csv"],
    ["trends", "show", "none"], ["trends", "list", "none"], ["trends", "diff", "none", "none"],
    ["trends", "import", "none.txt", "-o", "lists"], ["trends", "import", "list.txt", "-o", "lists"],
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with a file of each sort, as the current one."""
    (tmp_path / "in.csv").write_text("id,skills\n1,python\n2,excel\n")
    (tmp_path / "numbers.csv").write_text("a,b\n1,2\n")
    (tmp_path / "broken.csv").write_text('id,skills\n1,python\n2,"never closed\n3,excel\n')
    (tmp_path / "empty.csv").touch()
    (tmp_path / "list.txt").write_text("python, excel\n")
    (tmp_path / "folder").mkdir()
    pq.write_table(pa.table({"id": [1], "skills": ["python"]}), tmp_path / "in.parquet")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "300")
    return tmp_path


def ended(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> tuple[int, str]:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    return int(end.value.code or 0), capfd.readouterr().err


@pytest.mark.parametrize("arguments", USAGE, ids=" ".join)
def test_wrong_usage_exits_with_2(folder: Path, capfd: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    """What no run could follow, whatever lies on disk, exits with 2 and leaves the folder as it was."""
    before = sorted(folder.rglob("*"))
    code, said = ended(arguments, capfd)
    assert (code, said != "") == (2, True), said
    assert "unexpected" not in said
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("arguments", FAILURES, ids=" ".join)
def test_failures_exit_with_1(folder: Path, capfd: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    """What another state of files or data would have made right exits with 1, in one line, and leaves all as it was."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    code, said = ended(arguments, capfd)
    assert code == 1, said
    assert said.splitlines()[-1].startswith("recommender: ")
    assert "unexpected" not in said
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_the_call_that_these_are_told_of_is_done(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Without the words added, the batch exits with 0."""
    assert ended(BATCH, capfd)[0] == 0
    assert (folder / "out.csv").exists()
