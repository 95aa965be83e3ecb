"""Put the commands together."""

from __future__ import annotations

from collections.abc import Callable

import typer

__all__ = ["app_for"]

HELP = "Which skills should a freelancer add next? Reads a skill list as people write it and answers with reasons."
SETTINGS = {"help_option_names": ["-h", "--help"]}


def app_for(command: str | None = None) -> typer.Typer:
    """Put the commands together; where the one asked for is known, only its module is imported.

    A cold start should not pay for the modules of commands that nobody asked for.
    """
    made = typer.Typer(
        name="recommender", help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
        context_settings=SETTINGS,
        rich_markup_mode=None,  # plain help: importing rich for it would double its time
    )  # fmt: skip
    made.callback()(_nothing)  # keeps a program of one command from becoming that command
    for register in [_MODULES[command]] if command in _MODULES else dict.fromkeys(_MODULES.values()):
        register(made)
    return made


def _nothing() -> None:
    """Do nothing before a command."""


def _scoring(app: typer.Typer) -> None:
    from recommender.cli import scoring

    app.command("score")(scoring.score)
    app.command("match")(scoring.match)


def _batch(app: typer.Typer) -> None:
    from recommender.cli import batch

    app.command("batch")(batch.batch)


def _trends(app: typer.Typer) -> None:
    from recommender.cli import trends

    app.add_typer(trends.app, name="trends")


def _inspecting(app: typer.Typer) -> None:
    from recommender.cli import inspecting

    app.command("skills")(inspecting.skills)
    app.command("info")(inspecting.info)


def _learning(app: typer.Typer) -> None:
    from recommender.cli import learning

    app.command("fit")(learning.fit)
    app.command("evaluate")(learning.evaluate)


def _report(app: typer.Typer) -> None:
    from recommender.cli import report

    app.command("report")(report.report)


_MODULES: dict[str | None, Callable[[typer.Typer], None]] = {
    "score": _scoring,
    "match": _scoring,
    "batch": _batch,
    "fit": _learning,
    "evaluate": _learning,
    "trends": _trends,
    "report": _report,
    "skills": _inspecting,
    "info": _inspecting,
}
