"""Reduce keys to the forms under which different writings of one name meet: joined, sorted, stemmed, initials.

All functions are pure and work on keys, so that an index of a vocabulary and a query share them.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final

__all__ = [
    "ORDERED",
    "SMALL_WORDS",
    "WHOLE",
    "content",
    "deep_bag",
    "initials",
    "plain_bag",
    "shortens",
    "singular",
    "squeezed",
    "stem",
]

# Words that say how the others hang together; order carries meaning around ORDERED ("speech to text").
_SMALL_WORDS_TEXT: Final = """
a an and as at by for from in into of on onto or over per the their to towards upon using via with within
"""
SMALL_WORDS: Final = frozenset(_SMALL_WORDS_TEXT.split())
ORDERED: Final = frozenset(["to", "from", "into", "vs", "versus", "2"])

_IRREGULAR: Final = {
    "analyses": "analysis", "bases": "base", "children": "child", "criteria": "criterion", "data": "data",
    "indices": "index", "matrices": "matrix", "media": "media", "men": "man", "people": "person",
    "phenomena": "phenomenon", "series": "series", "women": "woman", "lenses": "lens", "news": "news",
    "wrote": "write", "written": "write", "built": "build", "made": "make", "sold": "sell", "taught": "teach",
    "knives": "knife", "lives": "life", "wives": "wife", "halves": "half", "leaves": "leaf", "shelves": "shelf",
    "loaves": "loaf", "hooves": "hoof", "calves": "calf", "scarves": "scarf", "wolves": "wolf", "thieves": "thief",
    "selves": "self", "teeth": "tooth", "feet": "foot", "geese": "goose", "mice": "mouse", "oxen": "ox",
    "buses": "bus", "gases": "gas", "viruses": "virus", "lens": "lens", "species": "species", "cows": "cow",
    "movies": "movie", "cookies": "cookie", "ties": "tie", "pies": "pie", "calories": "calorie", "dies": "die",
    "prostheses": "prosthesis", "diagnoses": "diagnosis", "hypotheses": "hypothesis", "theses": "thesis",
    "crises": "crisis", "axes": "axis", "appendices": "appendix", "vertices": "vertex", "bacteria": "bacterium",
    "curricula": "curriculum", "strata": "stratum", "fungi": "fungus", "larvae": "larva", "algae": "alga",
    "shoes": "shoe", "toes": "toe", "canoes": "canoe", "axles": "axle", "caches": "cache", "headaches": "headache",
    "menus": "menu", "taxis": "taxi", "bureaus": "bureau", "alkalis": "alkali", "craftsmen": "craftsman",
    "salesmen": "salesman", "draughtsmen": "draughtsman", "firemen": "fireman", "policemen": "policeman",
    "fishermen": "fisherman", "foremen": "foreman", "workmen": "workman", "seamen": "seaman",
    "drawn": "draw", "sewn": "sew", "grown": "grow", "led": "lead", "held": "hold", "kept": "keep",
}  # fmt: skip
# Words whose last letters are no ending: a career is no one who cares, and the police makes no policy.
_WHOLE_TEXT: Final = """
banner banners border borders butter cancer career careers center centers chapter character characters charter
corner counter error errors factor factors feather filter filters flower flowers folder folders gender header
headers labor laser lasers layer layers leather letter letters master matter member members mirror number
numbers offer offers order orders paper papers poster posters power powers printer printers register river
rubber sector server servers silver tender tenders theater tower transfer vector vectors water waters weather
animal capital digital festival general hospital journal legal medal metal metals mineral oral personal portal
portals rental social total royal vital sensor sensors motor motors visual virtual manual natural color colors colour
colours floor floors door doors donor donors anchor
anchors harbor armor minor major humor interior interiors exterior exteriors liquor tumor mayor
adverse after apart apartment apple battery bladder canonical characteristic classical commune complement conference
confess conservatory conversation conversion county courtesy crude custom customer department designation diction
dinner directory diverse diversity edition even evening executive fabric fact faction factory former frontier generalist
generic germany gutter herring honest horse hostess humanity importance inner integral integrity internal international
inventory item journalist journey justice karate laboratory lather lattice later lever liter liver lottery manner
mariner mental mentor meteor missing mission mortal negative nursery organ organic outer passion passive past
pastor pastoral paste pension personality plane plaster plastic platter police policy portion primate prior priority
projector proper property provenance publicity punctuation quart quarter quest question ration rational recess
referee refuge residence restore reverse sandal sanity sewer signal signatory spine static station stationer
statistic statistics statue stripe substance substation suite summer supplement tactic tailor template temple tension
terminal terror tractor trailer treasury treaty unit universal universe university vacation version violence violin
voucher waiter warranty whisky
accessory accessories audition auditions conductor conductors position positions positive publication
publications recorder recorders
administer alter breed cater combat cover enter history refer reheat sentence sequence steer usher
"""
WHOLE: Final = frozenset(_WHOLE_TEXT.split())
# Endings that make a word of another kind from the same stem; longest first. (ending, what stays, letters before it)
_ENDINGS: Final = (
    ("isations", "", 3), ("izations", "", 3), ("isation", "", 3), ("ization", "", 3), ("ational", "", 4),
    ("ations", "", 4), ("ation", "", 4), ("ators", "", 4), ("ator", "", 4), ("ating", "", 4), ("ated", "", 4),
    ("ates", "", 4), ("ate", "", 4), ("ising", "", 3), ("izing", "", 3), ("ised", "", 3), ("ized", "", 3),
    ("ise", "", 3), ("ize", "", 3), ("yses", "ys", 3), ("ysis", "ys", 3), ("yzing", "ys", 3), ("ysing", "ys", 3),
    ("yze", "ys", 3), ("yse", "ys", 3), ("ments", "", 4), ("ment", "", 4), ("tions", "t", 3), ("tion", "t", 3),
    ("sions", "s", 3), ("sion", "s", 3), ("ences", "", 4), ("ence", "", 4), ("ances", "", 4), ("ance", "", 4),
    ("ities", "", 4), ("ity", "", 4), ("ingly", "", 4), ("ings", "", 3), ("ing", "", 3), ("iers", "y", 3),
    ("ier", "y", 3), ("ied", "y", 2), ("ies", "y", 2), ("ers", "", 3), ("er", "", 3), ("ors", "", 4), ("or", "", 4),
    ("ed", "", 3), ("als", "", 4), ("al", "", 4), ("ally", "", 4), ("ical", "", 4), ("ics", "", 4), ("ic", "", 4),
    ("atives", "", 4), ("ative", "", 4), ("tives", "t", 3), ("tive", "t", 3), ("sives", "s", 3), ("sive", "s", 3),
    ("ists", "", 4), ("ist", "", 4), ("ss", "ss", 2), ("us", "us", 2), ("is", "is", 2),
    ("es", "", 3), ("s", "", 3), ("e", "", 3), ("y", "", 5),
)  # fmt: skip
_ONE: Final = (1,)
# Words of four letters keep their e ("care" is no "car"), so their inflections get it back.
SHORT_STEM: Final = 3
_DROPPING_E: Final = frozenset(["ing", "ings", "er", "ers", "ed", "es"])
_VOWELS: Final = "aeiou"
_NEVER_BEFORE_E: Final = "aeiouwxy"


def squeezed(folded: str) -> str:
    """Join the words and drop the dots: "node.js", "node js" and "nodejs" meet.

    >>> squeezed("node.js"), squeezed("e commerce")
    ('nodejs', 'ecommerce')
    """
    return folded.replace(" ", "").replace(".", "")


@lru_cache(maxsize=1 << 16)
def singular(word: str) -> str:
    """Take a plural ending off, and only that; words that merely end in s stay.

    >>> singular("charts"), singular("libraries"), singular("analysis"), singular("boxes"), singular("aws")
    ('chart', 'library', 'analysis', 'box', 'aws')
    """
    if len(word) < 4 or not word.endswith("s"):
        return _IRREGULAR.get(word, word)
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("ics") and word[:-1] in WHOLE:  # fabrics, but not analytics
        return word[:-1]
    if word.endswith(("ss", "us", "is", "ics", "ias", "js", "windows", "os")):
        return word
    if word.endswith(("xes", "ches", "shes", "sses", "zzes")):
        return word[:-2]
    return word[:-1]


@cache
def _endings() -> dict[str, tuple[str, int]]:
    """Hold what stays of each ending and the letters that it needs before it.

    An ending inside which another stands first in the list is never reached, and left out: so the longest that fits
    is the one that the list means.
    """
    held: dict[str, tuple[str, int]] = {}
    for ending, rest, least in _ENDINGS:
        if not any(ending[at:] in held for at in range(1, len(ending))):
            held[ending] = rest, least
    return held


@cache
def _sizes() -> dict[str, tuple[int, ...]]:
    """Hold, by the last two letters of a word, how long its ending may be, the longest first."""
    found: dict[str, list[int]] = {}
    for ending in sorted(_endings(), key=len, reverse=True):
        if len(ending) > 1:
            found.setdefault(ending[-2:], []).append(len(ending))
    return {tail: (*dict.fromkeys(sizes), 1) for tail, sizes in found.items()}


def _drops_e(cut: str) -> bool:
    """Tell whether a stem of three letters lost an e before its ending: "taking", but not "cutting" or "fixing".

    Rule *o of Porter (1980): one vowel between consonants, the last of which would else have been doubled.
    """
    return cut[0] not in _VOWELS and cut[1] in (*_VOWELS, "y") and cut[2] not in _NEVER_BEFORE_E


def _cut(word: str) -> str:
    """Cut the longest known ending off, once."""
    endings = _endings()
    for size in _sizes().get(word[-2:], _ONE):
        found = endings.get(word[-size:])
        if found is not None and len(word) - size >= found[1]:
            cut = word[:-size] + found[0]
            if len(cut) == SHORT_STEM and word[-size:] in _DROPPING_E and _drops_e(cut) and not word.endswith("ses"):
                return f"{cut}e"
            # Doubled consonants are undone: plan, planning. "ll" and "ss" are often the stem's own.
            return cut[:-1] if len(cut) > 3 and cut[-1] == cut[-2] and cut[-1] in "bdgmnprt" else cut
    return word


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """Cut a word to the stem that its kin share: "monitoring", "monitors" and "monitor" meet.

    A light stemmer in the manner of Porter (1980), two endings at most: it serves search, where a stem need not be a
    word.

    >>> stem("monitoring"), stem("monitors"), stem("organisation"), stem("organize"), stem("analysis"), stem("analyse")
    ('monit', 'monit', 'organ', 'organ', 'analy', 'analy')
    """
    word = singular(word)
    if len(word) < 5 or not word.isalpha() or word in WHOLE:
        return word
    once = word.removesuffix("ing").removesuffix("ed")
    if once in WHOLE:  # combating, of combat
        return once
    once = _cut(word)
    return _cut(once) if len(once) > 5 and once not in WHOLE else once


def plain_bag(words: list[str]) -> str:
    """Sort the words in singular, all kept: "logo designs", "design logo" meet, unless order carries meaning.

    >>> plain_bag(["designs", "logo"]), plain_bag(["text", "to", "speech"])
    ('design logo', 'text to speech')
    """
    if ORDERED.intersection(words):
        return " ".join([singular(word) for word in words])
    return " ".join(sorted([singular(word) for word in words]))


def deep_bag(words: list[str]) -> str:
    """Sort the stems without small words: "monitoring of wells", "monitor wells" meet.

    >>> deep_bag(["monitoring", "of", "wells"]) == deep_bag(["monitor", "wells"])
    True
    """
    held = [stem(word) for word in words if word not in SMALL_WORDS]
    if not held:
        return " ".join(words)
    return " ".join(held if ORDERED.intersection(words) else sorted(held))


def content(words: list[str]) -> list[str]:
    """Leave the small words out."""
    return [word for word in words if word not in SMALL_WORDS]


def initials(words: list[str]) -> str:
    """Give the first letters of the words that are not small.

    >>> initials(["search", "engine", "optimization"])
    'seo'
    """
    return "".join([word[0] for word in words if word not in SMALL_WORDS])


def shortens(short: str, words: list[str]) -> bool:
    """Tell whether a short form takes its letters in order from the words, the first of each among them.

    After Schwartz & Hearst (2003), stricter: their rule asks it of the first word only. Small words are passed over.

    >>> shortens("jdbc", ["java", "database", "connectivity"]), shortens("css", ["cascading", "style", "sheets"])
    (True, True)
    >>> shortens("http", ["hypertext", "transfer", "protocol"]), shortens("jxc", ["java", "database", "connectivity"])
    (True, False)
    """
    rests = {short}  # what may be left after the words so far
    for word in content(words):
        taken = {rest[1:] for rest in rests if rest[:1] == word[0]}
        for letter in word[1:]:
            taken |= {rest[1:] for rest in taken if rest[:1] == letter}
        rests = taken
    return "" in rests
