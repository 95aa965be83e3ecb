"""The terminal door of the trend lists: list, show, import, diff."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from recommender.cli.trends import app
from recommender.errors import InputError, MissingFileError, TrendError

ARTICLE = """Most wanted on Fiverr

The top searches on Fiverr in Q1 2024:
1. Excel
2. Figma

Sеllеrs, too: skills that grew most on profiles in Q1 2024 on Fiverr:
- Stablе Diffusion
- Figma
- Welding
The top searches on Fiverr in Q2 2024:
- Figma
- Excel
- Go
"""


def run(*arguments: object, code: int = 0) -> list[dict[str, object]]:
    """Run a command with JSON output and give its records."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]


def test_list_and_show() -> None:
    """Every shipped list is listed, a publisher narrows the choice, and a list is shown in rank order."""
    assert len(run("list", "--format", "json")) >= 45
    assert {row["publisher"] for row in run("list", "malt", "-f", "json")} == {"Malt"}
    rows = run("show", "upwork-2023h1-hired", "-f", "json")
    assert [row["rank"] for row in rows] == list(range(1, 11))
    assert rows[1]["name"] == "Natural language processing"


def test_import_an_article(tmp_path: Path) -> None:
    """An article becomes one file for each list of three names or more, look-alike letters mended."""
    (tmp_path / "a.txt").write_text(ARTICLE, "utf-8")
    rows = run("import", tmp_path / "a.txt", "-o", tmp_path / "out", "-f", "json")
    assert [(row["id"], row["kind"], row["names"]) for row in rows] == [
        ("fiverr-2024q1-profiles-growing", "supply", 3), ("fiverr-2024q2-searched", "demand", 3),
    ]  # fmt: skip
    shown = run("show", rows[0]["file"], "-f", "json")
    assert [row["name"] for row in shown] == ["Stable Diffusion", "Figma", "Welding"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(
        Path(str(row["file"])).name for row in rows
    )


def test_import_a_table_and_diff(tmp_path: Path) -> None:
    """Two tables become lists, and diff tells what entered, left, rose and fell."""
    for year, names in (("2023", "Go,C,R"), ("2024", "R,Go,Rust")):
        (tmp_path / f"{year}.csv").write_text("name\n" + names.replace(",", "\n"))
        run("import", tmp_path / f"{year}.csv", "-o", tmp_path, "--publisher", "X", "--period", year, "--what", "hired")
    files = sorted(tmp_path.glob("*.json"))
    rows = run("diff", *files, "-f", "json")
    assert [(row["name"], row["change"]) for row in rows] == [
        ("R", "rose"),
        ("Go", "fell"),
        ("Rust", "entered"),
        ("C", "left"),
    ]


def test_csv_output() -> None:
    """CSV output is one header and one row a list."""
    result = CliRunner().invoke(app, ["list", "-f", "csv"])
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert len(rows) >= 45
    assert {"id", "publisher", "kind", "period", "grade"} <= set(rows[0])


def test_errors_say_the_way_out(tmp_path: Path) -> None:
    """What cannot be done is one error that names the option or the path; wrong usage is exit code 2."""
    (tmp_path / "t.csv").write_text("name\nGo\n")
    with pytest.raises(InputError, match="Pass --publisher and --period and --what"):
        run("import", tmp_path / "t.csv", "-o", tmp_path)
    with pytest.raises(MissingFileError):
        run("import", tmp_path / "none.txt", "-o", tmp_path)
    with pytest.raises(TrendError, match="is a folder"):
        run("import", tmp_path, "-o", tmp_path)
    with pytest.raises(TrendError, match=r"names \d+ lists"):
        run("diff", "upwork", "malt-2023-hires-growing")
    with pytest.raises(TrendError, match="Nearest"):
        run("show", "upwrk-2023h1-hired")
    run("import", tmp_path / "t.csv", "-o", tmp_path, "--what", "liked", code=2)


@pytest.mark.parametrize("command", ["list", "show", "import", "diff"])
def test_help(command: str) -> None:
    """Every command has a help text."""
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert len(result.stdout) > 200
