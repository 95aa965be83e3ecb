"""Keep a model as a folder of plain arrays and one JSON manifest; refuse whatever is not whole.

The folder holds ``manifest.json``, one ``.npy`` per array, and a ``README.md`` for people. The manifest names every
array with dtype, shape and SHA-256, and itself with one, so that a missing, changed, added or foreign file is noticed
before it is used. Its sources are not looked at: a model is whole without them, and ``recommender.build --check``
compares. Nothing is unpickled. A folder is written beside its place and then moved, so that a kill leaves the old model
or none.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import shutil
from collections.abc import Mapping
from io import BytesIO, FileIO
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.errors import MissingFileError, ModelFileError

__all__ = ["FORMAT", "VERSION", "StoredModel", "read", "write"]

FORMAT = "recommender-model"
VERSION = 1
MANIFEST = "manifest.json"
CARD = "README.md"
_KEYS = {
    "format", "version", "kind", "created", "package_version", "config", "vocabulary_sha256", "sources", "arrays",
}  # fmt: skip
_SEAL = "manifest_sha256"
"""Key of the hash of all other keys; models that were written before there was one are read without."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")
HASHED = 1 << 18
"""Bytes hashed at a time."""
_REBUILD = "Build or fetch the model again (make model, or recommender fit)."


class StoredModel(NamedTuple):
    """Carry what a model folder holds: arrays, and the facts about them.

    ``sources`` lists ``{"name", "sha256", "date"}`` of what the model was built from; ``created`` is an ISO date.
    """

    kind: str
    created: str
    package_version: str
    config: Mapping[str, Any]
    vocabulary_sha256: str
    arrays: Mapping[str, NDArray[Any]]
    sources: tuple[Mapping[str, str], ...] = ()
    card: str = ""


def _sha256(file: FileIO) -> str:
    """Hash an open file from its beginning, by pieces that stay in a processor's cache."""
    digest, piece = hashlib.sha256(), memoryview(bytearray(HASHED))
    while size := file.readinto(piece):
        digest.update(piece[:size])
    return digest.hexdigest()


def _sealed(manifest: Mapping[str, Any]) -> str:
    """Return the hash of what a manifest says, however it is laid out."""
    said = {key: value for key, value in manifest.items() if key != _SEAL}
    said = json.loads(json.dumps(said))  # as it is read again: the keys of all objects are text
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def write(folder: str | os.PathLike[str], model: StoredModel) -> Path:
    """Write a model folder whole, then move it into place; return its path.

    Raises
    ------
    ModelFileError
        An array of objects, a name that is no plain word, or a target that exists and is no model.
    """
    target = Path(folder)
    target = target.resolve() if target.is_symlink() else target  # what the link stands for, not the link
    for name, array in model.arrays.items():
        if not _NAME.fullmatch(name) or array.dtype.hasobject:
            raise ModelFileError(f"array {name!r} of dtype {array.dtype} cannot be stored. Use plain numbers.")
    if target.exists() and not _may_go(target):
        raise ModelFileError(f"{target}: exists and is no model, left as it is. Name another folder.")
    beside = target.with_name(f".{target.name}.{os.getpid()}.partial")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        _fill(beside, model)
        _swap(beside, target)
    except OSError as error:
        raise ModelFileError(
            f"{target}: cannot be written ({error.strerror}). Check the place and its space."
        ) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return target


def _fill(folder: Path, model: StoredModel) -> None:
    folder.mkdir(parents=True)
    arrays: dict[str, dict[str, Any]] = {}
    for name in sorted(model.arrays):
        array = np.ascontiguousarray(model.arrays[name])
        path = folder / f"{name}.npy"
        with path.open("wb") as file:
            np.save(file, array, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
        with path.open("rb", buffering=0) as written:
            arrays[name] = {"dtype": array.dtype.str, "shape": list(array.shape), "sha256": _sha256(written)}
    manifest = {
        "format": FORMAT, "version": VERSION, "kind": model.kind, "created": model.created,
        "package_version": model.package_version, "config": dict(model.config),
        "vocabulary_sha256": model.vocabulary_sha256, "sources": [dict(s) for s in model.sources], "arrays": arrays,
    }  # fmt: skip
    manifest[_SEAL] = _sealed(manifest)
    if model.card:
        (folder / CARD).write_text(model.card, encoding="utf-8")
    # The manifest comes last: a folder without one is refused.
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _may_go(target: Path) -> bool:
    """Tell whether a model may take the place of what is there: an empty folder, or a model and nothing beside it.

    Many programs have a manifest.json of their own. Hidden files, such as .DS_Store, count as nothing.
    """
    there = list(target.iterdir()) if target.is_dir() else [target]
    ours = [p for p in there if p.name in (MANIFEST, CARD) or p.suffix == ".npy" or p.name.startswith(".")]
    if len(ours) < len(there) or not all(map(Path.is_file, there)) or target in there:
        return False
    try:
        manifest = json.loads((target / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return not there
    except ValueError:  # of a model that was damaged, which is to be built anew
        return any(p.suffix == ".npy" for p in there)
    return isinstance(manifest, dict) and manifest.get("format") == FORMAT


def _swap(beside: Path, target: Path) -> None:
    """Put ``beside`` in the place of ``target``; at no moment is a half-written folder under that name."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        beside.rename(target)
    elif _exchanged(beside, target):
        shutil.rmtree(beside, ignore_errors=True)
    else:
        old = _old(target)
        shutil.rmtree(old, ignore_errors=True)
        target.rename(old)
        try:
            beside.rename(target)
        except OSError:
            old.rename(target)
            raise
    shutil.rmtree(_old(target), ignore_errors=True)  # also what a kill between the two renames left


def _old(target: Path) -> Path:
    """Name where the former model waits while a new one takes its place."""
    return target.with_name(f".{target.name}.old")


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in one step, of which no kill can leave half; False where the system has no such step.

    Linux only (renameat2 with RENAME_EXCHANGE, since 3.15; not on every file system).
    """
    import ctypes

    try:
        rename = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return bool(rename(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0)


def read(folder: str | os.PathLike[str], kind: str) -> StoredModel:
    """Read a model folder, arrays memory-mapped, every hash checked.

    Raises
    ------
    MissingFileError
        Nothing lies at ``folder``.
    ModelFileError
        Anything there is missing, added, changed, newer, foreign, or of another kind; the message says which.
    """
    path = Path(folder)
    if not path.exists():
        if _old(path).is_dir():
            raise MissingFileError(
                f"{path}: no model there; a write was stopped, and the former model lies at {_old(path)}. "
                "Rename it, or build the model again."
            )
        raise MissingFileError(f"{path}: no model there. {_REBUILD}")
    if not (path / MANIFEST).is_file():
        raise ModelFileError(f"{path}: no {MANIFEST}, so this is no model. {_REBUILD}")
    manifest = _manifest(path, kind)
    present = {p.name for p in path.iterdir() if not p.name.startswith(".")} - {MANIFEST, CARD}
    named = {f"{name}.npy" for name in manifest["arrays"]}
    if extra := sorted(present - named):
        raise ModelFileError(f"{path}: {extra[0]} does not belong there. Remove it, or build the model again.")
    arrays = _arrays(path, manifest["arrays"])
    # Last, as whatever else is wrong says more.
    if manifest.get(_SEAL, seal := _sealed(manifest)) != seal:
        raise ModelFileError(f"{path / MANIFEST}: was changed since it was built (SHA-256 differs). {_REBUILD}")
    return StoredModel(
        manifest["kind"], manifest["created"], manifest["package_version"], manifest["config"],
        manifest["vocabulary_sha256"], arrays, tuple(manifest["sources"]),
    )  # fmt: skip


def _manifest(folder: Path, kind: str) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelFileError(f"{path}: cannot be read as JSON ({type(error).__name__}). {_REBUILD}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ModelFileError(f"{path}: is no {FORMAT}. {_REBUILD}")
    version = manifest.get("version")
    if version != VERSION:
        raise ModelFileError(f"{path}: format version {version}, this program reads {VERSION}. Update the program.")
    if unknown := sorted((set(manifest) - {_SEAL}) ^ _KEYS):
        raise ModelFileError(f"{path}: key {unknown[0]!r} is missing or unknown. {_REBUILD}")
    if manifest["kind"] != kind:
        raise ModelFileError(f"{path}: holds a {manifest['kind']!r}, wanted is a {kind!r}. Name another folder.")
    types = {"arrays": dict, "config": dict, "sources": list, "created": str, "vocabulary_sha256": str}
    for key, wanted in types.items():
        if not isinstance(manifest[key], wanted):
            raise ModelFileError(f"{path}: {key!r} is of the wrong kind. {_REBUILD}")
    return manifest


def _arrays(folder: Path, named: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """Check and map all arrays, hashing on two threads: hashing lets go of the interpreter, and is most of the time."""
    from threading import Thread

    found: dict[str, NDArray[Any] | Exception] = {}

    def work(names: list[str]) -> None:
        for name in names:
            try:
                found[name] = _array(folder, name, named[name])
            except Exception as error:  # told below, in the order of the names
                found[name] = error

    names = sorted(named)
    helper = Thread(target=work, args=(names[1::2],))
    helper.start()
    work(names[::2])
    helper.join()
    for name in names:
        if isinstance(error := found[name], Exception):
            raise error
    return {name: array for name in names if not isinstance(array := found[name], Exception)}


def _array(folder: Path, name: str, facts: Any) -> NDArray[Any]:
    if not _NAME.fullmatch(name) or not isinstance(facts, dict) or set(facts) != {"dtype", "shape", "sha256"}:
        raise ModelFileError(f"{folder}: array {name!r} leads outside the folder or lacks its facts. {_REBUILD}")
    path = folder / f"{name}.npy"
    if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
        raise ModelFileError(f"{path}: leads outside the folder. {_REBUILD}")
    try:
        with path.open("rb", buffering=0) as file:
            if _sha256(file) != facts["sha256"]:
                raise ModelFileError(f"{path}: was changed since it was built (SHA-256 differs). {_REBUILD}")
            return _mapped(file, np.dtype(facts["dtype"]), tuple(facts["shape"]))
    except FileNotFoundError:
        raise ModelFileError(f"{path}: missing. {_REBUILD}") from None
    except (OSError, ValueError, TypeError) as error:
        if isinstance(error, ModelFileError):
            raise
        raise ModelFileError(
            f"{path}: {error if type(error) is ValueError else 'cannot be read'}. {_REBUILD}"
        ) from error


def _mapped(file: FileIO, dtype: np.dtype[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """Map an array whose header says just what is expected; `np.load` would parse each header as Python source.

    Raises `ValueError` for any other header, which makes objects, pickles and foreign layouts impossible.
    """
    header = BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": dtype.str, "fortran_order": False, "shape": shape})
    file.seek(0)
    found = file.read(header.tell())
    if dtype.hasobject or b"'|O'" in found:
        raise ValueError("holds objects, not numbers")
    if found != header.getvalue():
        raise ValueError(f"is no array of {dtype.str} {shape}, the manifest says otherwise")
    count = math.prod(shape)
    if os.fstat(file.fileno()).st_size != header.tell() + count * dtype.itemsize:
        raise ValueError("cannot be read: holds more or less than its header says")
    if not count:
        return np.zeros(shape, dtype)
    return np.frombuffer(mmap(file.fileno(), 0, access=ACCESS_READ), dtype, count, header.tell()).reshape(shape)
