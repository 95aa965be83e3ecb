"""Offer the terminal door: parse, one call to the library, print. No logic of its own."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import Any

__all__ = ["main"]

FIRST_COLLECTION = 50_000
"""New objects before rubbish is looked for; with Python's own 700, a start that only loads looks 100 times in vain."""

HELP = frozenset(["-h", "--help"])

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 the run failed, 2 wrong usage, 130 stopped by Ctrl-C.

    What the words of the call alone tell is wrong usage; what it takes a look at files to tell is a failure.
    Whatever goes wrong is one line on stderr; a closed pipe (`| head`) is no error.
    """
    gc.set_threshold(FIRST_COLLECTION)
    try:
        _mend_streams()
        code = _run(sys.argv[1:] if arguments is None else list(arguments))
    except KeyboardInterrupt:
        code = _fail("stopped.", INTERRUPTED)
    gc.freeze()  # the process ends: a last look for cycles would take as long as a match
    sys.exit(code)


def _mend_streams() -> None:
    """Give closed streams something to stand on, and let no letter end a run."""
    for at, (name, way) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        if getattr(sys, name) is None:
            # A closed stdout can only be read from, so writing to it is a failure; a closed stderr swallows all notes.
            place = os.open(os.devnull, os.O_WRONLY if name == "stderr" else os.O_RDONLY)
            if place != at:
                os.dup2(place, at)
            setattr(sys, name, os.fdopen(at, way))
    for stream in (sys.stdout, sys.stderr):
        # A lone surrogate or an old terminal's encoding must not end a run.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def _run(arguments: list[str]) -> int:
    from recommender.errors import RecommenderError, UsageError

    try:
        from typer.main import get_command

        from recommender.cli.app import app_for, tell_arguments

        app = app_for(arguments[0] if arguments else None)
        command = get_command(app)
        if HELP.intersection(arguments):
            tell_arguments(command, app)
        # Not through `main` of the command, which turns a closed pipe into a failure.
        with command.make_context("recommender", arguments) as context:
            context.command.invoke(context)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has gone; give the interpreter's own last flush somewhere to write.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except RecommenderError as error:
        return _fail(str(error), WRONG_USAGE if isinstance(error, UsageError) else FAILED)
    except (KeyboardInterrupt, EOFError):
        return _fail("stopped.", INTERRUPTED)
    except OSError as error:
        return _fail(_told(error), FAILED)
    except Exception as error:
        return _other(error)
    return DONE


def _told(error: OSError) -> str:
    """Say what the system refused, and the way out that fits it."""
    import errno

    if error.errno == errno.EBADF and error.filename is None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the interpreter's own last flush
        return "standard output is closed. Give the results a place: > FILE."
    way = "Check the path." if error.errno == errno.ENOENT else "Check the place and its space."
    return f"{error.filename or 'output'}: {error.strerror or error}. {way}"


def _other(error: Exception) -> int:
    """Tell wrong usage, which Typer words itself, from a fault of ours, which still is one line."""
    show, code = getattr(error, "show", None), getattr(error, "exit_code", None)
    if isinstance(code, int):
        if callable(show):
            _say_once(error)
            show()
        return code
    if type(error).__name__ == "Abort":
        return _fail("stopped.", INTERRUPTED)
    if os.environ.get("RECOMMENDER_DEBUG"):
        raise error
    fault = f"unexpected {type(error).__name__}: {error}. Please report it; RECOMMENDER_DEBUG=1 shows where."
    return _fail(fault, FAILED)


def _say_once(error: Any) -> None:
    """Take the proposal off a message of Typer's where click adds the same ("Did you mean 'score'?")."""
    mark, words = " Did you mean", getattr(error, "format_message", str)()
    if words.count(mark) > 1:
        error.message = error.message.partition(mark)[0]


def _fail(message: str, code: int) -> int:
    from recommender.cli.printing import visible

    print("recommender: " + visible(" ".join(message.split())), file=sys.stderr)
    return code
