"""A small world with a known answer: two crafts with words of their own, which no shipped vocabulary holds."""

from __future__ import annotations

from itertools import combinations
from random import Random

POTTERS = ["Zorbling", "Quenchwork", "Vatglaze", "Kilnotron", "Mudspindle"]
WEAVERS = ["Loometry", "Warpcast", "Skeinlogic", "Bobbinry", "Treddlecraft"]


def lists() -> list[list[str]]:
    """Lists of three words of one craft, each list of its own, in a shuffled but fixed order."""
    made = [[*group, "Python"] for craft in (POTTERS, WEAVERS) for group in combinations(craft, 3)]
    made += [list(group) for craft in (POTTERS, WEAVERS) for group in combinations(craft, 4)]
    # Half of the people write one word in another case; one in many misspells.
    made = [[w.upper() if i % 3 == 0 and w == "Zorbling" else w for w in row] for i, row in enumerate(made)]
    made += [["React.js", "ReactJS", "Redux"], ["ReactJS", "Redux", "CSS"], ["ReactJS", "CSS", "HTML"],
             ["reactjs", "Redux", "HTML"], ["React", "Redux", "HTML"], ["React", "CSS", "Redux"],
             ["React", "HTML", "Sass"], ["React", "CSS", "Sass"], ["Loneword", "CSS", "HTML"]]  # fmt: skip
    Random(4).shuffle(made)
    return made
