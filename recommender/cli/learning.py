"""Learn from lists of a platform, and judge a model on them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recommender.cli.options import FormatOption
from recommender.cli.printing import Format, chosen, note, print_records

if TYPE_CHECKING:
    from recommender.batch.profiles import Profiles
    from recommender.judging import Judgement
    from recommender.metrics import Interval
    from recommender.model import SkillRecommender

__all__ = ["evaluate", "fit"]

MIN_COUNT = 3  # as of SkillRecommender, whose import help must not pay for; a test holds the two equal
LEAST_SEEN = 0.05  # share of learned lists that is told: by chance short lists repeat
SHOWN, SHOWN_WHOLE = 8, 100  # commonest names in a row of the report, as table and as JSON

ProfilesArgument = Annotated[
    str,
    typer.Argument(
        metavar="PROFILES",
        help="CSV, TSV, JSON Lines, Parquet or Arrow (.gz, .zst); - is standard input, CSV unless --from says else.",
    ),
]
FromOption = Annotated[
    str | None,
    typer.Option("--from", metavar="FORMAT", help="csv, tsv, jsonl, parquet or arrow. Default: by the name."),
]
ColumnOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="The column of skills. Default: found by its name.")
]
CountOption = Annotated[
    int, typer.Option(min=1, help="Lists that must hold an unknown term before it becomes a skill.")
]
BaseOption = Annotated[
    str | None, typer.Option(metavar="FOLDER", help="A model folder to start from. Default: the shipped model.")
]
VocabularyOption = Annotated[
    str | None,
    typer.Option(
        metavar="TABLE", help="Start from the skills of this CSV or TSV (names, aliases; ESCO's files work) instead."
    ),
]


def fit(
    profiles: ProfilesArgument,
    output: Annotated[str, typer.Option("--output", "-o", metavar="MODEL", help="The model folder to write.")],
    skills_column: ColumnOption = None,
    input_format: FromOption = None,
    min_count: CountOption = MIN_COUNT,
    base: BaseOption = None,
    vocabulary: VocabularyOption = None,
    format: FormatOption = None,
) -> None:
    """Learn from lists of skills which words a platform uses and what goes together; write a model.

    Reports what was learned, which spellings became tags of their own, and what was refused as too rare.
    """
    from recommender.errors import InputError
    from recommender.model import SkillRecommender

    if output == "-":
        raise typer.BadParameter("a model is a folder, and cannot go to standard output.", param_hint="--output")
    if Path(output).is_file():
        raise InputError(f"{output}: is a file, and a model is a folder. Name another.")
    if not Path(output).absolute().parent.is_dir():
        raise InputError(f"{output}: there is no folder {Path(output).parent}. Make it first.")
    with _Words() as say:
        read = _read(profiles, skills_column, input_format, say, base)
        model = SkillRecommender(min_count=min_count, base=base, vocabulary=vocabulary).fit(read.lists, say=say)
        say("writing the model")
        model.save(output)
    style = chosen(format)
    rows = _report(model, read)
    if style is not Format.json:
        rows = [{**row, "commonest": ", ".join(_counted(row["commonest"])[:SHOWN])} for row in rows]
    print_records(rows, format, f"Learned from {len(read.lists):,} profiles, written to {output}")


def evaluate(
    profiles: ProfilesArgument,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            metavar="FOLDER",
            help="Judge this model as it is. Default: one fitted on the training part.",
        ),
    ] = None,
    skills_column: ColumnOption = None,
    input_format: FromOption = None,
    min_count: CountOption = MIN_COUNT,
    base: BaseOption = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the result too (.png, .svg, .pdf; extra [report]).")
    ] = None,
    format: FormatOption = None,
) -> None:
    """Judge on your own profiles: hide one skill of a held-out list at a time, and see who finds it.

    Beside popularity, item-kNN and EASE; ± and square brackets are 95 % bootstrap intervals. Calibration is the
    expected error, in probability, of what the scores of the ten best promise. A list never stands on both sides.
    """
    from recommender.judging import judge
    from recommender.model import SkillRecommender
    from recommender.profiles import share_seen

    if plot:
        from recommender.pictures import check_picture

        check_picture(plot)
    engine = SkillRecommender(min_count=min_count, base=base) if model is None else SkillRecommender.load(model)
    with _Words() as say:
        read = _read(profiles, skills_column, input_format, say, model or base)
        found = judge(read.lists, engine, model is None, say)
    seen = 0.0 if model is None else share_seen(read.lists, engine.marks_)
    if seen >= LEAST_SEEN:
        note(
            f"{model} has learned from {seen:.0%} of these lists, so its figures are too good. Judge it on others, "
            "or leave out --model to have one fitted on a training part."
        )
    if plot:
        from recommender.pictures import draw_judgement

        draw_judgement(found, plot)
    note(", ".join(f"{name} {_figure(value)}" for name, value in found.facts.items()))
    _print(found, format, "lists that were partly learned from" if seen >= LEAST_SEEN else "held-out lists")


def _read(name: str, column: str | None, kind: str | None, say: Callable[[str], None], model: str | None) -> Profiles:
    from recommender.batch.profiles import read_profiles
    from recommender.model import SkillRecommender

    found = read_profiles(name, column, say, SkillRecommender.load(model), kind)
    if found.rejected:
        note(f"{found.rejected:,} rows could not be read and were left out (recommender batch --dry-run shows them)")
    return found


# -- what a fit learned -----------------------------------------------------------------------------------------------


def _report(model: SkillRecommender, read: Profiles) -> list[dict[str, Any]]:
    from collections import Counter

    learned = model.learned_
    filled = sum(map(bool, read.lists))
    counts = Counter(" ".join(term.split()) for terms in read.lists for term in dict.fromkeys(terms))
    tags = {f"{name} = {skill}": counts[name] for name, skill in learned.spellings.items()}
    twins = {f"{one} = {other}": min(counts[one], counts[other]) for one, other in learned.twins}
    return [
        _row("profiles with skills", filled, {}),
        _row("profiles without", len(read.lists) - filled, {}),
        _row("rows that could not be read", read.rejected, {}),
        _row("skills of the model", len(model.vocabulary_), {}),
        _row("new skills", len(learned.new), learned.new),
        _row("spellings that became tags", len(learned.spellings), tags),
        _row("pairs never suggested together", len(learned.twins), twins),
        _row("refused as too rare", len(learned.refused), learned.refused),
    ]


def _row(what: str, count: int, named: Mapping[str, int]) -> dict[str, Any]:
    first = sorted(named.items(), key=lambda item: (-item[1], item[0]))
    return {"what": what, "count": count, "commonest": dict(first[:SHOWN_WHOLE])}


def _counted(named: Mapping[str, int]) -> list[str]:
    return [f"{name} ({count:,})" for name, count in named.items()]


# -- what a judgement found -------------------------------------------------------------------------------------------


def _figures(found: Judgement, name: str) -> dict[str, str]:
    return {"system": name, **{metric: _give(value) for metric, value in found.verdicts[name].metrics.items()}}


def _standing(found: Judgement, name: str) -> dict[str, str]:
    verdict, ahead = found.verdicts[name], found.differences.get(name, {})
    row = {"system": name, "coverage": f"{verdict.coverage:.2f}", "calibration": f"{verdict.calibration:.3f}"}
    for metric in ("nDCG@10", "recall@10"):
        row[f"ours ahead, {metric}"] = _interval(ahead[metric], "+") if ahead else ""
    return row


def _print(found: Judgement, format: Format | None, lists: str) -> None:
    style, names = chosen(format), list(found.verdicts)
    if style is Format.json:
        print_records([_whole(found, name) for name in names], format)
    elif style is Format.csv:
        print_records([_numbers(found, name) for name in names], format)
    else:
        print_records([_figures(found, name) for name in names], format, f"A hidden skill of {lists}, found again")
        print_records([_standing(found, name) for name in names], format, "How widely, how honestly, how far ahead")


def _numbers(found: Judgement, name: str) -> dict[str, float | str | None]:
    """Make a row of a CSV: one number a cell, so that a spreadsheet can work with it."""
    verdict, ahead = found.verdicts[name], found.differences.get(name, {})
    row: dict[str, float | str | None] = {"system": name}
    for metric, value in verdict.metrics.items():
        row |= {metric: value.mean, f"{metric} low": value.low, f"{metric} high": value.high}
    row |= {"coverage": verdict.coverage, "calibration": verdict.calibration}
    for metric in ("nDCG@10", "recall@10"):
        value_or_none = ahead.get(metric)
        for end in ("mean", "low", "high"):
            column = f"ours ahead, {metric}" + ("" if end == "mean" else f" {end}")
            row[column] = getattr(value_or_none, end) if value_or_none else None
    return row


def _whole(found: Judgement, name: str) -> dict[str, Any]:
    verdict = found.verdicts[name]
    promised, true = verdict.curve
    return {
        "system": name,
        "metrics": {metric: vars(value) for metric, value in verdict.metrics.items()},
        "coverage": verdict.coverage,
        "calibration": {"expected_error": verdict.calibration, "promised": promised, "came_true": true},
        "ours_ahead": {metric: vars(value) for metric, value in found.differences.get(name, {}).items()},
        "judged_on": dict(found.facts),
    }


def _interval(value: Interval, sign: str = "") -> str:
    mean, low, high = (f"{number:{sign}.3f}".replace("0.", ".") for number in (value.mean, value.low, value.high))
    return f"{mean} [{low}, {high}]"


def _give(value: Interval) -> str:
    """Write a mean and half the width of its interval."""
    return f"{value.mean:.3f} ±{(value.high - value.low) / 2:.3f}".replace("0.", ".")


def _figure(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.1%}"


class _Words:
    """Say in a few words what is being done, each over the last, on a terminal only."""

    def __enter__(self) -> Callable[[str], None]:
        self._shown = sys.stderr.isatty()
        return self._say

    def _say(self, words: str) -> None:
        if self._shown:
            print(f"\r\x1b[K{words}", end="", file=sys.stderr, flush=True)

    def __exit__(self, *_: object) -> None:
        self._say("")
