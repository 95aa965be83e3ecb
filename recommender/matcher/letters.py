"""Note which letters a string holds, as bits, so that most strings that are no neighbours are told apart by counting.

One edit changes the count of at most two letters by one, so it turns at most two of the bits: strings whose bits differ
in more than twice as many places as edits are allowed need no comparison.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["BITS_PER_EDIT", "bits_of", "counted", "mask", "masks"]

BITS_PER_EDIT: Final = 2
_LETTERS: Final = 26
# 26 bits for letters, 26 for letters that stand twice, 10 for digits, 2 for everything else.
_DIGITS: Final = 2 * _LETTERS
_OTHERS: Final = _DIGITS + 10
_KINDS: Final = _LETTERS + 12
# Counting letters takes 38 cells a string: so many strings at a time keep it in the cache.
_ROWS: Final = 4096

_BIT: Final = {**{chr(97 + i): 1 << i for i in range(_LETTERS)}, **{str(i): 1 << (_DIGITS + i) for i in range(10)}}


def mask(string: str) -> int:
    """Give the bits of one string.

    >>> mask("add") == 1 << 0 | 1 << 3 | 1 << 29
    True
    """
    held = 0
    for letter in string:
        bit = _BIT.get(letter) or 1 << (_OTHERS + ord(letter) % 2)
        # The bit of a letter that stands twice or more is the second one.
        held |= bit << _LETTERS if held & bit and bit < 1 << _LETTERS else bit
    return held


def _kinds() -> NDArray[np.uint8]:
    """Give the kind of each ASCII character."""
    kinds = np.array([_KINDS - 2 + code % 2 for code in range(128)], dtype=np.uint8)
    kinds[97 : 97 + _LETTERS] = np.arange(_LETTERS)
    kinds[48:58] = _LETTERS + np.arange(10)
    return kinds


def masks(strings: Sequence[str]) -> NDArray[np.uint64]:
    """Give the bits of many strings; uint64, shape (len(strings),).

    >>> masks(["add", "c#"]).tolist() == [mask("add"), mask("c#")]
    True
    """
    kinds = _kinds()
    found = np.zeros(len(strings), dtype=np.uint64)
    for start in range(0, len(strings), _ROWS):
        part = strings[start : start + _ROWS]
        codes = np.frombuffer("".join(part).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        kind = np.where(codes < 128, kinds[np.minimum(codes, 127)], (_KINDS - 2 + codes % 2).astype(np.uint8))
        row = np.repeat(np.arange(len(part)), np.fromiter(map(len, part), np.int64, len(part)))
        counts = np.bincount(row * _KINDS + kind, minlength=len(part) * _KINDS).reshape(-1, _KINDS)
        held = np.concatenate([counts[:, :_LETTERS] > 0, counts[:, :_LETTERS] > 1, counts[:, _LETTERS:] > 0], axis=1)
        found[start : start + len(part)] = np.packbits(held, axis=1, bitorder="little").view("<u8")[:, 0]
    return found


def counted(values: NDArray[np.uint64]) -> NDArray[Any]:
    """Count the bits that are set in each value.

    >>> counted(np.array([0, 7, 2**64 - 1], dtype=np.uint64)).tolist()
    [0, 3, 64]
    """
    count = getattr(np, "bitwise_count", None)  # numpy 2
    return bits_of(values) if count is None else np.asarray(count(values))


def bits_of(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Count bits in parallel by halves (Warren, Hacker's Delight, 2012): the twin for older versions of numpy."""
    one, two, four = (np.uint64(0x5555555555555555), np.uint64(0x3333333333333333), np.uint64(0x0F0F0F0F0F0F0F0F))
    pairs = values - ((values >> np.uint64(1)) & one)
    fours = (pairs & two) + ((pairs >> np.uint64(2)) & two)
    eights = (fours + (fours >> np.uint64(4))) & four
    return np.asarray((eights * np.uint64(0x0101010101010101)) >> np.uint64(56))
