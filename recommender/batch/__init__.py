"""Score files of profiles, on one machine (`run`) or on a cluster (`spark`, `daft`): one chunk function for all."""

from __future__ import annotations

__all__ = ["Job", "run"]


def __getattr__(name: str) -> object:
    if name in __all__:
        from recommender.batch.job import Job
        from recommender.batch.run import run

        return {"Job": Job, "run": run}[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
