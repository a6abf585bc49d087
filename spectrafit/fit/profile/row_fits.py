"""Fits of one problem to some spectra from given starts, by whichever engine, in one form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import SpectrafitError
from spectrafit.fit.fit_stack import FitStack
from spectrafit.fit.many import fit_many
from spectrafit.fit.problem import Problem
from spectrafit.fit.result import FIXED, FitResult, Flag
from spectrafit.fit.single import fit
from spectrafit.spectrum import FloatArray

__all__ = ["RowFits", "row_fits", "row_problem", "stack_fits"]

# other starts of a batch fit that looks wrong
_RESTARTS = 2


@dataclass(frozen=True, eq=False)
class RowFits:
    """Fits of some spectra.

    Parameters
    ----------
    values : ndarray, shape (k, P)
        All parameters; the starts where there is no fit.
    chi2 : ndarray, shape (k,)
        Infinite where there is no fit.
    covariance : ndarray, shape (k, P, P)
        Rows of what has no error are 0.
    reasons : ndarray of str, shape (k, P)
        Why a parameter has no error, empty where it has one.
    faults : tuple of str
        Why a fit is no minimum, empty where it is one.
    """

    values: FloatArray
    chi2: FloatArray
    covariance: FloatArray
    reasons: NDArray[np.object_]
    faults: tuple[str, ...]

    def taken(self, rows: NDArray[np.intp], other: RowFits, some: NDArray[np.intp]) -> RowFits:
        """Return the fits with some of another set in the place of some rows.

        Parameters
        ----------
        rows : ndarray of int
            Which are replaced.
        other : RowFits
            Where from.
        some : ndarray of int
            Which of the other set, as many.

        Returns
        -------
        RowFits
        """
        own = {}
        for name in ("values", "chi2", "covariance", "reasons"):
            array = np.array(getattr(self, name))
            array[rows] = getattr(other, name)[some]
            own[name] = array
        faults = list(self.faults)
        for row, one in zip(rows.tolist(), some.tolist(), strict=True):
            faults[row] = other.faults[one]
        return RowFits(**own, faults=tuple(faults))


def row_fits(
    problem: Problem,
    y: FloatArray,
    sigma: FloatArray | None,
    starts: FloatArray,
    *,
    engine: str,
    level: FloatArray | None = None,
) -> RowFits:
    """Return the fits of some spectra from given starts.

    Parameters
    ----------
    problem : Problem
        Model, bounds and ties.
    y : ndarray, shape (k, n)
        Values of its first spectrum, one row a fit; further spectra are the problem's own.
    sigma : ndarray, shape (n,) or (k, n), or None
        Standard deviations of the first spectrum.
    starts : ndarray, shape (k, P)
        All parameters: starts of the free ones, which are moved inside their bounds, and the
        values of the fixed ones.
    engine : str
        ``"scipy"``, ``"batch"`` or ``"compiled"``; problems of several spectra have the first only.
    level : ndarray, shape (k,), optional
        Sigma of further spectra; their own when None.

    Returns
    -------
    RowFits
    """
    if engine == "scipy":
        return _singly(problem, y, sigma, starts, level)
    columns = {
        name: np.clip(starts[:, i], *_bounds(problem, name))
        for i, name in enumerate(problem.names)
        if name not in problem.tied
    }
    found = fit_many(
        problem, y, sigma=sigma, start=columns, engine=engine, warm=True, restarts=_RESTARTS
    )
    return stack_fits(found)


def stack_fits(found: FitStack) -> RowFits:
    """Return the fits of a batch in the form of this module.

    Parameters
    ----------
    found : FitStack
        The batch.

    Returns
    -------
    RowFits
    """
    problem = found.problem
    faults = tuple(
        "" if good else (Flag.CALL_LIMIT if limited else Flag.NOT_AT_MINIMUM).value
        for good, limited in zip(found.converged, found.flag(Flag.CALL_LIMIT), strict=True)
    )
    owners = problem.tie_matrix != 0.0
    free = found.free_values
    on = found.without_error & ((free == problem.free_min) | (free == problem.free_max))
    reasons = np.full(found.values.shape, "", dtype=object)
    reasons[:, ~owners.any(axis=1)] = FIXED
    reasons[found.without_error @ owners.T] = Flag.SINGULAR.value
    for row, fault in enumerate(faults):
        if fault:
            reasons[row, owners.any(axis=1)] = fault
    reasons[on @ owners.T] = Flag.AT_BOUND.value
    return RowFits(found.values, found.chi2, found.covariance, reasons, faults)


def row_problem(
    problem: Problem,
    y: FloatArray,
    sigma: FloatArray | None,
    start: Mapping[str, float],
    level: float | None = None,
) -> Problem:
    """Return a problem with other data of its first spectrum and other starts.

    Parameters
    ----------
    problem : Problem
        The pattern.
    y : ndarray, shape (n,)
        Values of its first spectrum.
    sigma : ndarray, shape (n,), or None
        Its standard deviations.
    start : mapping of str to float
        By full name; of a fixed parameter the value at which it is held.
    level : float, optional
        Sigma of further spectra; their own when None.

    Returns
    -------
    Problem
    """
    first, *rest = problem.data
    spectra = [replace(first, y=y, sigma=sigma), *rest]
    if level is not None:
        spectra[1:] = [replace(other, sigma=np.full(len(other), level)) for other in rest]
    changes = {
        name: replace(change, start=None) if name in start else change
        for name, change in problem.parameters.items()
    }
    starts = {**problem.start, **start}
    return Problem(spectra, problem.model, start=starts, parameters=changes)


def _bounds(problem: Problem, name: str) -> tuple[float, float]:
    """Return the bounds of a free or fixed parameter."""
    if name in problem.free_names:
        j = problem.free_names.index(name)
        return float(problem.free_min[j]), float(problem.free_max[j])
    i = problem.names.index(name)
    return float(problem.min_values[i]), float(problem.max_values[i])


def _singly(
    problem: Problem,
    y: FloatArray,
    sigma: FloatArray | None,
    starts: FloatArray,
    level: FloatArray | None,
) -> RowFits:
    count, size = starts.shape
    values, chi2 = starts.copy(), np.full(count, np.inf)
    covariance = np.zeros((count, size, size))
    reasons = np.full((count, size), Flag.NOT_AT_MINIMUM.value, dtype=object)
    faults = []
    for row in range(count):
        start = {
            name: float(np.clip(starts[row, i], *_bounds(problem, name)))
            for i, name in enumerate(problem.names)
            if name not in problem.tied
        }
        own: Any = sigma if sigma is None or sigma.ndim == 1 else sigma[row]
        other = None if level is None else float(level[row])
        try:
            result = fit(row_problem(problem, y[row], own, start, other))
        except SpectrafitError as error:
            faults.append(error.what)
            continue
        values[row], chi2[row], covariance[row] = result.values, result.chi2, result.covariance
        reasons[row] = result.reasons
        faults.append(_fault(result))
    return RowFits(values, chi2, covariance, reasons, tuple(faults))


def _fault(result: FitResult) -> str:
    """Return why a fit is no minimum; a flat or undetermined direction is no fault of its chi2."""
    for flag in (Flag.CALL_LIMIT, Flag.NOT_AT_MINIMUM):
        if flag in result.flags:
            return flag.value
    return ""
