"""Score a record batch: a column of skill lists in, columns of suggestions out, row by row the answers of `recommend`.

One pure function, `score`, is what the library, the file engine and the clusters call; they differ only in where
batches come from and go to.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from recommender.cells import CellReader, Entries
from recommender.errors import InputError, TableError
from recommender.scoring import held_rows

if TYPE_CHECKING:
    import pyarrow as pa

    from recommender.model import Candidates, SkillRecommender

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

Layout = Literal["wide", "long"]

NAMES: Final = (
    "skills",
    "skill",
    "tags",
    "skill_list",
    "technologies",
    "keywords",
    "competencies",
    "expertise",
    "stack",
)
"""Names that a column of skills goes by, the likeliest first; case, blanks and dashes do not matter."""

MOST_SUGGESTIONS: Final = 100
"""More suggestions per row make a table of thousands of columns; whoever wants a ranking asks for one profile."""

REASONS: Final = 2
"""Held skills named as the reason of a suggestion: as many as one line of `Suggestion.why` names."""

DECIMALS: Final = 4
"""Places that scores are written with: finer than any difference a reader can use, and the same in every format."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Say what to make of each row.

    ``skills_column`` None means to find it by name; ``keep`` None means to pass every column through. ``layout``
    "wide" is one row per profile with numbered columns, "long" one row per suggestion.
    """

    n: int = 5
    candidates: Candidates = "in-demand"
    skills_column: str | None = None
    keep: tuple[str, ...] | None = None
    layout: Layout = "wide"
    told: bool = field(default=True)
    """Whether the terms that were recognised and refused, and the versions, are written too."""

    def check(self) -> None:
        """Raise `InputError` for what cannot be."""
        if not 0 <= self.n <= MOST_SUGGESTIONS:
            raise InputError(f"{self.n} suggestions per row. Ask for 0 to {MOST_SUGGESTIONS}.")
        if self.candidates not in ("in-demand", "all"):
            raise InputError(f"candidates is {self.candidates!r}. Choose 'in-demand' or 'all'.")
        if self.layout not in ("wide", "long"):
            raise InputError(f"layout is {self.layout!r}. Choose 'wide' or 'long'.")


def skills_column(schema: pa.Schema, wanted: str | None = None) -> str:
    """Find the column of skills: the one named, else by its name, else the only column of lists of strings.

    Raises
    ------
    TableError
        There is none, or not one; the message names the columns.
    """
    import pyarrow as pa

    if wanted is not None:
        if schema.names.count(wanted) == 1:
            return wanted
        raise TableError(
            f"no column {wanted!r}. Columns: {_listed(schema.names)}. Pass one of them as the skills column."
        )
    folded = [name.strip().casefold().replace(" ", "_").replace("-", "_") for name in schema.names]
    for name in NAMES:
        if folded.count(name) == 1:
            return str(schema.names[folded.index(name)])
    lists = [f.name for f in schema if pa.types.is_list(f.type) or pa.types.is_large_list(f.type)]
    if len(lists) == 1:
        return str(lists[0])
    if len(schema.names) == 1:
        return str(schema.names[0])
    raise TableError(f"no column of skills. Columns: {_listed(schema.names)}. Pass --skills-column NAME.")


def check_kind(field: pa.Field) -> None:
    """Raise `TableError` where a column cannot hold skills: its values are neither text nor lists of text."""
    import pyarrow as pa

    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        kind = kind.value_type
    if pa.types.is_nested(kind):
        raise TableError(
            f"column {field.name!r} is {str(field.type)[:80]}, and skills are text or lists of text. "
            "Pass another as the skills column, or take its names out of it."
        )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(str, names[:20])) + (f" and {len(names) - 20} more" if len(names) > 20 else "")


def fingerprint(model: SkillRecommender) -> str:
    """Return 12 hexadecimal digits that change with anything that a suggestion depends on."""
    digest = hashlib.sha256(
        repr((model.weights_, model.outlook_.as_of, model.vocabulary_.names)).encode("utf-8", "replace")
    )
    rooms = [array for room in (model.together_, model.similar_) for array in room.arrays().values()]
    for array in (*rooms, model.pairs_, model.twins_, model.popularity_, model.outlook_.demand):
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()[:12]


def added_fields(plan: Plan) -> list[pa.Field]:
    """Return the columns that scoring adds, in their order."""
    import pyarrow as pa

    each = [("skill", pa.string()), ("score", pa.float64()), ("because", pa.string())]
    if plan.layout == "long":
        fields = [pa.field("rank", pa.int32()), *[pa.field(name, kind) for name, kind in each]]
    else:
        fields = [pa.field(f"{name}_{k}", kind) for k in range(1, plan.n + 1) for name, kind in each]
    if not plan.told:
        return fields
    told = [pa.field(name, pa.string()) for name in ("recognised", "refused", "model", "data")]
    return [*fields, pa.field("personal", pa.bool_()), *told]


def output_schema(schema: pa.Schema, plan: Plan) -> pa.Schema:
    """Return the schema of the answer to batches of ``schema``.

    Raises
    ------
    TableError
        A column to keep does not exist, or has the name of an added one.
    """
    import pyarrow as pa

    keep = schema.names if plan.keep is None else list(plan.keep)
    if missing := [name for name in keep if schema.names.count(name) != 1]:
        fault = "is no column" if missing[0] not in schema.names else "is the name of several columns"
        raise TableError(f"{missing[0]!r} {fault}. Columns: {_listed(schema.names)}. Keep others, or rename it.")
    added = added_fields(plan)
    if clash := [f.name for f in added if f.name in keep]:
        raise TableError(f"column {clash[0]!r} would be written over. Rename it, or choose columns with --keep.")
    return pa.schema([*(schema.field(name) for name in keep), *added])


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
        for code in counts.nonzero()[0].tolist():
            self.refused[entries.terms[code]] += int(counts[code])
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
        # Reasons are put together from these, by number + 1; the first of each is what stands for no reason.
        self.openers = pa.array(["", *model.vocabulary_.names], pa.string())
        self.followers = pa.array(["", *[f", {name}" for name in model.vocabulary_.names]], pa.string())
        self.version = fingerprint(model)

    def score(self, batch: pa.RecordBatch, plan: Plan, tally: Tally | None = None) -> pa.RecordBatch:
        """Score one batch; see the function `score`. ``tally`` counts what went by."""
        import pyarrow as pa

        plan.check()
        column = skills_column(batch.schema, plan.skills_column)
        check_kind(batch.schema.field(column))
        schema = output_schema(batch.schema, plan)
        entries = self.cells.read(batch.column(batch.schema.get_field_index(column)))
        numbers = self.reader.numbers(*entries)
        indptr, held = held_rows(entries.indptr, numbers, len(self.names))
        scorer = self.model.scorer(plan.candidates)
        best = scorer.best(indptr, held, plan.n)
        if tally is not None:
            tally.add(entries, numbers, best.items, np.diff(indptr) > 0, self.model.vocabulary_.names)
        reasons = scorer.loudest(indptr, held, best.items, REASONS)
        kept = [batch.column(batch.schema.get_field_index(f.name)) for f in schema if f.name in batch.schema.names]
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
            [*[a.take(there) for a in kept], *given, *[a.take(there) for a in told]], schema=schema
        )

    def _taken(self, numbers: NDArray[np.int64]) -> pa.Array:
        """Return the names of skills, null for -1."""
        import pyarrow as pa

        return self.names.take(pa.array(numbers.astype(np.int32), mask=numbers < 0))

    def _because(self, reasons: NDArray[np.int64]) -> pa.Array:
        """Return the reasons of each suggestion as text, "" where nothing that is held speaks for it."""
        import pyarrow.compute as pc

        first, *others = (
            (self.openers if k == 0 else self.followers).take(reasons[:, k] + 1) for k in range(reasons.shape[1])
        )
        return pc.binary_join_element_wise(first, *others, "")

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
            _joined(indptr, self._taken(held)),
            _joined(ends, pa.array(entries.terms, pa.string()).take(pa.array(codes))),
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


def _joined(indptr: NDArray[np.int64], values: Any) -> pa.Array:
    """Join the strings of each row with "; "."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.binary_join(pa.ListArray.from_arrays(pa.array(indptr.astype(np.int32)), values), "; ")
