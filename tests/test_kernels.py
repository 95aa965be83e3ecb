"""Kernels are named in one place, and everything works without them."""

from __future__ import annotations

import random
import re
import tomllib
from pathlib import Path

import pyarrow as pa
import pytest

from recommender import SkillRecommender, columns, kernels, variety
from recommender.batch.writing import encode
from recommender.matcher import differences, letters, neighbours
from recommender.plans import Layout

ROOT = Path(__file__).parents[1]
KERNELS = ROOT / "recommender/kernels"


def _built() -> dict[str, dict]:
    """Read which modules an installation compiles, by name."""
    built = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["ext-modules"]
    return {module["name"].removeprefix("recommender.kernels."): module for module in built}


def _included(file: str) -> set[str]:
    """Name the files that a kernel is made of besides its own: those it names, and those they name."""
    named = re.findall(r"^from recommender\.kernels\.(\w+) cimport", (KERNELS / file).read_text(), re.MULTILINE)
    files = {f"{name}.pxd" for name in named}
    return files.union(*map(_included, files))


def test_every_kernel_is_named_and_built():
    """The sources, the names, and what an installation builds (optional, each) are the same kernels."""
    built = _built()
    assert all(module["optional"] for module in built.values())
    assert sorted(built) == list(kernels.NAMES) == [path.stem for path in sorted(KERNELS.glob("*.pyx"))]
    assert all(module["sources"] == [f"recommender/kernels/{name}.pyx"] for name, module in built.items())


def test_kernels_are_built_anew_where_what_they_include_changes():
    """An installation knows all files that a kernel is made of, and each of these is in some kernel."""
    for name, module in _built().items():
        wanted = {f"recommender/kernels/{file}" for file in _included(f"{name}.pyx")}
        assert set(module.get("depends", [])) == wanted, name
    included = set().union(*(_included(f"{name}.pyx") for name in kernels.NAMES))
    assert included == {path.name for path in KERNELS.glob("*.pxd")}


def test_no_kernel_is_used_where_none_is_wanted(monkeypatch: pytest.MonkeyPatch):
    """RECOMMENDER_PLAIN turns all of them off, and whoever asks what is missing is told."""
    monkeypatch.setenv(kernels.PLAIN, "1")
    assert kernels.missing() == list(kernels.NAMES)


def test_a_kernel_that_cannot_be_loaded_is_no_missing_one(monkeypatch: pytest.MonkeyPatch):
    """What goes wrong inside a kernel is told, not taken for a kernel that was not built."""

    def broken(_: str) -> None:
        raise ModuleNotFoundError(name="numpy")

    monkeypatch.setattr(kernels.importlib, "import_module", broken)
    monkeypatch.delenv(kernels.PLAIN, raising=False)
    with pytest.raises(ModuleNotFoundError):
        kernels.kernel("rows")


@pytest.mark.parametrize(
    ("file", "constant", "plain"),
    [
        *[("slips.pyx", name, getattr(differences, name)) for name in
          ("SHORTEST_WORD", "SHORT_WORD", "MOST_CHANGED", "LEAST_FOR_TWO")],
        ("choosing.pyx", "STEPS", variety.STEPS), ("parts.pxd", "SHIFT", max(neighbours._SHIFTS)),
        ("edits.pxd", "OTHERS", letters._OTHERS),
    ],
)  # fmt: skip
def test_what_a_kernel_writes_again_is_what_the_plain_code_says(file: str, constant: str, plain: int):
    """A limit that is changed in the plain code is changed in its kernel too."""
    assert re.findall(rf"^    {constant} = (\d+)", (KERNELS / file).read_text(), re.MULTILINE) == [str(plain)]


def _rows(model: SkillRecommender, count: int) -> list[str | None]:
    """Make cells as people write them: names and aliases, ambiguous forms, slips, brackets, strange marks."""
    rng = random.Random(7)
    vocabulary = model.vocabulary_
    said = [*vocabulary.names, *rng.sample(list(vocabulary.codes), 4000), *vocabulary.forms]

    def damaged(term: str) -> str:
        at = rng.randrange(len(term))
        return rng.choice(
            [
                term, term.upper(), term[:at] + term[at + 1 :], term[:at] + term[at] + term[at:], f"{term} (expert)",
                term.replace("o", "о"), f"5+ years of {term}", f"{term[:at]}\u200b{term[at:]}", f"#{term}", f"«{term}»",
            ]
        )  # fmt: skip

    cells: list[str | None] = [
        rng.choice([", ", "; ", " | ", ","]).join(damaged(rng.choice(said)) for _ in range(rng.randrange(12)))
        for _ in range(count)
    ]
    return [*cells, None, "", ",;|", '["a", "b"]', "Adobe (Ps, Ai, Id)", "x" * 5000, "\x00", "=1+1"]


@pytest.mark.parametrize("layout", ["wide", "long"])
def test_bytes_do_not_depend_on_kernels(monkeypatch: pytest.MonkeyPatch, layout: Layout):
    """A batch gives the same bytes with all kernels and with none."""
    cells = _rows(SkillRecommender.load(), 1500)
    batch = pa.RecordBatch.from_pydict({"id": [str(n) for n in range(len(cells))], "skills": cells})
    written = []
    for plain in ("", "1"):
        monkeypatch.setenv(kernels.PLAIN, plain)
        scored = columns.score(SkillRecommender.load(), batch, columns.Plan(layout=layout))
        written.append(bytes(encode(scored, "csv")))
    assert written[0] == written[1]
