"""Spectra of many points in bins, on which a fit looks for its minimum first.

Far from the minimum a step needs no more than the shape of the spectrum, which a quarter of the
values gives as well; what follows on all points starts within an error or so of the minimum.
"""

from __future__ import annotations

import numpy as np

from spectrafit.spectrum import FloatArray

__all__ = ["PER_BIN", "bin_means", "binned", "broadening", "points_per_bin"]

PER_BIN = 4
# fewer bins than that, in all or a parameter, are no faster or too coarse
_BINS = 100
_BINS_A_PARAMETER = 8


def points_per_bin(x: FloatArray, size: int) -> int:
    """Return how many points go into a bin: 1 where the points are few or out of order.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Points.
    size : int
        Number of free parameters.

    Returns
    -------
    int
    """
    enough = x.size >= PER_BIN * max(_BINS, _BINS_A_PARAMETER * size)
    steps = np.diff(x)
    return PER_BIN if enough and ((steps > 0.0).all() or (steps < 0.0).all()) else 1


def broadening(per: int) -> float:
    """Return how much of its second difference a row of bins differs from the values amid the bins.

    Parameters
    ----------
    per : int
        Points of a bin.

    Returns
    -------
    float
        ``(k^2 - 1)/(24 k^2)``: the mean of a parabola over k even points less its value amid them,
        in units of the second difference of neighbouring bins.
    """
    return (per * per - 1) / (24.0 * per * per)


def bin_means(rows: FloatArray, per: int) -> FloatArray:
    """Return the means of neighbouring points; what is left over at the end goes into no bin.

    Parameters
    ----------
    rows : ndarray, shape (..., n)
        Of any quantity.
    per : int
        Points of a bin.

    Returns
    -------
    ndarray, shape (..., n // per)
    """
    used = rows[..., : rows.shape[-1] // per * per]
    return np.asarray(used.reshape(*rows.shape[:-1], -1, per).mean(axis=-1))


def binned(y: FloatArray, w: FloatArray, per: int) -> tuple[FloatArray, FloatArray]:
    """Return the weighted values amid the bins, and the weights of the bins.

    Parameters
    ----------
    y : ndarray, shape (N, n)
        Values.
    w : ndarray, shape (N, n) or (n,)
        Weights, 1/sigma.
    per : int
        Points of a bin.

    Returns
    -------
    values : ndarray, shape (N, n // per)
        Means, sharpened by what the width of a bin takes off a curved line.
    weights : ndarray, shape (N, n // per) or (n // per,)
    """
    used = y.shape[-1] // per * per
    values, squares = np.zeros((len(y), used // per)), np.zeros((*w.shape[:-1], used // per))
    for k in range(per):
        own = w[..., k:used:per] ** 2
        squares += own
        values += own * y[:, k:used:per]
    values /= squares
    bent = values[:, 2:] - 2.0 * values[:, 1:-1] + values[:, :-2]
    values[:, 1:-1] -= broadening(per) * bent
    return values, np.sqrt(squares)
