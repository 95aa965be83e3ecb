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
    rejected: Annotated[
        str | None, typer.Option(metavar="FILE", help="Where rows go that cannot be read. Default: OUT.rejected.csv.")
    ] = None,
    summary: Annotated[str | None, typer.Option(metavar="FILE", help="Write the closing summary as JSON too.")] = None,
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
    for option, value in (("--delimiter", sign), ("--quote", quote)):
        if value and (len(value) > 1 or not value.isascii()):
            raise typer.BadParameter("is one ASCII character.", param_hint=option)
    plan = Plan(top, candidates, skills_column, names, layout)  # type: ignore[arg-type]
    job = Job(
        tuple(inputs), output, model, plan, input_format, output_format, Dialect(sign, quote, header, encoding),
        safe, strict, resume, rejected, chunk_rows, workers,
    )  # fmt: skip
    if engine not in ("local", "spark"):
        raise typer.BadParameter("choose local or spark.", param_hint="--engine")
    if dry_run:
        _show(job)
    elif engine == "spark":
        from recommender.batch.spark import run as run_spark

        run_spark(job)
    else:
        _run(job, summary)


def _run(job: Job, summary: str | None) -> None:
    import json
    from pathlib import Path

    from recommender.batch.run import run

    progress = _Progress()
    try:
        found = run(job, progress.step, _say_what_is_read)
    except KeyboardInterrupt:
        progress.end()
        note(f"What is done is kept in {job.work_folder()}: go on with --resume.")
        raise
    progress.end()
    _tell(found, job)
    if summary:
        Path(summary).write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _say_what_is_read(setup: Setup) -> None:
    from recommender.columns import skills_column

    if setup.job.safe and setup.job.written()[0] in ("csv", "tsv"):
        note("cells that begin with = + - @, a tab or a carriage return get an apostrophe before (--raw leaves them)")
    column = skills_column(setup.schema, setup.job.plan.skills_column)
    note(f"skills are read from column {column!r}, {len(setup.parts)} parts")


def _tell(found: dict[str, Any], job: Job) -> None:
    share = f", {found['recognised_share']:.1%} of {found['terms']:,} terms recognised" if found["terms"] else ""
    note(f"{found['rows']:,} rows written to {job.output}, {found['rejected']:,} rejected{share}")
    if found["rejected"]:
        note(f"rejected rows, with line and reason: {found['rejected_file']}")
    if found["left_out_columns"]:
        names = ", ".join(found["left_out_columns"])
        note(f"columns left out, as no row of the first 8 MB has them: {names:.200}. Write them in the first row.")
    for title, key in (("commonest refused terms", "refused_terms"), ("commonest suggestions", "suggestions")):
        if found[key]:
            note(f"{title}: " + ", ".join(f"{name[:40]} ({count:,})" for name, count in found[key][:8]))


def _show(job: Job) -> None:
    """Say what the inputs are and show the first answers."""
    from recommender.batch.trial import trial
    from recommender.cli.printing import print_records

    facts, rows = trial(job)
    for name, value in facts.items():
        note(f"{name}: {value}")
    print_records(rows)


class _Progress:
    """Show rows per second and the time left, on a terminal only."""

    def __init__(self) -> None:
        import sys
        import time

        self._start, self._clock = time.monotonic(), time.monotonic
        self._shown = sys.stderr.isatty()

    def step(self, done: int, parts: int, rows: int) -> None:
        if self._shown:
            seconds = max(self._clock() - self._start, 1e-9)
            left = seconds / max(done, 1) * (parts - done)
            text = f"\r{rows:,} rows, {rows / seconds:,.0f} rows/s, {done} of {parts} parts, {left:,.0f} s left   "
            print(text, end="", file=__import__("sys").stderr, flush=True)

    def end(self) -> None:
        if self._shown:
            print(file=__import__("sys").stderr)
