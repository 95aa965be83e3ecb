"""Run the command line: `python -m recommender`, or `recommender` once installed."""

from __future__ import annotations

from recommender.cli import main

if __name__ == "__main__":
    main()
