"""One fit: scipy's trust region with the exact Jacobian, or lmfit, judged by one rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module

import numpy as np

from spectrafit.errors import FitError, SettingsError, nearest
from spectrafit.fit.curvature import BoolArray, basis, curvature
from spectrafit.fit.minimum import bound_sides, equal_to_start, lower_beside, softest_direction
from spectrafit.fit.problem import Problem
from spectrafit.fit.result import FitResult, Flag
from spectrafit.fit.solution import Solution, fit_result
from spectrafit.lines.line import Component, Model
from spectrafit.spectrum import FloatArray, Spectrum

__all__ = ["fit", "trust_region_minimum"]

Minimum = Callable[[Problem, FloatArray, BoolArray, int], Solution]
_ENGINES: Mapping[str, tuple[str, str]] = {
    "scipy": ("spectrafit.fit.single", "trust_region_minimum"),
    "lmfit": ("spectrafit.fit.peer", "lmfit_minimum"),
}
_TOLERANCE = 1e-15
_NO_MINIMUM = frozenset({Flag.NOT_POSITIVE_DEFINITE, Flag.EQUALS_START})


def fit(
    problem: Problem | Spectrum,
    model: Model | Component | None = None,
    *,
    engine: str = "scipy",
    max_evaluations: int = 2000,
) -> FitResult:
    """Return the least-squares fit of a problem.

    Parameters
    ----------
    problem : Problem or Spectrum
        What to fit; of a spectrum, `model` is fitted from its default start values.
    model : Model or Component, optional
        With a spectrum only.
    engine : str, optional
        ``"scipy"`` (trust region reflective, exact Jacobian) or ``"lmfit"`` (MINPACK, exact
        Jacobian, the bounds by MINUIT's transformation).
    max_evaluations : int, optional
        Calls of the model after which the engine stops; the result is then flagged.

    Returns
    -------
    FitResult

    Raises
    ------
    FitError
        When the model is not finite at the start values, or a model is missing.
    SettingsError
        For an unknown engine or a limit below 1.
    """
    if isinstance(problem, Spectrum):
        if model is None:
            raise FitError("a spectrum without a model", do="write fit(spectrum, model)")
        problem = Problem(problem, model)
    elif model is not None:
        raise FitError("a problem and a model", do="the problem has its model: write fit(problem)")
    if engine not in _ENGINES:
        raise SettingsError(
            f"no engine {engine!r}", do=nearest(engine, _ENGINES, noun="the engines")
        )
    if max_evaluations < 1:
        raise SettingsError(f"max_evaluations is {max_evaluations}", do="give 1 or more")
    module, name = _ENGINES[engine]
    minimum: Minimum = getattr(import_module(module), name)
    # numbers whose squares no double holds end in flags, not in warnings
    with np.errstate(all="ignore"):
        solution = _solution(problem, minimum, engine, max_evaluations)
        result = fit_result(problem, solution)
        if _NO_MINIMUM.isdisjoint(result.flags):
            return result
        again = _restarted(problem, solution, minimum, max_evaluations)
        return result if again is solution else fit_result(problem, again)


def _solution(problem: Problem, minimum: Minimum, engine: str, limit: int) -> Solution:
    start = np.array(problem.free_start)
    residuals, jacobian = problem.residuals_and_jacobian(start)
    _refuse_not_finite(problem, start, residuals)
    held = np.zeros(start.size, dtype=bool)
    if not start.size:
        return Solution(start, 1, False, engine, "no free parameter", held)
    solution = minimum(problem, _inside(problem, start, residuals, jacobian), held, limit)
    return _on_bounds(problem, solution, minimum, limit)


def _refuse_not_finite(problem: Problem, q: FloatArray, residuals: FloatArray) -> None:
    with np.errstate(all="ignore"):
        if np.isfinite(residuals @ residuals):
            return
        values = dict(zip(problem.names, map(float, problem.values(q)), strict=True))
        faulty = [
            component.name
            for spectrum, model in zip(problem.data, problem.model, strict=True)
            for component in model.components
            if not np.isfinite(component.evaluate(spectrum.x, values)).all()
        ]
    who = ", ".join(dict.fromkeys(faulty)) or "the sum of squares"
    raise FitError(
        f"{who} is not finite at the start values",
        where=problem.data[0].source.name,
        do="give start values (a positive width, an origin inside the data)",
    )


def _inside(
    problem: Problem, q: FloatArray, residuals: FloatArray, jacobian: FloatArray
) -> FloatArray:
    """Return the start with what lies on a bound moved off it.

    A height that starts at 0 takes the meaning out of its centre and width, so it is moved by half
    of its own least-squares step where that leads inside, and by a thousandth of its range else.
    """
    q = q.copy()
    jacobian = np.nan_to_num(jacobian)
    width = problem.free_max - problem.free_min
    for bound, inward in ((problem.free_min, 1.0), (problem.free_max, -1.0)):
        close = np.abs(q - bound) <= 1e-9 * np.minimum(width, np.abs(bound) + 1.0)
        for i in np.flatnonzero(close & np.isfinite(bound)):
            column = jacobian[:, i]
            square = float(column @ column)
            step = -0.5 * inward * float(column @ residuals) / square if square > 0 else 0.0
            least = 1e-3 * (width[i] if np.isfinite(width[i]) else max(1.0, abs(bound[i])))
            step = max(step, least) if step <= 0 else step
            q[i] = bound[i] + inward * min(step, 0.5 * width[i])
    return q


def _chi2(problem: Problem, q: FloatArray) -> float:
    residuals = problem.residuals(q)
    with np.errstate(all="ignore"):
        chi2 = float(residuals @ residuals)
    return chi2 if np.isfinite(chi2) else np.inf


def _restarted(problem: Problem, solution: Solution, minimum: Minimum, limit: int) -> Solution:
    """Return the better of the solution and one from beside it, where it is no minimum.

    A parameter that never moved although chi2 falls beside it, or a saddle that symmetry led to.
    """
    beside = _beside(problem, solution)
    if beside is None or not np.isfinite(_chi2(problem, beside)):
        return solution
    other = minimum(problem, beside, solution.held, limit)
    other = _on_bounds(problem, other, minimum, limit)
    evaluations = solution.evaluations + other.evaluations
    better = _chi2(problem, other.q) < _chi2(problem, solution.q)
    return replace(other if better else solution, evaluations=evaluations)


def _beside(problem: Problem, solution: Solution) -> FloatArray | None:
    """Return where to start again, None where the solution is a minimum."""
    q = solution.q
    residuals, jacobian = problem.residuals_and_jacobian(q)
    noise = problem.noise_level(residuals)
    stuck = equal_to_start(problem, q, residuals, jacobian, noise)
    if stuck.any():
        length = np.sqrt(np.einsum("nq,nq->q", jacobian, jacobian))
        far = 10.0 * noise
        step = np.divide(far, length, out=np.zeros_like(length), where=stuck & (length > 0))
        beside: FloatArray = np.clip(q + step, problem.free_min, problem.free_max)
        return beside
    found = curvature(problem, residuals, jacobian, solution.held)
    gradient = jacobian.T @ residuals
    direction, _ = softest_direction(problem, q, gradient, found.factor, noise)
    return lower_beside(problem, q, direction, float(residuals @ residuals), noise)


def _on_bounds(problem: Problem, solution: Solution, minimum: Minimum, limit: int) -> Solution:
    """Return the solution with what the data push against a bound exactly on it, the rest refitted.

    An interior method only comes near a bound. A step onto it is taken back where it is no better.
    """
    for _ in range(solution.q.size):
        if solution.limited:
            break
        residuals, jacobian = problem.residuals_and_jacobian(solution.q)
        sides = bound_sides(problem, solution.q, residuals, jacobian)
        new = (sides != 0) & ~solution.held
        if not new.any():
            break
        on = np.where(sides < 0, problem.free_min, problem.free_max)
        q = np.where(new, on, solution.q)
        held = solution.held | new
        if not np.isfinite(_chi2(problem, q)):
            break
        other = minimum(problem, q, held, limit) if not held.all() else replace(solution, q=q)
        evaluations = solution.evaluations + other.evaluations
        before = float(residuals @ residuals)
        if not _chi2(problem, other.q) <= before * (1.0 + 1e-12):
            solution = replace(solution, evaluations=evaluations)
            break
        solution = replace(other, held=held, evaluations=evaluations)
    return solution


def trust_region_minimum(problem: Problem, q: FloatArray, held: BoolArray, limit: int) -> Solution:
    """Return where scipy's trust-region reflective method ends.

    Parameters
    ----------
    problem : Problem
        The problem.
    q : ndarray, shape (Q,)
        Start, inside the bounds.
    held : ndarray of bool, shape (Q,)
        Parameters that do not move.
    limit : int
        Most calls of the model.

    Returns
    -------
    Solution
    """
    from scipy.optimize import least_squares

    moving = np.flatnonzero(~held)
    first = problem.residuals_and_jacobian(q)
    to_q = basis(problem, np.where(held, 0.0, first[1]))[np.ix_(moving, moving)]
    scale = np.abs(np.diag(to_q))
    low, high = problem.free_min[moving], problem.free_max[moving]
    full = q.copy()
    memory: dict[bytes, tuple[FloatArray, FloatArray]] = {}

    def at(z: FloatArray) -> tuple[FloatArray, FloatArray]:
        key = z.tobytes()
        if key not in memory:
            memory.clear()
            full[moving] = np.clip(to_q @ z, low, high)
            residuals, jacobian = problem.residuals_and_jacobian(full)
            if not np.isfinite(jacobian).all():
                jacobian = np.nan_to_num(jacobian)
            memory[key] = residuals, jacobian[:, moving] @ to_q
        return memory[key]

    def residuals_at(z: FloatArray) -> FloatArray:
        return at(z)[0]

    def jacobian_at(z: FloatArray) -> FloatArray:
        return at(z)[1]

    with np.errstate(all="ignore"):
        found = least_squares(
            residuals_at,
            np.linalg.solve(to_q, q[moving]),
            jac=jacobian_at,
            bounds=(low / scale, high / scale),
            method="trf",
            x_scale="jac",
            ftol=_TOLERANCE,
            xtol=_TOLERANCE,
            gtol=None,
            max_nfev=limit,
        )
    end = q.copy()
    end[moving] = np.clip(to_q @ found.x, low, high)
    return Solution(end, int(found.nfev), found.status == 0, "scipy", str(found.message), held)
