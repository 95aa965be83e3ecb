"""Fit and check the calibration of the matcher: of ten terms matched at .9, nine should be right.

    python benchmarks/calibration.py                 # reliability on damage held out, ECE, threshold curve
    python benchmarks/calibration.py --plot out.png  # the same, drawn
    python benchmarks/calibration.py --fit           # fit the weights anew and write recommender/matcher/weights.py
    python benchmarks/calibration.py --fit-ranking   # those of the ranking alone

Data: the project's own names, in "worlds": most names form a vocabulary (with their aliases, or bare), the rest and
their
aliases are terms that mean none of it. Names are damaged by `damage`, aliases are asked in bare worlds. Worlds split
the names by hash; names whose hash is even fit, odd ones check, so no name serves both.

Method: one logistic regression (L2) over the named features of every relation that the matcher finds, candidate by
candidate.
"""

from __future__ import annotations

import argparse
import sys
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import numpy as np  # noqa: E402
import tasks  # noqa: E402
from damage import KINDS, WILD  # noqa: E402

from recommender.matcher import Matcher  # noqa: E402
from recommender.matcher.differences import typing_slips  # noqa: E402
from recommender.matcher.forms import stem  # noqa: E402
from recommender.matcher.match import RANKED_BY_PIECES, THRESHOLD  # noqa: E402
from recommender.matcher.spellings import Spellings  # noqa: E402
from recommender.matcher.weights import WEIGHTS  # noqa: E402
from recommender.matcher.words import PRODUCTS  # noqa: E402
from recommender.text import key  # noqa: E402
from recommender.vocabulary import Skill, Vocabulary  # noqa: E402

SEED = 20261122
LEFT_SHARE = 0.2  # of the names; they and their aliases are asked clean and mean none
WORLDS = 4
FIT_WORLDS = 24
REGULARISATION = 1.0
# The features of phrases say much the same; held close together they carry over to other people's names, and of
# .0003 to .03 all rank as well.
PHRASE_REGULARISATION = 0.01
# Phrases are ranked among so many.
RANKED_PHRASES = 24
RANKING_WORLDS = 10
# Kinds of terms that are mostly refused, so that the order of their candidates counts.
HARD = ("alias", "two_slips", "said_otherwise", "wrong_vowel")
# Terms of each sort per world, after which share unknown terms make about a fifth, as in real lists.
PER_KIND, PER_WILD, ALIASES, LEFT = 150, 50, 800, 1500
# What people add to the name of a product.
ADDED = ("developer", "development", "expert", "programming", "specialist", "software", "framework")
VERSIONS = ("2", "3", "4.0", "2019", "2022", "v5", "7.1", "11")
# So many pairs of real words that differ by one edit stand for the words that no vocabulary holds.
OTHER_WORDS = 400
LEAST_LETTERS = 6
Query = tuple[str, str | None, str]  # term, skill meant or None, kind


def own_skills() -> list[Skill]:
    """Read the project's skills."""
    return list(Vocabulary.read(ROOT / "data").skills)


def world(skills: list[Skill], number: int) -> tuple[Matcher, list[Query]]:
    """Make one vocabulary and the terms to ask it."""
    rng = Random(SEED + number)
    skills = sorted(skills, key=lambda skill: zlib.crc32(f"{number} {skill.name}".encode()))
    cut = int(LEFT_SHARE * len(skills))
    left, kept = skills[:cut], skills[cut:]
    bare = number % 2 == 0
    if bare:
        kept = kept[: len(kept) // (1 + number // 2 % 2)]
        matcher = Matcher(Vocabulary.from_names([skill.name for skill in kept]))
    else:
        matcher = Matcher(Vocabulary(kept))
    return matcher, list(queries(kept, left, bare, rng))


def queries(kept: list[Skill], left: list[Skill], bare: bool, rng: Random) -> Iterator[Query]:
    """Ask damaged names, aliases where they are not known, and names that mean none."""
    known = {key(skill.name) for skill in kept}
    for kinds, most in ((KINDS, PER_KIND), (WILD, PER_WILD)):
        for kind, damage in kinds.items():
            for skill in rng.sample(kept, min(most, len(kept))):
                # Half of the slips fall on aliases, where the vocabulary has them.
                name = skill.name if bare or not skill.aliases or rng.random() < 0.5 else rng.choice(skill.aliases)
                term = damage(name, rng)
                if term and key(term) not in known:
                    yield term, skill.name, kind
    if bare:
        pairs = [(alias, skill.name) for skill in kept for alias in skill.aliases if key(alias) not in known]
        yield from [(a, n, "alias") for a, n in rng.sample(pairs, min(ALIASES, len(pairs)))]
    for skill in rng.sample(kept, min(PER_WILD, len(kept))):
        if not bare and skill.kind in PRODUCTS:
            yield f"{skill.name} {rng.choice(ADDED)}", skill.name, "head added"
            yield f"{skill.name} {rng.choice(VERSIONS)}", skill.name, "version added"
    others = [name for skill in left for name in (skill.name, *skill.aliases[:2])]
    yield from [
        (name, None, "left out") for name in rng.sample(others, min(LEFT, len(others))) if key(name) not in known
    ]


def halves(skills: list[Skill]) -> tuple[list[Skill], list[Skill]]:
    """Part the skills by the hash of their names."""
    parted: tuple[list[Skill], list[Skill]] = ([], [])
    for skill in skills:
        parted[zlib.crc32(skill.name.encode()) % 2].append(skill)
    return parted


def fit(skills: list[Skill]) -> dict[str, float]:
    """Fit the weights of all features: those of relations, and those of names that are merely alike."""
    rows: list[dict[str, float]] = []
    right: list[bool] = []
    for number in range(FIT_WORLDS):
        matcher, asked = world(skills, number)
        numbers = {name: n for n, name in enumerate(matcher.vocabulary.names)}
        for term, meant, _ in asked:
            folded = key(term)
            if matcher.vocabulary.lookup(folded) is not None:
                continue
            target = -1 if meant is None else numbers[meant]
            for relation in matcher.relations(term, folded):
                rows.append(relation.features)
                right.append(relation.number == target)
    other = other_words(skills)
    rows += other
    right += [False] * len(other)
    found = regression(rows, right)
    # No damage shortens words; such words are as sure as letters that look alike.
    found["shortened words"] = found["look-alike words"]
    return {**found, **ranking(skills)}


def other_words(skills: list[Skill]) -> list[dict[str, float]]:
    """Give the features of pairs of real words one edit apart, as if one stood in the vocabulary alone.

    A vocabulary holds few of the words that people write; such pairs show which edits lead from one real word to
    another ("cooking", "cooling") rather than to a misspelling.
    """
    counted = Counter(
        word for skill in skills for name in (skill.name, *skill.aliases) for word in key(name).split(" ")
    )
    words = sorted(word for word in counted if word.isalpha() and len(word) >= LEAST_LETTERS - 1)
    spellings = Spellings.of(words)
    pairs = [(words[near], word) for word in words for near in spellings.near(word) if stem(words[near]) != stem(word)]
    found = [typing_slips(asked, held, {}) for asked, held in Random(SEED).sample(pairs, min(OTHER_WORDS, len(pairs)))]
    return [features for features in found if features is not None]


Alike = list[tuple[list[dict[str, float]], int]]


def ranking(skills: list[Skill]) -> dict[str, float]:
    """Fit weights that put the right name first among those alike (pairwise logistic), then scale them to odds.

    Names are fitted on the aliases of our own skills, phrases on the names of `tasks`.
    """
    names: Alike = []
    for number in range(0, 2 * RANKING_WORLDS, 2):
        matcher, asked = world(skills, number)
        told = [(t, m) for t, m, kind in asked if kind in HARD or (m is None and zlib.crc32(t.encode()) % 3 == 0)]
        names += alike(matcher, told, "name", RANKED_BY_PIECES)
    vocabulary, pairs = tasks.world(ROOT / "benchmarks" / "tasks.tsv")
    phrases = alike(Matcher(vocabulary), pairs, "phrase", RANKED_PHRASES)
    return {
        **ranked(names, "name: alike", REGULARISATION),
        **ranked(phrases, "phrase: alike", PHRASE_REGULARISATION),
    }


def alike(matcher: Matcher, asked: Iterable[tuple[str, str | None]], sort: str, most: int) -> Alike:
    """Give for each term of one sort the features of the names that share most with it, and the place of the right."""
    found: Alike = []
    for term, meant in asked:
        folded = key(term)
        if matcher.vocabulary.lookup(folded) is not None:
            continue
        near = matcher.index.similar(folded, most)
        if near and f"{sort}: alike" in near[0][1]:
            target = -1 if meant is None else matcher.vocabulary.number(meant)
            found.append(([f for _, f in near], next((i for i, (n, _) in enumerate(near) if n == target), -1)))
    return found


def ranked(alike: Alike, constant: str, regularisation: float) -> dict[str, float]:
    """Fit the ranking of one sort of terms."""
    from sklearn.linear_model import LogisticRegression

    names = sorted({name for found, _ in alike for features in found for name in features} - {constant})
    tables = [
        np.array([[f.get(name, 0.0) for name in names] for f in found]).reshape(-1, len(names)) for found, _ in alike
    ]
    pairs = np.concatenate([
        table[place] - np.delete(table, place, axis=0) for table, (_, place) in zip(tables, alike, strict=True) if place >= 0  # noqa: E501
    ])  # fmt: skip
    signs = np.where(np.arange(len(pairs)) % 2, 1.0, -1.0)
    order = (
        LogisticRegression(C=regularisation, fit_intercept=False, max_iter=3000)
        .fit(pairs * signs[:, None], signs)
        .coef_[0]
    )
    values = np.concatenate([table @ order for table in tables])
    truth = np.concatenate([np.arange(len(table)) == place for table, (_, place) in zip(tables, alike, strict=True)])
    scale = LogisticRegression(C=1e6).fit(values[:, None], truth)
    first = np.mean([int((t @ order).argmax()) == p for t, (_, p) in zip(tables, alike, strict=True) if p >= 0])
    print(f"{len(alike)} terms, right name first {first:.3f} where it was among them")
    weights = {name: round(float(w * scale.coef_[0][0]), 3) for name, w in zip(names, order, strict=True)}
    if "-v" in sys.argv:
        print(weights)
    return {constant: round(float(scale.intercept_[0]), 3), **weights}


def regression(rows: list[dict[str, float]], right: list[bool]) -> dict[str, float]:
    """Fit one logistic regression and give its weights by name."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    columns = DictVectorizer()
    model = LogisticRegression(C=REGULARISATION, fit_intercept=False, max_iter=3000)
    model.fit(columns.fit_transform(rows), right)
    print(f"{len(rows)} relations, {np.mean(right):.3f} right, {len(columns.feature_names_)} features")
    if "-v" in sys.argv:
        for name, weight in zip(columns.feature_names_, model.coef_[0], strict=True):
            held = [ok for row, ok in zip(rows, right, strict=True) if name in row]
            print(f"  {name:34s} {weight:7.2f}  {len(held):6d} relations, {np.mean(held):.3f} right")
    return dict(zip(columns.feature_names_, np.round(model.coef_[0], 3).tolist(), strict=True))


def write(weights: dict[str, float]) -> None:
    """Write the weights as a module."""
    lines = "\n".join(f'    "{name}": {value},' for name, value in weights.items())
    (ROOT / "recommender" / "matcher" / "weights.py").write_text(
        '"""Hold the fitted weights of the matcher; written by ``benchmarks/calibration.py --fit``, do not edit."""\n\n'
        "from __future__ import annotations\n\nfrom typing import Final\n\n"
        f'__all__ = ["WEIGHTS"]\n\nWEIGHTS: Final[dict[str, float]] = {{\n{lines}\n}}\n',
        encoding="utf-8",
    )


def check(skills: list[Skill]) -> tuple[np.ndarray, np.ndarray, list[str], np.ndarray]:
    """Ask worlds of names that were not fitted: scores, whether the best was right, kinds, whether one was meant."""
    scores, right, kinds, meant_any = [], [], [], []
    for number in range(100, 100 + WORLDS):
        matcher, asked = world(skills, number)
        for term, meant, kind in asked:
            match = matcher.match(term)
            best = match.candidates[0] if match.candidates else None
            scores.append(best.score if best else 0.0)
            right.append(best is not None and best.skill == meant)
            kinds.append(kind)
            meant_any.append(meant is not None)
    return np.array(scores), np.array(right), kinds, np.array(meant_any)


def calibration_error(scores: np.ndarray, right: np.ndarray, bins: int = 10) -> float:
    """Give the expected calibration error over equal-width bins (Naeini, Cooper & Hauskrecht, 2015)."""
    place = np.minimum((scores * bins).astype(int), bins - 1)
    parts = [(place == b) for b in range(bins)]
    return float(sum(p.mean() * abs(scores[p].mean() - right[p].mean()) for p in parts if p.any()))


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--fit-ranking", action="store_true")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("-v", action="store_true")
    args = parser.parse_args()
    fitted, held_out = halves(own_skills())
    if args.fit or args.fit_ranking:
        kept = {name: value for name, value in WEIGHTS.items() if ": " not in name}
        write(fit(fitted) if args.fit else {**kept, **ranking(fitted)})
        import importlib

        from recommender.matcher import calibration, weights

        calibration.WEIGHTS.clear()
        calibration.WEIGHTS.update(importlib.reload(weights).WEIGHTS)
    scores, right, kinds, meant = check(held_out)
    report(scores, right, kinds, meant)
    if args.plot:
        draw(scores, right, args.plot)


def report(scores: np.ndarray, right: np.ndarray, kinds: list[str], meant: np.ndarray) -> None:
    """Print reliability, error and the threshold curve."""
    print(f"{len(scores)} terms held out; expected calibration error {calibration_error(scores, right):.4f}")
    damaged, taken = np.isin(kinds, list(KINDS)), scores >= THRESHOLD
    print(f"  of damaged names alone {calibration_error(scores[damaged], right[damaged]):.4f}")
    print(f"  of accepted terms alone {calibration_error(scores[taken], right[taken]):.4f}")
    place = np.minimum((scores * 10).astype(int), 9)
    for b in range(10):
        p = place == b
        if p.any():
            print(
                f"  score {b / 10:.1f}-{(b + 1) / 10:.1f}: {p.sum():6d} terms, mean score {scores[p].mean():.3f}, right {right[p].mean():.3f}"  # noqa: E501
            )
    for threshold in (0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        taken = scores >= threshold
        print(
            f"  threshold {threshold}: recall {(right & taken)[meant].mean():.4f}, unknown terms taken {taken[~meant].mean():.4f}"  # noqa: E501
        )
    names = np.array(kinds)
    taken = scores >= THRESHOLD
    print(
        f"  recall at {THRESHOLD} by kind: "
        + "  ".join(f"{k} {(right & taken)[names == k].mean():.3f}" for k in dict.fromkeys(kinds) if k != "left out")
    )


def draw(scores: np.ndarray, right: np.ndarray, path: Path) -> None:
    """Draw the reliability curve."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    place = np.minimum((scores * 10).astype(int), 9)
    used = [b for b in range(10) if (place == b).any()]
    figure, axes = plt.subplots(figsize=(5, 5))
    axes.plot([0, 1], [0, 1], color="0.7")
    axes.plot([scores[place == b].mean() for b in used], [right[place == b].mean() for b in used], "o-")
    axes.set(xlabel="score", ylabel="share right", title=f"Reliability, ECE {calibration_error(scores, right):.3f}")
    figure.savefig(path, dpi=120, bbox_inches="tight")


if __name__ == "__main__":
    main()
