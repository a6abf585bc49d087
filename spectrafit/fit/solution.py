"""Where an engine ended, and the result that it makes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from spectrafit.errors import FitError
from spectrafit.fit.curvature import BoolArray, Curvature, curvature
from spectrafit.fit.minimum import bound_sides, equal_to_start, is_soft, softest_direction
from spectrafit.fit.problem import Problem
from spectrafit.fit.result import FIXED, FitResult, Flag
from spectrafit.fit.weak import weak_amplitudes
from spectrafit.spectrum import FloatArray

__all__ = ["Solution", "fit_result"]

# standard errors that a Newton step would still go
_FAR_FROM_MINIMUM = 0.05
# of its standard error: a parameter that a soft direction moves by less is not touched by it
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
    with np.errstate(all="ignore"):
        return _result(problem, solution)


def _result(problem: Problem, solution: Solution) -> FitResult:
    q = solution.q
    residuals, jacobian = problem.residuals_and_jacobian(q)
    if not np.isfinite(residuals).all():
        raise FitError("the model is not finite where the fit ended", do="bound its parameters")
    if not np.isfinite(residuals @ residuals):
        raise FitError(
            "the sum of squares is not finite where the fit ended",
            do="leave out values that are none, or give values and sigma in another unit",
        )
    noise = problem.noise_level(residuals)
    sides = bound_sides(problem, q, residuals, jacobian)
    held = solution.held | (sides != 0)
    found = curvature(problem, residuals, jacobian, held)
    common = _common_reason(problem, solution, float(residuals @ residuals), found, noise)
    free_reasons = _free_reasons(problem, q, residuals, jacobian, held, found, common)
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
    flags = {flag for flag in Flag if flag.value in (common, *reasons)}
    if not flags & {Flag.CALL_LIMIT, Flag.NOT_AT_MINIMUM, Flag.NOT_POSITIVE_DEFINITE}:
        flags.add(Flag.CONVERGED)
    result = FitResult(
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
    ties = zip(problem.names, problem.tie_matrix, strict=True)
    varied = {name for name, row in ties if row.any()}
    weak = weak_amplitudes(problem.model, result.value, result.sigma, varied.__contains__)
    return replace(result, weak=weak) if weak else result


def _common_reason(
    problem: Problem, solution: Solution, chi2: float, found: Curvature, noise: float
) -> str:
    """Return why no parameter has an error, empty where each is judged by itself."""
    if solution.limited:
        return Flag.CALL_LIMIT.value
    if not found.finite:
        return Flag.NOT_POSITIVE_DEFINITE.value
    if problem.noise == "estimated" and problem.ndata <= len(problem.free_names):
        return Flag.NO_FREEDOM.value
    if problem.noise == "estimated" and _is_rounding(problem, chi2):
        return Flag.NO_RESIDUAL.value
    if np.abs(found.newton).max(initial=0.0) > _FAR_FROM_MINIMUM * noise:
        return Flag.NOT_AT_MINIMUM.value
    return ""


def _free_reasons(
    problem: Problem,
    q: FloatArray,
    residuals: FloatArray,
    jacobian: FloatArray,
    held: BoolArray,
    found: Curvature,
    common: str,
) -> list[str]:
    """Return why a free parameter has no error; the gravest reason first."""
    noise = problem.noise_level(residuals)
    soft = np.zeros(q.size, dtype=bool)
    stuck = np.zeros(q.size, dtype=bool)
    if not common:
        soft = _moved_by_softest(problem, q, residuals, jacobian, found, noise)
    if common in ("", Flag.NOT_AT_MINIMUM.value):
        stuck = equal_to_start(problem, q, residuals, jacobian, noise)
    reasons = []
    for i in range(q.size):
        if held[i]:
            reasons.append(Flag.AT_BOUND.value)
        elif found.singular[i]:
            reasons.append(Flag.SINGULAR.value)
        elif stuck[i]:
            reasons.append(Flag.EQUALS_START.value)
        elif soft[i]:
            reasons.append(Flag.NOT_POSITIVE_DEFINITE.value)
        else:
            reasons.append(common)
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
    softest = softest_direction(problem, q, gradient, found.factor, noise)
    if not is_soft(problem, q, softest, float(residuals @ residuals), noise):
        return np.zeros(q.size, dtype=bool)
    moved: BoolArray = np.abs(softest[0]) > _MOVED * noise * np.sqrt(np.diag(found.covariance))
    return moved


def _is_rounding(problem: Problem, chi2: float) -> bool:
    total = sum(float(spectrum.y @ spectrum.y) for spectrum in problem.data)
    return math.sqrt(chi2) <= 1e-14 * math.sqrt(total)


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
