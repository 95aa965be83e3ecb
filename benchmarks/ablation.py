"""Show what each ingredient of a fit contributes: one taken away at a time, on lists of your own.

    python benchmarks/ablation.py FILE... [--wants FILE COLUMN] [--output FILE]

Four fifths of the lists train, skills of the others are hidden one at a time (after --wants: what the people of a JSON
Lines file say they want next is asked for, one at a time). What is learned anew for each row of the table is what goes
together; words, questions and the recipe that inner folds chose stay the same. Every figure is the nDCG@10 lost by
taking the ingredient away, with the 95 % interval of the paired difference; EASE, with its best strength, stands below.
"""

from __future__ import annotations

import argparse
import copy
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from recommender import SkillRecommender, evaluation, fitting, judging, metrics
from recommender.cooccurrence import Recipe

TAKEN: dict[str, Callable[[Recipe], Recipe]] = {
    "pairs of skills": lambda r: replace(r, pairs=0.0),
    "lift": lambda r: replace(r, lift=0.0),
    "association": lambda r: replace(r, association=0.0),
    "walk (RP3beta)": lambda r: replace(r, walk=0.0),
    "penalty by commonness": lambda r: replace(r, exponent=0.0),
    "popularity": lambda r: replace(r, popularity=0.0),
    "knowledge as a voice": lambda r: replace(r, knowledge=0.0),
    "knowledge as pseudo-lists": lambda r: replace(r, pseudo_lists=0.0),
    "all knowledge": lambda r: replace(r, knowledge=0.0, pseudo_lists=0.0),
    "choice on inner folds": lambda _: Recipe(),
    "all but the ridge": lambda r: Recipe(r.strength, 0.0, 0.0, lift=0.0, association=0.0, walk=0.0, popularity=0.0,
                                          pseudo_lists=0.0, knowledge=0.0),
}  # fmt: skip
TWINS = "hiding other spellings"


def read_lists(path: str) -> list[list[str]]:
    from recommender.batch.profiles import read_profiles

    return read_profiles(path).lists


def wanted(path: str, column: str) -> tuple[list[list[str]], list[list[str]]]:
    """Read lists and what their people want next, without what they hold."""
    rows = [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip()]
    held = [row["skills"] for row in rows]
    return held, [[w for w in row[column] if w not in row["skills"]] for row in rows]


def asked(
    model: SkillRecommender, trial: judging.Trial, held: list[list[str]], wants: list[list[str]]
) -> judging.Trial:
    """Ask, instead of what is hidden, for each wanted skill of the test lists: all that is held is told."""
    place = np.full(len(model.vocabulary_), -1)
    place[trial.items] = np.arange(len(trial.items))
    rows, hidden, origin = [], [], []
    for number, (own, more) in enumerate(zip(held, wants, strict=True)):
        mine, targets = (np.unique(place[model.held_rows([terms])[1]]) for terms in (own, more))
        mine, targets = mine[mine >= 0], targets[targets >= 0]
        for target in np.setdiff1d(targets, mine).tolist() if len(mine) > 1 else []:
            rows.append(mine)
            hidden.append(target)
            origin.append(number)
    ends = np.cumsum([0, *map(len, rows)])
    return replace(trial, cases=evaluation.Cases(ends, np.concatenate(rows), np.array(hidden), np.array(origin)))


def without(model: SkillRecommender, base: SkillRecommender, rows: fitting.Rows, recipe: Recipe) -> SkillRecommender:
    """Return the model with what goes together learned by another recipe."""
    other = copy.copy(model)
    fitting.adopt(other, base, *fitting.go_together(rows, other, recipe))
    return other


def gains(model: SkillRecommender, trial: judging.Trial) -> np.ndarray:
    def ours(held: np.ndarray) -> np.ndarray:
        return model.scores(trial.items[held].tolist())[trial.items]

    return metrics.discounted(evaluation.ranks(ours, trial.cases), 10)


def losses(path: str, wants: str | None) -> tuple[str, dict[str, metrics.Interval]]:
    """Measure one file: a line about it, and the loss by ingredient."""
    lists, wishes = wanted(path, wants) if wants else (read_lists(path), [])
    split = judging.split_terms(lists)
    train = [lists[i] for i in split.train.tolist()]
    base, model = SkillRecommender.load(), SkillRecommender().fit(train)
    trial = judging.trial_of(model, lists, split)
    if wants:
        test = split.test.tolist()
        trial = asked(model, trial, [lists[i] for i in test], [wishes[i] for i in test])
    rows = fitting.frequent(*model.held_rows([terms for terms in train if terms]), model.min_count)
    recipe = fitting.go_together(rows, model)[0].recipe_
    whole = gains(model, trial)
    figures = {name: gains(without(model, base, rows, take(recipe)), trial) for name, take in TAKEN.items()}
    bare = copy.copy(model)
    bare.twins_ = model.twins_[:0]
    figures[TWINS] = gains(bare, trial)
    scorers = dict(judging.scorers(model, trial, lambda _: None))
    figures["EASE"] = metrics.discounted(evaluation.ranks(scorers["EASE"], trial.cases), 10)
    print(f"{path}: {recipe}", file=sys.stderr)
    about = f"{Path(path).stem}{' (wants)' if wants else ''}: {whole.mean():.3f}, {len(whole):,} questions"
    own = trial.cases.lists
    return about, {name: metrics.paired_difference(whole, values, own) for name, values in figures.items()}


def table(found: list[tuple[str, dict[str, metrics.Interval]]]) -> str:
    lines = [f"| taken away | {' | '.join(about for about, _ in found)} |", "|" + " --- |" * (len(found) + 1)]
    for name in found[0][1]:
        cells = (f"{-own[name].mean:+.4f} [{-own[name].high:+.3f}, {-own[name].low:+.3f}]" for _, own in found)
        lines.append(f"| {name if name != 'EASE' else 'everything: EASE itself'} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", metavar="FILE", help="lists, in any format that recommender reads")
    parser.add_argument("--wants", nargs=2, action="append", default=[], metavar=("FILE", "COLUMN"),
                        help="a JSON Lines file whose COLUMN says what people want next")  # fmt: skip
    parser.add_argument("--output", metavar="FILE", help="write the table there too")
    args = parser.parse_args()
    jobs = [(path, None) for path in args.files] + [(path, column) for path, column in args.wants]
    found = []
    for path, column in jobs:
        found.append(losses(path, column))
        print(found[-1][0], file=sys.stderr)  # a table of many files takes minutes
    page = table(found)
    print(page)
    if args.output:
        Path(args.output).write_text(page + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
