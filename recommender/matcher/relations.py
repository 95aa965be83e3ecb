"""Find the names that a key may stand for, by named relations, each with the features of how near it is.

`recommender.matcher.calibration` turns the features into odds.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from recommender.matcher.abbreviations import abbreviated, most_for_abbreviations
from recommender.matcher.calibration import odds
from recommender.matcher.differences import Features, Slips, breaks_capitals, inflection, typing_slips
from recommender.matcher.forms import ORDERED, SMALL_WORDS, content, deep_bag, plain_bag, singular, squeezed
from recommender.matcher.index import CORE, EVERYTHING, JOINED, KEY, NUMBER, SHORTEST_JOINED, WORDS, FormIndex
from recommender.matcher.words import HEADS, Core, core

__all__ = ["Found", "closely", "near", "near_among", "near_for"]

# An s more or less makes another abbreviation of one so short: CAM, CAMS.
SHORT_NAME: Final = 4
# A word that so many names hold is a common one, and its plural may well be something else: commercial, commercials.
COMMON: Final = 20
# Small words that make another thing of the words beside them: "center services", "center as a service".
_TELLING: Final = ORDERED | {"as"}
# What stands last is what a name is the name of: design software, delivery services.
_THINGS: Final = ("thing", "service")


class Found(NamedTuple):
    """Tell of one key that a term may stand for: its place in the index, how it is near, and the features of that."""

    place: int
    how: str
    features: Features


def near(index: FormIndex, key: str) -> list[Found]:
    """Find the keys that ``key`` may stand for; wider relations are tried only where the closer ones find nothing."""
    words = key.split(" ")
    return near_among(index, key, words, index.spellings.near(squeezed(key)))


def near_among(index: FormIndex, key: str, words: list[str], neighbours: list[int]) -> list[Found]:
    """Do what `near` does with the places whose joined forms are near in spelling, if these are known already."""
    found = closely(index, key, words, neighbours)
    if _explained(found):
        return found
    return found + _same_core(index, words) + _abbreviated(index, key, words)


def _explained(found: list[Found]) -> bool:
    """Tell whether wider relations need not be tried.

    Two slips explain little by themselves: "flutter dev" is work with Flutter before it is a misspelt name.
    """
    return any("two slips" not in one.features for one in found)


def near_for(index: FormIndex, key: str, neighbours: list[int], least: float) -> list[Found]:
    """Do what `near_among` does, but give nothing where no relation can reach the odds ``least``.

    An abbreviation is never sure, and what it may stand for takes long to find. What the index surely does not hold is
    not looked up.
    """
    words = key.split(" ")
    held = index.may_hold(key, words)
    unsure = most_for_abbreviations(len(words) > 1) < least
    if unsure and not held and not neighbours:
        return []
    found = _closest(index, key, words, held) if held & ~CORE else []
    if neighbours:
        found = found + _misspelt(index, key, neighbours, index.slips)
        if _explained(found):
            return found
    elif found:
        return found
    if held & CORE:
        found = found + _same_core(index, words, least if unsure and not found else 0.0)
    if unsure and not (found and any(odds(one.features) >= least for one in found)):
        return []
    return found + _abbreviated(index, key, words)


def closely(index: FormIndex, key: str, words: list[str], neighbours: list[int]) -> list[Found]:
    """Find the keys of the same letters or words, and those that a slip would make of ``key``."""
    found = _closest(index, key, words, EVERYTHING)
    return found + _misspelt(index, key, neighbours, typing_slips) if neighbours else found


def _closest(index: FormIndex, key: str, words: list[str], held: int) -> list[Found]:
    """Find the keys of the same letters or words; ``held`` tells which the index may hold."""
    places = index.find("key", key) if held & KEY else []
    found = [Found(place, "part of the name", {"part of the name": 1.0}) for place in places] if places else []
    found = found or (_same_letters(index, key) if held & JOINED else [])
    found = found or (_other_number(index, key, words) if held & NUMBER else [])
    return found or (_same_words(index, words) if held & WORDS else [])


def _abbreviated(index: FormIndex, key: str, words: list[str]) -> list[Found]:
    """Find what an abbreviation may stand for, and the abbreviation of what is spelt out."""
    return [Found(place, "initials", features) for place, features in abbreviated(index, key, words)]


def _same_letters(index: FormIndex, key: str) -> list[Found]:
    form = squeezed(key)
    places = index.find("joined", form)
    if not places:
        return []
    features = {"joined": 1.0, "joined short": float(len(form) <= SHORTEST_JOINED)}
    return [Found(place, "joined or split", features) for place in places]


def _other_number(index: FormIndex, key: str, words: list[str]) -> list[Found]:
    """Find the key itself in the other number: of short words and names only the vocabulary knows what is plural."""
    if len(key) < SHORTEST_JOINED or (len(words) == 1 and key.endswith("ss")):
        return []
    others = [key[:-1], f"{key}s"] if key.endswith("s") else [f"{key}s"]
    if len(words) == 1 and (len(key) <= SHORT_NAME or _is_common(index, key)):
        others.pop()  # ATL is no ATLS
    places = [place for other in others for place in index.find("key", other)]
    features = {"singular or plural": 1.0, "singular or plural, one word": float(len(words) == 1)}
    if not places:  # "webservices" and "web service"
        places = [place for other in others for place in index.find("joined", squeezed(other))]
        features["joined"] = 1.0
    # An axis is none of several AXI.
    if not places or (len(key) <= SHORT_NAME and key in index.known):
        return []
    if len(key) <= SHORT_NAME:
        features["singular or plural, short"] = 1.0
    return [Found(place, "singular or plural", features) for place in places]


def _same_words(index: FormIndex, words: list[str]) -> list[Found]:
    """Find keys of the same words in another order or number, else of words of the same stems."""
    found = []
    for place in index.find("plain", plain_bag(words)):
        theirs = index.words(place)
        if _means_another(index, words, theirs):
            continue
        how = "word order" if sorted(words) == sorted(theirs) else "singular or plural"
        features = {how: 1.0}
        if len(words) == 1:
            features[f"{how}, one word"] = 1.0
            if len(words[0]) <= SHORT_NAME:
                features[f"{how}, short"] = 1.0
        found.append(Found(place, how, features))
    if found:
        return found
    several = len(content(words)) > 1
    return [
        Found(place, "inflection", changed)
        for place in index.find("deep", deep_bag(words))
        if (len(theirs := index.words(place)) == len(words) or several) and not _means_another(index, words, theirs)
        # The name of a product is not inflected: "digital performance" is no Digital Performer.
        if not index.is_product(place)
        if (changed := inflection(words, theirs)) is not None
    ]


def _is_common(index: FormIndex, word: str) -> bool:
    """Tell whether a word, as written, is one of many names of the vocabulary."""
    return index.known.get(word, 0) >= COMMON


def _means_another(index: FormIndex, words: list[str], theirs: list[str]) -> bool:
    """Tell whether the same words, some in the other number, mean another thing."""
    if len(words) == len(theirs) == 1:
        plural = words != theirs and theirs[0].endswith("s")
        return plural and (_is_common(index, words[0]) or len(words[0]) <= SHORT_NAME)
    turned = False
    if len(words) == len(theirs):
        ours, other = ([singular(word) for word in said] for said in (words, theirs))
        # In another order, the number tells too: "prompt writing" is no "writing prompts".
        turned = ours != other and sorted(ours) == sorted(other) and sorted(words) != sorted(theirs)
    return turned or _joins_otherwise(words, theirs)


def _joins_otherwise(words: list[str], theirs: list[str]) -> bool:
    """Tell whether small words, or the last one, make another thing of the same words.

    "In house design" is no design of houses, "body and paint" no body painting, "design software" no software design.
    """
    opens = [said[0] if said[0] in SMALL_WORDS else "" for said in (words, theirs)]
    if opens[0] != opens[1] or _TELLING.intersection(words) != _TELLING.intersection(theirs):
        return True
    if ("and" in words) != ("and" in theirs) and plain_bag(content(words)) != plain_bag(content(theirs)):
        return True
    last = [HEADS.get(said[-1]) in _THINGS for said in (words, theirs)]
    return len(words) == len(theirs) and last[0] != last[1]


def _misspelt(index: FormIndex, key: str, neighbours: list[int], slips: Slips) -> list[Found]:
    found = []
    for place in neighbours:
        features = slips(key, index.keys[place], index.known)
        if features is None:
            continue
        # A key pressed twice or two swapped are slips anywhere; another letter in capitals makes another name.
        sure = "doubled" in features or "swapped" in features
        if not sure and " " not in key and breaks_capitals(key, index.keys[place], index.name(place)):
            continue
        found.append(Found(place, "typing slip", features))
    return found


def _same_core(index: FormIndex, words: list[str], least: float = 0.0) -> list[Found]:
    """Find keys that differ in versions, vendors or heads only; nothing where none reaches the odds ``least``."""
    ours = core(words)
    if ours is None:
        return []
    small = len(ours.text.split()) == 1
    likely: list[tuple[int, Features]] = []
    for place in index.find("core", ours.text):
        theirs = index.core(place)
        # "A-GPS" and "GPS" differ in what looks like a small word, "digital performance" in an ending.
        alike = ours == theirs and (small or index.is_product(place))
        if theirs is not None and not alike:
            likely.append((place, _core_features(index, place, ours, theirs)))
    if not any(odds(features) >= least for _, features in likely):
        return []
    return [
        Found(place, "same core", features)
        for place, features in likely
        if not _means_another(index, words, said := index.words(place)) and inflection(words, said) is not None
    ]


def _core_features(index: FormIndex, place: int, ours: Core, theirs: Core) -> Features:
    features: Features = {"core": 1.0}
    for name, a, b in zip(Core._fields[1:], ours[1:], theirs[1:], strict=True):
        if a != b:
            product = ", product" if a and not b and index.is_product(place) else ""
            features[f"{name} {'conflict' if a and b else 'extra' if a else 'missing'}{product}"] = 1.0
    if len(features) == 1:
        features["core alike"] = 1.0
    elif ours.version != theirs.version and index.versions_apart:
        features["versions apart"] = 1.0
    return features
