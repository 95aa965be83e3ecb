"""Spare work by memory: remember what was worked out for strings, within a bound, and keep the collector waiting."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Generic, TypeVar

__all__ = ["Memory", "uncollected"]

V = TypeVar("V")


class Memory(Generic[V]):
    """Remember values, none of which is None, by string; at most ``most`` of them, two generations of half as many.

    New strings join the young generation. When it is full it becomes the old one, and what the old one held goes,
    except what was asked for since: that is young again. So a stream of strings that never return cannot push out
    those that do, and no step costs more than another, as emptying all at once would.

    >>> lengths = Memory[int](4)
    >>> for word in ("go", "rust", "java"):
    ...     lengths.keep(word, len(word))
    ...     _ = lengths.recall(["go"])
    >>> lengths.recall(["go", "rust", "java", "c"])
    [2, 4, 4, None]
    """

    def __init__(self, most: int) -> None:
        self._half = max(1, most // 2)
        self._young: dict[str, V] = {}
        self._old: dict[str, V] = {}

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def recall(self, strings: Sequence[str]) -> list[V | None]:
        """Return the value of each string, None for those that are not remembered."""
        found = list(map(self._young.get, strings))
        if self._old and None in found:
            for at, value in enumerate(found):
                if value is None and (kept := self._old.pop(strings[at], None)) is not None:
                    found[at] = kept
                    self.keep(strings[at], kept)
        return found

    def keep(self, string: str, value: V) -> None:
        """Remember a value."""
        if len(self._young) >= self._half:
            self._old, self._young = self._young, {}
        self._young[string] = value

    def forget(self) -> None:
        """Forget everything."""
        self._young, self._old = {}, {}


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep Python from looking for circles among what is made: there are none, and looking took a quarter of it all."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
