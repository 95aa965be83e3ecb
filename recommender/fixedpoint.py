"""Round numbers to a binary grid, so that sums of them are exact.

A score is the sum of its parts, a part the sum of what each held skill gives. With ordinary floats such sums depend on
their order, hence on chunks, workers and machines. Multiples of a power of two add without rounding as long as they
stay below 2**53 steps; so every weight that is stored or multiplied is put on such a grid first, and `==` may be used
on sums.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

WEIGHT_STEP = 2.0**-12
"""Grid of learned weights: .00024, finer than any difference seen to change a ranking, and an int16 holds up to 8."""

FACTOR_STEP = 2.0**-8
"""Grid of factors (blend weights, profile scales): products with weights stay multiples of 2**-28, far within 53
bits."""


def on_grid(values: ArrayLike, step: float) -> NDArray[np.float64]:
    """Round to the nearest multiple of ``step`` (a power of two).

    >>> on_grid([0.1, -0.1], 0.25).tolist()
    [0.0, -0.0]
    >>> on_grid(0.3, 2.0**-8).item() * 256
    77.0
    """
    result: NDArray[np.float64] = np.rint(np.asarray(values, dtype=np.float64) / step) * step
    return result


def to_int16(values: ArrayLike, step: float = WEIGHT_STEP) -> NDArray[np.int16]:
    """Store weights as numbers of steps; what lies outside the range of int16 is clipped.

    >>> to_int16([0.5, -1.0]).tolist()
    [2048, -4096]
    """
    steps: NDArray[Any] = np.rint(np.asarray(values, dtype=np.float64) / step)
    clipped: NDArray[np.int16] = np.clip(steps, -32768, 32767).astype(np.int16)
    return clipped
