"""Score one profile, and explain what its terms were taken for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recommender.cli.options import AsOfOption, FileOption, FormatOption, ModelOption, TrendsOption
from recommender.cli.printing import Format, chosen, note, print_records
from recommender.cli.reading import terms_given

if TYPE_CHECKING:
    from recommender.matcher import Match
    from recommender.model import SkillRecommender
    from recommender.suggestions import Suggestion
    from recommender.text import Step
    from recommender.trends import TrendList

__all__ = ["match", "opened", "score"]

# Steps that hardly a term is without.
_USUAL_STEPS = frozenset(["case", "list", "punctuation and spaces"])

TermsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="TERMS", help='A skill list: one argument ("python, opencv") or several; - is standard input.'
    ),
]


def score(
    terms: TermsArgument = None,
    file: FileOption = None,
    top: Annotated[int, typer.Option("--top", "-n", min=0, help="How many suggestions.")] = 5,
    candidates: Annotated[
        str, typer.Option(help="in-demand: skills of the demand lists; all: any skill of the vocabulary.")
    ] = "in-demand",
    as_of: AsOfOption = None,
    trends: TrendsOption = None,
    model: ModelOption = None,
    format: FormatOption = None,
    gaps: Annotated[
        bool, typer.Option("--gaps", help="Show who asks for each skill, how far it is, what to learn first.")
    ] = False,
    plan: Annotated[
        int | None,
        typer.Option("--plan", metavar="N", min=1, help="Choose N skills together, each as if the former were held."),
    ] = None,
) -> None:
    """Suggest the skills to add next to a profile, each with its reasons."""
    if candidates not in ("in-demand", "all"):
        raise typer.BadParameter("choose in-demand or all.", param_hint="--candidates")
    engine = opened(model, as_of, trends)
    given = [piece.term for piece in terms_given(terms, file, engine.matcher_.known)]
    if plan is not None:
        _print_plan(engine, given, plan, format)
        return
    matches = engine.match_profile(given)
    suggestions = engine.suggest_for(matches, top, candidates)  # type: ignore[arg-type]
    _say_what_was_read(matches, suggestions)
    style = chosen(format)
    if gaps:
        _print_gaps(engine, matches, suggestions, format)
    elif style is Format.json:
        print_records([_whole(s) for s in suggestions], format)
    else:
        rows = [_row(place, s) for place, s in enumerate(suggestions, 1)]
        print_records(rows, format, "Skills to add next" if rows else "")


def match(
    terms: TermsArgument = None, file: FileOption = None, model: ModelOption = None, format: FormatOption = None
) -> None:
    """Show what each term is taken for and why: key, steps, kind of match, score, candidates, evidence."""
    engine = opened(model)
    pieces = terms_given(terms, file, engine.matcher_.known)
    matches = engine.match_profile([piece.term for piece in pieces])
    show = _explained if chosen(format) is Format.json else _matched
    print_records([show(m, piece.steps) for m, piece in zip(matches, pieces, strict=True)], format, "Terms")


def opened(model: str | None, as_of: str | None = None, trends: Sequence[str] | None = None) -> SkillRecommender:
    """Load a model, and see it as of a day or with some lists only where that is asked for."""
    from recommender import SkillRecommender

    engine = SkillRecommender.load(model)
    if not (as_of or trends):
        return engine
    names, lists = _named(trends or ())
    return engine.view(_day(as_of), names, lists)


def _named(trends: Sequence[str]) -> tuple[list[str], list[TrendList]]:
    """Tell the names of lists from the paths of files and folders, and read those."""
    from recommender.trends import lists_at

    names: list[str] = []
    lists: list[TrendList] = []
    for name in trends:
        if found := lists_at(name):
            lists += found
        else:
            names.append(name)
    return names, lists


def _day(words: str | None) -> Any:
    from datetime import date

    if words in (None, "today"):
        return date.today() if words else None
    try:
        return date.fromisoformat(str(words))
    except ValueError:
        raise typer.BadParameter(
            f"{words!r} is no day. Write it as 2023-09-01, or today.", param_hint="--as-of"
        ) from None


def _say_what_was_read(matches: Sequence[Match], suggestions: Sequence[Suggestion]) -> None:
    """Tell on stderr what was understood, what was refused, and whether the answer is personal."""
    understood = [
        m.skill if m.skill.casefold() == m.term.strip().casefold() else f"{m.term} → {m.skill}"
        for m in matches
        if m.skill
    ]
    if understood:
        note("understood: " + ", ".join(understood))
    for m in matches:
        if m.skill is None:
            near = ", ".join(c.skill for c in m.candidates[:3])
            note(f"not recognised: {m.term[:60]!r}" + (f" (nearest: {near})" if near else ""))
    if suggestions and not understood:
        note("no skill was recognised, so these are the skills most in demand, not personal to this profile")


def _row(place: int, suggestion: Suggestion) -> dict[str, Any]:
    return {"#": place, "skill": suggestion.skill, "score": round(suggestion.score, 3), "why": suggestion.why()}


def _whole(suggestion: Suggestion) -> dict[str, Any]:
    from dataclasses import asdict

    return {**asdict(suggestion), "why": suggestion.why(), "personal": suggestion.personal}


def _print_gaps(
    engine: SkillRecommender, matches: Sequence[Match], suggestions: Sequence[Suggestion], format: Format | None
) -> None:
    """Print suggestions with their gaps: nested in JSON, more lines in a table, more columns in CSV and Markdown."""
    from dataclasses import asdict

    from recommender.gaps import gaps_of
    from recommender.model import held_numbers

    found = gaps_of(engine, held_numbers(matches), suggestions)
    pairs = list(zip(suggestions, found, strict=True))
    style, rows = chosen(format), []
    if style is Format.json:
        rows = [{**_whole(s), "gap": asdict(gap)} for s, gap in pairs]
    elif style is Format.table:
        for place, (s, gap) in enumerate(pairs, 1):
            rows += [_row(place, s), *({"#": None, "skill": None, "score": None, "why": line} for line in gap.lines())]
    else:
        shown = ("kinds", "supply_growth", "distance", "first", "demand_before", "demand_after")
        rows = [{**_row(i, s), **{name: getattr(gap, name) for name in shown}} for i, (s, gap) in enumerate(pairs, 1)]
    print_records(rows, format, "Skills to add next" if rows else "")


def _print_plan(engine: SkillRecommender, given: Sequence[str], n: int, format: Format | None) -> None:
    """Print skills chosen together, with the profile's demand score after each."""
    made = engine.plan(given, n)
    _say_what_was_read(engine.match_profile(given), made.steps[:1])
    steps = list(enumerate(zip(made.steps, made.demand[1:], strict=True), 1))
    if chosen(format) is Format.json:
        rows = [{"step": i, **_whole(s), "demand_before": made.demand[i - 1], "demand_after": d} for i, (s, d) in steps]
    else:
        rows = [{"#": i, "skill": s.skill, "demand": round(d, 3), "why": s.why()} for i, (s, d) in steps]
    print_records(rows, format, f"{len(steps)} skills to add together" if steps else "")
    note(f"profile demand {made.demand[0]:.2f} → {made.demand[-1]:.2f}; each step is chosen as if the former were held")


def _matched(m: Match, read: Sequence[Step]) -> dict[str, Any]:
    """Say a match in a row that fits 80 columns; the steps that every list takes are left to JSON."""
    others = [f"{c.skill} {c.score:.2f}" for c in m.candidates if c.skill != m.skill][:3]
    near = m.candidates[0].how if m.how == "near" else ""
    steps = [step.name for step in (*read, *m.steps) if step.name not in _USUAL_STEPS]
    how = [f"{m.how}: {near}"] if near else [] if m.how == "sense" else [m.how]
    why = "; ".join([*how, *steps, *(f"beside {told}" for told in m.evidence[:2])])
    return {
        "term": m.term, "key": m.key, "skill": m.skill or "-", "why": why, "score": f"{m.score:.2f}",
        "else": ", ".join(others),
    }  # fmt: skip


def _explained(m: Match, read: Sequence[Step]) -> dict[str, Any]:
    from dataclasses import asdict

    return {**asdict(m), "read": [asdict(step) for step in read]}
