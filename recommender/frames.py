"""Score data frames of any library that narwhals knows: pandas, polars or pyarrow in, the same kind out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recommender.columns import Plan, columns_of, output_schema, skills_column
from recommender.errors import TableError

if TYPE_CHECKING:
    import pyarrow as pa

    from recommender.model import SkillRecommender

__all__ = ["score_frame"]

_MOST_SHOWN = 60


def score_frame(model: SkillRecommender, frame: Any, plan: Plan) -> Any:
    """Return the frame with the suggestions beside its columns, rows in order, its index kept.

    Nulls and empty lists are answers: they get the skills most in demand.

    Raises
    ------
    TableError
        It is no data frame, or has no column of skills.
    """
    import narwhals as nw
    import pyarrow as pa

    try:
        table = nw.from_native(frame, eager_only=True)
    except TypeError:
        raise TableError(f"a {type(frame).__name__} is no data frame. Pass one of pandas, polars or pyarrow.") from None
    # Only names and the one column are looked at; the others stay what they are.
    names = pa.schema([(str(name), pa.null()) for name in table.columns])
    column = skills_column(names, plan.skills_column)
    output_schema(names, plan)
    batch = pa.RecordBatch.from_arrays([_as_arrow(table[column])], [column])
    scored = columns_of(model).score(batch, Plan(plan.n, plan.candidates, column, (), "wide", plan.told))
    kept = table if plan.keep is None else table.select(*plan.keep)
    added = nw.from_arrow(pa.Table.from_batches([scored]), backend=nw.get_native_namespace(table))
    return kept.with_columns(*[added[name] for name in added.columns]).to_native()


def _as_arrow(series: Any) -> pa.Array:
    """Return a column as strings or lists of strings; a column of Python objects is read one by one."""
    import pyarrow as pa

    try:
        column = series.to_arrow()
        column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        if not pa.types.is_list(column.type) or pa.types.is_string(column.type.value_type):
            return column
    except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError, ValueError):
        pass
    return pa.array([_as_terms(value) for value in series.to_list()], pa.string())


def _as_terms(value: Any) -> str | None:
    """Write an odd cell as a list literal, which is read like any other."""
    import json

    if value is None or isinstance(value, float):
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple | set) or hasattr(value, "tolist"):
        items = value.tolist() if hasattr(value, "tolist") else value
        return json.dumps(
            [str(item) for item in (sorted(items) if isinstance(value, set) else items) if item is not None]
        )
    return str(value)[:_MOST_SHOWN]
