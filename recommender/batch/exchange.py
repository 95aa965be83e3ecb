"""Let workers tell each other what terms were found to mean, so that a term is matched once and not once by each.

Every worker appends what it matched to a file of its own and reads the files of the others when it meets terms that
are new to it. Nobody waits: of terms that are new to all at once each worker matches its share first, and what the
others have not told by then it matches itself. What is told is what matching gives, so answers do not depend on it;
where it cannot be written (a full disk) everyone goes on alone.
"""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any, Final

from recommender.matcher.terms import Told

__all__ = ["Exchange"]

_LENGTH: Final = 8
"""Bytes before a block that hold its length: a reader takes whole blocks only."""


class Exchange:
    """Read and write the files of one run; see `matcher.terms.Shared`.

    Parameters
    ----------
    folder : Path
        Where the files lie.
    worker, workers : int
        Which worker this is, from 0, and of how many.
    """

    def __init__(self, folder: Path, worker: int, workers: int) -> None:
        self._own = folder / f"terms-{worker}.log"
        self._others = {folder / f"terms-{other}.log": 0 for other in range(workers) if other != worker}
        self._worker, self._workers = worker, workers
        self._writes = True

    def is_mine(self, term: str) -> bool:
        """Tell whether a term that is new to all is of this worker's share."""
        return zlib.crc32(term.encode("utf-8", "surrogatepass")) % self._workers == self._worker

    def tell(self, found: list[Told]) -> None:
        """Write down what some terms mean."""
        if not self._writes:
            return
        block = json.dumps(found, ensure_ascii=True, separators=(",", ":")).encode("ascii")
        try:
            with self._own.open("ab", buffering=0) as file:
                file.write(len(block).to_bytes(_LENGTH, "little") + block)
        except OSError:
            self._writes = False  # and a block that is not whole is never read

    def news(self) -> list[Told]:
        """Return what the others have told since this was last asked."""
        found: list[Any] = []
        for path, done in self._others.items():
            try:
                if path.stat().st_size <= done + _LENGTH:
                    continue
                with path.open("rb") as file:
                    file.seek(done)
                    raw = file.read()
            except OSError:
                continue
            at = 0
            while (end := at + _LENGTH + int.from_bytes(raw[at : at + _LENGTH], "little")) <= len(raw) > at + _LENGTH:
                found += json.loads(raw[at + _LENGTH : end])
                at = end
            self._others[path] = done + at
        return found
