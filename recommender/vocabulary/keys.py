"""Look keys up: by halving a sorted list, or in a dictionary once it pays; and hold many keys as one text."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Self

__all__ = ["KeyTable", "Lines"]

# A dictionary of 25,000 keys takes as long to build as some thousand halvings; a process that scores one profile never
# needs it.
LOOK_UPS_BEFORE_BUILDING: Final = 256


# By then a process matches many terms, and to cut all 70,000 at once takes 4 ms.
ASKED_BEFORE_CUTTING: Final = 4096


class Lines(Sequence[str]):
    """Hold many strings as one text, cut when asked for: a cold start reads a dozen of 70,000 keys.

    Args:
        text: the strings in UTF-8, one byte that none of them holds between each two.
        ends: where each string ends, in bytes.

    >>> lines = Lines("a,bé,c".encode(), [1, 5, 7])
    >>> lines[1], list(lines), len(lines)
    ('bé', ['a', 'bé', 'c'], 3)
    """

    __slots__ = ("_asked", "_cut", "_ends", "_text")

    def __init__(self, text: bytes, ends: Sequence[int]) -> None:
        self._text, self._ends = text, ends
        self._cut: list[str] | None = None
        self._asked = 0

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, at: Any) -> Any:
        if self._cut is not None:
            return self._cut[at]
        self._asked += 1
        if isinstance(at, slice) or self._asked > ASKED_BEFORE_CUTTING:
            self._cut = list(self)
            return self._cut[at]
        end = self._ends[at]
        place = at if at >= 0 else at + len(self._ends)
        return str(self._text[self._ends[place - 1] + 1 if place else 0 : end], "utf-8")

    def followed_by(self, more: Iterable[str], mark: str) -> Lines:
        """Return these strings and some more; ``mark`` is the sign that stands between them.

        >>> list(Lines(b"a,b", [1, 3]).followed_by(["c"], ","))
        ['a', 'b', 'c']
        """
        ends, text = list(self._ends), bytearray(self._text)
        for one in more:
            text += (mark * bool(ends) + one).encode()
            ends.append(len(text))
        return Lines(bytes(text), array("q", ends))

    def __iter__(self) -> Iterator[str]:
        if not self._ends:
            return iter(())
        mark = self._text[self._ends[0] : self._ends[0] + 1].decode()
        return iter(self._text.decode().split(mark) if mark else [self._text.decode()])


class KeyTable:
    """Hold what each key stands for: the number of a skill for its name, ``~number`` for an alias.

    >>> table = KeyTable({"b": 0, "a": ~0})
    >>> table.get("b"), table.get("a"), table.get("c"), table.keys
    (0, -1, None, ['a', 'b'])
    """

    __slots__ = ("_looked_up", "_table", "codes", "keys")

    def __init__(self, table: Mapping[str, int]) -> None:
        self.keys: Sequence[str] = sorted(table)
        self.codes: Sequence[int] = [table[key] for key in self.keys]
        self._table: dict[str, int] | None = None
        self._looked_up = 0

    @classmethod
    def of_sorted(cls, keys: Sequence[str], codes: Sequence[int]) -> Self:
        """Take keys that are sorted already; raise `ValueError` if there are not as many codes."""
        if len(keys) != len(codes):
            raise ValueError(f"{len(keys)} keys, {len(codes)} codes")
        made = cls({})
        made.keys, made.codes = keys, codes
        return made

    def get(self, key: str) -> int | None:
        """Give what a key stands for, None if nothing."""
        if self._table is not None:
            return self._table.get(key)
        self._looked_up += 1
        if self._looked_up > LOOK_UPS_BEFORE_BUILDING:
            self.table()
        at = bisect_left(self.keys, key)
        return self.codes[at] if at < len(self.keys) and self.keys[at] == key else None

    def table(self) -> dict[str, int]:
        """Give what all keys stand for, as a dictionary; made when first asked for."""
        if self._table is None:
            self._table = dict(zip(self.keys, self.codes, strict=True))
        return self._table

    def __contains__(self, key: str) -> bool:
        return self.get(key) is not None

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys)
