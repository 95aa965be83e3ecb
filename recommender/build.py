"""Build `models/default` from `data/`: skills, senses, roles, trend lists, and nothing else.

Run as `python -m recommender.build` (or `make model`); with ``--check`` it rebuilds beside and compares byte for byte.
"""

from __future__ import annotations

import filecmp
import hashlib
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from recommender import knowledge, places, roles, trends
from recommender.documents import Documents
from recommender.errors import RecommenderError
from recommender.matcher import Matcher
from recommender.model import SkillRecommender
from recommender.ranking import Weights
from recommender.outlook import Outlook, newest_day
from recommender.vocabulary import Vocabulary

__all__ = ["build", "main"]

WEIGHTS = Weights(together=1.5, similar=8.0, demand=1.5, demand_all=1.5)
"""Chosen on the mission test: relevance spreads candidates about equally by what goes together and by documents, and
demand moves a related skill by as much as one more companion would. Neighbouring values change nDCG by less than .01."""


SURE = ("exact", "alias", "sense")
"""Kinds of match that resolve a printed name."""


def build(data: Path) -> SkillRecommender:
    """Fit the shipped model on the facts in ``data``."""
    vocabulary = Vocabulary.read(data)
    known = roles.read(data / "roles.tsv")
    model = SkillRecommender()
    model.vocabulary_ = vocabulary
    model.weights_ = WEIGHTS
    model.popularity_ = np.zeros(len(vocabulary))
    model.pairs_ = model.twins_ = np.zeros((0, 2), np.int32)
    lists = trends.read_folder(data / "trends")
    model.matcher_ = Matcher(vocabulary)
    numbers = trend_skills(lists, model.matcher_)
    model.together_ = knowledge.together(knowledge.role_world(known, vocabulary, lists, numbers), vocabulary)
    model.similar_ = Documents().fit(knowledge.documents(vocabulary, known)).neighbours_
    moved = trends.read_moved(data / "moved.tsv")
    model.outlook_ = Outlook(lists, numbers, len(vocabulary), moved, newest_day(lists))
    model.sources_ = sources(data)
    return model


def trend_skills(lists: Sequence[trends.TrendList], matcher: Matcher) -> list[int]:
    """Return the skill number of every name of every list, -1 where there is none.

    The names of a list decide each other's short forms, as the terms of a profile do ("LLM" beside "RAG"). A near
    spelling is not enough: what a publisher printed is a skill, an alias, or unknown.
    """
    numbers = []
    for trend in lists:
        names = [item.name for item in trend.items]
        for beside, name in zip(matcher.match_profile(names), names, strict=True):
            # A list of all trades speaks for every sense at once; then the usual one counts.
            match = beside if beside.how in SURE else matcher.match(name)
            numbers.append(match.number if match.how in SURE else -1)
    return numbers


def sources(data: Path) -> tuple[dict[str, str], ...]:
    """Return name, hash and date of every data file that the model is built from."""
    files = [data / f"{name}.tsv" for name in ("skills", "senses", "roles", "moved")]
    files += sorted((data / "trends").glob("*.json"))
    return tuple(
        {
            "name": path.relative_to(data).as_posix(),
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "date": _date_of(path),
        }
        for path in files
    )


def _date_of(path: Path) -> str:
    if path.suffix == ".json":
        trend = trends.read_list(path)
        return str(trend.published or trend.period.end)
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# date: "):
            return line.removeprefix("# date: ")
    return ""


def differences(one: Path, other: Path) -> list[str]:
    """Name the files of two model folders that are not the same bytes."""
    names = sorted({path.name for folder in (one, other) if folder.is_dir() for path in folder.iterdir()})
    return filecmp.cmpfiles(one, other, names, shallow=False)[1] + filecmp.cmpfiles(one, other, names, shallow=False)[2]


def main(arguments: Sequence[str]) -> int:
    """Build the shipped model, or with ``--check`` compare it with a fresh build."""
    target = places.model_folder()
    try:
        if "--check" not in arguments:
            build(places.data_folder()).save(target)
            return 0
        with tempfile.TemporaryDirectory() as folder:
            build(places.data_folder()).save(Path(folder) / "model")
            changed = differences(Path(folder) / "model", target)
    except RecommenderError as error:
        print(f"build: {error}", file=sys.stderr)
        return 1
    if changed:
        print(f"build: {target} differs from a fresh build in {', '.join(changed)}. Run make model.", file=sys.stderr)
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
