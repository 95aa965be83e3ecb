"""Show the vocabulary, and the state of the installation."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from recommender.cli.options import FormatOption, ModelOption
from recommender.cli.printing import Format, chosen, note, print_records
from recommender.cli.scoring import opened

__all__ = ["info", "skills"]


def skills(
    words: Annotated[
        list[str] | None, typer.Argument(help="Only skills whose name, alias or field holds these letters.")
    ] = None,
    model: ModelOption = None,
    format: FormatOption = None,
) -> None:
    """List the vocabulary: every canonical skill with its field, kind and aliases."""
    engine = opened(model)
    wanted = " ".join(words or ()).casefold()
    rows = [
        {"name": s.name, "field": s.field, "kind": s.kind, "within": list(s.within), "aliases": list(s.aliases)}
        for s in engine.vocabulary_.skills
        if any(wanted in text.casefold() for text in (s.name, s.field, *s.aliases))
    ]
    if not rows:
        note(f"no skill has {' '.join(words or ())!r:.60} in its name, aliases or field. Try: recommender match TERM")
    if chosen(format) is Format.json and format:
        _one_array(rows)
    else:
        print_records(rows, format, f"{len(rows):,} skills", ("name", "field", "kind", "within", "aliases"))


def _one_array(rows: list[dict[str, Any]]) -> None:
    """Write one JSON array, a row a line: whole for `json.loads`, and still readable by line tools."""
    import json
    import sys

    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    sys.stdout.write(f"[\n{lines}\n]\n" if rows else "[]\n")


def info(model: ModelOption = None, format: FormatOption = None) -> None:
    """Show versions, the model, the dates of its data, and where they lie."""
    import platform
    from importlib.metadata import version

    from recommender import __version__, kernels, places

    engine = opened(model)
    outlook = engine.outlook_
    days = sorted(str(trend.observed) for trend in outlook.lists)
    facts = {
        "recommender": __version__,
        "python": platform.python_version(),
        "numpy, rapidfuzz": f"{version('numpy')}, {version('rapidfuzz')}",
        "kernels": f"plain code for {', '.join(without)}" if (without := kernels.missing()) else "compiled",
        "model": str(places.model_folder(model)),
        "data": str(places.data_folder()),
        "skills": len(engine.vocabulary_),
        "spellings": len(engine.vocabulary_.codes),
        "trend lists": f"{len(days)}, observed {days[0]} to {days[-1]}",
        "demand as of": str(outlook.as_of),
        "in-demand skills": len(outlook.in_demand),
    }
    if chosen(format) is Format.json:
        print_records([facts], format)
    else:
        print_records([{"what": name, "value": value} for name, value in facts.items()], format)
