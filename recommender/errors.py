"""Hold every error that the package raises on purpose, as one tree.

Each error also is the built-in kind that fits it, so that callers who know only Python can catch it::

    RecommenderError
    ├── InputError            (ValueError)        something the user gave cannot be used
    │   ├── UsageError                            options that no run can follow, whatever lies on disk
    │   ├── TableError                            a table of profiles, names or ranks
    │   └── ProfileError                          a profile that is no list of terms
    ├── DataError             (ValueError)        a shipped or user-written data file
    │   ├── VocabularyError                       skills, aliases, senses, roles
    │   │   └── CollisionError                    two skills share one key
    │   └── TrendError                            a trend list or a folder of them
    │       └── ArticleError                      prose in which no list is found
    ├── ModelFileError        (ValueError)        a model folder that is not whole, or not ours
    ├── NotFittedError        (ValueError, AttributeError)   used before `fit` or `load`
    ├── UnknownSkillError     (LookupError)       a name that the vocabulary does not hold
    ├── MissingFileError      (FileNotFoundError) a path where nothing lies
    └── InterruptedRunError   (RuntimeError)      a batch that stopped before its end

A message is one line: what is wrong, where, with numbers, and the way out at the end.
"""

from __future__ import annotations

__all__ = [
    "ArticleError",
    "CollisionError",
    "DataError",
    "InputError",
    "InterruptedRunError",
    "MissingFileError",
    "ModelFileError",
    "NotFittedError",
    "ProfileError",
    "RecommenderError",
    "TableError",
    "TrendError",
    "UnknownSkillError",
    "UsageError",
    "VocabularyError",
]


class RecommenderError(Exception):
    """Root of all errors raised on purpose; catching it catches them all."""


class InputError(RecommenderError, ValueError):
    """Say that something the user gave cannot be used."""


class UsageError(InputError):
    """Say that a call cannot be followed, whatever lies on disk: the terminal exits with 2, wrong usage."""


class TableError(InputError):
    """Say what is wrong with a table of profiles, names or ranks."""


class ProfileError(InputError):
    """Say that a profile is no list of terms."""


class DataError(RecommenderError, ValueError):
    """Say what is wrong with a data file, shipped or written by a user."""


class VocabularyError(DataError):
    """Say what is wrong with skills, aliases, senses or roles."""


class CollisionError(VocabularyError):
    """Say which two skills share one key."""


class TrendError(DataError):
    """Say what is wrong with a trend list or a folder of them."""


class ArticleError(TrendError):
    """Say that no list was found in prose, and what would be recognised as one."""


class ModelFileError(RecommenderError, ValueError):
    """Say why a model folder is refused: missing, changed, newer or foreign."""


class NotFittedError(RecommenderError, ValueError, AttributeError):
    """Say that a model was used before `fit` or `load`."""


class UnknownSkillError(RecommenderError, LookupError):
    """Say that the vocabulary holds no skill of that name."""


class MissingFileError(RecommenderError, FileNotFoundError):
    """Say that nothing lies at a path that the run needs."""


class InterruptedRunError(RecommenderError, RuntimeError):
    """Say that a batch stopped before its end, and how to go on."""
