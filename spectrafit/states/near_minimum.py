"""The minimum of least squares from a place near it, in few calls: projected Gauss-Newton steps."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import SpectrafitError
from spectrafit.spectrum import FloatArray

__all__ = ["LeastSquares", "least_near"]

_DAMPING = 1e-9
"""Of the squared length of each column, at first: little more than keeps the system regular."""
_FIRST_RAISE = 1e-3
_FACTOR = 10.0
_NEAR = (
    0.1  # of chi2: a predicted fall below which a curved valley, not a far start, is the trouble
)
_NEAR_FIRST_RAISE = 1e-7  # there the damping must not hide the flat direction of the valley
_NEAR_FACTOR = 4.0
_PROBE = 0.1  # of a step, over which the curvature of the residuals is taken
_CURVED = 0.25  # of the predicted fall of chi2: less shows a curved valley
_STRAIGHT = 1.5  # times the length of a step: a correction that is longer is no correction
_LARGEST = 1e8  # damping at which no step can help
_ROUNDS = 4  # of the active set, for each number
_LOOSE = 1e-9
_REGULAR = 1e-12  # of the largest singular value of the linear part
_BARELY = 1e-3  # of the predicted fall of chi2, for a step that counts


class LeastSquares(Protocol):
    """What can be minimised: residuals of bounded numbers, with derivatives."""

    @property
    def low(self) -> FloatArray:
        """Lower bounds, shape (P,)."""

    @property
    def high(self) -> FloatArray:
        """Upper bounds, shape (P,)."""

    def residuals_and_jacobian(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return residuals, shape (M,), and their derivatives, shape (M, P)."""


# numbers whose squares no double holds end in a refusal, not in warnings
@np.errstate(over="ignore", invalid="ignore")
def least_near(
    problem: LeastSquares,
    theta: FloatArray,
    *,
    enough: float = 1e-3,
    most: int = 25,
    damping: float = _DAMPING,
    linear: NDArray[np.bool_] | None = None,
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
    damping : float, optional
        At first; 1e-3 from far away.
    linear : ndarray of bool, shape (P,), optional
        Numbers in which the residuals are linear, or nearly so: in every place they take their own
        least squares before it is judged (variable projection: G. H. Golub, V. Pereyra, SIAM J.
        Numer. Anal. 10, 413 (1973), with the derivatives of L. Kaufman, BIT 15, 49 (1975)). The
        end is that without projection.

    Returns
    -------
    chi2 : float
        Infinite where the residuals at the start are not finite.
    theta : ndarray, shape (P,)
    """
    place = np.clip(theta, problem.low, problem.high)
    calls = 0
    if linear is not None and linear.any():
        _, place, calls = _descended(problem, place, enough, most, damping, linear)
        damping = _DAMPING
    chi2, place, _ = _descended(problem, place, enough, max(most - calls, 2), damping, None)
    return chi2, place


def _descended(
    problem: LeastSquares,
    place: FloatArray,
    enough: float,
    most: int,
    damping: float,
    linear: NDArray[np.bool_] | None,
) -> tuple[float, FloatArray, int]:
    """Return chi2, place and number of calls of a descent."""
    low, high = problem.low, problem.high
    place, residuals, jacobian = _evaluated(problem, place, linear)
    chi2 = float(residuals @ residuals)
    if not np.isfinite(chi2):
        return np.inf, place, 1
    length = np.zeros(place.size)
    calls = 1
    curved = False
    while calls < most and damping < _LARGEST:
        length = np.maximum(length, np.linalg.norm(jacobian, axis=0))
        scale = np.where(length > 0.0, length, 1.0)
        here, scaled = residuals, jacobian / scale
        curvature, slope = scaled.T @ scaled, scaled.T @ here
        box = (low - place) * scale, (high - place) * scale
        while calls < most and damping < _LARGEST:
            damped = np.full(place.size, damping)
            if linear is not None:
                damped[linear] = _DAMPING
            normal = curvature + np.diag(damped)
            step = _step(normal, slope, *box)
            predicted = -float(2.0 * slope @ step + step @ curvature @ step)
            if predicted <= enough:
                return chi2, place, calls
            near = predicted < _NEAR * chi2
            if near and curved:
                bend = _bend(problem, place, scale, step, here, scaled, normal)
                calls += 1
                if bend is None:
                    damping = _raised(damping, near=True)
                    continue
                step = step + bend
            calls += 1
            there, new = np.clip(place + step / scale, low, high), np.inf
            try:
                there, residuals, jacobian = _evaluated(problem, there, linear)
                new = float(residuals @ residuals)
            except SpectrafitError:  # a rule that refuses numbers there, like a g below 0
                pass
            fall = chi2 - new if np.isfinite(new) else -np.inf
            curved = curved or fall < _CURVED * predicted
            if fall > _BARELY * predicted:
                chi2, place = new, there
                damping = max(damping / _FACTOR, _DAMPING)
                break
            damping = _raised(damping, near=near)
    return chi2, place, calls


def _raised(damping: float, *, near: bool) -> float:
    if near:
        return max(damping * _NEAR_FACTOR, _NEAR_FIRST_RAISE)
    return max(damping * _FACTOR, _FIRST_RAISE)


def _bend(
    problem: LeastSquares,
    place: FloatArray,
    scale: FloatArray,
    step: FloatArray,
    residuals: FloatArray,
    jacobian: FloatArray,
    normal: FloatArray,
) -> FloatArray | None:
    """Return what bends a step along a curved valley; None where the step is too long for it.

    Geodesic acceleration (M. K. Transtrum, J. P. Sethna, arXiv:1201.5885 (2012)), the second
    derivative along the step by a difference. Steps and derivatives are those of scaled
    numbers.
    """
    probe = np.clip(place + _PROBE * step / scale, problem.low, problem.high)
    try:
        there = problem.residuals_and_jacobian(probe)[0]
    except SpectrafitError:
        return None
    second = 2.0 / _PROBE * ((there - residuals) / _PROBE - jacobian @ step)
    if not np.isfinite(second).all():
        return None
    bend = -0.5 * np.linalg.lstsq(normal, jacobian.T @ second, rcond=None)[0]
    longest = 0.5 * _STRAIGHT * np.linalg.norm(step)
    return np.asarray(bend) if np.linalg.norm(bend) <= longest else None


def _evaluated(
    problem: LeastSquares, place: FloatArray, linear: NDArray[np.bool_] | None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return a place, with its linear numbers at their own least squares, and what is found there."""
    residuals, jacobian = problem.residuals_and_jacobian(place)
    jacobian = np.nan_to_num(jacobian)
    if linear is None or not np.isfinite(residuals).all():
        return place, residuals, jacobian
    own = jacobian[:, linear]
    length = np.linalg.norm(own, axis=0)
    length[length == 0.0] = 1.0
    step = np.linalg.lstsq(own / length, -residuals, rcond=_REGULAR)[0] / length
    moved = place.copy()
    moved[linear] = np.clip(place[linear] + step, problem.low[linear], problem.high[linear])
    return moved, residuals + own @ (moved - place)[linear], jacobian


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
