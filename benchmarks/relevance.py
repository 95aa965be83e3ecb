"""Compare `recommender` with the classics on held-out lists: hide one skill at a time, and ask for it back.

    python benchmarks/relevance.py                   # made lists: sample people of the roles in data/roles.tsv
    python benchmarks/relevance.py --profiles FILE   # your own: CSV, TSV, JSON Lines, Parquet
    python benchmarks/relevance.py --output FILE     # write the page there too (benchmarks/relevance.md)

Made lists are drawn from the same roles that the shipped model knows, in clean spellings: they favour `recommender`,
whose prior is that knowledge, and show that the machinery works, not how far ahead it is on lists of real people. For
that, pass lists of your own. Systems other than `recommender` see the same matched skills. `implicit` is left out, with
a word, where it is not installed (pip install implicit).
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: implicit asks for it, and figures stay comparable

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from recommender import SkillRecommender, evaluation, judging, knowledge, metrics, places, roles  # noqa: E402
from recommender.vocabulary import Vocabulary  # noqa: E402

SEED = 20261122
LISTS = 3000
SHORTEST = 3
FACTORS, STEPS = 64, 15  # of ALS: implicit's own default is 100 factors; 64 keep the run short
PACKAGES = ("recommender", "numpy", "scipy", "scikit-learn", "rapidfuzz", "implicit")
Rows = tuple[np.ndarray, np.ndarray]


def made_lists(count: int) -> list[list[str]]:
    """Draw people of roles, roles by how common they are, each skill by how many of the role hold it."""
    words = Vocabulary.read(places.data_folder())
    world = knowledge.role_world(roles.read(places.data_folder() / "roles.tsv"), words)
    rng = np.random.default_rng(SEED)
    drawn = rng.choice(len(world.weights), count, p=world.weights / world.weights.sum())
    lists = []
    for role in drawn:
        held = np.flatnonzero(rng.random(len(words)) < world.probabilities[role])
        if len(held) >= SHORTEST:
            lists.append([words.names[h] for h in rng.permutation(held)])
    return lists


def read_lists(path: str) -> list[list[str]]:
    from recommender.batch.profiles import read_profiles

    return read_profiles(path).lists


def implicit_scorer(kind: str, rows: Rows, size: int) -> evaluation.Scorer:
    """Fit one model of `implicit` and score every item for a list that it has not seen."""
    from implicit.als import AlternatingLeastSquares
    from implicit.nearest_neighbours import BM25Recommender, TFIDFRecommender
    from scipy.sparse import csr_matrix

    matrix = csr_matrix((np.ones(len(rows[1]), np.float32), rows[1], rows[0]), shape=(len(rows[0]) - 1, size))
    if kind == "ALS":
        als = AlternatingLeastSquares(factors=FACTORS, iterations=STEPS, random_state=SEED, num_threads=1)
        als.fit(matrix, show_progress=False)

        def factors(held: np.ndarray) -> np.ndarray:
            own = csr_matrix((np.ones(len(held), np.float32), (np.zeros(len(held), int), held)), shape=(1, size))
            return np.asarray(als.item_factors @ als.recalculate_user(0, own), np.float64)

        return factors
    model = {"TF-IDF": TFIDFRecommender, "BM25": BM25Recommender}[kind](K=size, num_threads=1)
    model.fit(matrix, show_progress=False)
    similar = model.similarity.tocsr()
    return lambda held: np.asarray(similar[held].sum(axis=0), np.float64).ravel()


def measured(scorer: evaluation.Scorer, cases: evaluation.Cases) -> dict[str, np.ndarray]:
    found = evaluation.ranks(scorer, cases)
    return {
        "nDCG@10": metrics.discounted(found, 10), "recall@10": metrics.recall(found, 10),
        "MRR": metrics.reciprocal_rank(found),
    }  # fmt: skip


def compare(lists: list[list[str]], say: Callable[[str], None]) -> str:
    """Judge all systems on one split and return the table."""
    split = judging.split_terms(lists)
    model = SkillRecommender()
    start = time.process_time()
    model.fit([lists[i] for i in split.train.tolist()])
    seconds = {judging.OURS: time.process_time() - start}
    trial = judging.trial_of(model, lists, split)
    size = len(trial.items)
    say(f"{len(lists):,} lists, {size:,} skills, {len(trial.cases):,} questions")
    scorers = dict(judging.scorers(model, trial, say))
    for kind in ("TF-IDF", "BM25", "ALS"):
        try:
            start = time.process_time()
            scorers[f"implicit {kind}"] = implicit_scorer(kind, trial.train, size)
            seconds[f"implicit {kind}"] = time.process_time() - start
        except ImportError:
            say(f"implicit {kind} is left out: pip install implicit")
    values = {name: measured(scorer, trial.cases) for name, scorer in scorers.items()}
    head = f"{len(lists):,} lists ({len(split.train):,} train), {len(trial.cases):,} questions, {size:,} skills"
    lines = [head, "", "| system | nDCG@10 | recall@10 | MRR | ours ahead, nDCG@10 | fit, CPU s |", "|" + " --- |" * 6]
    for name, own in values.items():
        figures = " | ".join(f"{value.mean():.3f}" for value in own.values())
        ahead = metrics.paired_difference(values[judging.OURS]["nDCG@10"], own["nDCG@10"], trial.cases.lists)
        gap = "" if name == judging.OURS else f"{ahead.mean:+.3f} [{ahead.low:+.3f}, {ahead.high:+.3f}]"
        lines.append(f"| {name} | {figures} | {gap} | {seconds[name]:.1f} |" if name in seconds
                     else f"| {name} | {figures} | {gap} | |")  # fmt: skip
    return "\n".join(lines)


def conditions() -> str:
    """Say with which versions and seeds, and on what, the figures were measured."""
    versions = []
    for package in PACKAGES:
        try:
            versions.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            versions.append(f"{package} not installed")
    return (
        f"Seeds {SEED} (lists, ALS), {evaluation.SEED} (split, bootstrap). Python {platform.python_version()}, "
        f"{', '.join(versions)}. {platform.machine()}, {os.cpu_count()} cores, one thread of linear algebra; "
        "a fit by `recommender` includes reading and matching the words, the others are given numbers."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profiles", metavar="FILE", help="lists of your own instead of made ones")
    parser.add_argument("--lists", type=int, default=LISTS, help="how many lists are made")
    parser.add_argument("--output", metavar="FILE", help="write the page there too")
    args = parser.parse_args()
    lists = read_lists(args.profiles) if args.profiles else made_lists(args.lists)
    table = compare(lists, lambda words: print(words, file=sys.stderr))
    what = "Lists of your own" if args.profiles else "Made lists: people drawn from data/roles.tsv, clean spellings"
    note = "" if args.profiles else (
        "\n\nMade lists come from the very roles that `recommender` has as its prior, so its lead here is no forecast; "
        "run it on your own lists with `--profiles FILE`, or `recommender evaluate FILE`."
    )  # fmt: skip
    page = f"# Relevance on held-out lists\n\n{what}: {table}\n\n{conditions()}{note}\n"
    print(page)
    if args.output:
        Path(args.output).write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
