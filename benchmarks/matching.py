"""Compare the matcher with plain baselines: damaged names found, different names refused, terms per second.

    python benchmarks/matching.py                # the project's own vocabulary, bare names
    python benchmarks/matching.py --names FILE   # other names, one a line
    python benchmarks/matching.py --speed        # speed and memory with 3,000 and 30,000 names

A fifth of the names is left out of the vocabulary; each of the others is damaged in every way of `damage` and must be
found, each name left out must be refused. "found" counts the right skill above the system's threshold.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import numpy as np  # noqa: E402
from damage import KINDS  # noqa: E402

from recommender.matcher import Matcher  # noqa: E402
from recommender.text import key  # noqa: E402
from recommender.vocabulary import Vocabulary  # noqa: E402

SEED = 20261122
KEPT_SHARE = 0.8
MOST = 400  # names per kind of damage
MOST_NAMES = 3000
SIZES = (3_000, 30_000)
AT_ONCE = 256  # terms per matrix of cdist
Find = Callable[[list[str]], "list[str | None]"]


def ours(names: list[str]) -> Find:
    """Match with `recommender`, one term after the other, candidates and steps included."""
    matcher = Matcher(Vocabulary.from_names(names))
    return lambda terms: [matcher.match(term).skill for term in terms]


def ours_in_bulk(names: list[str]) -> Find:
    """Match with `recommender`, all terms together, answers only."""
    matcher = Matcher(Vocabulary.from_names(names))
    held = [*matcher.vocabulary.names, None]
    return lambda terms: [held[number] for number in matcher.numbers(terms).tolist()]


def rapidfuzz_best(scorer: str, cutoff: float) -> Callable[[list[str]], Find]:
    """Take the best name by one scorer of rapidfuzz, above a cutoff."""

    def build(names: list[str]) -> Find:
        from rapidfuzz import fuzz, process, utils

        folded = [utils.default_process(name) for name in names]

        def find(terms: list[str]) -> list[str | None]:
            scored = [
                process.extractOne(
                    utils.default_process(term), folded, scorer=getattr(fuzz, scorer), score_cutoff=cutoff
                )
                for term in terms
            ]
            return [names[best[2]] if best else None for best in scored]

        return find

    return build


def rapidfuzz_all(cutoff: float) -> Callable[[list[str]], Find]:
    """Compare all terms with all names at once (cdist), some hundred terms a time, on one core."""

    def build(names: list[str]) -> Find:
        from rapidfuzz import fuzz, process, utils

        folded = [utils.default_process(name) for name in names]

        def find(terms: list[str]) -> list[str | None]:
            found: list[str | None] = []
            for start in range(0, len(terms), AT_ONCE):
                asked = [utils.default_process(term) for term in terms[start : start + AT_ONCE]]
                scores = process.cdist(asked, folded, scorer=fuzz.ratio, score_cutoff=cutoff, workers=1)
                best = scores.argmax(axis=1).tolist()
                found += [names[at] if scores[row, at] else None for row, at in enumerate(best)]
            return found

        return find

    return build


def character_tfidf(cutoff: float) -> Callable[[list[str]], Find]:
    """Take the best name by cosine of TF-IDF over character pieces, above a cutoff."""

    def build(names: list[str]) -> Find:
        from sklearn.feature_extraction.text import TfidfVectorizer

        vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 3))
        held = vectors.fit_transform(names).T.tocsr()

        def find(terms: list[str]) -> list[str | None]:
            found: list[str | None] = []
            for term in terms:
                scores = (vectors.transform([term]) @ held).toarray()[0]
                best = int(scores.argmax())
                found.append(names[best] if scores[best] >= cutoff else None)
            return found

        return find

    return build


SYSTEMS: dict[str, Callable[[list[str]], Find]] = {
    "rapidfuzz WRatio >= 90": rapidfuzz_best("WRatio", 90),
    "rapidfuzz ratio >= 85": rapidfuzz_best("ratio", 85),
    "rapidfuzz token_sort >= 85": rapidfuzz_best("token_sort_ratio", 85),
    "rapidfuzz token_set >= 90": rapidfuzz_best("token_set_ratio", 90),
    "rapidfuzz cdist ratio >= 85": rapidfuzz_all(85),
    "character TF-IDF >= .6": character_tfidf(0.6),
    "recommender": ours,
    "recommender, in bulk": ours_in_bulk,
}


def hardware() -> str:
    """Say on what this was measured."""
    import platform

    import rapidfuzz
    import sklearn

    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    cpu = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
    return (
        f"{cpu}, one core; Python {platform.python_version()}, numpy {np.__version__}, "
        f"rapidfuzz {rapidfuzz.__version__}, scikit-learn {sklearn.__version__}"
    )


def own_names() -> list[str]:
    """Read the names of the project's skills."""
    return list(Vocabulary.read(ROOT / "data").names)


def compare(names: list[str]) -> None:
    """Print one line a system."""
    rng = Random(SEED)
    names = sorted(rng.sample(names, min(MOST_NAMES, len(names))))
    rng.shuffle(names)
    cut = int(KEPT_SHARE * len(names))
    kept, left = names[:cut], names[cut:]
    damaged: list[tuple[str, str, str]] = []
    for kind, damage in KINDS.items():
        pairs = [(damage(name, rng), name) for name in rng.sample(kept, min(MOST, len(kept)))]
        damaged += [(kind, term, name) for term, name in pairs if term and term not in kept]
    for system, build in SYSTEMS.items():
        find = build(kept)
        start = time.process_time()
        answers = find([term for _, term, _ in damaged] + left)
        found = [(kind, answer == name) for (kind, _, name), answer in zip(damaged, answers, strict=False)]
        false = sum(answer is not None for answer in answers[len(damaged) :]) / len(left)
        rate = (len(damaged) + len(left)) / (time.process_time() - start)
        by_kind = {kind: [ok for k, ok in found if k == kind] for kind in KINDS}
        print(
            f"{system:28s} found {sum(ok for _, ok in found) / len(found):.3f}  falsely taken {false:.4f}  {rate:8.0f} terms/s"  # noqa: E501
        )
        print("    " + "  ".join(f"{kind} {sum(oks) / max(1, len(oks)):.3f}" for kind, oks in by_kind.items()))


def speed(names: list[str]) -> None:
    """Print build time, memory and terms per second for small and large vocabularies."""
    rng = Random(SEED)
    for size in SIZES:
        held = grown(names, size)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.process_time()
        matcher = Matcher(Vocabulary.from_names(held))
        matcher.match("a term that is refuesd")
        built = time.process_time() - start
        terms = sorted({t for name in rng.sample(held, 3000) for d in KINDS.values() if (t := d(name, rng))})
        rng.shuffle(terms)
        matcher.numbers(terms[:2000])
        start = time.process_time()
        matcher.numbers(terms[2000:12000])
        distinct = 10_000 / (time.process_time() - start)
        repeated = terms[2000:12000] * 100
        start = time.process_time()
        matcher.numbers(repeated)
        again = len(repeated) / (time.process_time() - start)
        memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        print(
            f"{size:6d} names: built in {built:.2f} s, +{memory:.0f} MB; {distinct:.0f} distinct, {again / 1e6:.1f} M repeated terms/s"  # noqa: E501
        )


def grown(names: list[str], size: int) -> list[str]:
    """Make more names than there are, by putting two together."""
    held = dict.fromkeys(names[:size])
    rng = Random(SEED)
    while len(held) < size:
        held[f"{rng.choice(names)} {rng.choice(names).lower()}"] = None
    return list({key(name): name for name in held}.values())


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=Path)
    parser.add_argument("--speed", action="store_true")
    args = parser.parse_args()
    names = [n for n in args.names.read_text("utf-8").splitlines() if key(n)] if args.names else own_names()
    print(hardware())
    if args.speed:
        speed(names)
    else:
        compare(names)


if __name__ == "__main__":
    main()
