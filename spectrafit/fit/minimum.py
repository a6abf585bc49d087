"""Whether a solution is a minimum: bounds that hold it, saddles, parameters that never moved."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spectrafit.fit.curvature import BoolArray
from spectrafit.fit.problem import Problem
from spectrafit.spectrum import FloatArray

__all__ = ["bound_sides", "equal_to_start", "is_soft", "lower_beside", "softest_direction"]

# of the range: nearer to a bound counts as on it
_NEAR = 1e-3
# standard errors that the data would move a parameter if they could; a minimum leaves 1e-6
_PUSH = 1e-3
# fall of chi2, in units of the noise, that rounding does not make
_FALL = 1e-3
# standard errors of the difference steps
_LONG, _SHORT = 1e-2, 1e-4
# Lanczos steps; exact up to as many parameters
_STEPS = 6
# remaining part of a direction's image below which the model is straight enough to stop
_STRAIGHT = 0.01
# share of the expected curvature below which errors that rest on it mean nothing
_SOFT = 0.05


def bound_sides(
    problem: Problem, q: FloatArray, residuals: FloatArray, jacobian: FloatArray
) -> NDArray[np.int8]:
    """Return which free parameters are at a bound: -1 at the lower, 1 at the upper, 0 at none.

    A parameter is at a bound when it lies on it, or within a thousandth of the range (where the
    other side is open, of the distance of its start; of its error where it started there) and
    either the data push it outwards or the bound is less than one standard error away.

    Parameters
    ----------
    problem : Problem
        The problem.
    q : ndarray, shape (Q,)
        Free parameters.
    residuals : ndarray, shape (N,)
        At q.
    jacobian : ndarray, shape (N, Q)
        At q.

    Returns
    -------
    ndarray of int, shape (Q,)
    """
    noise = problem.noise_level(residuals)
    length = np.sqrt(np.einsum("nq,nq->q", jacobian, jacobian))
    seen = np.isfinite(length) & (length > 0)
    sigma = np.divide(noise, length, out=np.zeros_like(length), where=seen)
    with np.errstate(all="ignore"):
        slope = np.nan_to_num(jacobian.T @ residuals)
    push = slope * sigma / noise**2 if noise > 0 else np.sign(slope)
    sides = np.zeros(q.size, dtype=np.int8)
    width = problem.free_max - problem.free_min
    for side, bound, out in ((-1, problem.free_min, push), (1, problem.free_max, -push)):
        distance = np.abs(q - bound)
        away = np.abs(problem.free_start - bound)
        open_scale = np.where(away > 0, away, sigma)
        near = distance <= _NEAR * np.where(np.isfinite(width), width, open_scale)
        at = (distance == 0) | (near & ((out > _PUSH) | (distance < sigma)))
        sides[at & np.isfinite(bound)] = side
    return sides


def softest_direction(
    problem: Problem, q: FloatArray, gradient: FloatArray, factor: FloatArray, noise: float
) -> tuple[FloatArray, float]:
    """Return the direction in which chi2 rises least compared with what the errors rest on.

    The errors rest on the Jacobian alone; the full second derivatives of chi2, from differences of
    its exact gradient, tell a minimum from a saddle. A few Lanczos steps in coordinates in which
    the Jacobian's part is the unit matrix find their least eigenvalue (Golub, Van Loan, *Matrix
    Computations*, chapter 10).

    Parameters
    ----------
    problem : Problem
        The problem.
    q : ndarray, shape (Q,)
        Solution.
    gradient : ndarray, shape (Q,)
        Half the gradient of chi2 at q.
    factor : ndarray, shape (Q, k)
        From `curvature`.
    noise : float
        Standard deviation of a weighted residual.

    Returns
    -------
    direction : ndarray, shape (Q,)
        One standard error long.
    ratio : float
        Curvature along it over the one the errors rest on: 1 for a linear model, 0 or less where
        chi2 does not rise; 1 where it cannot be told.
    """
    found = _least_ratio(problem, q, gradient, factor, _LONG * noise)
    if found[1] <= _SOFT:
        # a narrow curved valley looks like a saddle unless the step is short, rounding unless it is
        # long: a saddle is one for both
        short = _least_ratio(problem, q, gradient, factor, _SHORT * noise)
        found = max(found, short, key=lambda one: one[1])
    return noise * found[0], found[1]


def _least_ratio(
    problem: Problem, q: FloatArray, gradient: FloatArray, factor: FloatArray, step: float
) -> tuple[FloatArray, float]:
    size = factor.shape[1]
    basis_vectors: list[FloatArray] = []
    images: list[FloatArray] = []
    # any fixed vector that is not orthogonal to a direction of interest by symmetry
    vector = np.cos(1.0 + 2.4 * np.arange(size))
    for _ in range(min(size, _STEPS)):
        vector = vector / np.linalg.norm(vector)
        residuals, jacobian = problem.residuals_and_jacobian(q + step * (factor @ vector))
        with np.errstate(all="ignore"):
            image = factor.T @ (jacobian.T @ residuals - gradient) / step
        if not np.isfinite(image).all():
            break
        basis_vectors.append(vector)
        images.append(image)
        so_far = np.array(basis_vectors)
        vector = image - so_far.T @ (so_far @ image)
        vector = vector - so_far.T @ (so_far @ vector)
        if np.linalg.norm(vector) < _STRAIGHT:
            break
    if not images:
        return np.zeros(q.size), 1.0
    rows = np.array(basis_vectors)
    small = rows @ np.array(images).T
    values, vectors = np.linalg.eigh(0.5 * (small + small.T))
    return factor @ (rows.T @ vectors[:, 0]), float(values[0])


def lower_beside(
    problem: Problem, q: FloatArray, step: FloatArray, chi2: float, noise: float
) -> FloatArray | None:
    """Return a point one step to either side where chi2 is lower, None where it rises on both.

    Parameters
    ----------
    problem : Problem
        The problem.
    q : ndarray, shape (Q,)
        Free parameters.
    step : ndarray, shape (Q,)
        One standard error along some direction; clipped at the bounds.
    chi2 : float
        At q.
    noise : float
        Standard deviation of a weighted residual.

    Returns
    -------
    ndarray, shape (Q,), or None
    """
    for sign in (-1.0, 1.0):
        beside: FloatArray = np.clip(q + sign * step, problem.free_min, problem.free_max)
        residuals = problem.residuals(beside)
        with np.errstate(all="ignore"):
            if float(residuals @ residuals) < chi2 - _FALL * noise**2:
                return beside
    return None


def is_soft(
    problem: Problem,
    q: FloatArray,
    softest: tuple[FloatArray, float],
    chi2: float,
    noise: float,
) -> bool:
    """Return whether chi2 hardly rises, or falls, along the softest direction.

    Parameters
    ----------
    problem : Problem
        The problem.
    q : ndarray, shape (Q,)
        Solution.
    softest : tuple of ndarray and float
        From `softest_direction`.
    chi2 : float
        At q.
    noise : float
        Standard deviation of a weighted residual.

    Returns
    -------
    bool
    """
    direction, ratio = softest
    return ratio <= _SOFT or lower_beside(problem, q, direction, chi2, noise) is not None


def equal_to_start(
    problem: Problem, q: FloatArray, residuals: FloatArray, jacobian: FloatArray, noise: float
) -> BoolArray:
    """Return which parameters equal their start although chi2 falls beside it.

    A fit that starts at its minimum stays there rightly; one that froze has a slope, or lies on a
    ridge that one standard error to either side shows.

    Parameters
    ----------
    problem : Problem
        The problem.
    q : ndarray, shape (Q,)
        Free parameters.
    residuals : ndarray, shape (N,)
        At q.
    jacobian : ndarray, shape (N, Q)
        At q.
    noise : float
        Standard deviation of a weighted residual.

    Returns
    -------
    ndarray of bool, shape (Q,)
    """
    stuck = np.zeros(q.size, dtype=bool)
    chi2 = float(residuals @ residuals)
    length = np.sqrt(np.einsum("nq,nq->q", jacobian, jacobian))
    for i in np.flatnonzero(q == problem.free_start):
        slope = abs(float(jacobian[:, i] @ residuals))
        step = np.zeros(q.size)
        step[i] = noise / length[i] if length[i] > 0 else 0.0
        stuck[i] = (
            slope > _PUSH * length[i] * noise
            or lower_beside(problem, q, step, chi2, noise) is not None
        )
    return stuck
