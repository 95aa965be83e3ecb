"""Fit a `SkillRecommender` on lists: learn the words, then what goes together, beside the shipped knowledge.

The shipped model gives the vocabulary to start from, the documents and the trend lists; `data/roles.tsv` gives what its
trades hold together, as pseudo-lists whose number inner folds choose. What the lists never show keeps speaking as
shipped, so that a held skill that is new to a platform is not mute.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from recommender import knowledge, places, roles
from recommender.cooccurrence import DENSE_ITEMS, Cooccurrence, Recipe
from recommender.errors import InputError
from recommender.learning import Learned, learn_words, learning_reader
from recommender.matcher import Matcher
from recommender.neighbours import Neighbours
from recommender.outlook import Outlook, trend_skills
from recommender.vocabulary import Vocabulary

if TYPE_CHECKING:
    from recommender.model import SkillRecommender

__all__ = ["adopt", "fit", "frequent", "go_together", "of_words"]

Model = TypeVar("Model", bound="SkillRecommender")
Lists = Sequence[Sequence[str]]
Rows = tuple[NDArray[np.int64], NDArray[np.int64]]

FEWEST_LISTS = 2
"""Fewer lists show nothing that could go together."""


def fit(model: Model, base: SkillRecommender, lists: Lists, say: Callable[[str], None]) -> tuple[Model, Learned]:
    """Fit ``model`` on lists of terms, starting from ``base``; ``say`` is told what is being done.

    Raises
    ------
    InputError
        Fewer than `FEWEST_LISTS` lists hold anything, or ``min_count`` is no count.
    """
    least = model.min_count
    if isinstance(least, bool) or not isinstance(least, int | np.integer) or least < 1:
        raise InputError(f"min_count is {least!r:.40}. Pass a whole number, 1 or more.")
    filled = [terms for terms in lists if any(map(str.strip, terms))]
    if len(filled) < FEWEST_LISTS:
        raise InputError(
            f"{len(filled) or 'no'} list{' holds' if len(filled) < 2 else 's hold'} skills; {FEWEST_LISTS} or more are "
            "needed to learn from. Add lists."
        )
    say(f"learning the words of {len(filled):,} lists")
    learned = learn_words(filled, base.vocabulary_, base.matcher_, model.min_count)
    model.vocabulary_ = learned.vocabulary
    model.matcher_ = Matcher(learned.vocabulary)
    say("matching")
    model.reader = learning_reader(learned)
    rows = frequent(*model.held_rows(filled), model.min_count)
    del model.reader  # what it left out for speed, the model's own matcher finds
    say(f"learning what goes together among {len(np.unique(rows[1])):,} skills")
    adopt(model, base, *go_together(rows, model))
    model.twins_ = np.array([learned.vocabulary.numbers(pair) for pair in learned.twins], np.int32).reshape(-1, 2)
    model.similar_ = base.similar_.extended(len(model.vocabulary_))
    outlook = base.outlook_
    model.outlook_ = Outlook(outlook.lists, outlook.numbers, len(model.vocabulary_), outlook.moved, outlook.as_of)
    model.weights_ = model.FITTED_WEIGHTS
    model.sources_, model.card_ = base.sources_, ""
    return model, learned


def frequent(indptr: NDArray[np.int64], indices: NDArray[np.int64], least: int) -> Rows:
    """Leave out skills that fewer than ``least`` lists hold: so few are noise, and shipped knowledge says more."""
    kept = (np.bincount(indices) >= least)[indices]
    return np.concatenate([[0], np.cumsum(kept)])[indptr], indices[kept]


def go_together(
    rows: Rows, model: SkillRecommender, recipe: Recipe | None = None
) -> tuple[Cooccurrence, NDArray[np.int64]]:
    """Learn what goes together among the skills of numbered lists; return it, and the numbers of those skills.

    ``recipe`` says what to blend instead of what inner folds would choose, so that one can see what it is worth.
    """
    present = np.unique(rows[1])
    # A vocabulary of one's own uses names as it likes: the shipped roles say nothing about them.
    knows = model.vocabulary is None and len(present) <= DENSE_ITEMS
    prior = _prior(present, model.vocabulary_) if knows else None
    return Cooccurrence(recipe).fit(rows[0], np.searchsorted(present, rows[1]), len(present), prior), present


def adopt(model: SkillRecommender, base: SkillRecommender, learned: Cooccurrence, present: NDArray[np.int64]) -> None:
    """Give a model what was learned about the skills ``present``; of the others the base keeps speaking, quietly."""
    quiet = base.together_.first(len(base.vocabulary_))
    model.together_, model.pairs_, model.popularity_ = learned.widened(present, len(model.vocabulary_), quiet)


def of_words(made: Model, base: SkillRecommender, words: Vocabulary) -> Model:
    """Make of an empty model one that knows these skills, and nothing about them but the demand that lists show."""
    made.vocabulary_, made.matcher_ = words, Matcher(words)
    made.together_ = made.similar_ = Neighbours.from_rows([]).extended(len(words))
    outlook = base.outlook_
    numbers = trend_skills(outlook.lists, made.matcher_)
    made.outlook_ = Outlook(outlook.lists, numbers, len(words), outlook.moved, outlook.as_of)
    made.sources_ = base.sources_
    return made


def _prior(present: NDArray[np.int64], words: Vocabulary) -> NDArray[np.float64]:
    """Return the shipped roles' expected co-occurrence of the skills that the lists hold.

    Roles of which the lists show less than one skill per person are of other trades, and would only thin the prior out.
    """
    world = knowledge.role_world(roles.read(places.data_folder() / "roles.tsv"), words)
    return world.holding(present).gram(present)
