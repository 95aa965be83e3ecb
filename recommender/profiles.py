"""Take profiles as Python people hold them: lists, or a column of pandas, polars or pyarrow.

A null is an empty profile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recommender import text
from recommender.errors import ProfileError

if TYPE_CHECKING:
    from recommender.matcher import Match

__all__ = ["coded", "held_numbers", "is_null", "lists_of", "marks_of", "ordered", "share_seen", "terms_of"]

MOST_MARKS = 1024
"""Marks that a model keeps of the lists that it learned from: they tell a share of seen lists to 3 per cent."""


def terms_of(skills: Iterable[str] | str | None, known: text.Known | None = None) -> list[str]:
    """Return the terms of a profile; one string is read as a list the way people write lists.

    A null is an empty profile, and nulls within a list are passed over: rows of tables have both. ``known`` tells
    which skill a term means and so decides what "and" or a slash parts; see `text.split_list`.

    Raises
    ------
    ProfileError
        It is no list of strings.

    >>> terms_of("python, opencv"), terms_of(("python", None, "opencv")), terms_of(None)
    (['python', 'opencv'], ['python', 'opencv'], [])
    """
    if is_null(skills):
        return []
    if isinstance(skills, str):
        return [piece.term for piece in text.split_list(skills, known)]
    if isinstance(skills, Mapping) or not isinstance(skills, Iterable):
        raise ProfileError(f"a profile is a list of terms, this is a {type(skills).__name__}. Pass a list of strings.")
    terms = [term for term in ordered(skills) if not is_null(term)]
    for term in terms:
        if not isinstance(term, str):
            raise ProfileError(f"a term of the profile is a {type(term).__name__}: {term!r:.40}. Pass strings.")
    return [term if type(term) is str else str(term) for term in terms]  # numpy has strings of its own


def lists_of(profiles: Any, known: text.Known | None = None) -> list[list[str]]:
    """Return the terms of many profiles: a list of them, a column of a data frame, or a frame with a column of skills.

    Each is read by `terms_of`.

    Raises
    ------
    ProfileError
        It is one string, no list, or a profile in it is no list of strings.
    TableError
        It is a frame without a column of skills.

    >>> lists_of([["python"], None, "go, rust"])
    [['python'], [], ['go', 'rust']]
    """
    column = _column(profiles)
    if isinstance(column, str | bytes | Mapping) or not isinstance(column, Iterable):
        kind = type(profiles).__name__
        raise ProfileError(f"profiles are a list of skill lists, this is a {kind}. Put a single profile in a list.")
    if isinstance(column, list | tuple) and _are_plain(column):
        return list(column)
    return [terms_of(cell, known) for cell in column]


def _are_plain(cells: Sequence[Any]) -> bool:
    """Tell lists of strings, which need no reading: of millions of profiles, nearly all are such."""
    return set(map(type, cells)) <= {list} and set(map(type, chain.from_iterable(cells))) <= {str}


def held_numbers(matches: Iterable[Match]) -> list[int]:
    """Return the numbers of the recognised skills, each once, in the order of the profile."""
    return list(dict.fromkeys(match.number for match in matches if match.skill is not None))


def coded(profiles: Sequence[Sequence[str]]) -> tuple[NDArray[np.int64], NDArray[np.int64], list[str]]:
    """Write lists of terms as CSR rows (indptr, codes) and the distinct terms that the codes stand for.

    >>> indptr, codes, terms = coded([["go", "rust"], [], ["go"]])
    >>> indptr.tolist(), codes.tolist(), terms
    ([0, 2, 2, 3], [0, 1, 0], ['go', 'rust'])
    """
    lengths = np.fromiter(map(len, profiles), np.int64, len(profiles))
    met = list(chain.from_iterable(profiles))
    places = {term: place for place, term in enumerate(dict.fromkeys(met))}
    codes = np.fromiter(map(places.__getitem__, met), np.int64, len(met))
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)]), codes, list(places)


def marks_of(profiles: Sequence[Sequence[str]], more: Sequence[int] | NDArray[np.uint64] = ()) -> NDArray[np.uint64]:
    """Return the smallest marks of the distinct lists, ascending, uint64 (up to `MOST_MARKS`): a sketch of them all.

    ``more`` are marks of lists learned from before. The mark of a list is the sum of the hashes of its terms, so that
    their order does not matter; no term can be read from it. After the bottom-k sketch of Broder (On the resemblance
    and containment of documents, 1997).

    >>> bool(marks_of([["go", "rust"]]) == marks_of([["rust", "go"], []]))
    True
    """
    return np.union1d(_marks(profiles), np.asarray(more, np.uint64))[:MOST_MARKS]


def share_seen(profiles: Sequence[Sequence[str]], marks: NDArray[np.uint64]) -> float:
    """Estimate which share of the distinct lists is among those that ``marks`` are a sketch of.

    >>> share_seen([["go"], ["lua"]], marks_of([["go"], ["rust"]]))
    0.5
    """
    own = _marks(profiles)
    if len(marks) >= MOST_MARKS:  # lists beyond the largest mark are not in the sketch, seen or not
        own = own[own <= marks[-1]]
    return float(np.isin(own, marks).mean()) if len(own) else 0.0


def _marks(profiles: Sequence[Sequence[str]]) -> NDArray[np.uint64]:
    from hashlib import blake2b

    indptr, codes, terms = coded([terms for terms in profiles if terms])
    if not len(codes):
        return np.zeros(0, np.uint64)
    hashes = b"".join([blake2b(term.strip().encode("utf-8", "replace"), digest_size=8).digest() for term in terms])
    return np.unique(np.add.reduceat(np.frombuffer(hashes, "<u8").astype(np.uint64)[codes], indptr[:-1]))


def _column(profiles: Any) -> Any:
    """Turn a column of a data frame, or the column of skills of a frame, into a list."""
    if isinstance(profiles, list | tuple):
        return profiles
    if hasattr(profiles, "collect_schema") and hasattr(profiles, "select"):  # a lazy frame: only its skills are read
        profiles = profiles.select(_skills_name(profiles.collect_schema().names()))
        profiles = profiles.collect() if hasattr(profiles, "collect") else profiles
    names = getattr(profiles, "column_names", None) or getattr(profiles, "columns", None)
    if names is not None and not hasattr(profiles, "to_list"):
        return _column(profiles[_skills_name(names)])
    for way in ("to_pylist", "to_list"):
        if hasattr(profiles, way):
            try:
                return getattr(profiles, way)()
            except UnicodeDecodeError as error:
                fault = f"a profile holds bytes that are not UTF-8 ({error.object[:40]!r})"
                raise ProfileError(f"{fault}. Decode them, or take it out.") from None
    return profiles


def _skills_name(names: Iterable[Any]) -> str:
    """Find the column of skills of a frame by its name."""
    import pyarrow as pa

    from recommender.columns import skills_column

    return skills_column(pa.schema([(str(name), pa.null()) for name in names]))


def is_null(cell: Any) -> bool:
    """Tell what stands for nothing in a row of a table: None, NaN, the NA of pandas."""
    return cell is None or (isinstance(cell, float) and cell != cell) or type(cell).__name__ == "NAType"


def ordered(terms: Iterable[Any]) -> list[Any]:
    """Return terms in their order; a set, which has another one in every process, by alphabet."""
    return sorted(terms, key=str) if isinstance(terms, set | frozenset) else list(terms)
