"""Measure what a fit costs: made lists, by how common words are in a language and in one of many trades.

    python benchmarks/fitting.py                                      # 5,000 lists of 2,100 skills
    python benchmarks/fitting.py --lists 1000000 --skills 20000       # 3 GB of memory, a minute or some

The words are made too, so all of them are unknown to the shipped vocabulary: the most that reading and matching can
cost. Figures are seconds of processor and wall clock, and the largest memory of the process.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import sys
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: processor time is then that of one core

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from recommender import SkillRecommender  # noqa: E402

SEED = 11
TRADES = 200
MEAN_LENGTH, SHORTEST, LONGEST = 8, 2, 25
SPREAD = 2.0  # of the logarithm by which a skill is commoner in a trade than at large
ONSETS = [*"bcdfghjklmnprstvwz", "br", "cl", "dr", "fl", "gr", "kl", "pr", "st", "tr"]
VOWELS = [*"aeiou", "ai", "ou"]


def made_names(count: int, rng: np.random.Generator) -> list[str]:
    syllables = [onset + vowel for onset in ONSETS for vowel in VOWELS]

    def word(length: int) -> str:
        return "".join(syllables[i] for i in rng.integers(0, len(syllables), length))

    names: dict[str, None] = {}
    while len(names) < count:
        names[word(3) + (f" {word(2)}" if rng.random() < 0.6 else "")] = None
    return list(names)


def made_lists(lists: int, skills: int) -> list[list[str]]:
    """Draw a trade for each list, and its skills by Zipf's law, bent by the trade."""
    rng = np.random.default_rng(SEED)
    names = np.array(made_names(skills, rng), dtype=object)
    lengths = np.clip(rng.poisson(MEAN_LENGTH, lists), SHORTEST, LONGEST)
    trades = np.repeat(rng.integers(0, TRADES, lists), lengths)
    drawn = np.empty(len(trades), np.int64)
    order = np.argsort(trades, kind="stable")
    for places in np.split(order, np.searchsorted(trades[order], np.arange(1, TRADES))):
        chances = np.cumsum(np.exp(SPREAD * rng.standard_normal(skills)) / np.arange(1, skills + 1))
        drawn[places] = np.searchsorted(chances / chances[-1], rng.random(len(places)))
    ends = np.cumsum(lengths)
    words = names[np.minimum(drawn, skills - 1)].tolist()
    return [words[end - length : end] for end, length in zip(ends.tolist(), lengths.tolist(), strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lists", type=int, default=5000)
    parser.add_argument("--skills", type=int, default=2100)
    args = parser.parse_args()
    lists = made_lists(args.lists, args.skills)
    begun, wall = time.process_time(), time.perf_counter()

    def say(what: str) -> None:
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{time.process_time() - begun:7.1f} {time.perf_counter() - wall:7.1f} {memory:7.0f}  {what}")

    print("  CPU s  wall s  peak MB  from here on")
    model = SkillRecommender().fit(lists, say=say)
    say(f"done: {len(model.vocabulary_):,} skills, {len(model.together_.steps):,} weights")
    print(f"{args.lists:,} lists, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")


if __name__ == "__main__":
    main()
