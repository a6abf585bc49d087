"""A spectrum in bins, compiled: what `spectrafit.fit.bins.binned` returns."""

from __future__ import annotations

import math
from typing import Any

from spectrafit.fit.bins import PER_BIN, broadening
from spectrafit.fit.compiled.decorators import any_order
from spectrafit.fit.compiled.vector_width import widest_vectors

__all__ = ["bin_spectrum"]

_BROADENING = broadening(PER_BIN)


@any_order
def bin_spectrum(
    y: Any, w: Any, sums: Any, squares: Any, bins: int, value: Any, weight: Any
) -> None:
    """Set the values amid bins of `PER_BIN` points, and their weights.

    Parameters
    ----------
    y, w : ndarray, shape (n,)
        Values and weights of the points.
    sums, squares : ndarray, shape (n,)
        Overwritten.
    bins : int
        How many; `value` and `weight` may be longer.
    value, weight : ndarray, shape (m,)
        Overwritten.
    """
    widest_vectors()
    for i in range(PER_BIN * bins):
        squares[i] = w[i] * w[i]
        sums[i] = squares[i] * y[i]
    for j in range(bins):
        square = total = 0.0
        for k in range(PER_BIN):
            square += squares[PER_BIN * j + k]
            total += sums[PER_BIN * j + k]
        weight[j] = square
        value[j] = total
    for j in range(bins):
        sums[j] = value[j] / weight[j]
        value[j] = sums[j]
        weight[j] = math.sqrt(weight[j])
    for j in range(1, bins - 1):
        value[j] -= _BROADENING * (sums[j + 1] - 2.0 * sums[j] + sums[j - 1])
