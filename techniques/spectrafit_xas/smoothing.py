"""Local cubic fits: value, first and second derivative between the points of a grid."""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import SpectrafitError
from spectrafit.spectrum import FloatArray

__all__ = ["LocalCubic", "local_cubic"]

MIN_POINTS = 6
WIDENING = 1.2


@dataclass(frozen=True, eq=False)
class LocalCubic:
    """Linear maps from data to a smoothed curve and its derivatives.

    Because they are linear, the same maps serve data, model and the propagation of sigma.

    Parameters
    ----------
    at : ndarray, shape (m,)
        Points where the maps are evaluated.
    columns : ndarray of int, shape (m, k)
        Which data points each map takes.
    weights : ndarray, shape (3, m, k)
        Their weights in the value, the first and the second derivative; zero where a row takes
        fewer points than the longest.
    """

    at: FloatArray
    columns: NDArray[np.intp]
    weights: FloatArray

    def derivative(self, order: int, y: FloatArray) -> FloatArray:
        """Return the smoothed curve or one of its derivatives.

        Parameters
        ----------
        order : int
            0, 1 or 2.
        y : ndarray, shape (..., n)
            Data on the grid the maps were made for.

        Returns
        -------
        ndarray, shape (..., m)
        """
        taken = y[..., self.columns]
        return np.asarray(np.einsum("...mk,mk->...m", taken, self.weights[order]))

    def band(self, order: int, sigma: FloatArray) -> FloatArray:
        """Return the standard uncertainty of `derivative` for independent errors.

        Parameters
        ----------
        order : int
            0, 1 or 2.
        sigma : ndarray, shape (n,)
            Standard uncertainty of the data.

        Returns
        -------
        ndarray, shape (m,)
        """
        variance = np.einsum("mk,mk->m", self.weights[order] ** 2, sigma[self.columns] ** 2)
        return np.asarray(np.sqrt(variance), dtype=np.float64)


def local_cubic(x: FloatArray, at: FloatArray, half_width: float) -> LocalCubic:
    """Return the maps of a local cubic fit with tricube weights.

    Around each point u a cubic in (x - u) is fitted to the points closer than `half_width` with
    weights ``(1 - |x - u|^3/h^3)^3``; where fewer than six points lie inside, the half-width is
    multiplied by 1.2 until they do.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Increasing grid of the data.
    at : ndarray, shape (m,)
        Where to evaluate.
    half_width : float
        Of the kernel, in units of x.

    Returns
    -------
    LocalCubic

    Raises
    ------
    SpectrafitError
        When there are fewer than six points in all.

    Notes
    -----
    Local polynomial regression with the tricube weight: W. S. Cleveland, J. Am. Stat. Assoc. 74
    (1979) 829.
    """
    if x.size < MIN_POINTS:
        raise SpectrafitError(f"a local cubic needs {MIN_POINTS} points, there are {x.size}")
    width = np.full(at.size, float(half_width))
    while True:
        first = np.searchsorted(x, at - width, side="right")
        last = np.searchsorted(x, at + width, side="left")
        few = last - first < MIN_POINTS
        if not few.any():
            break
        width[few] *= WIDENING
    longest = int((last - first).max(initial=MIN_POINTS))
    columns = first[:, None] + np.arange(longest)
    inside = columns < last[:, None]
    columns = np.minimum(columns, x.size - 1)
    t = np.where(inside, (x[columns] - at[:, None]) / width[:, None], 1.0)
    rest = np.clip(1.0 - np.abs(t * t * t), 0.0, None)
    weight = np.where(inside, rest * rest * rest, 0.0)
    # products of matrices: a threefold einsum is several times slower
    powers = np.stack((np.ones_like(t), t, t * t, t * t * t), axis=1)
    weighted = powers * weight[:, None, :]
    solved = np.linalg.solve(weighted @ powers.transpose(0, 2, 1), weighted)
    orders = np.arange(3)
    scale = np.array([factorial(order) for order in orders]) / width[:, None] ** orders
    return LocalCubic(at, columns, (solved[:, :3] * scale[:, :, None]).transpose(1, 0, 2))
