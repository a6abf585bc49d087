"""lmfit: a second engine, and a result in its form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from spectrafit.errors import FitError
from spectrafit.fit.curvature import BoolArray
from spectrafit.fit.problem import Problem
from spectrafit.fit.solution import Solution
from spectrafit.spectrum import FloatArray

if TYPE_CHECKING:
    from lmfit.minimizer import MinimizerResult

    from spectrafit.fit.result import FitResult

__all__ = ["lmfit_minimum", "lmfit_result"]

_TOLERANCE = 1e-15


def lmfit_minimum(problem: Problem, q: FloatArray, held: BoolArray, limit: int) -> Solution:
    """Return where lmfit's Minimizer (MINPACK) ends, with the exact Jacobian.

    Its own covariance is not used: it scales by chi2 unless told not to, and loses parameters at
    bounds.

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
    import lmfit

    # lmfit refuses a range that is next to none
    wide = ~np.isclose(problem.free_min, problem.free_max, rtol=1e-13, atol=1e-13)
    moving = np.flatnonzero(~held & wide)
    if not moving.size:
        return Solution(q, 1, False, "lmfit", "no range to move in", held)
    parameters = lmfit.Parameters()
    for i in moving:
        low, high = problem.free_min[i], problem.free_max[i]
        parameters.add(f"q{i}", value=q[i], min=low, max=high)
    names = list(parameters)
    worst = 1e6 * float(np.abs(problem.residuals(q)).max(initial=1.0))

    def all_free(values: Any) -> FloatArray:
        full = q.copy()
        full[moving] = [values[name].value for name in names]
        return full

    def residuals(values: Any) -> FloatArray:
        return np.nan_to_num(problem.residuals(all_free(values)), nan=worst, posinf=worst)

    def jacobian(values: Any) -> FloatArray:
        return np.nan_to_num(problem.jacobian(all_free(values))[:, moving])

    minimizer = lmfit.Minimizer(
        residuals, parameters, scale_covar=False, calc_covar=False, max_nfev=limit
    )
    with np.errstate(all="ignore"):
        found = minimizer.leastsq(Dfun=jacobian, ftol=_TOLERANCE, xtol=_TOLERANCE, gtol=0.0)
    end = all_free(found.params)
    # MINPACK may lose its way into numbers that are none; the start is then all there is
    lost = not np.isfinite(problem.residuals(end)).all() if np.isfinite(end).all() else True
    limited = bool(found.aborted) or int(found.ier) == 5
    message = str(found.message)
    return Solution(q if lost else end, int(found.nfev), limited, "lmfit", message, held)


def lmfit_result(result: FitResult) -> MinimizerResult:
    """Return a result as lmfit's: parameters with errors and correlations, and the statistics.

    Parameters
    ----------
    result : FitResult
        Ours.

    Returns
    -------
    lmfit.minimizer.MinimizerResult
        Names with underscores for dots; stderr None where our error is a named reason.

    Raises
    ------
    FitError
        When a name is none for lmfit, or two become one.
    """
    import lmfit
    from lmfit.minimizer import MinimizerResult

    names = [name.replace(".", "_") for name in result.names]
    parameters = lmfit.Parameters()
    for name, ours in zip(names, result.names, strict=True):
        if not name.isidentifier() or name in parameters:
            raise FitError(
                f"{ours} has no name of its own in lmfit",
                do="name components by letters, digits and underscores",
            )
        i = result.names.index(ours)
        parameters.add(name, value=float(result.values[i]), vary=result.free[i])
        parameters[name].init_value = float(result.starts[i])
        parameters[name].stderr = result.sigma(ours)
    known = [i for i, reason in enumerate(result.reasons) if not reason]
    sigma = np.sqrt(np.diag(result.covariance))
    for i in known:
        parameters[names[i]].correl = {
            names[j]: float(result.covariance[i, j] / (sigma[i] * sigma[j]))
            for j in known
            if j != i
        }
    varied = [i for i, free in enumerate(result.free) if free]
    complete = all(not result.reasons[i] for i in varied)
    return MinimizerResult(
        params=parameters,
        var_names=[names[i] for i in varied],
        init_vals=[float(result.starts[i]) for i in varied],
        covar=result.covariance[np.ix_(varied, varied)].copy() if complete else None,
        errorbars=complete,
        success=result.converged,
        message=result.message,
        method=f"spectrafit ({result.engine})",
        nfev=result.evaluations,
        ndata=result.ndata,
        nvarys=result.nvary,
        nfree=result.nfree,
        chisqr=result.chi2,
        redchi=result.redchi,
        aic=result.aic,
        bic=result.bic,
        scale_covar=result.noise == "estimated",
        aborted=False,
    )
