"""Read files that a person names: their text, or one line that says why not and what to do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recommender.errors import InputError, MissingFileError, RecommenderError

__all__ = ["decoded", "opened", "read_text"]

LONGEST = 64_000_000
"""Bytes of an article or a table of names; more is a wrong file (a video, a dump), refused before it is read."""

_WIDE = (b"\xff\xfe", b"\xfe\xff")


@contextmanager
def opened(name: str | os.PathLike[str], fault: type[RecommenderError] = InputError) -> Iterator[None]:
    """Say in our words why a file cannot be opened or read, for whatever is done with it inside.

    Raises
    ------
    MissingFileError
        Nothing lies there.
    RecommenderError
        Of the kind ``fault``: a folder, no right to read, or a name that cannot be one.
    """
    try:
        yield
    except FileNotFoundError:
        raise MissingFileError(f"{name}: no such file. Check the path.") from None
    except IsADirectoryError:
        raise fault(f"{name}: is a folder, not a file. Name a file in it: '{name}/...'.") from None
    except OSError as error:
        raise fault(
            f"{str(name)!r}: cannot be read ({error.strerror or error}). Check its name and permissions."
        ) from None
    except ValueError as error:
        if isinstance(error, RecommenderError):
            raise
        raise fault(f"{str(name)!r}: cannot be read ({error}). Check its name.") from None


def read_text(path: str | os.PathLike[str], fault: type[RecommenderError] = InputError) -> str:
    """Read a text file as UTF-8, or as UTF-16 where it is marked so; see `opened` for what is raised.

    >>> read_text("nowhere.txt")
    Traceback (most recent call last):
    recommender.errors.MissingFileError: nowhere.txt: no such file. Check the path.
    """
    with opened(path, fault):
        place = Path(path)
        if (size := place.stat().st_size) > LONGEST:
            raise fault(f"{path}: {size:,} bytes are too many for a text. Pass the list alone.")
        raw = place.read_bytes()
    return decoded(raw, str(path), fault)


def decoded(raw: bytes, name: str, fault: type[RecommenderError] = InputError) -> str:
    """Decode a text that came from ``name``; what is neither UTF-8 nor marked UTF-16 raises ``fault``."""
    wide = raw.startswith(_WIDE)
    try:
        return raw.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"byte {error.start:,} is not {'UTF-16' if wide else 'UTF-8'}"
        raise fault(f"{name}: {what}. Save it as UTF-8: iconv -f LATIN1 -t UTF-8.") from None
