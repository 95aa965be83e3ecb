"""Hold what a batch is asked to do, and what must be the same for an interrupted one to be resumed."""

from __future__ import annotations

import glob
import hashlib
import itertools
import json
import os
import stat
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from recommender import __version__, places
from recommender.batch.encodings import check_encoding
from recommender.batch.tables import Dialect, told_by_name
from recommender.columns import Plan
from recommender.errors import InputError, InterruptedRunError, MissingFileError, UsageError
from recommender.files import opened

__all__ = ["STREAM", "Job", "check_same", "counted", "identity", "is_stream"]

STREAM: Final = "-"
"""The name of standard input and output."""

CHUNK_ROWS: Final = 1 << 15
"""Rows scored at a time: with all their columns some 50 MB. More would save little, as terms are remembered anyway."""

_EDGE: Final = 1 << 16
"""Bytes at both ends of an input that are hashed: with size and time they tell a changed file from the same one."""


def counted(number: int, what: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "part"), counted(2000, "row")
    ('1 part', '2,000 rows')
    """
    return f"{number:,} {what}" + ("" if number == 1 else "s")


@dataclass(frozen=True, slots=True)
class Job:
    """Say what to read, what to make of it, and where to write."""

    inputs: tuple[str, ...]
    output: str
    model: str | None = None
    plan: Plan = field(default_factory=Plan)
    input_format: str | None = None
    output_format: str | None = None
    dialect: Dialect = field(default_factory=Dialect)
    safe: bool = True
    strict: bool = False
    resume: bool = False
    rejected: str | None = None
    chunk_rows: int = CHUNK_ROWS
    workers: int = 0
    """Processes; 0 for one per core."""
    restart: bool = False
    """Whether the finished parts of an earlier run may be thrown away."""
    summary: str | None = None
    """Where the caller will write the summary; looked at before anything is read."""

    def check(self) -> None:
        """Raise `UsageError` for what no run could follow, before anything on disk is looked at."""
        self.plan.check()
        check_encoding(self.dialect.encoding)
        if self.resume and self.restart:
            raise UsageError("--resume goes on and --restart starts over. Pass one of them.")
        if self.output == STREAM and (self.resume or self.restart):
            way = "--resume" if self.resume else "--restart"
            raise UsageError(f"{way} needs an output file. Write to a file instead of standard output.")
        if self.output == self.summary == STREAM:
            raise UsageError("standard output (-) takes the rows or the summary. Name a file for one of them.")
        if self.rejected == STREAM:
            raise UsageError("rejected rows go to a file, not to standard output. Name one with --rejected.")
        if STREAM in self.inputs and len(self.inputs) > 1:
            raise UsageError("standard input (-) cannot be read beside files. Name files only.")
        if not self.inputs or "" in (*self.inputs, self.output):
            raise UsageError("no input, or an empty name. Name a file, a pattern, or - for standard input.")
        for name in self.inputs:
            if not glob.has_magic(name):
                self.format_of(name)

    def format_of(self, name: str) -> tuple[str, str | None]:
        """Return format and compression of an input: as told, else by its name; standard input is CSV."""
        try:
            return told_by_name(name, self.input_format or ("csv" if name == STREAM else None))
        except UsageError:
            if Path(name).is_dir():
                raise InputError(f"{name}: is a folder, not a file. Name files in it: '{name}/*.csv'.") from None
            raise

    def sources(self) -> list[str]:
        """Return the input files, globs written out, in a fixed order.

        Raises
        ------
        MissingFileError
            A pattern fits nothing.
        """
        out: list[str] = []
        for name in self.inputs:
            found = (
                sorted(glob.glob(name, recursive=True))  # noqa: PTH207 - of any root
                if glob.has_magic(name) and not Path(name).exists()
                else [name]
            )
            if not found:
                raise MissingFileError(f"{name}: no file fits. Check the pattern.")
            out += found
        return out

    def written(self) -> tuple[str, str | None]:
        """Return format and compression of the output: as asked, by its name, else those of the first input."""
        if self.output == STREAM:
            wanted = self.output_format or self.input_format or ("csv" if self.inputs[0] == STREAM else None)
            return told_by_name(self.inputs[0], wanted)[0], None
        format, compression = told_by_name(self.output, self.output_format)
        if compression and format in ("parquet", "arrow"):
            raise UsageError(f"{self.output}: {format} compresses by itself. Leave the last suffix off.")
        return format, compression

    def target(self) -> Path:
        """Return the file that the output is moved to: what a link stands for, not the link."""
        return _behind(self.output)

    def work_folder(self) -> Path:
        """Return where the parts lie until the output is whole: beside it."""
        return Path(f"{self.target()}.parts")

    def rejected_file(self) -> Path:
        """Return where rows go that cannot be read."""
        return _behind(
            self.rejected or ("batch.rejected.csv" if self.output == STREAM else f"{self.output}.rejected.csv")
        )

    def check_places(self, sources: Sequence[str]) -> None:
        """Look at every file that the run will write, before anything is read.

        Raises
        ------
        InputError
            One is an input or another one of them, is a folder or no plain file, or lies in a folder that is not there.
        """
        written = [("the output", self.output), (REJECTED, str(self.rejected_file()))]
        written += [(SUMMARY, self.summary)] if self.summary else []
        written = [(what, name) for what, name in written if name != STREAM]
        inputs = [("an input", name) for name in sources]
        for what, name in written:
            # Nobody asked for the file beside standard output, and it may never be written.
            if what != REJECTED or self.rejected or self.output != STREAM:
                _check_target(what, _behind(name))
        for (what, name), (other, taken) in [
            *itertools.product(written, inputs), *itertools.combinations(written, 2),
        ]:  # fmt: skip
            if _is_same(name, taken):
                raise InputError(f"{name}: would be both {what} and {other}, and be lost. Name another file.")


REJECTED: Final = "the file of rejected rows"
SUMMARY: Final = "the summary"


def _behind(name: str) -> Path:
    """Return what a link stands for, and any other name as it is."""
    return Path(os.path.realpath(name)) if Path(name).is_symlink() else Path(name)


def _check_target(what: str, path: Path) -> None:
    """Raise `InputError` where no file can be put."""
    if path.is_dir():
        raise InputError(f"{path}: is a folder, and {what} is a file. Name a file in it.")
    if path.exists() and not path.is_file() and what != SUMMARY:  # which may go down a pipe
        raise InputError(f"{path}: is no plain file, as {what} must be. Name a file; - is standard output.")
    if not path.parent.is_dir():
        raise InputError(f"{path}: there is no folder {str(path.parent)!r} for {what}. Make it, or name another.")
    if not os.access(path.parent, os.W_OK) and not (path.exists() and os.access(path, os.W_OK)):
        raise InputError(f"{path}: cannot be written (no right to write there). Name another place for {what}.")


def _is_same(name: str, other: str) -> bool:
    """Tell whether two names mean one file, through links too; ``other`` may be standard input."""
    try:
        one = os.stat(name)  # noqa: PTH116 - beside fstat
        two = os.fstat(sys.stdin.fileno()) if other == STREAM else os.stat(other)  # noqa: PTH116
    except (OSError, ValueError):  # one is not there yet, or standard input is no file
        return other != STREAM and os.path.realpath(name) == os.path.realpath(other)
    return stat.S_ISREG(one.st_mode) and os.path.samestat(one, two)


def identity(job: Job, sources: list[str]) -> dict[str, Any]:
    """Return all that the output depends on, for JSON; the number of workers and the size of chunks are not in it."""
    manifest = places.model_folder(job.model) / "manifest.json"
    try:
        model = hashlib.sha256(manifest.read_bytes()).hexdigest()
    except OSError:
        raise MissingFileError(
            f"{manifest.parent}: no model there. Name a model folder, or build one: recommender fit."
        ) from None
    options = {
        "plan": asdict(job.plan), "dialect": asdict(job.dialect), "safe": job.safe, "strict": job.strict,
        "input_format": job.input_format, "written": list(job.written()),
    }  # fmt: skip
    facts = {"version": __version__, "model": model, "options": options, "inputs": [_traits(name) for name in sources]}
    return dict(json.loads(json.dumps(facts)))


def is_stream(name: str) -> bool:
    """Tell what can be read but once, from beginning to end: standard input, and pipes by name (`<(zcat ...)`)."""
    return name == STREAM or Path(name).is_fifo()


def _traits(name: str) -> dict[str, Any]:
    if is_stream(name):
        return {"name": name}
    with opened(name), Path(name).open("rb") as file:
        status = os.fstat(file.fileno())
        digest = hashlib.sha256(file.read(_EDGE))
        file.seek(max(0, status.st_size - _EDGE))
        digest.update(file.read(_EDGE))
    return {
        "name": str(Path(name).absolute()),
        "size": status.st_size,
        "time": status.st_mtime_ns,
        "edges": digest.hexdigest(),
    }


def check_same(before: dict[str, Any], now: dict[str, Any], folder: Path) -> None:
    """Raise `InterruptedRunError` if a run cannot be resumed, saying what changed."""
    changed = [what for what in ("version", "model", "options") if before.get(what) != now[what]]
    old = {traits["name"]: traits for traits in before.get("inputs", [])}
    changed += [f"input {t['name']}" for t in now["inputs"] if old.get(t["name"]) != t]
    if len(old) != len(now["inputs"]):
        changed.append("the list of inputs")
    if "options" in changed:
        names = [name for name, value in now["options"].items() if before.get("options", {}).get(name) != value]
        changed[changed.index("options")] = f"options ({', '.join(_said(names, before['options'], now['options']))})"
    if changed:
        fault = f"{folder}: cannot be resumed, changed since: {', '.join(dict.fromkeys(changed))}"
        raise InterruptedRunError(f"{fault}. Put it back, or start over with --restart.")


_SAID: Final = {"n": "--top", "layout": "--layout", "safe": "--safe", "written": "--to", "input_format": "--from"}
"""Options whose name in a job is not that of the command line; of the others dashes take the place of underscores."""


def _said(names: Sequence[str], before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Name the options that changed as the command line does, with what they were and are."""
    out = []
    for name in names:
        old, new = before.get(name), now[name]
        pairs = (
            [(part, old.get(part), value) for part, value in new.items() if old.get(part) != value]
            if isinstance(old, dict) and isinstance(new, dict)
            else [(name, old, new)]
        )
        for part, was, is_now in pairs:
            out.append(f"{_SAID.get(part, '--' + part.replace('_', '-'))} was {_brief(was)}, is {_brief(is_now)}")
    return out


def _brief(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(str(item) for item in value if item is not None)
    return "not given" if value is None else str(value)
