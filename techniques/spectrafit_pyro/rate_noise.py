"""Noise of a rate, which neighbours share because the windows of their quadratics overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spectrafit.spectrum import FloatArray

__all__ = ["RateNoise", "shared_covariance", "window_correlation"]


@dataclass(frozen=True, eq=False)
class RateNoise:
    """What the noise of one branch's rate does to a curve.

    Parameters
    ----------
    sigma : ndarray, shape (n,)
        Standard error, in the unit of the curve; signed, as the rate moves the curve.
    length : float
        Temperature that a window spans, K.
    """

    sigma: FloatArray
    length: float


def window_correlation(distance: FloatArray, length: float) -> FloatArray:
    """Return the correlation of two slopes by least squares whose windows overlap.

    ``1 - 3 s + 2 s^3`` with s the distance over the length of a window: the autocorrelation of
    the weights of a slope, u on (-1/2, 1/2). Its integral is zero, as a slope's noise adds
    nothing to the integral of the slope over many windows.

    Parameters
    ----------
    distance : ndarray
        K.
    length : float
        K.

    Returns
    -------
    ndarray
        Zero where the windows do not overlap.
    """
    s = np.minimum(np.abs(distance) / length, 1.0)
    return np.asarray(1.0 - 3.0 * s + 2.0 * s**3)


def shared_covariance(
    temperature: FloatArray, white: FloatArray, parts: Sequence[RateNoise]
) -> FloatArray:
    """Return the covariance of a curve with white noise and the noise of one or more rates.

    Parameters
    ----------
    temperature : ndarray, shape (n,)
        K.
    white : ndarray, shape (n,)
        Standard error of independent noise.
    parts : sequence of RateNoise
        One a branch.

    Returns
    -------
    ndarray, shape (n, n)
        In the unit of the curve, squared.
    """
    distance = temperature[:, None] - temperature[None, :]
    covariance = np.diag(white**2)
    for part in parts:
        shared = np.outer(part.sigma, part.sigma)
        covariance = covariance + shared * window_correlation(distance, part.length)
    return np.asarray(covariance)
