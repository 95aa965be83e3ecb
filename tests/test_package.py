"""The package as others see it."""

from __future__ import annotations

import subprocess
import sys

import recommender
from recommender import places


def test_all_is_what_is_visible() -> None:
    """`recommender.__all__` equals what `dir` shows, and every name of it can be had."""
    assert sorted(recommender.__all__) == dir(recommender)
    assert all(getattr(recommender, name) is not None for name in recommender.__all__)


def test_importing_the_package_costs_nothing() -> None:
    """`import recommender` loads neither numpy nor any room."""
    code = "import sys, recommender; print([m for m in sys.modules if m == 'numpy' or m.startswith('recommender.')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_unknown_names_are_attribute_errors() -> None:
    """A name that the package does not have is an AttributeError, as for any module."""
    assert not hasattr(recommender, "nonsense")


def test_a_folder_of_ones_own_replaces_the_shipped_data(monkeypatch: object, tmp_path: object) -> None:
    """RECOMMENDER_HOME names a folder with data/ and models/ of one's own."""
    monkeypatch.setenv(places.HOME_VARIABLE, str(tmp_path))  # type: ignore[attr-defined]
    assert str(places.data_folder()) == f"{tmp_path}/data"
    assert str(places.model_folder()) == f"{tmp_path}/models/default"


def test_a_path_that_exists_wins_over_a_shipped_name(monkeypatch: object, tmp_path: object) -> None:
    """A model named by a path is that path; a bare name is the shipped model of that name."""
    monkeypatch.chdir(tmp_path)  # type: ignore[attr-defined]
    assert places.model_folder("default") == places.models_folder() / "default"
    assert str(places.model_folder("models/mine")) == "models/mine"
