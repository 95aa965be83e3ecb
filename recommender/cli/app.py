"""Put the commands together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

__all__ = ["app_for", "tell_arguments"]

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
    made.callback()(_before)  # keeps a program of one command from becoming that command
    for register in [_MODULES[command]] if command in _MODULES else dict.fromkeys(_MODULES.values()):
        register(made)
    return made


def _print_version(wanted: bool) -> None:
    if wanted:
        from recommender import __version__

        typer.echo(f"recommender {__version__}")
        raise typer.Exit


def _before(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Take what stands before a command."""


def tell_arguments(command: Any, app: typer.Typer) -> None:
    """Give arguments the help that they were declared with, shown once: click from 8.5 on takes it from Typer's."""
    from typer.utils import get_params_from_function

    for made in app.registered_commands:
        told = get_params_from_function(made.callback) if made.callback else {}
        shown = command.commands[made.name]
        for parameter in shown.params:
            if parameter.param_type_name == "argument" and not parameter.help:
                parameter.help = told[parameter.name].default.help
        if hasattr(shown, "format_arguments"):  # click's own list, beside the one that Typer writes
            shown.format_arguments = lambda *_: None
    for group in app.registered_groups:
        if group.typer_instance is not None:
            tell_arguments(command.commands[group.name], group.typer_instance)


def _scoring(app: typer.Typer) -> None:
    from recommender.cli import scoring

    app.command("score", short_help="Suggest the skills to add next, each with its reasons.")(scoring.score)
    app.command("match", short_help="Show what each term is taken for, and why.")(scoring.match)


def _batch(app: typer.Typer) -> None:
    from recommender.cli import batch

    app.command("batch", short_help="Score files of profiles: CSV, JSON Lines, Parquet, Arrow.")(batch.batch)


def _trends(app: typer.Typer) -> None:
    from recommender.cli import trends

    app.add_typer(trends.app, name="trends", short_help="The dated lists behind it: see, import, compare.")


def _inspecting(app: typer.Typer) -> None:
    from recommender.cli import inspecting

    app.command("skills", short_help="List the vocabulary, whole or by a word.")(inspecting.skills)
    app.command("info", short_help="Show versions, the model and the dates of its data.")(inspecting.info)


def _learning(app: typer.Typer) -> None:
    from recommender.cli import learning

    app.command("fit", short_help="Learn from lists of your own; write a model.")(learning.fit)
    app.command("evaluate", short_help="Judge on lists of your own, beside the classics.")(learning.evaluate)


def _report(app: typer.Typer) -> None:
    from recommender.cli import report

    app.command("report", short_help="Write one page with pictures: a profile or a batch.")(report.report)


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
