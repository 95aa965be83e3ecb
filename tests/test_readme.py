"""README's examples are true: each is run, and what it shows is what comes out."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("block", blocks("console"), ids=lambda block: block.splitlines()[0][:60])
def test_terminal_examples_print_what_is_shown(block: str) -> None:
    """Every `$ recommender ...` of the README exits 0 and prints exactly the lines below it."""
    command, _, shown = block.partition("\n")
    arguments = shlex.split(command.removeprefix("$ recommender "))
    done = subprocess.run(
        [sys.executable, "-m", "recommender", *arguments], capture_output=True, check=False, text=True,
        env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [line.rstrip() for line in done.stdout.strip().splitlines()] == [
        line.rstrip() for line in shown.strip().splitlines()
    ]


@pytest.mark.parametrize("block", blocks("python"), ids=lambda block: block.splitlines()[0][:60])
def test_library_examples_are_true(block: str) -> None:
    """Every `>>>` of the README gives what is shown."""
    test = doctest.DocTestParser().get_doctest(block, {}, "README.md", "README.md", 0)
    assert doctest.DocTestRunner(verbose=False).run(test).failed == 0


def test_every_command_of_the_program_is_in_the_readme() -> None:
    """No command exists that the README does not name."""
    from typer.main import get_command

    from recommender.cli.app import app_for

    names = get_command(app_for()).commands  # type: ignore[attr-defined]
    assert [name for name in names if f"`recommender {name}" not in README] == []
