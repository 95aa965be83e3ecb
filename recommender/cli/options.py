"""Name the options that several commands share, so that they read alike everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recommender.cli.printing import Format

FormatOption = Annotated[
    Format | None,
    typer.Option("--format", "-f", help="Output format. Default: a table on a terminal, JSON Lines when piped."),
]
ModelOption = Annotated[
    str | None, typer.Option("--model", "-m", metavar="FOLDER", help="A model folder. Default: the shipped model.")
]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help="See demand as of this day (2023-09-01 or 'today'). Default: the day of the newest list.",
    ),
]
TrendsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--trends",
        metavar="NAME",
        help="Only these trend lists: an id or a part of it, a publisher, a year, or a file or folder of your own"
        " lists. Repeatable.",
    ),
]
FileOption = Annotated[
    Path | None, typer.Option("--file", metavar="PATH", help="Read the list from a text file; - is standard input.")
]
