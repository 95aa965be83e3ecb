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
from recommender.outlook import Outlook, newest_day, trend_skills
from recommender.ranking import Weights
from recommender.vocabulary import Vocabulary

__all__ = ["build", "main"]

WEIGHTS = Weights(together=1.5, similar=8.0, demand=1.5, demand_all=1.5)
"""Chosen on the mission test: relevance spreads candidates about equally by what goes together and by documents, and
demand moves a related skill by as much as one more companion would. Neighbouring values change nDCG by less than
.01."""


CARD = """# The shipped model

Built by `make model` from `data/` alone, byte for byte reproducible: no list of any person was seen.

| what | how much |
| --- | --- |
| canonical skills | {skills:,} |
| aliases | {aliases:,} |
| ambiguous short forms | {forms:,} |
| roles and services | {roles:,} |
| trend lists | {lists}, observed {first} to {last} |
| skills in demand on {day} | {demanded} |

Meant for: suggesting the next skill to freelancers of all trades, and matching terms to skills.
Not meant for: deciding who is hired, or judging a person.

Limits: skills, roles and the weights of kinds of demand were written and judged by people; the demand lists lean to
technology and to the United States; English is read best. A term that is not known is refused, never guessed.
"""


def build(data: Path) -> SkillRecommender:
    """Fit the shipped model on the facts in ``data``."""
    vocabulary = Vocabulary.read(data)
    known = roles.read(data / "roles.tsv")
    model = SkillRecommender()
    model.vocabulary_ = vocabulary
    model.weights_ = WEIGHTS
    model.popularity_ = np.zeros(len(vocabulary))
    model.pairs_ = np.zeros((0, 2), np.int32)
    overlaps = [vocabulary.numbers(pair) for pair in roles.read_overlaps(data / "overlaps.tsv")]
    model.twins_ = np.array(overlaps, np.int32).reshape(-1, 2)
    lists = trends.read_folder(data / "trends")
    model.matcher_ = Matcher(vocabulary)
    numbers = trend_skills(lists, model.matcher_)
    model.together_ = knowledge.together(knowledge.role_world(known, vocabulary, lists, numbers), vocabulary)
    model.similar_ = Documents().fit(knowledge.documents(vocabulary, known)).neighbours_
    moved = trends.read_moved(data / "moved.tsv")
    model.outlook_ = Outlook(lists, numbers, len(vocabulary), moved, newest_day(lists))
    model.sources_ = sources(data)
    model.card_ = card(model, len(known))
    return model


def card(model: SkillRecommender, roles_known: int) -> str:
    """Write the model card: what the model was built from, what it is for, and where it ends."""
    words, outlook = model.vocabulary_, model.outlook_
    aliases = sum(len(skill.aliases) for skill in words.skills)
    days = sorted(str(trend.observed) for trend in outlook.lists)
    return CARD.format(
        skills=len(words), aliases=aliases, forms=len({sense.form for sense in words.senses}), roles=roles_known,
        lists=len(days), first=days[0], last=days[-1], day=outlook.as_of, demanded=len(outlook.in_demand),
    )  # fmt: skip


def sources(data: Path) -> tuple[dict[str, str], ...]:
    """Return name, hash and date of every data file that the model is built from."""
    files = [data / f"{name}.tsv" for name in ("skills", "senses", "roles", "overlaps", "moved")]
    files += [*sorted((data / "trends").glob("*.json")), data / "trends" / "shows.tsv"]
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
