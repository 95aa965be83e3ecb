"""Score a record batch: a column of skill lists in, columns of suggestions out, row by row the answers of `recommend`.

One pure function, `score`, is what the library, the file engine and the clusters call; they differ only in where
batches come from and go to.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from recommender.arrays import plain, taken
from recommender.cells import CellReader, Entries
from recommender.kernels import kernel
from recommender.pieces import bytes_of
from recommender.plans import NAMES, Layout, Plan, added_fields, check_kind, check_text, output_schema, skills_column
from recommender.scoring import held_rows

if TYPE_CHECKING:
    import pyarrow as pa

    from recommender.model import SkillRecommender

__all__ = [
    "NAMES",
    "Columns",
    "Layout",
    "Plan",
    "Tally",
    "added_fields",
    "check_kind",
    "columns_of",
    "fingerprint",
    "output_schema",
    "score",
    "skills_column",
]

REASONS: Final = 2
"""Held skills named as the reason of a suggestion: as many as one line of `Suggestion.why` names."""

DECIMALS: Final = 4
"""Places that scores are written with: finer than any difference a reader can use, and the same in every format."""


def fingerprint(model: SkillRecommender) -> str:
    """Return 12 hexadecimal digits that change with anything that a suggestion depends on."""
    digest = hashlib.sha256(repr((model.weights_, model.outlook_.as_of, model.vocabulary_.content_hash)).encode())
    rooms = [array for room in (model.together_, model.similar_) for array in room.arrays().values()]
    for array in (*rooms, model.pairs_, model.twins_, model.popularity_, model.outlook_.demand):
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()[:12]


class Tally:
    """Count what went by: rows, terms, each refused term, and what was suggested to rows that hold something."""

    def __init__(self) -> None:
        self.rows = self.terms = self.recognised = 0
        self.refused: Counter[str] = Counter()
        self.suggested: Counter[str] = Counter()

    def add(
        self,
        entries: Entries,
        numbers: NDArray[np.int32],
        items: NDArray[np.int64],
        held: NDArray[np.bool_],
        names: Sequence[str],
    ) -> None:
        """Count one batch; ``held`` tells which rows hold anything that was recognised."""
        self.rows += len(items)
        self.terms += len(numbers)
        self.recognised += int((numbers >= 0).sum())
        counts = np.bincount(entries.codes[numbers < 0], minlength=1)
        (codes,) = counts.nonzero()
        terms, refused = list(entries.terms), self.refused
        for code, count in zip(codes.tolist(), counts[codes].tolist(), strict=True):
            term = terms[code]
            refused[term] = refused.get(term, 0) + count  # half the time of `+=`, which asks for what is missing
        # What a row gets in which nothing is recognised is what all such rows get: it tells nothing about profiles.
        items = items[held]
        given = np.bincount(items[items >= 0], minlength=1)
        for number in given.nonzero()[0].tolist():
            self.suggested[names[number]] += int(given[number])


class Columns:
    """Hold what scoring needs of a model as arrays, and remember what was read; one per model and process."""

    def __init__(self, model: SkillRecommender) -> None:
        import pyarrow as pa

        self.model, self.reader = model, model.reader
        # What parts a list is asked of the same memory that the terms are then matched from.
        self.cells = CellReader(model.reader)
        self.names = pa.array(model.vocabulary_.names, pa.string())
        self.version = fingerprint(model)

    def score(self, batch: pa.RecordBatch, plan: Plan, tally: Tally | None = None) -> pa.RecordBatch:
        """Score one batch; see the function `score`. ``tally`` counts what went by."""
        import pyarrow as pa

        plan.check()
        column = skills_column(batch.schema, plan.skills_column)
        check_kind(batch.schema.field(column))
        schema = output_schema(batch.schema, plan)
        cells = plain(batch.column(batch.schema.get_field_index(column)))
        check_text(cells, column)
        entries = self.cells.read(cells)
        numbers = self.reader.numbers(*entries)
        indptr, held = held_rows(entries.indptr, numbers, len(self.names))
        scorer = self.model.scorer(plan.candidates)
        best = scorer.best(indptr, held, plan.n)
        if tally is not None:
            tally.add(entries, numbers, best.items, np.diff(indptr) > 0, self.model.vocabulary_.names)
        reasons = scorer.loudest(indptr, held, best.items, REASONS)
        names = batch.schema.names if plan.keep is None else plan.keep
        kept = [batch.column(batch.schema.get_field_index(name)) for name in names]
        told = self._told(entries, numbers, indptr, held) if plan.told else []
        scores = np.round(best.scores, DECIMALS)
        if plan.layout == "wide":
            given = [
                array for k in range(best.items.shape[1])
                for array in (self._taken(best.items[:, k]), _scores(scores[:, k]), self._because(reasons[:, k]))
            ]  # fmt: skip
            # Fewer candidates than asked for: the last columns are empty.
            given += [pa.nulls(batch.num_rows, f.type) for f in added_fields(plan)[len(given) : 3 * plan.n]]
            return pa.RecordBatch.from_arrays([*kept, *given, *told], schema=schema)
        rows, rank = (best.items >= 0).nonzero()
        there = pa.array(rows)
        given = [
            pa.array((rank + 1).astype(np.int32)), self._taken(best.items[rows, rank]), _scores(scores[rows, rank]),
            self._because(reasons[rows, rank]),
        ]  # fmt: skip
        return pa.RecordBatch.from_arrays(
            [*[taken(a, there) for a in kept], *given, *[a.take(there) for a in told]], schema=schema
        )

    def _taken(self, numbers: NDArray[np.int64]) -> pa.Array:
        """Return the names of skills, null for -1."""
        import pyarrow as pa

        return self.names.take(pa.array(numbers.astype(np.int32), mask=numbers < 0))

    def _because(self, reasons: NDArray[np.int64]) -> pa.Array:
        """Return the reasons of each suggestion as text, "" where nothing that is held speaks for it."""
        rows, most = reasons.shape
        return _joined(np.arange(rows + 1) * most, reasons.reshape(-1), self.names, ", ")

    def _told(
        self, entries: Entries, numbers: NDArray[np.int32], indptr: NDArray[np.int64], held: NDArray[np.int64]
    ) -> list[pa.Array]:
        import pyarrow as pa

        refused = np.where(numbers < 0, entries.codes, -1)
        ends, codes = held_rows(entries.indptr, refused, max(len(entries.terms), 1))
        rows = len(indptr) - 1
        versions = [_constant(text, rows) for text in (self.version, str(self.model.outlook_.as_of))]
        return [
            pa.array(np.diff(indptr) > 0),
            _joined(indptr, held, self.names, "; "),
            _joined(ends, codes, pa.array(entries.terms, pa.string()), "; "),
            *versions,
        ]


def score(model: SkillRecommender, batch: pa.RecordBatch, plan: Plan) -> pa.RecordBatch:
    """Score a record batch; the answer has a row for each row, in order ("wide"), or for each suggestion ("long").

    Nulls and empty lists are answers: they get the skills most in demand. Pure: the answer depends on the model, the
    rows and the plan, never on what was scored before or on how rows were cut into batches.

    Raises
    ------
    TableError
        The column of skills cannot be found, or a column to keep is missing or would be written over.
    InputError
        The plan asks for what cannot be.
    """
    return columns_of(model).score(batch, plan)


def columns_of(model: SkillRecommender) -> Columns:
    """Return the model's own `Columns`, made when first asked for."""
    made: Columns | None = model.__dict__.get("_columns")
    if made is None or made.model is not model or made.reader is not model.reader:  # of an earlier fit
        made = model.__dict__["_columns"] = Columns(model)
    return made


def _scores(values: NDArray[np.float64]) -> pa.Array:
    import pyarrow as pa

    return pa.array(values, mask=~np.isfinite(values))


def _constant(text: str, rows: int) -> pa.Array:
    import pyarrow as pa

    return pa.repeat(pa.scalar(text, pa.string()), rows)


def _joined(indptr: NDArray[np.int64], numbers: NDArray[np.int64], words: pa.StringArray, between: str) -> pa.Array:
    """Join the words of each row, given by number; those below 0 are left out."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if (texts := kernel("texts")) is not None:
        made = texts.joined(indptr, np.ascontiguousarray(numbers), *bytes_of(words), between.encode())
        return pa.StringArray.from_buffers(len(indptr) - 1, *map(pa.py_buffer, made))
    kept = numbers >= 0
    ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(kept)])[indptr]
    held = words.take(pa.array(numbers[kept]))
    return pc.binary_join(pa.ListArray.from_arrays(pa.array(ends.astype(np.int32)), held), between)
