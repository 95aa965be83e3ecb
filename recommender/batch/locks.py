"""Keep two runs from writing to one place: a lock of the system, which goes with the process that holds it.

Records of POSIX (`lockf`) belong to a process, so neither workers that outlive a killed run for a moment nor a file
that a crash left behind keep anyone out. They do not part the threads of one process, which is done here by name.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from recommender.errors import InputError

__all__ = ["held"]

_ours: Final[set[str]] = set()
_guard: Final = threading.Lock()


@contextmanager
def held(path: Path, fault: str = "") -> Iterator[None]:
    """Hold the lock of a file, made where there is none; who holds it may remove the file.

    ``fault`` is what to say where another run holds it, if not that it is at work in the folder.

    Raises
    ------
    InputError
        Another run holds it, in this process or in another, or the file cannot be made.
    """
    name = os.path.realpath(path)
    taken = InputError(
        fault or f"{path.parent}: another run is at work there. Wait for its end, or name another output."
    )
    with _guard:
        if name in _ours:
            raise taken
        _ours.add(name)
    try:
        with _opened(path) as file:
            if not _lock(file.fileno()) or not _is_there(file.fileno(), path):
                raise taken
            yield
    finally:
        with _guard:
            _ours.discard(name)


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("ab")
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}). Check the place and its space.") from None


def _lock(file: int) -> bool:
    """Lock a file without waiting; tell whether it is ours now."""
    try:
        import fcntl
    except ModuleNotFoundError:  # Windows removes no file that is open, so there it would stay in the way
        return True
    import errno

    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EACCES, errno.EAGAIN)  # else it is a file system that has no locks
    return True


def _is_there(file: int, path: Path) -> bool:
    """Tell whether a name still stands for an open file: a run that has just ended removes its own."""
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False
