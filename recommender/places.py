"""Say where the shipped data and models lie: an override, the packaged copy, or the repository."""

from __future__ import annotations

import os
from pathlib import Path

from recommender.errors import InputError

__all__ = ["HOME_VARIABLE", "data_folder", "model_folder", "models_folder"]

HOME_VARIABLE = "RECOMMENDER_HOME"
"""Environment variable that names a folder with ``data/`` and ``models/`` of one's own."""

DEFAULT_MODEL = "default"
_PACKAGE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    home = os.environ.get(HOME_VARIABLE)
    if home:
        return Path(home) / name
    packaged = _PACKAGE / f"_{name}"
    return packaged if packaged.is_dir() else _PACKAGE.parent / name


def data_folder() -> Path:
    """Return the folder that holds ``skills.tsv``, ``senses.tsv``, ``roles.tsv`` and ``trends/``."""
    return _folder("data")


def models_folder() -> Path:
    """Return the folder that holds one folder per shipped model."""
    return _folder("models")


def model_folder(name: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder of a model: the default, a shipped one by its bare name, or any path.

    A bare name that exists in the current folder is taken as that path, so that what a user sees wins. Raises
    `InputError` for what is no path.
    """
    if name is None:
        return models_folder() / DEFAULT_MODEL
    if not isinstance(name, str | os.PathLike):
        raise InputError(
            f"a model is named by its folder, not by a {type(name).__name__}. Pass the path of a saved one."
        )
    path = Path(name)
    shipped = models_folder() / path
    bare = path.name == str(name)
    return shipped if bare and not path.exists() and shipped.is_dir() else path
