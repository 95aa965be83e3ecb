"""Score with Daft, on one machine or a Ray cluster: the chunk function of the local engine as a batch function."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from recommender import places
from recommender.batch.executors import loaded
from recommender.columns import Plan, output_schema
from recommender.columns import score as score_batch
from recommender.model import SkillRecommender

__all__ = ["score"]


def score(dataframe: Any, model: str | None = None, plan: Plan | None = None) -> Any:
    """Return a Daft DataFrame with the suggestions beside its columns, row by row as `SkillRecommender.score_batch`.

    ``model`` is a model folder that every machine sees, or None for the shipped one.
    """
    import daft

    chosen, folder = plan or Plan(), str(places.model_folder(model).resolve())
    SkillRecommender.load(folder)  # a fault shows here, before anything is planned
    names = list(dataframe.column_names)
    schema = output_schema(dataframe.schema().to_pyarrow_schema(), chosen)
    row_type = daft.DataType.struct({field.name: daft.DataType.from_arrow_type(field.type) for field in schema})

    @daft.func.batch(return_dtype=row_type)
    def scored(*columns: Any) -> Any:
        batch = pa.RecordBatch.from_arrays([_whole(column.to_arrow()) for column in columns], names)
        return daft.Series.from_arrow(score_batch(loaded(folder), batch, chosen).to_struct_array())

    made = dataframe.select(scored(*[daft.col(name) for name in names]).alias("row"))
    return made.select(*[daft.col("row").get(field.name).alias(field.name) for field in schema])


def _whole(column: Any) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
