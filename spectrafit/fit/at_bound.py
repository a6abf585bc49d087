"""When a parameter counts as being at a bound, in fits of many spectra."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spectrafit.spectrum import FloatArray

__all__ = ["at_bound"]

# of the range: nearer to a bound counts as on it when an error reaches it
_NEAR = 1e-3


def at_bound(
    values: FloatArray, errors: FloatArray, low: FloatArray, high: FloatArray, start: FloatArray
) -> NDArray[np.bool_]:
    """Return which values are on a bound, or nearer to it than their own error.

    Parameters
    ----------
    values : ndarray, shape (..., Q)
        Inside the bounds.
    errors : ndarray, shape (..., Q)
        Each with the others held; 0 where there is none.
    low, high : ndarray, shape (Q,)
        Infinite where open.
    start : ndarray, shape (..., Q)
        Where the values began; its distance stands for the range where the other side is open.

    Returns
    -------
    ndarray of bool, shape (..., Q)
    """
    held = np.zeros(values.shape, dtype=bool)
    width = high - low
    for bound in (low, high):
        distance = np.abs(values - bound)
        reached = (distance < errors) | (distance == 0.0)
        if not reached.any():
            continue
        scale = np.where(np.isfinite(width), width, np.abs(start - bound))
        held |= reached & (distance <= _NEAR * scale) & np.isfinite(bound)
    return held
