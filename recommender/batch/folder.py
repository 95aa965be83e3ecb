"""Keep the folder of parts beside an output: make it, find it again, let one run at a time work in it, remove it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from recommender.batch.job import STREAM, Job, check_same, counted
from recommender.batch.locks import held
from recommender.batch.working import write_json
from recommender.errors import InputError, InterruptedRunError

__all__ = ["LOCK", "RECORD", "work_folder"]

RECORD: Final = "run.json"
LOCK: Final = "run.lock"


@contextmanager
def work_folder(job: Job, now: dict[str, Any]) -> Iterator[Path]:
    """Make, or find again, the folder of parts; it is removed when the output is whole."""
    if job.output == STREAM:
        import tempfile

        with tempfile.TemporaryDirectory(prefix="recommender-") as name:
            yield Path(name)
        return
    folder = job.work_folder()
    _check_ours(folder, job.resume)
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise _unwritable(job, error) from None
    with held(folder / LOCK):
        if job.resume:
            _find_again(folder, now)
        else:
            _begin(job, folder, now)
        try:
            yield folder
        except InputError:
            if not job.resume:  # what is in the input must be mended, and then no part of it is any good
                _remove(folder)
            raise
        _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a folder of parts, its lock last: until then no other run begins there."""
    with suppress(OSError):
        _empty(folder)
    shutil.rmtree(folder, ignore_errors=True)


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != LOCK:
            path.unlink()


def _check_ours(folder: Path, resume: bool) -> None:
    """Raise an error rather than touch what is not ours."""
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: is in the way and not ours. Move it, or name another output.")
    if resume and not (folder / RECORD).is_file():
        raise InterruptedRunError(f"{folder}: no interrupted run there. Start anew without --resume.")
    known = {RECORD, LOCK}
    if folder.exists() and (names := {path.name for path in folder.iterdir()}) and not names & known:
        raise InputError(f"{folder}: is in the way and not ours. Move it, or name another output.")


def _begin(job: Job, folder: Path, now: dict[str, Any]) -> None:
    """Empty a folder of what an earlier run left, parts only where that is asked for, and note what this one is."""
    done = sum(1 for _ in folder.glob("part-*.json"))
    if done and not job.restart:
        raise InterruptedRunError(
            f"{folder}: holds {counted(done, 'finished part')} of an earlier run. "
            "Go on with --resume, or throw them away with --restart."
        )
    try:
        _empty(folder)
        write_json(folder / RECORD, now)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise _unwritable(job, error) from None


def _unwritable(job: Job, error: OSError) -> InputError:
    return InputError(f"{job.output}: cannot be written ({error.strerror}). Check the place and its space.")


def _find_again(folder: Path, now: dict[str, Any]) -> None:
    try:
        before = json.loads((folder / RECORD).read_text(encoding="ascii"))
    except (OSError, ValueError):
        raise InterruptedRunError(f"{folder}: its record is torn. Start over with --restart.") from None
    check_same(before, now, folder)
    for left in folder.glob("*.partial"):
        left.unlink(missing_ok=True)
