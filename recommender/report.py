"""Write one page with pictures: the suggestions for a profile, or the summary of a batch; matplotlib lives here too.

The page is one HTML file that needs nothing else: pictures are drawn as SVG and put into it, and whatever comes from a
profile or a file is escaped.
"""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from recommender.errors import InputError
from recommender.suggestions import Suggestion

__all__ = ["batch_page", "check_target", "profile_page", "write_page"]

MOST_BARS = 15
"""Names in a picture: more cannot be read at the width of a page."""

LONGEST_NAME = 40
"""Letters of a name on an axis; longer ones are cut, the table beside has them whole."""

COLOURS = {
    "together": "#1f6f8b",
    "similar": "#6fb3c8",
    "demand": "#e0a33e",
    "popularity": "#9aa5ab",
    "variety": "#b5483a",
}
OTHER = "#7d6b91"

WORDS = {
    "together": "goes with what you hold",
    "similar": "is like what you hold",
    "demand": "is in demand",
    "popularity": "is common",
    "variety": "taken off: like one above",
}

STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}table{border-collapse:collapse}
td,th{padding:.2rem .8rem .2rem 0;text-align:left;vertical-align:top;border-bottom:1px solid #ddd}
td.n,th.n{text-align:right}svg{max-width:100%;height:auto}small,.note{color:#666}"""


def profile_page(
    suggestions: Sequence[Suggestion], understood: Sequence[str], refused: Sequence[str], as_of: str
) -> str:
    """Return the page of one profile: what was read, the suggestions with their parts as bars, and their evidence."""
    terms = len(understood) + len(refused)
    body = [
        _paragraph(f"Understood {len(understood)} of {terms} terms: {', '.join(understood) or 'none'}."),
        _paragraph(f"Not recognised: {', '.join(refused)}.") if refused else "",
        _paragraph(f"Demand as of {as_of}.", "note"),
    ]
    if suggestions and not any(s.personal for s in suggestions):
        body.append(_paragraph("These are the skills most in demand, not personal to this profile."))
    if suggestions:
        body += ["<h2>Skills to add next</h2>", _parts_picture(suggestions)]
    for place, suggestion in enumerate(suggestions, 1):
        body.append(f"<h2>{place}. {escape(suggestion.skill)} <small>{suggestion.score:.3f}</small></h2>")
        body.append(_paragraph(suggestion.why()))
        if suggestion.evidence:
            body.append("<ul>" + "".join(f"<li>{escape(e.words())}</li>" for e in suggestion.evidence) + "</ul>")
    return _page("Skills to add next", body)


def batch_page(summary: Mapping[str, Any], name: str) -> str:
    """Return the page of a batch: its rows, recognised share, commonest suggestions and commonest refused terms.

    Parameters
    ----------
    summary : mapping
        As `batch.run.run` returns it.
    name : str
        What was scored.
    """
    share = summary["recognised_share"]
    facts = [
        ("profiles", f"{summary['rows']:,}"),
        ("rows that could not be read", f"{summary['rejected']:,}"),
        ("terms recognised", "no terms" if share is None else f"{share:.1%} of {summary['terms']:,}"),
        ("demand as of", str(summary["data"])),
        ("model", str(summary["model"])),
    ]
    body = [_table([("", ""), *facts])]
    for title, key in (("Commonest suggestions", "suggestions"), ("Commonest refused terms", "refused_terms")):
        body.append(f"<h2>{title}</h2>")
        counts = [(str(term), int(count)) for term, count in summary[key]]
        if counts:
            body += [_counts_picture(counts, title), _table([("name", "count"), *((t, f"{n:,}") for t, n in counts)])]
        else:
            body.append(_paragraph("None."))
    return _page(f"Suggestions for {name}", body)


def check_target(path: Path) -> None:
    """Raise `InputError` where no page can be made, before the work that leads to it.

    Raises
    ------
    InputError
        The folder is not there, or matplotlib is not installed.
    """
    if not path.parent.is_dir():
        raise InputError(f"{path}: there is no folder {path.parent}. Make it first.")
    _figure(0)


def write_page(page: str, path: Path) -> None:
    """Write a page beside its place and move it there, so that no half page is ever seen.

    Raises
    ------
    InputError
        Nothing can be written there.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        beside.write_text(page, encoding="utf-8", errors="backslashreplace")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise InputError(f"{path}: cannot be written ({error.strerror}). Name a file in a folder of yours.") from None


def _page(title: str, body: Sequence[str]) -> str:
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>\n'
        f"<style>{STYLE}</style></head>\n<body><h1>{escape(title)}</h1>\n" + "\n".join(body) + "\n</body></html>\n"
    )


def _paragraph(text: str, style: str = "") -> str:
    return f'<p class="{style}">{escape(text)}</p>' if style else f"<p>{escape(text)}</p>"


def _table(rows: Sequence[tuple[str, str]]) -> str:
    head, *rest = rows
    first = f'<tr><th>{escape(head[0])}</th><th class="n">{escape(head[1])}</th></tr>'
    lines = [f'<tr><td>{escape(name)}</td><td class="n">{escape(value)}</td></tr>' for name, value in rest]
    return f"<table>{first}{''.join(lines)}</table>"


def _parts_picture(suggestions: Sequence[Suggestion]) -> str:
    """Draw each suggestion as one bar made of its parts; what is taken off stands left of zero."""
    shown = list(suggestions)[:MOST_BARS]
    figure, axes = _figure(len(shown))
    names = [_label(s.skill) for s in shown]
    for sign in (1, -1):
        ends = [0.0] * len(shown)
        for part in shown[0].parts:
            values = [max(sign * s.parts[part], 0.0) for s in shown]
            if any(values):
                left = [sign * end for end in ends]
                drawn = {"left": left, "color": COLOURS.get(part, OTHER), "label": WORDS.get(part, part)}
                axes.barh(range(len(shown)), [sign * value for value in values], **drawn)
            ends = [end + value for end, value in zip(ends, values, strict=True)]
    axes.set_yticks(range(len(shown)), names)
    axes.set_xlabel("score")
    # A part that is above zero for one skill and below for another has two bars and one line in the legend.
    handles, labels = axes.get_legend_handles_labels()
    first = dict(zip(reversed(labels), reversed(handles), strict=True))
    if first:
        figure.legend(first.values(), first.keys(), loc="outside upper left", ncols=len(first), fontsize="small")
    return _svg(figure, "The parts of each score")


def _counts_picture(counts: Sequence[tuple[str, int]], title: str) -> str:
    shown = counts[:MOST_BARS]
    figure, axes = _figure(len(shown))
    axes.barh(range(len(shown)), [count for _, count in shown], color=COLOURS["together"])
    axes.set_yticks(range(len(shown)), [_label(name) for name, _ in shown])
    return _svg(figure, title)


def _figure(bars: int) -> tuple[Any, Any]:
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise InputError("a report needs matplotlib. Install it: pip install 'recommender[report]'.") from None
    figure = Figure(figsize=(9, 1.2 + 0.4 * bars), layout="constrained")
    axes = figure.subplots()
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _label(name: str) -> str:
    """Cut a name to what an axis holds; $ would start mathematics, and what is no letter breaks a picture."""
    plain = "".join(c if c.isprintable() else "?" for c in name).replace("$", r"\$")
    return plain if len(plain) <= LONGEST_NAME else plain[: LONGEST_NAME - 1] + "…"


def _svg(figure: Any, what: str) -> str:
    """Draw as SVG without date, and with the same names of parts at every run; letters stay text."""
    from matplotlib import rc_context

    drawn = io.StringIO()
    with warnings.catch_warnings(), rc_context({"svg.fonttype": "none", "svg.hashsalt": "recommender"}):
        # Letters stay text, which the reader's own fonts draw; that ours lack some is no news.
        warnings.filterwarnings("ignore", "Glyph .* missing")
        figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    picture = drawn.getvalue()
    return f'<figure role="img" aria-label="{escape(what)}">{picture[picture.index("<svg") :]}</figure>'
