"""Say what to make of each row of a table: the plan, the column of skills, the columns that come out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from recommender.errors import InputError, TableError
from recommender.ranking import check_candidates, check_count

if TYPE_CHECKING:
    import pyarrow as pa

    from recommender.model import Candidates

__all__ = ["NAMES", "Layout", "Plan", "added_fields", "check_kind", "check_text", "output_schema", "skills_column"]

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
        check_count(self.n)
        if not 0 <= self.n <= MOST_SUGGESTIONS:
            raise InputError(f"{self.n} suggestions per row. Ask for 0 to {MOST_SUGGESTIONS}.")
        check_candidates(self.candidates)
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
            f"no column {wanted!r}. Columns: {_listed(schema.names) or 'none'}. Pass one of them as the skills column."
        )
    folded = [name.strip().casefold().replace(" ", "_").replace("-", "_") for name in schema.names]
    for name in NAMES:
        if folded.count(name) == 1:
            return str(schema.names[folded.index(name)])
    lists = [f for f in schema if _is_list(f.type)]
    # Lists of numbers (an embedding) or of objects may stand beside the skills.
    texts = [
        f for f in lists if not (pa.types.is_primitive(f.type.value_type) or pa.types.is_nested(f.type.value_type))
    ]
    for found in (texts, lists):
        if len(found) == 1:
            return str(found[0].name)
    if len(schema.names) == 1:
        return str(schema.names[0])
    raise TableError(f"no column of skills. Columns: {_listed(schema.names) or 'none'}. Pass skills_column=NAME.")


def _is_list(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def check_kind(field: pa.Field) -> None:
    """Raise `TableError` where a column cannot hold skills: its values are neither text nor lists of text."""
    import pyarrow as pa

    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    if _is_list(kind):
        kind = kind.value_type
    if pa.types.is_nested(kind):
        raise TableError(
            f"column {field.name!r} is {str(field.type)[:80]}, and skills are text or lists of text. "
            "Pass another as the skills column, or take its names out of it."
        )


def check_text(column: pa.Array, name: str) -> None:
    """Raise `TableError` where a column of skills holds text that is not UTF-8, or bytes that are no text at all."""
    from recommender.arrays import unreadable

    if len(rows := unreadable(column, also_bytes=True)):
        others = f" and {len(rows) - 1:,} more" if len(rows) > 1 else ""
        raise TableError(
            f"column {name!r}, row {rows[0] + 1:,}{others}: holds bytes that are not UTF-8. Decode them, or take such "
            "rows out."
        )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(str, names[:20])) + (f" and {len(names) - 20} more" if len(names) > 20 else "")


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
