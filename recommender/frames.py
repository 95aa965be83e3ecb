"""Score data frames of any library that narwhals knows: pandas, polars or pyarrow in, the same kind out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recommender.columns import Plan, columns_of, output_schema, score, skills_column
from recommender.errors import TableError
from recommender.profiles import is_null, ordered

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

    plan.check()
    if isinstance(frame, pa.RecordBatch):
        return score(model, frame, plan)
    try:
        table = nw.from_native(frame, eager_only=True)
        headings = list(table.columns)
    except TypeError:
        way = "Pass frame.collect()" if hasattr(frame, "collect") else "Pass one of pandas, polars or pyarrow"
        raise TableError(f"a {type(frame).__name__} is no data frame. {way}.") from None
    except nw.exceptions.DuplicateError:
        raise TableError("the frame has two columns of one name. Rename one.") from None
    _check_headings(headings)
    # Only names and the one column are looked at; the others stay what they are.
    names = pa.schema([(str(name), _kind(dtype)) for name, dtype in table.schema.items()])
    column = skills_column(names, plan.skills_column)
    if column not in headings:
        raise TableError(f"column {column} is named by a number, not by text. Rename it: frame.columns = [...].")
    output_schema(names, plan)
    batch = pa.RecordBatch.from_arrays([_as_arrow(table[column])], [column])
    scored = columns_of(model).score(batch, Plan(plan.n, plan.candidates, column, (), "wide", plan.told))
    kept = table if plan.keep is None else table.select(*plan.keep)
    added = nw.from_arrow(pa.Table.from_batches([scored]), backend=nw.get_native_namespace(table))
    return kept.with_columns(*[added[name] for name in added.columns]).to_native()


def _check_headings(headings: list[Any]) -> None:
    """Raise `TableError` for names of columns that no table can have."""
    if not headings:
        raise TableError("the frame has no columns. Pass one with a column of skills.")
    if odd := [name for name in headings if isinstance(name, tuple) or not str(name).isprintable()]:
        raise TableError(f"column {odd[0]!r:.60} is no plain name. Rename it: frame.columns = [...].")
    if len(set(headings)) < len(headings):
        twice = next(name for name in headings if headings.count(name) > 1)
        raise TableError(f"the frame has two columns {twice!r:.60}. Rename one.")


def _kind(dtype: Any) -> pa.DataType:
    """Tell columns of lists from others, and among them those of text."""
    import narwhals as nw
    import pyarrow as pa

    if not isinstance(dtype, nw.List | nw.Array):
        return pa.null()
    return pa.list_(pa.string() if dtype.inner in (nw.String, nw.Categorical, nw.Enum) else pa.int8())


def _as_arrow(series: Any) -> pa.Array:
    """Return a column as strings or lists of strings; a column of Python objects is read one by one."""
    import pyarrow as pa

    try:
        column = series.to_arrow()
        column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        if not pa.types.is_list(column.type) or pa.types.is_string(column.type.value_type):
            return column
    except (pa.ArrowException, TypeError, ValueError):
        pass
    terms = [_as_terms(value) for value in series.to_list()]
    # Arrow holds UTF-8, which has no lone surrogates; matching passes over them too.
    return pa.array([None if t is None else t.encode("utf-8", "ignore").decode() for t in terms], pa.string())


def _as_terms(value: Any) -> str | None:
    """Write an odd cell as a list literal, which is read like any other."""
    import json

    value = value.tolist() if hasattr(value, "tolist") else value
    if is_null(value) or isinstance(value, float):
        return None
    if isinstance(value, list | tuple | set | frozenset):
        return json.dumps([_as_text(item) for item in ordered(value) if not is_null(item)])
    return _as_text(value) if isinstance(value, str | bytes) else str(value)[:_MOST_SHOWN]


def _as_text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
