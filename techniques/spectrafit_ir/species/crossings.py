"""Where spectra cross, how much they scatter there, and how much series that truly cross would."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from spectrafit.spectrum import FloatArray

__all__ = ["crossings", "drawn_scatter", "line_weights", "scatter_of", "through_zero"]

_CHANGED = 4.0  # standard deviations: noise goes beyond once in 16,000 points
_PARTS = 8  # of a step between two points, when the crossing is looked for
_NUMBERS = 2_000_000  # drawn at once: 16 MB


def crossings(change: FloatArray) -> list[tuple[int, int]]:
    """Return the last point of one sign and the first of the other, for each change of sign.

    Parameters
    ----------
    change : ndarray, shape (n,)
        In standard deviations of its noise.

    Returns
    -------
    list of tuple of int
        Neighbouring points beyond four standard deviations, without those between which the change
        is flat: spectra that are alike do not cross.
    """
    beyond = np.flatnonzero(np.abs(change) > _CHANGED)
    found = []
    for one, other in pairwise(beyond.tolist()):
        if change[one] * change[other] > 0:
            continue
        between = change[one + 1 : other]
        # a line from -4 to +4 has a mean square of 5; where it is noise alone the rows are alike
        flat = between.size >= 8 and float(np.mean(between**2)) < 1.0 + 3.0 * math.sqrt(
            2.0 / between.size
        )
        if not flat:
            found.append((one, other))
    return found


def line_weights(points: int) -> FloatArray:
    """Return the weights that read straight lines between points, eight places a step.

    Parameters
    ----------
    points : int
        How many points there are.

    Returns
    -------
    ndarray, shape (points, places)
        A column a place.
    """
    places = np.linspace(0.0, points - 1.0, _PARTS * (points - 1) + 1)
    return np.asarray(np.maximum(0.0, 1.0 - np.abs(np.arange(points)[:, None] - places)))


def scatter_of(seen: FloatArray, errors: FloatArray) -> FloatArray:
    """Return chi2 of rows about their weighted mean, place by place.

    Parameters
    ----------
    seen : ndarray, shape (..., N, places)
        Absorbance.
    errors : ndarray, shape (N, places)
        Standard deviations.

    Returns
    -------
    ndarray, shape (..., places)
        Of N - 1 degrees of freedom where the rows are equal.
    """
    weights = 1.0 / errors**2
    mean = (weights * seen).sum(axis=-2) / weights.sum(axis=-2)
    return np.asarray((weights * (seen - mean[..., None, :]) ** 2).sum(axis=-2))


def through_zero(change: FloatArray) -> FloatArray:
    """Return a change moved up or down, so that it is 0 where its straight line crosses.

    Parameters
    ----------
    change : ndarray, shape (points,)
        From one side of the crossing to the other.

    Returns
    -------
    ndarray, shape (points,)
        In the unit of the change.
    """
    place = np.arange(change.size, dtype=float)
    slope, start = np.polyfit(place, change, 1)
    middle = float(np.clip(-start / slope, 0.0, change.size - 1.0))
    return np.asarray(change - np.interp(middle, place, change))


def drawn_scatter(
    truth: FloatArray,
    noise: FloatArray,
    offset: FloatArray,
    at: FloatArray,
    errors: FloatArray,
    *,
    lag1: float,
    draws: int,
    random: np.random.Generator,
) -> FloatArray:
    """Return the least scatter of simulated rows, looked for in each series anew.

    Parameters
    ----------
    truth : ndarray, shape (N, points)
        Rows without noise, absorbance.
    noise, offset : ndarray, shape (N,)
        Standard deviations of each point and of the baseline of each row, absorbance.
    at : ndarray, shape (points, places)
        Weights of the places looked at.
    errors : ndarray, shape (N, places)
        Standard deviations there.
    lag1 : float
        Correlation of the noise of neighbouring points.
    draws : int
        How many series.
    random : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    ndarray, shape (draws,)
        Chi2.
    """
    count, points = truth.shape
    # noise of neighbours as of a first-order autoregression, by the root of its covariance
    apart = np.abs(np.subtract.outer(np.arange(points), np.arange(points)))
    root = np.linalg.cholesky(np.power(lag1, apart) if lag1 > 0 else np.eye(points)).T
    most = max(1, _NUMBERS // (count * max(points, at.shape[1])))
    least: list[FloatArray] = []
    for start in range(0, draws, most):
        size = min(most, draws - start)
        rows = truth + noise[:, None] * (random.standard_normal((size, count, points)) @ root)
        rows += offset[:, None] * random.standard_normal((size, count, 1))
        least.append(scatter_of(rows @ at, errors).min(axis=-1))
    return np.concatenate(least)
