"""List, show, import and compare the dated lists."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recommender.cli.options import FormatOption
from recommender.cli.printing import Format, chosen, note, print_records

if TYPE_CHECKING:
    from datetime import date

    from recommender.trends import Period, TrendList

__all__ = ["app"]

app = typer.Typer(
    help="The dated, published lists behind every suggestion: see them, compare two, or import your own from a press"
    " article or a table.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
)

TABLES = (".csv", ".tsv", ".tab")


@app.command("list", short_help="List them: what was measured, of when, by whom.")
def list_(
    name: Annotated[str | None, typer.Argument(help="Only these: a publisher, a year, or a part of an id.")] = None,
    format: FormatOption = None,
) -> None:
    """List the shipped trend lists: what was measured, of when, demand or supply."""
    from recommender.trends import select

    lists = select(_shipped(), name) if name else _shipped()
    print_records([_summary(trend, chosen(format) is Format.table) for trend in lists], format, "Trend lists")


@app.command("show", short_help="Show the names of a list, and where it was published.")
def show(
    name: Annotated[str, typer.Argument(help="Id of a list, a part of one, a publisher; or a file or folder.")],
    format: FormatOption = None,
) -> None:
    """Show the names of a list, with rank and figure, and where it was published."""
    short = chosen(format) in (Format.table, Format.markdown)
    for trend in _find(name):
        rows = [_row(trend, position, short) for position, _ in enumerate(trend.items)]
        print_records(rows, format, f"{trend.publisher}: {trend.title}")
        note(f"{trend.kind} ({trend.what}): {trend.measure}. {trend.period.words()}. Grade {trend.grade}.")
        for line in filter(None, (trend.note, trend.licence, *trend.sources)):
            note(f"  {line}")


@app.command("import", short_help="Read an article or a table into lists of your own.")
def import_(
    file: Annotated[
        Path,
        typer.Argument(
            readable=False, help="An article (text, Markdown, HTML), a CSV or TSV table, or a list's .json."
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for the lists that are found.")],
    publisher: Annotated[str | None, typer.Option(help="Who published it. Default: taken from the article.")] = None,
    period: Annotated[
        str | None, typer.Option(help="What it speaks of: 2023-Q2, 2023-H1, 2025-08, 2024, or 2023-01-01..2023-06-30.")
    ] = None,
    what: Annotated[
        str | None,
        typer.Option(
            "--what", "--kind", help="What was measured: searched, hired, posted, profiles, or each with -growing."
        ),
    ] = None,
    baseline: Annotated[str | None, typer.Option(help="For growth: the period it is compared with (tables).")] = None,
    published: Annotated[
        str | None, typer.Option(metavar="DATE", help="Day of publication, such as 2023-08-22.")
    ] = None,
    title: Annotated[str, typer.Option(help="Title of the list (tables).")] = "",
    source: Annotated[list[str] | None, typer.Option(help="Address where it was seen. Repeatable.")] = None,
    format: FormatOption = None,
) -> None:
    """Read an article or a table into trend lists, one file each; lists that are there already are never changed."""
    from recommender.trends import read_list, write_list

    if str(output) == "-":
        raise typer.BadParameter("lists go to a folder, and cannot go to standard output.", param_hint="--output")
    span, before = _period(period, "--period"), _period(baseline, "--baseline")
    day = _period(published, "--published")
    sources, seen = tuple(source or ()), day.end if day else None
    _check_what(what)
    suffix = file.suffix.lower()
    if suffix == ".json":
        found = [read_list(file)]
    elif suffix in TABLES:
        found = [_from_table(file, publisher, span, what, title, before, seen, sources)]
    else:
        from recommender.article import read_article
        from recommender.trends import read_text

        text = read_text(file)
        found = read_article(
            text, name=str(file), publisher=publisher, period=span, what=what, published=seen, sources=sources,
            say=note,
        )  # fmt: skip
    written = [(trend, write_list(trend, output)) for trend in found]
    print_records(
        [_summary(trend, chosen(format) is Format.table) | {"file": str(path)} for trend, path in written], format
    )
    note(f'see demand by these lists: recommender score "..." --trends {output}')


@app.command("diff")
def diff(
    a: Annotated[str, typer.Argument(metavar="A", help="The older list: an id or a file.")],
    b: Annotated[str, typer.Argument(metavar="B", help="The newer list: an id or a file.")],
    format: FormatOption = None,
) -> None:
    """Compare two lists: what entered, left, rose, fell, stayed."""
    from recommender.trends import compare

    old, new = _one(a), _one(b)
    found = compare(old, new)
    rows = [{"name": name, "change": "entered", "before": None, "after": place} for name, place in found.entered]
    rows += [{"name": name, "change": "rose", "before": was, "after": place} for name, was, place in found.rose]
    rows += [{"name": name, "change": "fell", "before": was, "after": place} for name, was, place in found.fell]
    rows += [{"name": name, "change": "stayed", "before": place, "after": place} for name, place in found.stayed]
    rows.sort(key=lambda row: int(str(row["after"])))
    rows += [{"name": name, "change": "left", "before": place, "after": None} for name, place in found.left]
    print_records(rows, format, f"{old.id} to {new.id}")
    if old.what != new.what:
        note(f"The lists measure different things ({old.what}, {new.what}): places can be compared, figures cannot.")


def _shipped() -> tuple[TrendList, ...]:
    from recommender import places
    from recommender.trends import read_folder

    return read_folder(places.data_folder() / "trends")


def _find(name: str) -> tuple[TrendList, ...]:
    """Read the file or the folder of that path, or find lists by name among the shipped ones."""
    from recommender.trends import lists_at, select

    return lists_at(name) or select(_shipped(), name)


def _one(name: str) -> TrendList:
    from recommender.errors import TrendError

    lists = _find(name)
    if len(lists) > 1:
        ids = ", ".join(trend.id for trend in lists[:5])
        raise TrendError(f"{name!r} names {len(lists)} lists ({ids}{', ...' if len(lists) > 5 else ''}). Pass one id.")
    return lists[0]


def _summary(trend: TrendList, short: bool) -> dict[str, object]:
    """Make the record of a list; the short one fits a terminal of 80 columns."""
    if short:
        return {
            "id": trend.id, "kind": trend.kind, "until": str(trend.observed), "names": len(trend.items),
            "grade": trend.grade,
        }  # fmt: skip
    return {
        "id": trend.id, "publisher": trend.publisher, "title": trend.title, "kind": trend.kind, "what": trend.what,
        "period": str(trend.period), "baseline": str(trend.baseline) if trend.baseline else None,
        "published": str(trend.published) if trend.published else None, "scope": trend.scope, "grade": trend.grade,
        "names": len(trend.items),
    }  # fmt: skip


def _row(trend: TrendList, position: int, short: bool) -> dict[str, object]:
    item = trend.items[position]
    row: dict[str, object] = {} if short else {"list": trend.id}
    row |= {"rank": item.rank, "name": item.name}
    if short:
        sign, unit = "+" if trend.growing else "", " %" if trend.unit == "percent" else ""
        if trend.unit != "order":
            row["figure"] = "" if item.value is None else f"{item.value:{sign},g}{unit}"
    else:
        row |= {"value": item.value, "unit": trend.unit, "previous": item.previous}
    return row | {"note": item.note}


def _from_table(
    file: Path, publisher: str | None, span: Period | None, what: str | None, title: str, before: Period | None,
    seen: date | None, sources: tuple[str, ...],
) -> TrendList:  # fmt: skip
    """Read a table; what it cannot say must be given."""
    from recommender.errors import UsageError
    from recommender.trends import list_id, read_table

    if publisher is None or span is None or what is None:
        given = (("--publisher", publisher), ("--period", span), ("--what", what))
        missing = " and ".join(option for option, value in given if value is None)
        raise UsageError(f"{file}: a table does not say who measured what, and when. Pass {missing}.")
    return read_table(
        file, id=list_id(publisher, span, what, title), publisher=publisher, period=span, what=what, title=title,
        baseline=before, published=seen, sources=sources,
    )  # fmt: skip


def _period(words: str | None, option: str) -> Period | None:
    from recommender.errors import TrendError
    from recommender.trends import Period

    try:
        return Period.parse(words) if words else None
    except TrendError as fault:
        raise typer.BadParameter(str(fault), param_hint=option) from None


def _check_what(what: str | None) -> None:
    from recommender.trends import WHATS

    if what is not None and what not in WHATS:
        raise typer.BadParameter(f"{what!r} is not one of {', '.join(WHATS)}", param_hint="--what")
