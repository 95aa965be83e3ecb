"""Read the terms that a command was given: arguments, a file, or standard input."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from recommender.text import Known, Piece

__all__ = ["read_text", "terms_given"]


def terms_given(terms: list[str] | None, file: Path | None, known: Known | None = None) -> list[Piece]:
    """Return the terms of one profile, with the steps that read them; each source is a list as people write lists.

    ``known`` tells which skill a term means, so that "and" and slashes part what is known and nothing else.

    Raises
    ------
    InputError
        A file that is missing, a folder, or in no encoding that can be told.
    typer.BadParameter
        Nothing was given, or arguments and a file at once.
    """
    from recommender.text import split_list

    if terms and terms != ["-"]:
        if file:
            raise typer.BadParameter("give terms or --file, not both.")
        return [piece for argument in terms for piece in split_list(argument, known)]
    if file is None and terms != ["-"] and sys.stdin.isatty():
        raise typer.BadParameter('no skills given. Try: recommender score "python, opencv"')
    return split_list(read_text(file), known)


def read_text(file: Path | None) -> str:
    """Read a text file (None or - is standard input) as UTF-8, or as UTF-16 where it is marked so."""
    from recommender import files

    if file is None or str(file) == "-":
        return files.decoded(sys.stdin.buffer.read(), "standard input")
    return files.read_text(file)
