"""Time single and bulk recommending: warm `recommend`, `recommend_many`, the first call, loading; on made-up lists.

    python benchmarks/recommend.py            # two minutes; --profiles and --repeat change the size

Profiles for the shipped model are eight skills of one neighbourhood each: a skill drawn at random and seven of those
that it speaks for. For the fitted model 2,000 names are made of syllables, 100 crafts of 60 names are drawn, and 5,000
lists of some eight names, each of one craft, its first names oftener, are what it learns from and is asked about; so
the vocabulary is the 2,000 names and no others. Times are of the process (CPU), the best of several runs; with two
threads also wall-clock, which says nothing on a busy machine.
"""

from __future__ import annotations

import argparse
import platform
import random
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from recommender import SkillRecommender
from recommender.model import held_numbers

SEED = 7
NAMES = 2000
CRAFTS = 100
LISTS = 5000
HELD = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profiles", type=int, default=20_000, help="profiles of a bulk run")
    parser.add_argument("--repeat", type=int, default=5, help="runs, of which the best counts")
    args = parser.parse_args()
    print(hardware())
    rng = random.Random(SEED)
    model = SkillRecommender.load()
    print(f"load, again in one process: {1e3 * best(SkillRecommender.load, args.repeat):.1f} ms")
    singly(model, neighbourly(model, rng, 300), args.repeat)
    bulk("shipped", model, neighbourly(model, rng, args.profiles), "in-demand", args.repeat)
    fitted, lists = made_up(rng)
    print(f"fitted: {len(fitted.vocabulary_):,} skills, {len(fitted.pairs_):,} pairs")
    asked = [lists[i % LISTS] for i in range(args.profiles)]
    bulk("fitted", fitted, asked, "all", args.repeat)


def singly(model: SkillRecommender, profiles: list[list[str]], repeat: int) -> None:
    held = [held_numbers(model.match_profile(profile)) for profile in profiles]
    for label, work, asked in (
        ("recommend", model.recommend, profiles),
        ("  of which match_profile", model.match_profile, profiles),
        ("  of which suggest", lambda numbers: model.suggest(numbers, 5), held),
        ("suggest, all skills", lambda numbers: model.suggest(numbers, 5, "all"), held),
    ):
        seconds = best(lambda work=work, asked=asked: [work(one) for one in asked], repeat)
        print(f"{label}, {HELD} terms, warm: {1e6 * seconds / len(asked):.0f} us per profile")


def bulk(label: str, model: SkillRecommender, profiles: list[list[str]], candidates: str, repeat: int) -> None:
    rows = model.held_rows(profiles)
    scorer = model.scorer(candidates)
    work: dict[str, Callable[[], object]] = {
        "Scorer.best": lambda: scorer.best(*rows, 5),
        "recommend_many, suggestions not looked at": lambda: model.recommend_many(profiles, 5, candidates),
    }
    count = len(model.vocabulary_) if candidates == "all" else len(model.outlook_.in_demand)
    for name, one in work.items():
        print(f"{label}, {count:,} candidates, {name}: {len(profiles) / best(one, repeat):,.0f} profiles/s of one core")
    wall = best(lambda: scorer.best(*rows, 5, threads=2), repeat, time.perf_counter)
    print(
        f"{label}, {count:,} candidates, Scorer.best on two threads: {len(profiles) / wall:,.0f} profiles/s by the wall"
    )
    wall = best(lambda: model.recommend_many(profiles, 5, candidates), repeat, time.perf_counter)
    told = f"{len(profiles) / wall:,.0f} profiles/s by the wall"
    print(f"{label}, {count:,} candidates, recommend_many, all cores: {told}")


def best(work: Callable[[], object], repeat: int, clock: Callable[[], float] = time.process_time) -> float:
    work()
    spent = []
    for _ in range(repeat):
        start = clock()
        work()
        spent.append(clock() - start)
    return min(spent)


def neighbourly(model: SkillRecommender, rng: random.Random, count: int) -> list[list[str]]:
    names, out = model.vocabulary_.names, []
    while len(out) < count:
        first = rng.randrange(len(names))
        near = [i for i in model.together_.row(first)[0].tolist() if i < len(names)]
        if len(near) >= HELD:
            out.append([names[i] for i in (first, *rng.sample(near, HELD - 1))])
    return out


def made_up(rng: random.Random) -> tuple[SkillRecommender, list[list[str]]]:
    syllables = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
    names = sorted({"".join(rng.choices(syllables, k=4)).capitalize() for _ in range(2 * NAMES)})[:NAMES]
    crafts = [rng.sample(names, 60) for _ in range(CRAFTS)]
    lists = []
    for _ in range(LISTS):
        craft, size = rng.choice(crafts), max(3, round(rng.gauss(HELD, 2)))
        drawn = [craft[min(int(rng.expovariate(1 / 20)), len(craft) - 1)] for _ in range(size)]
        lists.append(list(dict.fromkeys(drawn)))
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "names.csv"
        table.write_text("name\n" + "\n".join(names) + "\n", encoding="utf-8")
        return SkillRecommender(vocabulary=str(table)).fit(lists), lists


def hardware() -> str:
    found = Path("/proc/cpuinfo")
    lines = found.read_text().splitlines() if found.exists() else []
    chips = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    packages = ", ".join(f"{name} {version(name)}" for name in ("recommender", "numpy", "scipy", "rapidfuzz"))
    chip = f"{len(chips)} x {chips[0]}" if chips else platform.processor()
    return f"{chip}; Python {platform.python_version()}, {packages}; seed {SEED}"


if __name__ == "__main__":
    main()
