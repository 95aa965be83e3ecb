"""Read and write trend lists as files: one JSON file a list, and a folder of them.

A list is a fact: `write_list` adds a file and refuses to change one. What is written stands beside its place until it
is whole, then moves there, so that a reader never meets half a file.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from recommender import files
from recommender.errors import MissingFileError, TrendError
from recommender.trends.periods import Period
from recommender.trends.records import TrendItem, TrendList, same_name

__all__ = [
    "FORMAT",
    "VERSION",
    "file_name",
    "from_record",
    "list_id",
    "lists_at",
    "read_folder",
    "read_list",
    "read_text",
    "select",
    "to_record",
    "write_list",
]

FORMAT, VERSION = "recommender-trends", 1
SHOWS_FORMAT = "recommender-shows 1"
SHOWS_FILE = "shows.tsv"
"""Says for lists of its folder what they show: they are never edited, not for a better word either."""

_TEXTS = ("id", "publisher", "title", "what", "measure", "unit", "region", "scope", "grade", "licence", "note")
_SHOWS = "shows"
"""Written only where a list has it, so that lists written before come out the same."""

_KEYS = (
    "format",
    "version",
    *_TEXTS,
    _SHOWS,
    "kind",
    "period",
    "baseline",
    "published",
    "complete",
    "sources",
    "items",
)
_NEEDED = ("id", "publisher", "title", "what", "period", "items")
_ITEM_KEYS = ("name", "rank", "value", "previous", "note")


def read_text(path: str | os.PathLike[str]) -> str:
    """Read an article or a list; raises `MissingFileError`, and `TrendError` for a folder, other encodings, dumps."""
    return files.read_text(path, TrendError)


def read_list(path: str | os.PathLike[str]) -> TrendList:
    """Read one list from its JSON file.

    Raises `TrendError` for a file that is not JSON, is of another format or a newer version, has unknown keys, lacks
    needed ones, or holds bad ranks, figures, dates or a name twice; one line names the file and all faults.
    """
    text = read_text(path)
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise TrendError(
            f"{path}: not JSON ({problem}). Import articles and tables with `recommender trends import`."
        ) from None
    return from_record(record, path)


def write_list(trend: TrendList, folder: str | os.PathLike[str]) -> Path:
    """Write a list into a folder under its `file_name`; the same list again is no fault, another one is.

    Raises `TrendError` when a different list already has that name, or the folder cannot be written.
    """
    target = Path(folder) / file_name(trend)
    text = json.dumps(to_record(trend), indent=1, ensure_ascii=False) + "\n"
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            if read_text(target) == text:
                return target
            raise TrendError(f"{target} holds another list. Lists are never edited: choose another folder or title.")
        try:
            beside.write_text(text, encoding="utf-8", newline="\n")
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as problem:
        raise TrendError(f"{target} cannot be written: {problem.strerror}. Choose another folder with -o.") from None
    return target


def read_folder(folder: str | os.PathLike[str]) -> tuple[TrendList, ...]:
    """Read every `.json` list of a folder, in the order of the file names.

    What a table `shows.tsv` beside them says of a list is told with it.

    Raises `MissingFileError` for no folder, and one `TrendError` that tells the faults of all files, or names two files
    with one id.
    """
    place = Path(folder)
    if not place.is_dir():
        raise MissingFileError(f"{place}: no folder of trend lists lies there. Pass a folder that holds .json lists.")
    lists, faults, owner = [], [], dict[str, str]()
    for path in sorted(place.glob("*.json")):
        try:
            trend = read_list(path)
        except TrendError as fault:
            faults.append(str(fault))
            continue
        if trend.id in owner:
            faults.append(f"{path.name} and {owner[trend.id]} both have the id {trend.id}. Remove one of them.")
        owner[trend.id] = path.name
        lists.append(trend)
    shows = _read_shows(place / SHOWS_FILE, owner, faults)
    if faults:
        raise TrendError(" | ".join(faults))
    return tuple([replace(trend, shows=shows.get(trend.id, trend.shows)) for trend in lists])


def _read_shows(path: Path, known: Container[str], faults: list[str]) -> dict[str, str]:
    """Read which list shows what, id and words with a tab between; nothing where there is no such file."""
    if not path.exists():
        return {}
    head, *lines = read_text(path).splitlines() or [""]
    rows = [line.partition("\t") for line in lines if line and not line.startswith("#")][1:]
    if head != f"# format: {SHOWS_FORMAT}":
        faults.append(f"{path}: begins with no line '# format: {SHOWS_FORMAT}'. Take the file of this version.")
    elif wrong := [name for name, _, words in rows if name not in known or not words.strip()]:
        faults.append(f"{path}: no list, or no words, for {', '.join(wrong[:3])}. Mend these lines.")
    return {name: words for name, _, words in rows}


def lists_at(name: str) -> tuple[TrendList, ...] | None:
    """Read the lists that lie at a path, a file or a folder; None where ``name`` is no path, but a name of lists.

    What lies there wins over a list of that name, as long as it can be lists at all.

    Raises `MissingFileError` where a path is meant and nothing lies there, `TrendError` for what is no list.
    """
    path = Path(name)
    try:
        folder = path.is_dir() and any(path.glob("*.json"))
        file = path.is_file() or path.suffix.lower() == ".json"
    except (OSError, ValueError):
        return None  # no path can be so long, or hold such characters
    if folder:
        return read_folder(path)
    if path.is_dir():
        raise TrendError(f"{path}: holds no .json list. Write one there with recommender trends import -o {path}.")
    return (read_list(path),) if file and (path.exists() or len(path.parts) > 1) else None


def select(lists: Sequence[TrendList], name: str) -> tuple[TrendList, ...]:
    """Choose lists by id or file name, by publisher, by the year observed, or by a part of their ids ("2023h1").

    The first of these that fits any list decides. Raises `TrendError` that names the nearest ids when none fits.
    """
    wanted = same_name(name).removesuffix(".json")
    tests: tuple[Callable[[TrendList], bool], ...] = (
        lambda trend: wanted in (trend.id, file_name(trend).removesuffix(".json")),
        lambda trend: wanted == same_name(trend.publisher),
        lambda trend: wanted == str(trend.observed.year),
        lambda trend: wanted != "" and wanted in trend.id,
    )
    for fits in tests:
        chosen = tuple(trend for trend in lists if fits(trend))
        if chosen:
            return chosen
    from difflib import get_close_matches

    names = sorted({trend.id for trend in lists} | {trend.publisher for trend in lists})
    near = get_close_matches(wanted[:80], names, n=3, cutoff=0.4) or names[:3]
    hint = f"Nearest: {', '.join(near)}. " if near else ""
    raise TrendError(f"no trend list or publisher {name[:80]!r}. {hint}See `recommender trends list`.")


def list_id(publisher: str, period: Period, what: str, extra: str = "") -> str:
    """Make the id of a list: publisher, period, kind of measure, and what tells it from its like.

    >>> list_id("Freelancer.com", Period.parse("Q1 2023"), "postings-growing")
    'freelancer.com-2023q1-postings-growing'
    """
    return "-".join(filter(None, (_slug(publisher), period.short(), what, _slug(extra) if extra else "")))


def file_name(trend: TrendList) -> str:
    """Name the file of a list: the day observed, the publisher, and the rest of its id; as unique as the id is."""
    publisher = _slug(trend.publisher)
    rest = _slug(trend.id.removeprefix(f"{publisher}-"))
    return f"{trend.observed}_{publisher}_{rest}.json"


def _slug(words: str) -> str:
    return re.sub(r"[^\w.]+|_", "-", words.lower().replace("/", " ")).strip("-.") or "unnamed"


def to_record(trend: TrendList) -> dict[str, Any]:
    """Make the JSON record of a list; keys always in the same order."""
    record: dict[str, Any] = {"format": FORMAT, "version": VERSION}
    for key in _TEXTS:
        record[key] = getattr(trend, key)
        if key == "measure" and trend.shows:
            record[_SHOWS] = trend.shows
    record["kind"] = trend.kind
    record["period"] = str(trend.period)
    record["baseline"] = str(trend.baseline) if trend.baseline else None
    record["published"] = str(trend.published) if trend.published else None
    record["complete"] = trend.complete
    record["sources"] = list(trend.sources)
    record["items"] = [
        {key: getattr(item, key) for key in _ITEM_KEYS if getattr(item, key) not in (None, "")} for item in trend.items
    ]
    return record


def from_record(record: Any, path: str | os.PathLike[str]) -> TrendList:
    """Check the form of a record, then make the list; every fault is told with the file's name."""
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise TrendError(f"{path}: not a {FORMAT} file. Import articles and tables with `recommender trends import`.")
    version = record.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise TrendError(
            f"{path}: version {version!r} is newer than {VERSION}, the last one known here. Update recommender."
        )
    faults = [f"unknown key {key!r}" for key in record if key not in _KEYS]
    faults += [f"no {key}" for key in _NEEDED if not record.get(key)]
    faults += [f"{key} is not text" for key in (*_TEXTS, _SHOWS) if not isinstance(record.get(key, ""), str)]
    days = {key: _read_day(record, key, faults) for key in ("period", "baseline", "published")}
    items = _read_items(record.get("items"), faults)
    sources = record.get("sources", [])
    if not isinstance(sources, list) or not all(isinstance(source, str) for source in sources):
        faults.append("sources is not a list of texts")
    if faults:
        raise TrendError(f"{path}: {'; '.join(faults)}. Mend the file, or leave it out.")
    try:
        trend = TrendList(
            **{key: record[key] for key in (*_TEXTS, _SHOWS) if key in record},
            period=days["period"],
            baseline=days["baseline"],
            published=days["published"] and days["published"].end,
            sources=tuple(sources),
            items=items,
            complete=bool(record.get("complete", True)),
        )
    except TrendError as fault:
        raise TrendError(f"{path}: {fault}") from None
    if record.get("kind", trend.kind) != trend.kind:
        raise TrendError(f"{path}: kind {record['kind']!r}, but {trend.what!r} shows {trend.kind}. Mend one of them.")
    return trend


def _read_day(record: dict[str, Any], key: str, faults: list[str]) -> Any:
    words = record.get(key)
    if words is None:
        return None
    try:
        return Period.parse(str(words))
    except TrendError as fault:
        faults.append(f"{key}: {str(fault).removesuffix('.')}")
        return None


def _read_items(rows: Any, faults: list[str]) -> tuple[TrendItem, ...]:
    items = []
    for position, row in enumerate(rows if isinstance(rows, list) else [], start=1):
        if (
            not isinstance(row, dict)
            or not isinstance(row.get("name"), str)
            or not isinstance(row.get("note", ""), str)
        ):
            faults.append(f"item {position} has no name")
            continue
        strange = [key for key in row if key not in _ITEM_KEYS]
        faults.extend(f"unknown key {key!r} in item {position}" for key in strange)
        items.append(TrendItem(**{key: row[key] for key in _ITEM_KEYS if key in row}))
    return tuple(items)
