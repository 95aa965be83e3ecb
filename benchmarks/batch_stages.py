"""Print what each step of a batch costs, in CPU microseconds per row, on a CSV file with a column of skills.

    python benchmarks/batch_stages.py profiles.csv --rows 140000

One process, one thread (set OMP_NUM_THREADS=1). The steps are those of `recommender.columns` and `recommender.batch`.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow.csv as pc

from recommender import SkillRecommender, columns
from recommender.batch.writing import encode
from recommender.scoring import held_rows

spent: dict[str, float] = defaultdict(float)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Add the CPU time of a block to a step."""
    start = time.process_time()
    yield
    spent[name] += time.process_time() - start


def main() -> None:
    """Read, time, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path")
    parser.add_argument("--rows", type=int, default=140_000)
    parser.add_argument("--chunk-rows", type=int, default=1 << 15)
    args = parser.parse_args()
    with step("load the model"):
        model = SkillRecommender.load()
        engine, scorer = columns.columns_of(model), model.scorer("in-demand")
    reader = pc.open_csv(args.path, read_options=pc.ReadOptions(block_size=8 << 20))
    column = columns.skills_column(reader.schema)
    rows = 0
    while rows < args.rows:
        with step("read CSV"):
            block = reader.read_next_batch()
        for start in range(0, block.num_rows, args.chunk_rows):
            batch = block.slice(start, args.chunk_rows)
            rows += batch.num_rows
            with step("split cells"):
                entries = engine.cells.read(batch.column(batch.schema.get_field_index(column)))
            with step("match distinct terms"):
                model.reader.facts(entries.terms)
            with step("decide ambiguous forms"):
                numbers = model.reader.numbers(*entries)
            with step("hold each skill once"):
                indptr, held = held_rows(entries.indptr, numbers, len(engine.names))
            with step("score and choose"):
                best = scorer.best(indptr, held, 5)
            with step("reasons"):
                scorer.loudest(indptr, held, best.items, 2)
            with step("all of it again, remembered"):
                out = engine.score(batch, columns.Plan())
            with step("write CSV"):
                encode(out, "csv")
    for name, seconds in spent.items():
        print(f"{name:28s} {seconds:7.2f} s {seconds / rows * 1e6:8.2f} us/row")
    print(f"{rows:,} rows, peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
