"""Which readings were taken at one temperature: repeats at a set point, not neighbours of a sweep."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spectrafit.spectrum import FloatArray

__all__ = ["SAME_T", "group_starts"]

SAME_T = 0.05
"""K; readings within it are one, as repeats at a set point are."""


def group_starts(T: FloatArray) -> NDArray[np.int64]:
    """Return the first row of each group of readings at one temperature.

    Parameters
    ----------
    T : ndarray, shape (n,)
        Rising temperatures, K.

    Returns
    -------
    ndarray of int, shape (m,)
        A gap of more than 0.05 K ends a group; what has no gaps, as a dense sweep, is cut into pieces
        of 0.05 K, so that no group is wider.
    """
    apart = np.concatenate([[True], np.diff(T) > SAME_T])
    first = T[np.flatnonzero(apart)][np.cumsum(apart) - 1]
    piece = np.floor((T - first) / SAME_T)
    return np.flatnonzero(apart | np.concatenate([[False], np.diff(piece) != 0.0])).astype(np.int64)
