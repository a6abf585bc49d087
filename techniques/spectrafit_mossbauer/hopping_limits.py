"""Hopping at its limits: the width that fast jumps add, and the rate at which lines merge."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.spectrum import FloatArray
from spectrafit_mossbauer.constants import KAPPA

__all__ = ["extra_width", "merging_rate"]


def extra_width(k_ex: ArrayLike, distance: ArrayLike, p2: ArrayLike) -> FloatArray:
    """Return what fast hopping adds to the width of a line, ``2 p1 p2 dv^2 kappa/k_ex``.

    Parameters
    ----------
    k_ex : array_like
        Exchange rate, 1/s, far above kappa dv.
    distance : array_like
        dv of the line between the states, mm/s.
    p2 : array_like
        Population of state 2.

    Returns
    -------
    ndarray
        Full width at half maximum beyond that without hopping, mm/s.
    """
    share = np.asarray(p2, dtype=float)
    apart = np.asarray(distance, dtype=float)
    rate = np.asarray(k_ex, dtype=float)
    return np.asarray(2.0 * share * (1.0 - share) * apart**2 * KAPPA / rate)


def merging_rate(distance: ArrayLike) -> FloatArray:
    """Return the rate at which two equal, infinitely narrow lines merge, ``kappa dv/sqrt(2)``.

    Parameters
    ----------
    distance : array_like
        dv between the states, mm/s.

    Returns
    -------
    ndarray
        k_ex, 1/s.
    """
    return np.asarray(KAPPA * np.abs(np.asarray(distance, dtype=float)) / math.sqrt(2.0))
