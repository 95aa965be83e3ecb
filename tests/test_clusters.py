from __future__ import annotations

import os
import shutil
import sys

import pyarrow as pa
import pytest

from recommender import SkillRecommender
from recommender.columns import Plan

MODEL = SkillRecommender.load()
TABLE = pa.table({
    "id": [f"p{i}" for i in range(12)],
    "skills": ["python, opencv", None, "", "AWS, terraform", "seo", "qqq zzz", "Ps, Ai, Id", "excel; vba", "NLP", "voice over", "c++", "golf"],
    "rate": [None, *[float(i) for i in range(11)]],
})  # fmt: skip
WANT = MODEL.score_batch(TABLE.combine_chunks().to_batches()[0], n=3).to_pylist()


def test_daft_gives_the_rows_of_the_local_engine() -> None:
    """Daft's answers equal score_batch row by row."""
    daft = pytest.importorskip("daft")
    from recommender.batch.daft import score

    assert score(daft.from_arrow(TABLE), plan=Plan(3)).sort("id").to_pylist() == sorted(WANT, key=lambda row: row["id"])


@pytest.mark.skipif(shutil.which("java") is None and "JAVA_HOME" not in os.environ, reason="Spark needs Java 17")
def test_spark_gives_the_rows_of_the_local_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A local Spark session's answers equal score_batch row by row; with ``safe``, formulas get an apostrophe."""
    sql = pytest.importorskip("pyspark.sql")
    from recommender.batch.spark import score

    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    quiet = {"spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    session = sql.SparkSession.builder.master("local[2]").config(map=quiet).getOrCreate()
    try:
        frame = session.createDataFrame(TABLE.to_pylist(), "id string, skills string, rate double").repartition(2)
        risky = session.createDataFrame([("=1+1", "python")], "id string, skills string")
        assert score(risky, plan=Plan(1), safe=True).collect()[0]["id"] == "'=1+1"
        found = sorted((row.asDict() for row in score(frame, plan=Plan(3)).collect()), key=lambda row: row["id"])
    finally:
        session.stop()
    assert found == sorted(WANT, key=lambda row: row["id"])
