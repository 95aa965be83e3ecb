"""Learn from lists which words a community uses: its tags are its skills.

The shipped vocabulary is a start. In the lists of a platform, a term that enough people use is a skill of its own,
under its commonest spelling: terms that the vocabulary does not know, and spellings or short forms that it does.
Pooling the spellings was measured and lost (about 1 % of nDCG@10 on two kinds of lists): people who write "ReactJS" may
keep other company than those who write "React". What pooling is for is kept all the same: spellings of one skill are
*twins*, and the twin of a held skill is never suggested, unless the lists themselves put the two side by side, as
different tags.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from recommender.matcher import Matcher
from recommender.matcher.forms import squeezed
from recommender.matcher.match import REFUSED
from recommender.matcher.profiles import ProfileReader
from recommender.text import key
from recommender.vocabulary import Skill, Vocabulary

__all__ = ["Learned", "learn_words", "learning_reader"]

MOST_SPELLINGS = 12
"""Spellings of one skill that are compared in one list: a list that repeats one skill more often is spam."""

SIDE_BY_SIDE = 0.1
"""Share of the lists with the rarer of two tags from which, if they hold the other too, their users mean two things.
Hiding such a pair from each other lost up to half a per cent of nDCG@10; from .1 to .2 nothing changed."""


@dataclass(frozen=True, slots=True)
class Learned:
    """Carry what the words of a community taught; counts are numbers of lists.

    ``new`` are skills that the vocabulary did not know, ``spellings`` tags that are another spelling of a known skill,
    ``refused`` unknown terms too rare to learn, ``twins`` pairs of names that are never suggested beside each other,
    ``meant`` what each key of the lists stood for before (-1: nothing).
    """

    vocabulary: Vocabulary
    new: Mapping[str, int]
    spellings: Mapping[str, str]
    refused: Mapping[str, int]
    twins: tuple[tuple[str, str], ...]
    meant: Mapping[str, int]


def learn_words(lists: Sequence[Sequence[str]], vocabulary: Vocabulary, matcher: Matcher, min_count: int) -> Learned:
    """Extend a vocabulary by what ``lists`` show; a word must stand in ``min_count`` lists to teach anything."""
    spellings = _spellings(lists)
    keys = {term: key(term) for term in spellings}
    counts = Counter(k for terms in lists for k in dict.fromkeys(keys[term] for term in terms) if k)
    names = _commonest(spellings, keys)
    meant = _meanings(names, matcher)
    canonical = {key(name) for name in vocabulary.names}
    own = [k for k in sorted(counts) if counts[k] >= min_count and k not in canonical]
    families: dict[int, list[str]] = defaultdict(list)
    for k in own:
        if meant[k] >= 0:
            families[meant[k]].append(k)
    return Learned(
        vocabulary=_extended(vocabulary, {k: names[k] for k in own}),
        new={names[k]: counts[k] for k in own if meant[k] < 0},
        spellings={names[k]: vocabulary.names[meant[k]] for k in own if meant[k] >= 0},
        refused={
            names[k]: n for k, n in sorted(counts.items()) if n < min_count and meant[k] < 0 and k not in canonical
        },
        twins=_twins(vocabulary, families, names, _side_by_side(lists, keys, meant, counts, min_count)),
        meant=meant,
    )


class _LearningMatcher(Matcher):
    """Match the terms of the lists that are learned from, with what is known of them already.

    Near names are searched for only among the community's own tags: what is nearest in the vocabulary was found before.
    Indexing and searching all its names again would double the time of a fit.
    """

    def __init__(self, learned: Learned) -> None:
        super().__init__(learned.vocabulary)
        self._meant = learned.meant
        self._first = len(learned.vocabulary) - len(learned.new) - len(learned.spellings)
        self._tags = Matcher(Vocabulary.from_names(learned.vocabulary.names[self._first :]))

    def _nearest(self, term: str, key: str) -> int:
        number = self._meant.get(key, REFUSED)
        if number >= 0:
            return number
        near = self._tags.resolve(term)[2]
        return near if near < 0 else near + self._first


def learning_reader(learned: Learned) -> ProfileReader:
    """Return what reads the lists that were learned from: the answers of a matcher of the new words, sooner."""
    return ProfileReader(_LearningMatcher(learned))


def _spellings(lists: Iterable[Sequence[str]]) -> Counter[str]:
    return Counter(term for terms in lists for term in dict.fromkeys(terms))


def _commonest(spellings: Counter[str], keys: Mapping[str, str]) -> dict[str, str]:
    """Find the commonest spelling of each key; equals by alphabet, so that the order of lists does not matter."""
    best: dict[str, str] = {}
    for term, _ in sorted(spellings.items(), key=lambda item: (-item[1], item[0])):
        best.setdefault(keys[term], " ".join(term.split()))
    return best


def _meanings(names: Mapping[str, str], matcher: Matcher) -> dict[str, int]:
    """Return the skill number that each key has in the vocabulary, a short form by its usual sense; -1 where none."""
    found = dict(zip(names, matcher.numbers(list(names.values())).tolist(), strict=True))
    return {k: matcher.match(names[k]).number if n < 0 and matcher.is_ambiguous(k) else n for k, n in found.items()}


def _side_by_side(
    lists: Iterable[Sequence[str]], keys: Mapping[str, str], meant: Mapping[str, int], counts: Counter[str], least: int
) -> set[tuple[str, str]]:
    """Find keys of one skill that are different tags to those who use them: enough lists hold both.

    Enough are ``least`` lists, or fewer where they are a share of those with the rarer tag (`SIDE_BY_SIDE`) and the two
    are not written with the same letters.
    """
    together: Counter[tuple[str, str]] = Counter()
    for terms in lists:
        by_skill: dict[int, set[str]] = defaultdict(set)
        for term in terms:
            if meant[keys[term]] >= 0:
                by_skill[meant[keys[term]]].add(keys[term])
        for group in by_skill.values():
            together.update(combinations(sorted(group)[:MOST_SPELLINGS], 2))
    return {
        (one, other)
        for (one, other), count in together.items()
        if count >= least
        or (min(counts[one], counts[other]) >= least
            and count >= SIDE_BY_SIDE * min(counts[one], counts[other])
            and squeezed(one) != squeezed(other))
    }  # fmt: skip


def _twins(
    vocabulary: Vocabulary, families: Mapping[int, list[str]], names: Mapping[str, str], apart: set[tuple[str, str]]
) -> tuple[tuple[str, str], ...]:
    out = []
    for number, keys in sorted(families.items()):
        canonical = vocabulary.names[number]
        members = {key(canonical): canonical} | {k: names[k] for k in keys}
        out += [(members[a], members[b]) for a, b in combinations(sorted(members), 2) if (a, b) not in apart]
    return tuple(out)


def _extended(vocabulary: Vocabulary, own: Mapping[str, str]) -> Vocabulary:
    """Return the vocabulary with the community's tags behind its skills, and their keys no longer anybody's aliases."""
    skills = [*_without_aliases(vocabulary.skills, own), *(Skill(name, kind="knowledge") for name in own.values())]
    return Vocabulary(skills, [sense for sense in vocabulary.senses if key(sense.form) not in own])


def _without_aliases(skills: Iterable[Skill], taken: Mapping[str, str]) -> Iterator[Skill]:
    for skill in skills:
        kept = tuple(alias for alias in skill.aliases if key(alias) not in taken)
        yield skill if len(kept) == len(skill.aliases) else skill._replace(aliases=kept)
