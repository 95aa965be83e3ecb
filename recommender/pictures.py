"""Draw what a judgement found: matplotlib lives here."""

from __future__ import annotations

from pathlib import Path

from recommender.errors import InputError, UsageError
from recommender.judging import OURS, Judgement

__all__ = ["draw_judgement"]

SUFFIXES = (".png", ".svg", ".pdf")
OWN, OTHER = "#1f6f8b", "#9aa5ab"


def draw_judgement(found: Judgement, path: Path) -> None:
    """Draw ranking quality with its intervals, and what scores promise against what came true.

    Raises
    ------
    InputError
        The name is none of a picture, its folder is not there, or matplotlib is not installed.
    """
    check_picture(path)
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise InputError("pictures need matplotlib. Install it: pip install 'recommender[report]'.") from None
    figure = Figure(figsize=(10, 4), layout="constrained")
    bars, curve = figure.subplots(1, 2)
    names = list(found.verdicts)[::-1]
    marks = [found.verdicts[name].metrics["nDCG@10"] for name in names]
    ends = [[m.mean - m.low for m in marks], [m.high - m.mean for m in marks]]
    colours = [OWN if name == OURS else OTHER for name in names]
    bars.barh(names, [m.mean for m in marks], xerr=ends, color=colours, capsize=3)
    bars.set(xlabel="nDCG@10 of a hidden skill, with 95 % interval", title="Ranking")
    promised, true = found.verdicts[OURS].curve
    most = max([*promised, *true, 0.1])
    curve.plot([0, most], [0, most], color=OTHER, linewidth=1)
    curve.plot(promised, true, marker="o", color=OWN)
    curve.set(xlabel="promised", ylabel="came true", title=f"Calibration of {OURS}")
    figure.savefig(path, dpi=150, metadata={"Software": None} if path.suffix == ".png" else None)


def check_picture(path: Path) -> None:
    """Raise `InputError` where no picture can be written, before the work that leads to it."""
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{path}: is no name of a picture. End it in {', '.join(SUFFIXES)}.")
    if not path.parent.is_dir():
        raise InputError(f"{path}: there is no folder {path.parent}. Make it first.")
