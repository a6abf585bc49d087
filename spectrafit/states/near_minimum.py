"""The minimum of least squares from a place near it, in few calls: projected Gauss-Newton steps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spectrafit.spectrum import FloatArray
from spectrafit.states.joint import LeastSquares

__all__ = ["least_near"]

_DAMPING = 1e-9
"""Of the squared length of each column, at first: little more than keeps the system regular."""
_FIRST_RAISE = 1e-3
_FACTOR = 10.0
_LARGEST = 1e8  # damping at which no step can help
_ROUNDS = 4  # of the active set, for each number
_LOOSE = 1e-9
_BARELY = 1e-3  # of the predicted fall of chi2, for a step that counts


def least_near(
    problem: LeastSquares, theta: FloatArray, *, enough: float = 1e-3, most: int = 25
) -> tuple[float, FloatArray]:
    """Return chi2 and place of the minimum near a place.

    Levenberg-Marquardt steps (J. J. More, Lect. Notes Math. 630, 105 (1978)) in which a number
    that a step would carry out of its bounds stays on the bound and the others take the best step
    with it there. A start on a bound, where interior methods crawl, costs nothing.

    Parameters
    ----------
    problem : LeastSquares
        Residuals and their derivatives.
    theta : ndarray, shape (P,)
        Start; moved inside the bounds.
    enough : float, optional
        Fall of chi2 that is no longer worth a call.
    most : int, optional
        Most calls.

    Returns
    -------
    chi2 : float
        Infinite where the residuals at the start are not finite.
    theta : ndarray, shape (P,)
    """
    low, high = problem.low, problem.high
    place = np.clip(theta, low, high)
    residuals, jacobian = problem.residuals_and_jacobian(place)
    chi2 = float(residuals @ residuals)
    if not np.isfinite(chi2):
        return np.inf, place
    length = np.zeros(place.size)
    damping, calls = _DAMPING, 1
    while calls < most and damping < _LARGEST:
        jacobian = np.nan_to_num(jacobian)
        length = np.maximum(length, np.linalg.norm(jacobian, axis=0))
        scale = np.where(length > 0.0, length, 1.0)
        curvature, slope = jacobian.T @ jacobian, jacobian.T @ residuals
        curvature, slope = curvature / np.outer(scale, scale), slope / scale
        box = (low - place) * scale, (high - place) * scale
        while calls < most and damping < _LARGEST:
            step = _step(curvature + damping * np.eye(place.size), slope, *box)
            predicted = -float(2.0 * slope @ step + step @ curvature @ step)
            if predicted <= enough:
                return chi2, place
            there = np.clip(place + step / scale, low, high)
            residuals, jacobian = problem.residuals_and_jacobian(there)
            calls += 1
            new = float(residuals @ residuals)
            if np.isfinite(new) and chi2 - new > _BARELY * predicted:
                chi2, place = new, there
                damping = max(damping / _FACTOR, _DAMPING)
                break
            damping = max(damping * _FACTOR, _FIRST_RAISE)
    return chi2, place


def _step(
    curvature: FloatArray, slope: FloatArray, low: FloatArray, high: FloatArray
) -> FloatArray:
    """Return the least of a quadratic form within bounds around 0, by an active set.

    Each round goes towards the least of the numbers that are free, at most to the first bound,
    which then holds its number; one that its bound no longer holds is let go. The form falls in
    each round (J. Nocedal, S. J. Wright, Numerical Optimization (2006), chapter 16.5).
    """
    step = np.zeros(slope.size)
    held: NDArray[np.bool_] = ((low >= 0.0) & (slope > 0.0)) | ((high <= 0.0) & (slope < 0.0))
    for _ in range(_ROUNDS * slope.size):
        free = np.flatnonzero(~held)
        pull = slope + curvature @ step
        if free.size:
            way = np.linalg.lstsq(curvature[np.ix_(free, free)], -pull[free], rcond=None)[0]
            bound = np.where(way > 0.0, high[free], low[free])
            with np.errstate(divide="ignore", invalid="ignore"):
                shares = np.where(way != 0.0, (bound - step[free]) / way, np.inf)
            first = int(np.argmin(shares))
            if shares[first] < 1.0:
                step[free] += max(0.0, float(shares[first])) * way
                step[free[first]] = bound[first]
                held[free[first]] = True
                continue
            step[free] += way
        pull = slope + curvature @ step
        loose = held & (((step <= low) & (pull < -_LOOSE)) | ((step >= high) & (pull > _LOOSE)))
        if not loose.any():
            break
        held[np.argmax(np.where(loose, np.abs(pull), -1.0))] = False
    return step
