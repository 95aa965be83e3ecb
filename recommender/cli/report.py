"""Write one page with pictures for a profile or a batch."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recommender.cli.options import AsOfOption, ModelOption, TrendsOption
from recommender.cli.printing import note
from recommender.cli.reading import is_table

if TYPE_CHECKING:
    from recommender.model import SkillRecommender

__all__ = ["report"]

TEXTS = (
    ".txt",
    ".md",
    ".text",
    ".lst",
    ".json",
    ".html",
    ".htm",
    ".xml",
    ".pdf",
    ".doc",
    ".docx",
    ".xls",
    ".xlsx",
    ".odt",
)
"""Endings of names that no skill has: such a source is a file, there or not."""


def report(
    source: Annotated[
        str,
        typer.Argument(metavar="IN", help="A file of profiles (CSV, JSON Lines, Parquet), or one list: text or file."),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="OUT.html", help="The page to write; - is standard output.")
    ],
    top: Annotated[int, typer.Option("--top", "-n", min=1, max=100, help="Suggestions per profile.")] = 5,
    skills_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="The column of skills. Default: found by its name.")
    ] = None,
    as_of: AsOfOption = None,
    trends: TrendsOption = None,
    model: ModelOption = None,
) -> None:
    """Write one page with pictures: a profile's suggestions with their parts and evidence, or a batch's summary."""
    from recommender import report as pages

    _check_apart(source, output)
    pages.check_target(output)
    if is_table(source):
        if as_of or trends:
            raise typer.BadParameter("the report of a batch sees all lists. Leave out --as-of and --trends.")
        page = pages.batch_page(_summary(source, top, skills_column, model), Path(source).name)
    else:
        from recommender.cli.scoring import opened

        page = _profile_page(opened(model, as_of, trends), source, top)
    if str(output) == "-":
        sys.stdout.buffer.write(page.encode("utf-8"))  # as the page says, whatever the terminal takes
        return
    pages.write_page(page, output)
    note(f"written: {output}")


def _check_apart(source: str, output: Path) -> None:
    """Raise `InputError` where the page would be written over what it is read from."""
    from recommender.errors import InputError

    try:
        same = output.exists() and Path(source).exists() and output.samefile(source)
    except (OSError, ValueError):
        return  # a list may be no name of a file
    if same:
        raise InputError(f"{output}: is the input, which the page would replace. Name another file with -o.")


def _summary(source: str, top: int, skills_column: str | None, model: str | None) -> dict[str, Any]:
    """Score the file with the batch's own engine, beside it and not kept, and return the summary."""
    import tempfile

    from recommender.batch.job import Job
    from recommender.batch.run import run
    from recommender.columns import Plan

    with tempfile.TemporaryDirectory(prefix="recommender-") as folder:
        answers = str(Path(folder) / "answers.parquet")
        return run(Job((source,), answers, model, Plan(top, "in-demand", skills_column, keep=())))


def _profile_page(engine: SkillRecommender, source: str, top: int) -> str:
    from recommender import report as pages

    matches = engine.match_profile(_list_in(source, engine))
    understood = [m.skill for m in matches if m.skill is not None]
    refused = [m.term for m in matches if m.skill is None]
    return pages.profile_page(engine.suggest_for(matches, top), understood, refused, str(engine.outlook_.as_of))


def _list_in(source: str, engine: SkillRecommender) -> list[str]:
    """Return the terms of a text file, of standard input (-), or of the argument itself where it is no file."""
    from recommender.cli.reading import terms_given

    path = Path(source)
    try:
        is_file = source == "-" or bool(source and path.exists()) or _is_path(source)
    except (OSError, ValueError):
        is_file = False  # no name of a file can be so long, or hold such characters
    known = engine.matcher_.known
    return [piece.term for piece in (terms_given(None, path, known) if is_file else terms_given([source], None, known))]


def _is_path(source: str) -> bool:
    """Tell a name of a file from a skill ("CI/CD", "Node.js"), so that a mistyped path is not scored as a list."""
    rooted = source.startswith(("/", "./", "../", "~/", ".\\", "..\\")) and not any(c in source for c in ",;\n")
    return rooted or Path(source).suffix.lower() in TEXTS
