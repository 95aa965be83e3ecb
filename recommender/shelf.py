"""Lay a `SkillRecommender` out as arrays for `storage`, and put it together again.

Words are stored as UTF-8 bytes in uint8 arrays, so that everything learned or shipped lies under the hashes of one
manifest.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from recommender import __version__, fixedpoint, trends
from recommender.errors import ModelFileError
from recommender.matcher import Matcher
from recommender.neighbours import Neighbours
from recommender.outlook import Figures, Outlook, newest_day
from recommender.ranking import Weights
from recommender.storage import StoredModel
from recommender.vocabulary import Vocabulary
from recommender.vocabulary.keys import Lines
from recommender.vocabulary.words import KEY_MARK

if TYPE_CHECKING:
    from recommender.model import SkillRecommender

__all__ = ["restored", "stored"]

Model = TypeVar("Model", bound="SkillRecommender")

_ROOMS = ("together", "similar")


def stored(model: SkillRecommender) -> StoredModel:
    """Return a fitted model as arrays and facts."""
    outlook = model.outlook_
    arrays: dict[str, NDArray[Any]] = {
        "vocabulary_codes": np.asarray(model.vocabulary_.codes.codes, np.int32),
        "trends": _bytes(trends.to_json(outlook.lists, outlook.moved)),
        "trend_skills": np.asarray(outlook.numbers, np.int32),
        "trend_shares": outlook.figures.shares,
        "trend_outgrown": outlook.figures.outgrown,
        "pairs": model.pairs_,
        "twins": model.twins_,
        "popularity": fixedpoint.to_int16(model.popularity_),
    }
    ends = np.cumsum([len(key.encode()) + len(KEY_MARK) for key in model.vocabulary_.codes.keys]) - len(KEY_MARK)
    arrays["vocabulary_key_ends"] = ends.astype(np.int32)
    arrays |= {f"vocabulary_{name}": _bytes(text) for name, text in model.vocabulary_.to_texts().items()}
    for room in _ROOMS:
        arrays |= {f"{room}_{name}": held for name, held in getattr(model, f"{room}_").arrays().items()}
    arrays |= {f"matcher_{name}": held for name, held in model.matcher_.arrays().items()}
    config = {"weights": dict(model.weights_._asdict()), "params": _parameters(model), "as_of": str(outlook.as_of)}
    return StoredModel(
        kind=model.KIND, created=str(newest_day(outlook.lists)), package_version=__version__, config=config,
        vocabulary_sha256=model.vocabulary_.content_hash, arrays=arrays, sources=tuple(model.sources_),
        card=model.card_,
    )  # fmt: skip


def restored(model: Model, kept: StoredModel) -> Model:
    """Fill an unfitted model from arrays; raise `ModelFileError` where they do not belong together."""
    try:
        arrays = kept.arrays
        model.set_params(**kept.config["params"])
        codes, ends = (array("i", arrays[f"vocabulary_{name}"].tobytes()) for name in ("codes", "key_ends"))
        keys = Lines(arrays["vocabulary_keys"].tobytes(), ends)
        model.vocabulary_ = Vocabulary.from_texts(_Texts(arrays), codes, keys)
        size = len(model.vocabulary_)
        lists, moved = trends.from_json(_text(arrays["trends"]))
        day = date.fromisoformat(kept.config["as_of"])
        figures = Figures(arrays["trend_shares"], arrays["trend_outgrown"])
        model.outlook_ = Outlook(lists, arrays["trend_skills"].tolist(), size, moved, day, figures)
        model.weights_ = Weights(**kept.config["weights"])
        model.pairs_, model.twins_ = arrays["pairs"], arrays["twins"]
        model.popularity_ = arrays["popularity"] * fixedpoint.WEIGHT_STEP
        for room in _ROOMS:
            rows = Neighbours.from_arrays({n: arrays[f"{room}_{n}"] for n in ("indptr", "indices", "steps")})
            setattr(model, f"{room}_", rows)
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, ModelFileError):
            raise
        fault = f"the model's parts do not fit ({type(error).__name__}: {error}). Build it again: make model"
        raise ModelFileError(fault) from error
    known = len(model.together_) - len(model.pairs_)
    if not known == len(model.similar_) == len(model.popularity_) == size:
        raise ModelFileError(f"the model's parts know {known} and {size} skills. Build it again: make model")
    tables = {name.removeprefix("matcher_"): held for name, held in arrays.items() if name.startswith("matcher_")}
    model.matcher_ = Matcher.from_arrays(model.vocabulary_, tables)
    model.sources_, model.card_ = kept.sources, kept.card
    return model


class _Texts:
    """Read a text of the vocabulary when it is asked for; a class, so that a model that holds one can be pickled."""

    __slots__ = ("_arrays",)

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._arrays = {name: held for name, held in arrays.items() if name.startswith("vocabulary_")}

    def __call__(self, name: str) -> str:
        return _text(self._arrays[f"vocabulary_{name}"])


def _parameters(model: SkillRecommender) -> dict[str, Any]:
    """Return the parameters; one that came later is written only where it is set, so older models stay as they are."""
    return {name: value for name, value in model.get_params().items() if name != "vocabulary" or value is not None}


def _bytes(words: str) -> NDArray[np.uint8]:
    return np.frombuffer(words.encode("utf-8"), np.uint8)


def _text(text: NDArray[Any]) -> str:
    return text.tobytes().decode("utf-8")
