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

SUGGESTED = 5  # as of the library, whose import help must not pay for

LEAST_SHOWN = 0.01
"""Probability from which a candidate of a refused term is printed: less than one in a hundred is noise to a reader.

At .05 good guesses went too ("powershel lx": PowerShell .02). JSON and the library hold all candidates.
"""

FAR_CLOSER = 2.0
"""Skills in no demand list are pointed at where one goes with the profile twice as well as all that lists name.

So it is for a quarter of the roles in `data/roles.tsv`: composers and lawyers, hardly any web developer.
"""

NO_TERM = "no term was read: the list holds no letter and no digit"

MATCHED = ("term", "key", "skill", "why", "score", "else")

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
    top: Annotated[
        int | None, typer.Option("--top", "-n", min=0, show_default=str(SUGGESTED), help="How many suggestions.")
    ] = None,
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
    if plan is not None and (gaps or top is not None or candidates != "in-demand"):
        raise typer.BadParameter(
            "chooses N in-demand skills; leave out --top, --gaps and --candidates.", param_hint="--plan"
        )
    top = SUGGESTED if top is None else top
    engine = opened(model, as_of, trends)
    given = [piece.term for piece in terms_given(terms, file, engine.matcher_.known)]
    if plan is not None:
        _print_plan(engine, given, plan, format)
        return
    matches = engine.match_profile(given)
    suggestions = engine.suggest_for(matches, top, candidates)  # type: ignore[arg-type]
    _say_what_was_read(matches, suggestions)
    if candidates == "in-demand":
        _point_beyond_the_lists(engine, matches, suggestions)
    if top and not suggestions:
        few = "" if len(engine.outlook_.in_demand) else ": the lists show demand for no skill of this model"
        note(f"nothing to suggest{few}" + (". Try --candidates all" if candidates == "in-demand" else ""))
    style = chosen(format)
    if gaps:
        _print_gaps(engine, matches, suggestions, format)
    elif style is Format.json:
        print_records([_whole(s) for s in suggestions], format)
    else:
        rows = [_row(place, s) for place, s in enumerate(suggestions, 1)]
        print_records(rows, format, "Skills to add next", ("#", "skill", "score", "why"))


def match(
    terms: TermsArgument = None, file: FileOption = None, model: ModelOption = None, format: FormatOption = None
) -> None:
    """Show what each term is taken for and why: key, steps, kind of match, score, candidates, evidence."""
    engine = opened(model)
    pieces = terms_given(terms, file, engine.matcher_.known)
    matches = engine.match_profile([piece.term for piece in pieces])
    if not pieces:
        note(NO_TERM)
    show = _explained if chosen(format) is Format.json else _matched
    print_records([show(m, piece.steps) for m, piece in zip(matches, pieces, strict=True)], format, "Terms", MATCHED)


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
        if not name.strip():  # the path of the current folder
            raise typer.BadParameter("is empty. Name a list, a publisher or a folder.", param_hint="--trends")
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
            near = ", ".join(c.skill for c in m.candidates[:3] if c.score >= LEAST_SHOWN)
            note(f"not recognised: {m.term[:60]!r}" + (f" (nearest: {near})" if near else ""))
    if not matches:
        note(NO_TERM)
    if understood and (few := sum(s.score <= 0 for s in suggestions)):
        note(f"{few} of these have score 0: nothing that is held speaks for them")
    if suggestions and not understood:
        note("no skill was recognised, so these are the skills most in demand, not personal to this profile")


def _point_beyond_the_lists(
    engine: SkillRecommender, matches: Sequence[Match], suggestions: Sequence[Suggestion]
) -> None:
    """Tell on stderr of skills that go far better with a profile than any that the lists name, if there are such."""
    from recommender.model import held_numbers

    held = held_numbers(matches)
    if not (held and suggestions):
        return
    least = FAR_CLOSER * max(map(_relevance, suggestions))
    far = [s.skill for s in engine.suggest(held, 2, "all") if _relevance(s) >= least and not _in_demand(s)]
    if far:
        note(f"closer to this profile, but in no demand list: {' and '.join(far)}; --candidates all ranks every skill")


def _in_demand(suggestion: Suggestion) -> bool:
    """Tell whether a list of demand names a skill."""
    return any(item.kind == "demand" for item in suggestion.evidence)


def _relevance(suggestion: Suggestion) -> float:
    """Add up what the skills held say for a suggestion."""
    return sum(reason.share for reason in suggestion.because)


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
    least = LEAST_SHOWN if m.skill is None else 0.0  # what lost against an answer is no noise
    others = [f"{c.skill} {c.score:.2f}" for c in m.candidates if c.skill != m.skill and c.score >= least][:3]
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
