"""Score files of profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from recommender.cli.options import ModelOption
from recommender.cli.printing import note

if TYPE_CHECKING:
    from recommender.batch.job import Job
    from recommender.batch.setup import Setup

__all__ = ["batch"]

LEAST_ROOM = 20
"""Characters of a value that are shown on however narrow a terminal."""


def batch(
    inputs: Annotated[
        list[str], typer.Argument(metavar="IN...", help="Files or patterns ('in/*.csv.gz'); - is standard input.")
    ],
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="OUT", help="The file to write; - is standard output.")
    ],
    top: Annotated[int, typer.Option("--top", "-n", min=0, max=100, help="Suggestions per row.")] = 5,
    candidates: Annotated[
        str, typer.Option(help="in-demand: skills of the demand lists; all: any skill of the vocabulary.")
    ] = "in-demand",
    skills_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="The column of skills. Default: found by its name.")
    ] = None,
    keep: Annotated[
        str | None, typer.Option(metavar="NAMES", help="Columns to pass through, with commas between. Default: all.")
    ] = None,
    layout: Annotated[str, typer.Option(help="wide: one row per profile; long: one row per suggestion.")] = "wide",
    input_format: Annotated[
        str | None,
        typer.Option("--from", metavar="FORMAT", help="csv, tsv, jsonl, parquet or arrow. Default: by the name."),
    ] = None,
    output_format: Annotated[
        str | None, typer.Option("--to", metavar="FORMAT", help="The same for the output.")
    ] = None,
    delimiter: Annotated[
        str | None, typer.Option(metavar="SIGN", help="Delimiter of CSV input. Default: detected.")
    ] = None,
    quote: Annotated[str | None, typer.Option(metavar="SIGN", help="Quote of CSV input; '' for none.")] = None,
    header: Annotated[
        bool | None, typer.Option("--header/--no-header", help="Whether CSV input has a header. Default: detected.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(metavar="NAME", help="Encoding of text input. Default: detected.")
    ] = None,
    safe: Annotated[
        bool, typer.Option("--safe/--raw", help="Put ' before CSV cells that a spreadsheet would run as a formula.")
    ] = True,
    strict: Annotated[bool, typer.Option("--strict", help="Stop at the first row that cannot be read.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an interrupted run.")] = False,
    restart: Annotated[
        bool, typer.Option("--restart", help="Throw away what an interrupted run finished, and start over.")
    ] = False,
    rejected: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Where rows go that cannot be read. Default: OUT.rejected.csv; batch.rejected.csv where OUT is -.",
        ),
    ] = None,
    summary: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write the closing summary as JSON too; - is standard output.")
    ] = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes. Default: one per core.")] = 0,
    chunk_rows: Annotated[int, typer.Option(min=1, help="Rows scored at a time; changes memory, never the result.")] = 1
    << 15,
    engine: Annotated[str, typer.Option(help="local: this machine; spark: a Spark session (extra [spark]).")] = "local",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read a thousand rows and show what would happen; write nothing.")
    ] = False,
    model: ModelOption = None,
) -> None:
    """Score files of profiles: CSV, TSV, JSON Lines, Parquet or Arrow in, any of them out, row by row, in order.

    Rows that cannot be read go to OUT.rejected.csv with line and reason. A stopped run goes on with --resume.
    """
    from recommender.batch.job import Job
    from recommender.batch.tables import Dialect
    from recommender.columns import Plan

    names = None if keep is None else tuple(name.strip() for name in keep.split(",") if name.strip())
    sign = {"\\t": "\t", "tab": "\t"}.get(delimiter or "", delimiter)
    for option, value in (("--delimiter", sign), ("--quote", quote or None)):
        if value is not None and (len(value) != 1 or not value.isascii() or value in "\r\n\0"):
            raise typer.BadParameter(f"{value!r} is not one ASCII character.", param_hint=option)
    if sign is not None and sign == (quote if quote is not None else '"'):
        raise typer.BadParameter(
            f"{sign!r} is the quote as well. Pass another, or --quote ''.", param_hint="--delimiter"
        )
    _check_choices(candidates, layout, engine, input_format, output_format)
    plan = Plan(top, candidates, skills_column, names, layout)  # type: ignore[arg-type]
    job = Job(
        tuple(inputs), output, model, plan, input_format, output_format, Dialect(sign, quote, header, encoding),
        safe, strict, resume, rejected, chunk_rows, workers, restart, summary,
    )  # fmt: skip
    if dry_run:
        _show(job)
    elif engine == "spark":
        from recommender.batch.spark import run as run_spark

        run_spark(job)
    else:
        _run(job)


def _check_choices(candidates: str, layout: str, engine: str, *formats: str | None) -> None:
    """Refuse words that an option does not know, as wrong usage."""
    from recommender.batch.tables import FORMATS

    for option, value, known in (
        ("--candidates", candidates, ("in-demand", "all")),
        ("--layout", layout, ("wide", "long")),
        ("--engine", engine, ("local", "spark")),
        ("--from", formats[0], FORMATS),
        ("--to", formats[1], FORMATS),
    ):
        if value is not None and value not in known:
            raise typer.BadParameter(f"{value!r} is unknown. Choose {', '.join(known)}.", param_hint=option)


def _run(job: Job) -> None:
    import json
    from pathlib import Path

    from recommender.batch.run import run
    from recommender.errors import InputError

    _pass_over_pandas()
    progress = _Progress()
    try:
        found = run(job, progress.step, _say_what_is_read)
    except KeyboardInterrupt:
        progress.end()
        if job.output != "-":
            note(f"What is done is kept in {job.work_folder()}: go on with --resume.")
        raise
    except InputError:
        if job.output == "-":
            _let_go_of_stdout()
        raise
    progress.end()
    _tell(found, job)
    told = json.dumps(found, ensure_ascii=False, indent=1)
    if job.summary == "-":
        print(told)
    elif job.summary:
        Path(job.summary).write_text(told + "\n", encoding="utf-8")


def _pass_over_pandas() -> None:
    """Keep pyarrow from importing pandas at its first array, which takes .3 s wherever pandas happens to be installed.

    pyarrow looks for it once in a process that runs no one's code but ours.
    """
    import sys

    import pyarrow as pa

    if "pandas" not in sys.modules:
        sys.meta_path.insert(0, _NoPandas())
        pa.array([])
        del sys.meta_path[0]


class _NoPandas:
    """Find no pandas, as where it is not installed."""

    def find_spec(self, name: str, *_: object) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name=name)


def _let_go_of_stdout() -> None:
    """Give what is still to be written to standard output somewhere to go, so that the end does not fail once more."""
    import os
    import sys

    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say_what_is_read(setup: Setup) -> None:
    from recommender.batch.job import counted

    for name, shape in zip(setup.names, setup.shapes, strict=True):
        if shape.encoding not in ("", "utf-8"):
            how = "as told" if setup.job.dialect.encoding else "a guess; --encoding names another"
            note(f"{name}: is read as {shape.encoding} ({how})")
        for twice, called in shape.renamed:
            note(f"{name}: the header names {twice!r} more than once; the later one is called {called!r}")
    if setup.coded:
        some = ", ".join(map(repr, sorted(setup.coded)))
        note(f"bytes that are no text are written as base64: {counted(len(setup.coded), 'column')}, {some:.200}")
    note(f"skills are read from column {setup.skills!r}, {counted(len(setup.parts), 'part')}")


def _tell(found: dict[str, Any], job: Job) -> None:
    from recommender.batch.job import counted

    share = f", {found['recognised_share']:.1%} of {found['terms']:,} terms recognised" if found["terms"] else ""
    where = "standard output" if job.output == "-" else job.output
    note(f"{counted(found['rows'], 'row')} written to {where}, {found['rejected']:,} rejected{share}")
    if found["apostrophes"]:
        signs = "= + - @, a tab or a carriage return"
        note(f"{counted(found['apostrophes'], 'cell')} got an apostrophe before {signs} (--raw leaves them alone)")
    if found["rejected"]:
        note(f"rejected rows, with line and reason: {found['rejected_file']}")
        if not found["rows"]:
            note("no row could be read: --delimiter, --quote, --encoding and --from say how the input is written")
    if found["rejected_for_encoding"]:
        few = counted(found["rejected_for_encoding"], "row")
        note(f"{few} of these hold bytes of another encoding: name it with --encoding (cp1252, ...), or mend them")
    if found["left_out_columns"]:
        names = ", ".join(found["left_out_columns"])
        note(f"columns left out, as no row of the first 8 MB has them: {names:.200}. Write them in the first row.")
    for title, key in (("commonest refused terms", "refused_terms"), ("commonest suggestions", "suggestions")):
        if found[key]:
            note(f"{title}: " + ", ".join(f"{name[:40]} ({count:,})" for name, count in found[key][:8]))


def _show(job: Job) -> None:
    """Say what the inputs are and show the first answers."""
    import shutil

    from recommender.batch.trial import trial
    from recommender.cli.printing import Format, chosen, print_records, visible

    facts, rows = trial(job)
    for name, value in facts.items():
        note(f"{name}: {value}")
    if chosen(None) is not Format.table:
        print_records(rows)
        return
    width = shutil.get_terminal_size().columns
    for number, row in enumerate(rows, 1):  # a table of so many columns would be slivers
        print(f"row {number}")
        for name, value in row.items():
            text = visible(value)
            room = max(width - len(name) - 4, LEAST_ROOM)
            print(f"  {name}: {text if len(text) <= room else text[: room - 3] + '...'}")


class _Progress:
    """Show rows per second and the time left, on a terminal only."""

    def __init__(self) -> None:
        import sys
        import time

        self._start, self._clock = time.monotonic(), time.monotonic
        self._stream = sys.stderr
        self._shown = self._stream.isatty()

    def step(self, done: int, parts: int, rows: int) -> None:
        if self._shown:
            seconds = max(self._clock() - self._start, 1e-9)
            left = seconds / max(done, 1) * (parts - done)
            text = f"\r{rows:,} rows, {rows / seconds:,.0f} rows/s, {done} of {parts} parts, {left:,.0f} s left   "
            print(text, end="", file=self._stream, flush=True)

    def end(self) -> None:
        if self._shown:
            print(file=self._stream)
