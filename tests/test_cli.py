from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from recommender.cli import main

Result = tuple[int, str, str]
COMMANDS = [
    [], ["score"], ["match"], ["skills"], ["info"], ["trends"], ["trends", "list"], ["trends", "show"],
    ["trends", "import"], ["trends", "diff"],
]  # fmt: skip


@pytest.fixture
def run(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    def call(*arguments: str, stdin: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        out, err = capsysbinary.readouterr()
        return int(ended.value.code or 0), out.decode("utf-8"), err.decode("utf-8")

    return call


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help(run: Callable[..., Result], command: list[str]) -> None:
    """--help of each command says what it does and, once, what it takes, exits 0, and writes nothing to stderr."""
    code, out, err = run(*command, "--help")
    assert code == 0
    assert "Usage" in out
    assert err == ""
    takes = command in (["score"], ["match"], ["skills"]) or len(command) == 2
    assert [line for line in out.splitlines() if line.endswith("rguments:")] == [
        "Arguments:"
    ] * takes  # once, not twice


def test_score_answers_in_every_format(run: Callable[..., Result]) -> None:
    """The same suggestions come as a table, JSON Lines, CSV and Markdown."""
    _, lines, _ = run("score", "python, opencv")
    skills = [json.loads(line)["skill"] for line in lines.splitlines()]
    assert len(skills) == 5
    _, table, _ = run("score", "python, opencv", "--format", "csv")
    assert [row["skill"] for row in csv.DictReader(io.StringIO(table))] == skills
    for style in ("table", "markdown"):
        code, out, _ = run("score", "python, opencv", "--format", style)
        assert code == 0
        assert all(skill.split()[0] in out for skill in skills)


def test_piped_json_is_whole(run: Callable[..., Result]) -> None:
    """JSON carries score, parts, reasons and evidence, and the sums hold after printing."""
    _, out, _ = run("score", "python", "opencv")
    for line in out.splitlines():
        row = json.loads(line)
        assert sum(row["parts"].values()) == row["score"]
        assert row["because"]
        assert {"list", "publisher", "rank", "period"} <= set(row["evidence"][0])


def test_the_table_fits_eighty_columns(run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """No line of a table is wider than a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    _, out, _ = run("score", "python, opencv, copywriting", "--format", "table")
    assert max(map(len, out.splitlines())) <= 80


def test_terms_come_from_arguments_a_file_or_standard_input(run: Callable[..., Result], tmp_path: Path) -> None:
    """One list, several arguments, --file and stdin give the same answer."""
    path = tmp_path / "list.txt"
    path.write_text("Python\nOpenCV\n", encoding="utf-16")
    answers = [
        run("score", "Python, OpenCV")[1], run("score", "Python", "OpenCV")[1], run("score", "--file", str(path))[1],
        run("score", stdin=b"Python; OpenCV")[1], run("score", "-", stdin=b"Python\r\nOpenCV\r\n")[1],
    ]  # fmt: skip
    assert len(set(answers)) == 1


def test_files_of_profiles_are_not_taken_for_one_list_in_silence(run: Callable[..., Result], tmp_path: Path) -> None:
    """--file of a table of text says that it is read as one list; what is no text is refused; both name batch."""
    text, packed = tmp_path / "in.csv", tmp_path / "in.csv.gz"
    text.write_text("python\nopencv\n")
    packed.write_bytes(b"\x1f\x8b\x08")
    code, _, err = run("score", "--file", str(text))
    assert (code, f"recommender batch {text}" in err) == (0, True)
    code, out, err = run("match", "--file", str(packed))
    assert (code, out, f"recommender batch {packed}" in err) == (1, "", True)


def test_refused_terms_are_told_with_what_is_near(run: Callable[..., Result]) -> None:
    """What was not recognised goes to stderr, never silently."""
    _, _, err = run("score", "python, qqzzxxvv")
    assert "not recognised: 'qqzzxxvv'" in err


def test_skills_outside_the_lists_are_pointed_at_where_they_are_far_closer(run: Callable[..., Result]) -> None:
    """A composer, of whose trade the lists say little, is told of closer skills that none names; a coder is not."""
    code, _, err = run("score", "film scoring, orchestration, sibelius", "--top", "2")
    assert code == 0
    (told,) = [line for line in err.splitlines() if "closer to this profile" in line]
    closest = json.loads(run("score", "film scoring, orchestration, sibelius", "--candidates", "all", "--top", "1")[1])
    assert closest["skill"] in told
    assert not [item for item in closest["evidence"] if item["kind"] == "demand"]
    for call in (["python, opencv"], ["film scoring", "--candidates", "all"], ["film scoring", "--top", "0"]):
        assert "closer to this profile" not in run("score", *call)[2]


def test_an_unknown_profile_is_told_not_to_be_personal(run: Callable[..., Result]) -> None:
    """Nothing recognised: the in-demand skills, and the plain word that they are not personal."""
    code, out, err = run("score", "qqzzxxvv")
    assert code == 0
    assert len(out.splitlines()) == 5
    assert "not personal" in err


def test_the_view_of_2023(run: Callable[..., Result]) -> None:
    """--as-of and --trends reproduce the lists of a day and of one publisher."""
    _, out, _ = run("score", "python", "--as-of", "2023-09-01", "--trends", "Upwork", "--top", "50")
    for line in out.splitlines():
        assert {e["publisher"] for e in json.loads(line)["evidence"]} == {"Upwork"}
        assert all(e["list"] < "upwork-2024" for e in json.loads(line)["evidence"])


WRONG_USAGE = [
    ["score", "python", "--candidates", "none"], ["score", "python", "--top", "-1"], ["score", "python", "--as-of", "soon"],
    ["score", "python", "--format", "xml"], ["nonsense"], ["score", "--no-such-option"],
]  # fmt: skip


@pytest.mark.parametrize("arguments", WRONG_USAGE, ids=" ".join)
def test_wrong_usage_is_two(run: Callable[..., Result], arguments: list[str]) -> None:
    """Wrong usage exits with 2, says what is wrong on stderr and prints no result."""
    code, out, err = run(*arguments)
    assert code == 2
    assert out == ""
    assert err


def test_failures_are_one_line_and_one(run: Callable[..., Result], tmp_path: Path) -> None:
    """Missing files, folders, wrong encodings and damaged models: exit 1, one line that says what and where."""
    latin = tmp_path / "latin.txt"
    latin.write_bytes("Küche, café".encode("latin-1"))
    broken = tmp_path / "model"
    broken.mkdir()
    for arguments in (
        ["score", "--file", str(tmp_path / "none")], ["score", "--file", str(tmp_path)], ["score", "--file", str(latin)],
        ["score", "python", "--model", str(broken)], ["score", "python", "--model", str(tmp_path / "none")],
        ["score", "python", "--trends", "no-such-list"], ["trends", "show", "no-such-list"],
        ["score", "python", "--as-of", "1999-01-01"],
    ):  # fmt: skip
        code, out, err = run(*arguments)
        assert (code, out) == (1, ""), arguments
        assert err.startswith("recommender: ")
        assert len(err.splitlines()) == 1


HOSTILE = {
    "empty": b"", "blank": b" , ,\n", "control characters": b"\x00\x07\x1b[31mred\x1b[0m, python", "emoji": "🎨, python 🐍".encode(),
    "right to left": "برمجة، python، תכנות".encode(), "ten thousand terms": b"python, " * 10_000,
    "one megabyte term": b"x" * 1_000_000, "one megabyte of brackets": b"(" * 1_000_000, "surrogates": "\ud800".encode("utf-8", "surrogatepass"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("command", ["score", "match"])
def test_hostile_input_ends_in_an_answer_or_one_line(run: Callable[..., Result], command: str, name: str) -> None:
    """Whatever is piped in, there is an answer or one line of complaint; never a traceback, never raw control codes."""
    code, out, err = run(command, stdin=HOSTILE[name])
    assert code in (0, 1)
    assert "Traceback" not in out + err
    assert "\x1b" not in out + err


def test_skills_is_one_array_when_json_is_asked_for(run: Callable[..., Result]) -> None:
    """`skills --format json` is one JSON array of objects with a name."""
    _, out, _ = run("skills", "--format", "json")
    rows = json.loads(out)
    assert len(rows) >= 3000
    assert all(row["name"] for row in rows)


def spawn(*arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "recommender", *arguments]
    return subprocess.run(command, capture_output=True, check=False, **options)  # type: ignore[call-overload,no-any-return]


def test_a_closed_pipe_is_no_error() -> None:
    """`recommender skills | head -1` ends quietly."""
    script = f"{sys.executable} -m recommender skills | head -1; exit ${{PIPESTATUS[0]}}"
    ended = subprocess.run(["bash", "-c", script], capture_output=True, check=False)
    assert ended.returncode == 0
    assert ended.stderr == b""


def test_a_full_disk_is_one_line() -> None:
    """Writing results to a full device is a failure with one line, not a traceback."""
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run([sys.executable, "-m", "recommender", "skills"], stdout=full, stderr=-1, check=False)
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert b"No space left" in ended.stderr


def test_scoring_never_imports_the_heavy_packages() -> None:
    """The path of one profile through the terminal imports no scikit-learn, scipy, pandas or pyarrow."""
    code = (
        "import sys; from recommender.cli import main\n"
        "try: main(['score', 'python, opencv, chatgbt'])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('sklearn', 'scipy', 'pandas', 'pyarrow', 'matplotlib') if m in sys.modules], file=sys.stderr)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert ended.stderr.splitlines()[-1] == "[]"


def test_no_color_is_respected() -> None:
    """With NO_COLOR set, no colour codes are written."""
    ended = spawn("score", "python", "--format", "table", env={**os.environ, "NO_COLOR": "1", "FORCE_COLOR": ""})
    assert b"\x1b[3" not in ended.stdout
