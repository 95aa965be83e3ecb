"""Put the commands together."""

from __future__ import annotations

import typer

from recommender.cli import batch, inspecting, scoring, trends

app = typer.Typer(
    name="recommender",
    help="Which skills should a freelancer add next? Reads a skill list as people write it and answers with reasons.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("score")(scoring.score)
app.command("match")(scoring.match)
app.command("batch")(batch.batch)
app.add_typer(trends.app, name="trends")
app.command("skills")(inspecting.skills)
app.command("info")(inspecting.info)
