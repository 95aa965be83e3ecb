from __future__ import annotations

import hashlib
import json
import os
import pickle
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from recommender import storage
from recommender.errors import MissingFileError, ModelFileError
from recommender.storage import StoredModel

ARRAYS = {"steps": np.arange(6, dtype=np.int16).reshape(2, 3), "none": np.zeros(0, np.int32)}


def model(**changes: object) -> StoredModel:
    facts: dict[str, object] = {
        "kind": "skills", "created": "2026-01-02", "package_version": "0", "config": {"n": 3},
        "vocabulary_sha256": "0" * 64, "arrays": ARRAYS, "sources": ({"name": "a", "sha256": "1", "date": "2"},),
    }  # fmt: skip
    return StoredModel(**{**facts, **changes})  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return storage.write(tmp_path / "model", model())


def test_round_trip(folder: Path) -> None:
    """What was written comes back: arrays bit-equal, facts equal."""
    back = storage.read(folder, "skills")
    assert dict(back.config) == {"n": 3}
    for name, array in ARRAYS.items():
        assert back.arrays[name].dtype == array.dtype
        assert back.arrays[name].tobytes() == array.tobytes()


def test_writing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    """The same content makes the same files, so that a rebuild can be compared byte for byte."""
    one, two = storage.write(tmp_path / "a", model()), storage.write(tmp_path / "b", model())
    assert {p.name: p.read_bytes() for p in one.iterdir()} == {p.name: p.read_bytes() for p in two.iterdir()}


def _edit(change: Callable[[dict], None]) -> Callable[[Path], None]:
    def fault(folder: Path) -> None:
        path = folder / "manifest.json"
        manifest = json.loads(path.read_text())
        change(manifest)
        path.write_text(json.dumps(manifest))

    return fault


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _objects(folder: Path) -> None:
    path = folder / "steps.npy"
    np.save(path, np.array([{}], dtype=object), allow_pickle=True)
    _edit(lambda m: m["arrays"]["steps"].update(sha256=_sha256(path)))(folder)


def _truncated(folder: Path) -> None:
    path = folder / "steps.npy"
    path.write_bytes(path.read_bytes()[:20])
    _edit(lambda m: m["arrays"]["steps"].update(sha256=_sha256(path)))(folder)


def _outside(folder: Path) -> None:
    (folder / "steps.npy").rename(folder.parent / "steps.npy")
    (folder / "steps.npy").symlink_to(folder.parent / "steps.npy")


FAULTS = {
    "missing file": (lambda f: (f / "steps.npy").unlink(), "missing"),
    "missing manifest": (lambda f: (f / "manifest.json").unlink(), "no manifest.json"),
    "manifest is not JSON": (lambda f: (f / "manifest.json").write_text("{"), "JSON"),
    "manifest is a list": (lambda f: (f / "manifest.json").write_text("[]"), "is no recommender-model"),
    "extra array": (lambda f: np.save(f / "more.npy", np.zeros(2)), "more.npy does not belong"),
    "changed byte": (lambda f: (f / "steps.npy").write_bytes((f / "steps.npy").read_bytes()[:-1] + b"x"), "changed"),
    "newer version": (_edit(lambda m: m.update(version=99)), "version 99"),
    "foreign format": (_edit(lambda m: m.update(format="other")), "is no recommender-model"),
    "wrong kind": (_edit(lambda m: m.update(kind="cake")), "holds a 'cake'"),
    "unknown key": (_edit(lambda m: m.update(hint=1)), "'hint'"),
    "missing key": (_edit(lambda m: m.pop("sources")), "'sources'"),
    "key of a wrong type": (_edit(lambda m: m.update(arrays=[])), "'arrays'"),
    "object dtype": (_objects, "objects"),
    "truncated array": (_truncated, "manifest says otherwise"),
    "path outside the folder": (_edit(lambda m: m["arrays"].update({"../steps": m["arrays"].pop("steps")})), "belong|outside"),
    "link outside the folder": (_outside, "outside"),
    "changed hash of the vocabulary": (_edit(lambda m: m.update(vocabulary_sha256="1" * 64)), "manifest.json: was changed"),
    "changed hash of a source": (_edit(lambda m: m["sources"][0].update(sha256="2")), "manifest.json: was changed"),
    "changed configuration": (_edit(lambda m: m["config"].update(n=4)), "manifest.json: was changed"),
    "other shape": (_edit(lambda m: m["arrays"]["steps"].update(shape=[6])), "manifest says otherwise"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_is_refused_and_named(folder: Path, name: str) -> None:
    """A damaged or foreign folder raises ModelFileError in one line that says what is wrong."""
    damage, words = FAULTS[name]
    damage(folder)
    with pytest.raises(ModelFileError, match=words) as caught:
        storage.read(folder, "skills")
    assert "\n" not in str(caught.value)


def test_files_of_the_desktop_do_no_harm(folder: Path) -> None:
    """A model that was looked at in a file manager, which leaves a hidden file there, is read and written over."""
    (folder / ".DS_Store").write_bytes(b"Bud1")
    assert storage.read(folder, "skills").created == "2026-01-02"
    assert storage.read(storage.write(folder, model(created="new")), "skills").created == "new"


OTHERS: dict[str, Callable[[Path], object]] = {
    "the manifest of another program": lambda f: (f / "manifest.json").write_text('{"name": "My extension"}'),
    "a file beside a model": lambda f: (f / "notes.txt").write_text("mine"),
    "a folder beside a model": lambda f: (f / ".git").mkdir(),
    "a broken manifest and nothing of ours": lambda f: (
        [p.unlink() for p in f.glob("*.npy")] and (f / "manifest.json").write_text("{")
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_not_only_a_model_is_never_replaced(folder: Path, name: str) -> None:
    """A folder that holds anything beside a model, or the manifest.json of another program, is left as it is."""
    OTHERS[name](folder)
    before = {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}
    with pytest.raises(ModelFileError, match="left as it is"):
        storage.write(folder, model(created="new"))
    assert {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()} == before


def test_a_link_is_followed(folder: Path) -> None:
    """Written to a link, a model takes the place of what the link stands for, and the link stays one."""
    link = folder.with_name("link")
    link.symlink_to(folder.name)
    storage.write(link, model(created="new"))
    assert link.is_symlink()
    assert storage.read(folder, "skills").created == "new"
    assert sorted(p.name for p in folder.parent.iterdir()) == ["link", "model"]


def test_a_damaged_model_is_built_anew(folder: Path) -> None:
    """Where the manifest was torn, a new model may take the place of the old."""
    (folder / "manifest.json").write_text("{")
    assert storage.read(storage.write(folder, model(created="new")), "skills").created == "new"


def test_a_manifest_may_be_laid_out_anew(folder: Path) -> None:
    """What a manifest says is sealed, not its blanks and order; one of before there were seals is read."""
    _edit(lambda m: m)(folder)
    assert storage.read(folder, "skills").kind == "skills"
    _edit(lambda m: m.pop("manifest_sha256"))(folder)
    assert storage.read(folder, "skills").kind == "skills"


def test_nothing_there(tmp_path: Path) -> None:
    """A path without a model is a MissingFileError, which also is FileNotFoundError."""
    with pytest.raises(MissingFileError, match="no model there"):
        storage.read(tmp_path / "none", "skills")


def test_objects_are_never_written(tmp_path: Path) -> None:
    """An array that would need pickle is refused before anything is written."""
    with pytest.raises(ModelFileError, match="plain numbers"):
        storage.write(tmp_path / "m", model(arrays={"bad": np.array([pickle], dtype=object)}))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_no_model_is_left_alone(tmp_path: Path) -> None:
    """Writing over somebody's folder of other things is refused."""
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.txt").write_text("cat")
    with pytest.raises(ModelFileError, match="is no model"):
        storage.write(tmp_path / "photos", model())
    assert (tmp_path / "photos" / "cat.txt").read_text() == "cat"


KILLED = """
    import os, sys, numpy as np
    from recommender import storage
    from recommender.storage import StoredModel
    calls, at = [0], int(sys.argv[2])
    def dying(real):
        def call(*a, **k):
            calls[0] += 1
            if calls[0] == at: os._exit(9)
            return real(*a, **k)
        return call
    storage._sha256 = dying(storage._sha256)
    storage.np.save = dying(np.save)
    storage.Path.mkdir = dying(storage.Path.mkdir)
    storage.Path.write_text = dying(storage.Path.write_text)
    storage.Path.rename = dying(storage.Path.rename)
    storage.shutil.rmtree = dying(storage.shutil.rmtree)
    storage.write(sys.argv[1], StoredModel("skills", "new", "0", {}, "0", {"a": np.ones(3), "b": np.ones(4)}))
"""


@pytest.mark.parametrize("step", range(1, 16))
def test_a_kill_at_any_step_leaves_the_old_model_or_none(folder: Path, step: int) -> None:
    """A process killed while writing leaves the old model, the new one, or a folder that load refuses: never a mixture."""
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(folder), str(step)]
    subprocess.run(command, check=False, env={**os.environ, "PYTHONPATH": str(Path(storage.__file__).parents[1])})
    try:
        created = storage.read(folder, "skills").created
    except (ModelFileError, MissingFileError):
        return
    assert created in ("2026-01-02", "new")


def test_a_full_disk_is_one_line_and_leaves_the_old_model(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk fills up, the old model stays whole and no part of the new one is left."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage.np, "save", full)
    with pytest.raises(ModelFileError, match="No space left"):
        storage.write(folder, model(created="new"))
    assert storage.read(folder, "skills").created == "2026-01-02"
    assert [p.name for p in folder.parent.iterdir()] == ["model"]
