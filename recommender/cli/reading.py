"""Read the terms that a command was given: arguments, a file, or standard input."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from recommender.text import Known, Piece

__all__ = ["is_table", "read_text", "terms_given"]

TEXT_TABLES = (".csv", ".tsv", ".jsonl", ".ndjson")
TABLES = (*TEXT_TABLES, ".parquet", ".arrow", ".feather", ".ipc")
"""Endings of files of profiles; any other file holds one list."""


def is_table(name: str) -> bool:
    """Tell a file of profiles from one of a list, by its name.

    >>> is_table("in/Profiles.CSV.gz"), is_table("list.txt")
    (True, False)
    """
    return _plain(name).endswith(TABLES)


def _plain(name: str) -> str:
    return name.lower().removesuffix(".gz").removesuffix(".zst")


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
    if file is not None and file.is_file() and is_table(str(file)):
        _tell_of_tables(file)
    return split_list(read_text(file), known)


def _tell_of_tables(file: Path) -> None:
    """Say that a file of profiles is read as one list; refuse one that is no text at all."""
    from recommender.cli.printing import note
    from recommender.errors import InputError

    way = f"recommender batch {file} -o OUT"
    if not str(file).lower().endswith(TEXT_TABLES):
        raise InputError(f"{file}: is a file of profiles, not one list. Score each of its rows: {way}.")
    note(f"{file} is read as one list; to score each of its rows: {way}")


def read_text(file: Path | None) -> str:
    """Read a text file (None or - is standard input) as UTF-8, or as UTF-16 where it is marked so."""
    from recommender import files

    if file is None or str(file) == "-":
        return files.decoded(sys.stdin.buffer.read(), "standard input")
    return files.read_text(file)
