"""Make a world of task names and paraphrases of them, on which the ranking of phrases is fitted.

The names and what people say for them are `tasks.tsv`. Names that put the verb of one task to the things of another
stand beside them, because what is hard is to tell "repair boats" from "sell boats"; half of the words said for others
are put in blindly, because no table of synonyms is complete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from recommender.matcher.forms import SMALL_WORDS
from recommender.matcher.synonyms import mates
from recommender.vocabulary import Vocabulary

__all__ = ["read", "world"]

FORMAT = "# format: recommender-tasks 1"
SEED = 20261122
CROSSINGS = 600
# Paraphrases made by putting words in others' places, per name; share of those words that no table knows.
MADE = 3
UNKNOWN_SHARE = 0.5
# Share of the written paraphrases that are asked: they are harder than what catalogues list as other names.
WRITTEN_SHARE = 0.05
LIGHT_VERBS = ("perform", "conduct", "carry out", "undertake", "do", "execute")


def read(path: Path) -> list[tuple[str, str]]:
    """Read pairs of a paraphrase and the name of its task."""
    first, *lines = path.read_text(encoding="utf-8").splitlines()
    if first != FORMAT:
        raise ValueError(f"{path}: begins with {first!r}, not with {FORMAT!r}. Take the file of this version.")
    rows = [line.split("\t") for line in lines if not line.startswith("#")][1:]
    return [(said, name) for name, others in rows for said in others.split("; ")]


def world(path: Path) -> tuple[Vocabulary, list[tuple[str, str]]]:
    """Make the vocabulary, and pairs of what is asked and the name that is meant."""
    rng = Random(SEED)
    written = read(path)
    names = sorted({name for _, name in written})
    parts = [name.split(" ", 1) for name in names if " " in name]
    crossed = {f"{rng.choice(parts)[0]} {rng.choice(parts)[1]}" for _ in range(CROSSINGS)}
    asked = [pair for pair in written if rng.random() < WRITTEN_SHARE]
    things = sorted({word for name in names for word in name.split(" ")[1:] if word not in SMALL_WORDS})
    asked += [(said(name, rng, lambda: rng.choice(things)), name) for name in names for _ in range(MADE)]
    return Vocabulary.from_names(sorted({*names, *crossed})), asked


def said(name: str, rng: Random, anything: Callable[[], str]) -> str:
    """Say one or two words of a name with others, then perhaps turn its verb into a noun or put a light verb before."""
    words = name.lower().split(" ")
    places = [i for i, word in enumerate(words) if word not in SMALL_WORDS]
    for i in rng.sample(places, 1 if len(places) < 3 or rng.random() < 0.6 else 2):
        known = mates(words[i])
        words[i] = anything() if not known or rng.random() < UNKNOWN_SHARE else rng.choice(known)
    chance = rng.random()
    if chance < 0.3:
        words = list(_as_noun(words, rng))
    elif chance < 0.48:
        words = [rng.choice(LIGHT_VERBS), *words]
    if len(words) > 3 and rng.random() < 0.15:
        words.pop(rng.randrange(1, len(words)))
    return " ".join(words)


def _as_noun(words: list[str], rng: Random) -> Iterator[str]:
    """Say "boat mending", "mending of boats" or "mending boats" for "mend boats"."""
    verb = words[0] if words[0].endswith("ing") else words[0].removesuffix("e") + "ing"
    order = rng.choice(["after", "of", "before"])
    if order == "after":
        yield from (*words[1:], verb)
    else:
        yield from (verb, "of", *words[1:]) if order == "of" else (verb, *words[1:])
