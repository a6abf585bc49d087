"""What a solution is worth: bounds it sits on, curvature it can be judged by, the result it makes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import FitError
from spectrafit.fit.problem import Problem
from spectrafit.fit.result import FIXED, FitResult, Flag
from spectrafit.spectrum import FloatArray

__all__ = [
    "Curvature",
    "Solution",
    "basis",
    "bound_sides",
    "curvature",
    "equal_to_start",
    "fit_result",
    "lower_beside",
    "noise_level",
    "softest_direction",
]

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int8]

_CONDITION = 1e12
_NEAR = 1e-3
_PUSH = 1e-3
_FAR_FROM_MINIMUM = 0.05
_NULL_SHARE = 1e-8
_FALL = 1e-3
_DIFFERENCE = 1e-2
_LANCZOS = 6
_STRAIGHT = 0.01
_SOFT = 0.05
_MOVED = 0.1


@dataclass(frozen=True)
class Solution:
    """Where an engine ended.

    Parameters
    ----------
    q : ndarray, shape (Q,)
        Free parameters.
    evaluations : int
        Calls of the model.
    limited : bool
        Whether the engine stopped at its call limit.
    engine : str
        Its name.
    message : str
        Its own words.
    held : ndarray of bool, shape (Q,)
        Parameters that it held on a bound.
    """

    q: FloatArray
    evaluations: int
    limited: bool
    engine: str
    message: str
    held: BoolArray


def basis(problem: Problem, jacobian: FloatArray) -> FloatArray:
    """Return T of ``q = T z`` in which the Jacobian's columns are comparable.

    Columns are scaled to unit length; unbounded linear parameters (the coefficients of a
    polynomial in absolute energies, say) are made orthogonal to each other besides, so that a far
    origin of x does not pass for a lack of information.

    Parameters
    ----------
    problem : Problem
        The problem.
    jacobian : ndarray, shape (N, Q)
        By the free parameters.

    Returns
    -------
    ndarray, shape (Q, Q)
    """
    lengths = np.sqrt(np.einsum("nq,nq->q", jacobian, jacobian))
    scale = np.where((lengths > 0) & np.isfinite(lengths), lengths, 1.0)
    matrix = np.diag(1.0 / scale)
    loose = np.flatnonzero(
        _linear(problem) & np.isinf(problem.free_min) & np.isinf(problem.free_max)
    )
    if loose.size > 1 and np.isfinite(jacobian).all():
        columns = jacobian[:, loose] / scale[loose]
        # twice: one pass leaves the columns of an ill-conditioned block visibly oblique
        first = np.linalg.qr(columns)[1]
        if _conditioned(first):
            second = np.linalg.qr(np.linalg.solve(first.T, columns.T).T)[1]
            if _conditioned(second):
                inverse = np.linalg.inv(second @ first)
                matrix[np.ix_(loose, loose)] = np.diag(1.0 / scale[loose]) @ inverse
    return matrix


def _conditioned(triangle: FloatArray) -> bool:
    size = np.abs(np.diag(triangle))
    return bool(size.min() > 1e-14 * size.max())


def _linear(problem: Problem) -> BoolArray:
    """Return which free parameters act only through parameters the value is proportional to."""
    linear = {
        name
        for model in problem.model
        for c in model.components
        for name, row in zip(c.parameter_names, c.line.parameters, strict=True)
        if row.linear
    }
    rough = np.array([name not in linear for name in problem.names], dtype=bool)
    acts: BoolArray = (problem.tie_matrix[rough] != 0.0).any(axis=0)
    return ~acts


@dataclass(frozen=True)
class Curvature:
    """What the Jacobian says of the free parameters.

    Parameters
    ----------
    covariance : ndarray, shape (Q, Q)
        For unit noise; directions without information left out.
    singular : ndarray of bool, shape (Q,)
        Parameters that a direction without information touches.
    newton : ndarray, shape (Q,)
        Step to the minimum of the local parabola, in standard errors for unit noise.
    factor : ndarray, shape (Q, k)
        One standard error along each determined direction; covariance = factor factor^T.
    finite : bool
        False where a derivative is not a number; nothing else is known then.
    """

    covariance: FloatArray
    singular: BoolArray
    newton: FloatArray
    factor: FloatArray
    finite: bool = True


def curvature(
    problem: Problem, residuals: FloatArray, jacobian: FloatArray, held: BoolArray
) -> Curvature:
    """Return covariance, undetermined parameters and distance from the minimum.

    Singular values below 1e-12 of the largest, of columns made comparable, carry no information
    (the condition at which errors lose all digits in double precision).

    Parameters
    ----------
    problem : Problem
        The problem.
    residuals : ndarray, shape (N,)
        At the solution.
    jacobian : ndarray, shape (N, Q)
        At the solution.
    held : ndarray of bool, shape (Q,)
        Parameters that are held: as if fixed.

    Returns
    -------
    Curvature
    """
    size = jacobian.shape[1]
    zeros = np.zeros((size, size))
    some = np.flatnonzero(~held)
    none = Curvature(zeros, np.zeros(size, dtype=bool), np.zeros(size), np.zeros((size, 0)))
    if not some.size:
        return none
    if not np.isfinite(jacobian[:, some]).all():
        return Curvature(zeros, none.singular, none.newton, none.factor, finite=False)
    to_q = basis(problem, np.where(held, 0.0, jacobian))[np.ix_(some, some)]
    left, values, right = np.linalg.svd(jacobian[:, some] @ to_q, full_matrices=False)
    good = values > values.max(initial=0.0) / _CONDITION
    directions = to_q @ right.T
    usable = directions[:, good] / values[good]
    singular = none.singular.copy()
    lost = directions[:, ~good]
    if lost.size:
        reach = np.sqrt((to_q**2).sum(axis=1, keepdims=True))
        singular[some] = (np.abs(lost) > _NULL_SHARE * reach).any(axis=1)
    factor = np.zeros((size, usable.shape[1]))
    factor[some] = usable
    covariance = factor @ factor.T
    step = usable @ (left[:, good].T @ residuals)
    sigma = np.sqrt(np.diag(covariance)[some])
    newton = np.zeros(size)
    newton[some] = -np.divide(step, sigma, out=np.zeros_like(step), where=sigma > 0)
    return Curvature(covariance, singular, newton, factor)


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
    found = _least_ratio(problem, q, gradient, factor, _DIFFERENCE * noise)
    if found[1] <= _SOFT:
        # a narrow curved valley looks like a saddle unless the step is short, rounding unless it is
        # long: a saddle is one for both
        short = _least_ratio(problem, q, gradient, factor, 0.01 * _DIFFERENCE * noise)
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
    for _ in range(min(size, _LANCZOS)):
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


def bound_sides(
    problem: Problem, q: FloatArray, residuals: FloatArray, jacobian: FloatArray
) -> IntArray:
    """Return which free parameters are at a bound: -1 at the lower, 1 at the upper, 0 at none.

    A parameter is at a bound when it lies on it, or within a thousandth of the range (of the
    distance of its start where the other side is open) and either the data push it outwards or the
    bound is less than one standard error away.

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
    noise = noise_level(problem, residuals)
    length = np.sqrt(np.einsum("nq,nq->q", jacobian, jacobian))
    with np.errstate(all="ignore"):
        push = np.nan_to_num((jacobian.T @ residuals) / (length * noise))
        sigma = np.nan_to_num(noise / length)
    sides = np.zeros(q.size, dtype=np.int8)
    width = problem.free_max - problem.free_min
    for side, bound, out in ((-1, problem.free_min, push), (1, problem.free_max, -push)):
        distance = np.abs(q - bound)
        away = np.abs(problem.free_start - bound)
        near = distance <= _NEAR * np.where(np.isfinite(width), width, away)
        at = (distance == 0) | (near & ((out > _PUSH) | (distance < sigma)))
        sides[at & np.isfinite(bound)] = side
    return sides


def noise_level(problem: Problem, residuals: FloatArray) -> float:
    """Return the standard deviation of a weighted residual: 1 where sigma is known.

    Parameters
    ----------
    problem : Problem
        The problem.
    residuals : ndarray, shape (N,)
        Weighted residuals.

    Returns
    -------
    float
    """
    if problem.noise == "known":
        return 1.0
    freedom = max(1, residuals.size - len(problem.free_names))
    return float(np.sqrt(residuals @ residuals / freedom))


def fit_result(problem: Problem, solution: Solution) -> FitResult:
    """Return the result of a solution, with every error a number or a named reason.

    Parameters
    ----------
    problem : Problem
        What was fitted.
    solution : Solution
        Where an engine ended.

    Returns
    -------
    FitResult

    Raises
    ------
    FitError
        When the model is not finite there.
    """
    q = solution.q
    residuals, jacobian = problem.residuals_and_jacobian(q)
    if not np.isfinite(residuals).all():
        raise FitError("the model is not finite where the fit ended", do="bound its parameters")
    noise = noise_level(problem, residuals)
    sides = bound_sides(problem, q, residuals, jacobian)
    held = solution.held | (sides != 0)
    found = curvature(problem, residuals, jacobian, held)
    free_reasons = _free_reasons(problem, solution, residuals, jacobian, held, found, noise)
    reasons = _all_reasons(problem, free_reasons, problem.values(q))
    scaled = found.covariance * noise**2
    full = problem.tie_matrix @ scaled @ problem.tie_matrix.T
    usable = np.array([not reason for reason in reasons], dtype=bool)
    odd = usable & ~((np.diag(full) > 0) & np.isfinite(full).all(axis=1))
    reasons = tuple(
        Flag.NOT_POSITIVE_DEFINITE.value if bad else why
        for why, bad in zip(reasons, odd, strict=True)
    )
    usable &= ~odd
    full = np.where(np.outer(usable, usable), full, 0.0)
    flags = {flag for flag in Flag if flag.value in reasons}
    if not flags & {Flag.CALL_LIMIT, Flag.NOT_AT_MINIMUM, Flag.NOT_POSITIVE_DEFINITE}:
        flags.add(Flag.CONVERGED)
    return FitResult(
        names=problem.names,
        values=problem.values(q),
        free=tuple(name in set(problem.free_names) for name in problem.names),
        covariance=0.5 * (full + full.T),
        reasons=reasons,
        at_bound=tuple(n for n, on in zip(problem.free_names, held, strict=True) if on),
        flags=tuple(flags),
        chi2=float(residuals @ residuals),
        ndata=problem.ndata,
        nvary=len(problem.free_names),
        noise=problem.noise,
        engine=solution.engine,
        evaluations=solution.evaluations,
        digest=problem.digest,
        data_digest=problem.data_digest,
        units=problem.units,
        starts=problem.start_values,
        message=solution.message,
    )


def _free_reasons(
    problem: Problem,
    solution: Solution,
    residuals: FloatArray,
    jacobian: FloatArray,
    held: BoolArray,
    found: Curvature,
    noise: float,
) -> list[str]:
    """Return why a free parameter has no error; the gravest reason first."""
    size = len(problem.free_names)
    chi2 = float(residuals @ residuals)
    for_all = ""
    if solution.limited:
        for_all = Flag.CALL_LIMIT.value
    elif not found.finite:
        for_all = Flag.NOT_POSITIVE_DEFINITE.value
    elif problem.noise == "estimated" and problem.ndata <= size:
        for_all = Flag.NO_FREEDOM.value
    elif problem.noise == "estimated" and _is_rounding(problem, chi2):
        for_all = Flag.NO_RESIDUAL.value
    elif np.abs(found.newton).max(initial=0.0) > _FAR_FROM_MINIMUM * noise:
        for_all = Flag.NOT_AT_MINIMUM.value
    soft = np.zeros(size, dtype=bool)
    if not for_all:
        soft = _moved_by_softest(problem, solution.q, residuals, jacobian, found, noise)
    stuck = np.zeros(size, dtype=bool)
    if for_all in ("", Flag.NOT_AT_MINIMUM.value):
        stuck = equal_to_start(problem, solution.q, residuals, jacobian, noise) & ~held
    reasons = []
    for i in range(size):
        if held[i]:
            reasons.append(Flag.AT_BOUND.value)
        elif found.singular[i]:
            reasons.append(Flag.SINGULAR.value)
        elif stuck[i]:
            reasons.append(Flag.EQUALS_START.value)
        elif soft[i]:
            reasons.append(Flag.NOT_POSITIVE_DEFINITE.value)
        else:
            reasons.append(for_all)
    return reasons


def _moved_by_softest(
    problem: Problem,
    q: FloatArray,
    residuals: FloatArray,
    jacobian: FloatArray,
    found: Curvature,
    noise: float,
) -> BoolArray:
    """Return which parameters a direction moves in which chi2 does not rise as it should."""
    gradient = jacobian.T @ residuals
    direction, ratio = softest_direction(problem, q, gradient, found.factor, noise)
    chi2 = float(residuals @ residuals)
    if ratio > _SOFT and lower_beside(problem, q, direction, chi2, noise) is None:
        return np.zeros(q.size, dtype=bool)
    moved: BoolArray = np.abs(direction) > _MOVED * noise * np.sqrt(np.diag(found.covariance))
    return moved


def _is_rounding(problem: Problem, chi2: float) -> bool:
    total = sum(float(spectrum.y @ spectrum.y) for spectrum in problem.data)
    return math.sqrt(chi2) <= 1e-14 * math.sqrt(total)


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


def _all_reasons(
    problem: Problem, free_reasons: Sequence[str], values: FloatArray
) -> tuple[str, ...]:
    """Return the reason of every parameter; a tied one has that of what it is tied to."""
    reasons = []
    for i, name in enumerate(problem.names):
        parts = np.flatnonzero(problem.tie_matrix[i]).tolist()
        reason = FIXED
        if parts:
            reason = next((free_reasons[j] for j in parts if free_reasons[j]), "")
        slack = 1e-9 * max(1.0, abs(float(values[i])))
        inside = problem.min_values[i] - slack <= values[i] <= problem.max_values[i] + slack
        if name in problem.tied and not inside:
            reason = Flag.OUTSIDE_BOUNDS.value
        reasons.append(reason)
    return tuple(reasons)
