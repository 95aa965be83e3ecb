from __future__ import annotations

import csv
import inspect
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from small_world import WEAVERS, lists

from recommender import SkillRecommender
from recommender.cli import learning, main
from recommender.model import MIN_COUNT

Result = tuple[int, str, str]
LISTS = lists()


@pytest.fixture
def run(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    def call(*arguments: object, stdin: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            main([str(a) for a in arguments])
        out, err = capsysbinary.readouterr()
        return int(ended.value.code or 0), out.decode("utf-8"), err.decode("utf-8")

    return call


def written(folder: Path, kind: str) -> Path:
    path = folder / f"profiles.{kind}"
    if kind == "parquet":
        pq.write_table(pa.table({"id": range(len(LISTS)), "skills": LISTS}), path)
    elif kind == "jsonl":
        path.write_text("".join(json.dumps({"id": i, "skills": row}) + "\n" for i, row in enumerate(LISTS)))
    else:
        with path.open("w", newline="") as file:
            rows = csv.writer(file, delimiter="\t" if kind == "tsv" else ",")
            rows.writerows([["id", "abilities"], *([i, ", ".join(row)] for i, row in enumerate(LISTS))])
    return path


@pytest.mark.parametrize("kind", ["csv", "tsv", "jsonl", "parquet"])
def test_fit_learns_from_every_format(run: Callable[..., Result], tmp_path: Path, kind: str) -> None:
    """A file of any format gives the model that the library gives, and the report says what was learned."""
    named = ("--skills-column", "abilities") if kind in ("csv", "tsv") else ()
    code, out, err = run("fit", written(tmp_path, kind), "-o", tmp_path / "model", *named)
    assert (code, err) == (0, "")
    report = {row["what"]: row for row in map(json.loads, out.splitlines())}
    assert report["new skills"]["commonest"].keys() >= set(WEAVERS)
    assert report["refused as too rare"]["commonest"] == {"Loneword": 1}
    assert report["profiles with skills"]["count"] == len(LISTS)
    assert any("ReactJS = React" in name for name in report["spellings that became tags"]["commonest"])
    model = SkillRecommender.load(tmp_path / "model")
    assert model.recommend(WEAVERS[:4], 1, "all")[0].skill == WEAVERS[4]


def test_a_name_need_not_tell_the_format(run: Callable[..., Result], tmp_path: Path) -> None:
    """--from says what a file without a suffix holds, to fit and to evaluate; a word that is no format is wrong usage."""
    source = written(tmp_path, "jsonl").rename(tmp_path / "export")
    assert run("fit", source, "-o", tmp_path / "model", "--from", "jsonl")[0] == 0
    assert run("evaluate", source, "-m", tmp_path / "model", "--from", "jsonl", "--format", "csv")[0] == 0
    assert run("fit", source, "-o", tmp_path / "model", "--from", "xlsx")[0] == 2


def test_fit_from_a_vocabulary(run: Callable[..., Result], tmp_path: Path) -> None:
    """--vocabulary starts from the names of a table, and no shipped skill is known."""
    table = tmp_path / "names.csv"
    table.write_text("name,aliases\nPython,py\n")
    assert run("fit", written(tmp_path, "jsonl"), "-o", tmp_path / "m", "--vocabulary", table)[0] == 0
    model = SkillRecommender.load(tmp_path / "m")
    assert (model.match("py").skill, model.match("copywriting").skill) == ("Python", None)


def test_the_report_as_a_table(run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table fits 80 columns and names the commonest with their counts."""
    monkeypatch.setenv("COLUMNS", "80")
    _, out, _ = run("fit", written(tmp_path, "jsonl"), "-o", tmp_path / "m", "--format", "table")
    assert max(map(len, out.splitlines())) <= 80
    assert "Loneword (1)" in out


def test_evaluate_judges_beside_the_baselines(run: Callable[..., Result], tmp_path: Path) -> None:
    """Four systems with every figure, intervals that hold their means, paired differences, and a picture."""
    code, out, err = run("evaluate", written(tmp_path, "jsonl"), "--plot", tmp_path / "p.png")
    assert code == 0, err
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["system"] for row in rows] == ["recommender", "popularity", "item-kNN", "EASE"]
    for row in rows:
        assert set(row["metrics"]) == {"recall@5", "recall@10", "nDCG@10", "MRR"}
        assert all(0 <= m["low"] <= m["mean"] <= m["high"] <= 1 for m in row["metrics"].values())
        assert 0 <= row["calibration"]["expected_error"] <= 1
        assert 0 < row["coverage"] <= 1
    means = [row["metrics"]["nDCG@10"]["mean"] for row in rows]
    assert rows[1]["ours_ahead"]["nDCG@10"]["mean"] == pytest.approx(means[0] - means[1])
    assert means[0] > means[1]
    assert (tmp_path / "p.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("style", ["table", "csv", "markdown"])
def test_evaluate_shows_a_model_as_it_is(
    run: Callable[..., Result], tmp_path: Path, style: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--model judges that model without fitting, in every format; the table fits 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    SkillRecommender().fit(LISTS).save(tmp_path / "m")
    code, out, err = run("evaluate", written(tmp_path, "jsonl"), "--model", tmp_path / "m", "--format", style)
    assert code == 0, err
    assert all(name in out for name in ("recommender", "EASE", "nDCG@10", "coverage", "calibration"))
    assert style != "table" or max(map(len, out.splitlines())) <= 80


def test_wrong_input_is_one_line(run: Callable[..., Result], tmp_path: Path) -> None:
    """Whatever is wrong with a file, an option or a target is one line and the exit code of the design."""
    good = written(tmp_path, "csv")
    empty, single = tmp_path / "empty.csv", tmp_path / "single.csv"
    empty.write_bytes(b"")
    single.write_text("skills\npython\n")
    model = tmp_path / "m"
    for code, arguments in [
        (1, ["fit", tmp_path / "no.csv", "-o", model]), (1, ["fit", empty, "-o", model]),
        (1, ["fit", single, "-o", model]), (1, ["fit", good, "-o", model]), (1, ["fit", tmp_path, "-o", model]),
        (1, ["fit", good, "-o", model, "--skills-column", "no"]), (1, ["evaluate", single]),
        (1, ["fit", good, "--skills-column", "abilities", "-o", model, "--vocabulary", tmp_path / "no.csv"]),
        (1, ["evaluate", good, "--skills-column", "abilities", "--model", tmp_path / "no"]),
        (2, ["evaluate", good, "--plot", tmp_path / "p.doc"]), (1, ["evaluate", good, "--plot", tmp_path / "no" / "p.png"]),
    ]:  # fmt: skip
        found, out, err = run(*arguments)
        assert (found, out) == (code, ""), arguments
        assert err.startswith("recommender: ")
        assert err.count("\n") == 1
    assert run("fit", good, "-o", good)[0] == 1
    for arguments in [["fit", good], ["fit", good, "-o", model, "--min-count", "0"]]:
        assert run(*arguments)[0] == 2
    assert not model.exists()


@pytest.mark.parametrize("command", ["fit", "evaluate"])
def test_help(run: Callable[..., Result], command: str) -> None:
    """--help says what the command does and writes nothing to stderr."""
    code, out, err = run(command, "--help")
    assert (code, err) == (0, "")
    assert "PROFILES" in out


def test_duplicates_do_not_leak() -> None:
    """A list in another spelling or order never stands on both sides, so repeats are not answered from memory."""
    from recommender.judging import judge

    unlike = [[f"Wordy{i}", f"Thingo{i}", f"Stuffen{i}", "CSS", "HTML", "Python"] for i in range(12)]
    doubled = [*unlike, *([t.upper() for t in reversed(row)] for row in unlike), *LISTS]
    found = judge(doubled, SkillRecommender(min_count=2), fit=True)
    assert found.facts["test lists"] + found.facts["training lists"] <= len(doubled)
    assert found.facts["questions"] > 0


def test_importing_the_commands_is_light() -> None:
    """The module of these commands imports neither numpy nor pyarrow, and its default is the library's."""
    code = "import sys, recommender.cli.learning; print({'numpy', 'pyarrow', 'matplotlib'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "set()"
    assert learning.MIN_COUNT == MIN_COUNT == inspect.signature(SkillRecommender).parameters["min_count"].default
