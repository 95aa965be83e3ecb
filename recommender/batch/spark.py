"""Score on a Spark cluster: the local engine's chunk function in `mapInArrow`; the model goes to each executor once."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from recommender import places
from recommender.batch.executors import loaded
from recommender.batch.tables import told_by_name
from recommender.batch.writing import neutralised
from recommender.columns import Plan, output_schema
from recommender.columns import score as score_batch
from recommender.errors import InputError, UsageError
from recommender.model import SkillRecommender

if TYPE_CHECKING:
    from recommender.batch.job import Job

__all__ = ["run", "score"]


def score(dataframe: Any, model: str | None = None, plan: Plan | None = None, safe: bool = False) -> Any:
    """Return a Spark DataFrame as `score_batch` gives it; ``safe`` neutralises text that spreadsheets would run."""
    from pyspark import SparkFiles
    from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

    chosen, folder = plan or Plan(), places.model_folder(model).resolve()
    SkillRecommender.load(folder)  # a fault shows here, in one line, rather than in an executor's log
    dataframe.sparkSession.sparkContext.addFile(str(folder), recursive=True)
    schema = output_schema(to_arrow_schema(dataframe.schema), chosen)

    def scored(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        own = loaded(SparkFiles.get(folder.name))
        for batch in batches:
            yield neutralised(score_batch(own, batch, chosen)) if safe else score_batch(own, batch, chosen)

    return dataframe.mapInArrow(scored, from_arrow_schema(schema))


def run(job: Job) -> None:
    """Run a job through Spark: CSV, JSON Lines or Parquet in and out, as folders of parts."""
    job.check()
    try:
        from pyspark.sql import SparkSession
    except ModuleNotFoundError:
        raise InputError("--engine spark needs pyspark. Install it: pip install 'recommender[spark]'.") from None

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # a local session runs what runs us
    kinds, sources = {"csv": "csv", "jsonl": "json", "parquet": "parquet"}, job.sources()
    read, written = kinds.get(told_by_name(sources[0], job.input_format)[0]), kinds.get(job.written()[0])
    if read is None or written is None or "-" in (job.output, *sources):
        raise UsageError("Spark reads and writes files of CSV, JSON Lines or Parquet. Choose one, or --engine local.")
    if Path(job.output).exists():
        raise InputError(f"{job.output}: is there already, and Spark writes a new folder. Move it, or name another.")
    session = SparkSession.builder.appName("recommender batch").getOrCreate()
    frame = session.read.options(header=True, escape='"').format(read).load(sources)
    frame = score(frame, job.model, job.plan, job.safe and written == "csv")
    frame.write.options(header=True, escape='"').format(written).save(job.output)
