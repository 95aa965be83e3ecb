"""Learn from lists which words a community uses: new skills, spellings it keeps apart, short forms it has decided.

The shipped vocabulary is a start. In the lists of a platform, terms that it does not know but many people use are skills;
two spellings that people put side by side in one list are two tags to them, whatever we call them; and a short form that
is used all the time means there what its neighbours say it means.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from recommender.matcher import Matcher
from recommender.text import key
from recommender.vocabulary import Sense, Skill, Vocabulary

__all__ = ["Learned", "learn_words"]

DECIDED = 0.8
"""Share of its occurrences in which a short form must mean one thing before it is taken to mean it always."""

MOST_SPELLINGS = 12
"""Spellings of one skill that are compared in one list: a list that repeats one skill more often is spam."""


@dataclass(slots=True)
class Learned:
    """Carry what the words of a community taught.

    ``new`` are skills under their commonest spelling, ``split`` spellings that became skills of their own, ``decided``
    short forms and what they mean, ``refused`` unknown terms too rare to learn; counts are numbers of lists.
    """

    vocabulary: Vocabulary
    new: dict[str, int] = field(default_factory=dict)
    split: dict[str, str] = field(default_factory=dict)
    decided: dict[str, str | None] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)


def learn_words(lists: Sequence[Sequence[str]], vocabulary: Vocabulary, matcher: Matcher, min_count: int) -> Learned:
    """Extend a vocabulary by what ``lists`` show; a word must stand in ``min_count`` lists to teach anything."""
    spellings = _spellings(lists)
    numbers = dict(zip(spellings, matcher.numbers(list(spellings)).tolist(), strict=True))
    keys = {term: key(term) for term in spellings}
    out = Learned(vocabulary)
    ambiguous = {keys[term] for term in spellings if matcher.is_ambiguous(keys[term])}
    counts: Counter[str] = Counter()
    for terms in lists:
        counts.update(list(dict.fromkeys(keys[term] for term in terms if keys[term])))
    names = _commonest(spellings, keys)
    frequent = {k for k in ambiguous if counts[k] >= min_count}
    senses = _senses_in_use(lists, keys, frequent, matcher)
    canonical = {key(skill.name): skill.name for skill in vocabulary.skills}
    for form in sorted(frequent):
        meant = _decision(senses[form])
        # A form that also is a skill's name stays that skill, or stays open: no alias may take a name away.
        if form not in canonical or canonical[form] == meant:
            out.decided[names[form]] = meant
    unknown = {keys[t] for t, n in numbers.items() if n < 0 and keys[t] and keys[t] not in ambiguous}
    out.new = {names[k]: counts[k] for k in sorted(unknown) if counts[k] >= min_count}
    out.refused = {names[k]: counts[k] for k in sorted(unknown) if counts[k] < min_count}
    known = {keys[t]: n for t, n in numbers.items() if n >= 0 and keys[t] not in ambiguous}
    apart = _kept_apart(lists, keys, known, counts, min_count, set(canonical))
    out.split = {names[k]: vocabulary.names[known[k]] for k in sorted(apart)}
    out.vocabulary = _extended(vocabulary, out)
    return out


def _spellings(lists: Iterable[Sequence[str]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for terms in lists:
        counts.update(list(dict.fromkeys(terms)))
    return counts


def _commonest(spellings: Counter[str], keys: dict[str, str]) -> dict[str, str]:
    """Find the commonest spelling of each key; equals by alphabet, so that the order of lists does not matter."""
    best: dict[str, str] = {}
    for term, _ in sorted(spellings.items(), key=lambda item: (-item[1], item[0])):
        best.setdefault(keys[term], " ".join(term.split()))
    return best


def _senses_in_use(
    lists: Sequence[Sequence[str]], keys: dict[str, str], forms: set[str], matcher: Matcher
) -> dict[str, Counter[str | None]]:
    """Count what each ambiguous form means in its lists."""
    out: dict[str, Counter[str | None]] = defaultdict(Counter)
    for terms in lists:
        if forms.isdisjoint(keys[term] for term in terms):
            continue
        for match in matcher.match_profile(terms):
            if match.key in forms:
                out[match.key][match.skill] += 1
    return out


def _decision(senses: Counter[str | None]) -> str | None:
    """Return the skill that a form means nearly always; None where it is a tag of its own."""
    [(skill, count)] = senses.most_common(1) or [(None, 0)]
    return skill if skill is not None and count >= DECIDED * senses.total() else None


def _kept_apart(
    lists: Sequence[Sequence[str]], keys: dict[str, str], known: dict[str, int], counts: Counter[str], min_count: int,
    canonical: set[str],
) -> set[str]:
    """Find keys of one skill that stand side by side in lists: the alias, or the rarer, is a skill of its own."""
    together: Counter[tuple[str, str]] = Counter()
    for terms in lists:
        by_skill: dict[int, set[str]] = defaultdict(set)
        for term in terms:
            if keys[term] in known:
                by_skill[known[keys[term]]].add(keys[term])
        for group in by_skill.values():
            together.update(combinations(sorted(group)[:MOST_SPELLINGS], 2))
    pairs = sorted(pair for pair, count in together.items() if count >= min_count)
    return {min(pair, key=lambda k: (k in canonical, counts[k], k)) for pair in pairs}


def _extended(vocabulary: Vocabulary, learned: Learned) -> Vocabulary:
    taken = {key(name) for name in (*learned.new, *learned.split, *learned.decided)}
    alias_of = defaultdict(list)
    for form, skill in learned.decided.items():
        if skill is not None and key(form) != key(skill):
            alias_of[skill].append(form)
    own = [name for name, skill in learned.decided.items() if skill is None]
    canonical = {key(skill.name) for skill in vocabulary.skills}
    skills = list(_with_aliases(vocabulary.skills, alias_of, taken))
    skills += [Skill(name, kind="knowledge") for name in (*learned.new, *learned.split, *own) if key(name) not in canonical]
    decided = {key(form) for form in learned.decided}
    senses: list[Sense] = [sense for sense in vocabulary.senses if key(sense.form) not in decided]
    return Vocabulary(skills, senses)


def _with_aliases(skills: Iterable[Skill], more: dict[str, list[str]], taken: set[str]) -> Iterator[Skill]:
    for skill in skills:
        kept = tuple(alias for alias in skill.aliases if key(alias) not in taken)
        aliases = (*kept, *more.get(skill.name, ()))
        yield skill if aliases == skill.aliases else replace(skill, aliases=aliases)
