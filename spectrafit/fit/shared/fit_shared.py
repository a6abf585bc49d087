"""One fit of a series of spectra in which some parameters follow laws across the series."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectrafit.errors import FitError, SettingsError
from spectrafit.fit.fit_stack import flag_bit
from spectrafit.fit.problem import Problem
from spectrafit.fit.result import Flag
from spectrafit.fit.shared.coefficients import Coefficients
from spectrafit.fit.shared.law import SharedLaw
from spectrafit.fit.shared.law_test import law_test
from spectrafit.fit.shared.layout import check_laws
from spectrafit.fit.shared.series import Series, SeriesFit
from spectrafit.fit.shared.shared_fit import SharedFit
from spectrafit.fit.stack import IntArray, Stack, starts_of
from spectrafit.spectrum import FloatArray

__all__ = ["fit_shared"]

# values looked at together for what is not finite
_BLOCK = 1_000_000
_ENDS = {1: Flag.CONVERGED, 0: Flag.CALL_LIMIT, -1: Flag.NOT_AT_MINIMUM}


def fit_shared(
    problem: Problem,
    y: Any,
    laws: Mapping[str, SharedLaw],
    *,
    start: Mapping[str, ArrayLike] | None = None,
    sigma: Any = None,
    counts: bool = False,
    max_evaluations: int = 1000,
) -> SharedFit:
    """Return the fit of a series in which some parameters follow laws, the others being free.

    Every spectrum is first fitted by itself; what those fits say of a shared parameter, laid on its
    law, is the start. Where the series then ends without a minimum, or with a chi2 half above that
    of the independent fits, it is fitted again from other starts.

    Parameters
    ----------
    problem : Problem
        Of one spectrum: points, model, bounds, ties and starts serve all.
    y : array_like, shape (N, n)
        One spectrum a row; a row with a value that is not finite is left out and says so.
    laws : mapping of str to SharedLaw
        By full name of a free parameter; see `constant_law` and `linear_law`.
    start : mapping of str to float or ndarray of shape (N,), optional
        As for `fit_many`; of a fixed parameter the value at which each row holds it.
    sigma : array_like, shape (n,) or (N, n), optional
        Standard deviations; where there is none, one noise level is estimated for all spectra.
    counts : bool, optional
        Whether y are counts: sigma is then the root of the model, found by fitting four times.
    max_evaluations : int, optional
        Calls of the model for every spectrum after which a start is given up and flagged.

    Returns
    -------
    SharedFit

    Raises
    ------
    FitError
        When values, sigma and points do not fit together, no row is finite, or the model is not
        finite at the start.
    SettingsError
        For a law of a parameter that is not free, or for another number of spectra; when the rows
        do not tell the coefficients apart; when no coefficients keep a parameter in its bounds.
    """
    whole = Stack(problem, _array(y), None if sigma is None else _array(sigma))
    if counts and sigma is not None:
        raise SettingsError("counts and sigma are both given", do="leave out one of them")
    if not laws or max_evaluations < 1:
        raise SettingsError(
            f"{len(laws)} laws, max_evaluations is {max_evaluations}",
            do="give a law, or use fit_many; give at least one evaluation",
        )
    check_laws(problem, laws, len(whole))
    offset = starts_of(problem, start, len(whole))[1]
    left_out = _left_out(whole)
    rows = np.flatnonzero([not why for why in left_out])
    if not rows.size:
        raise FitError(f"none of {len(whole)} rows can be fitted", where="row 0", do=left_out[0])
    own_start = {
        name: np.asarray(given)[rows] if np.ndim(given) else given
        for name, given in (start or {}).items()
    }
    own_laws = {name: law.rows(rows) for name, law in laws.items()}
    series = Series(_rows_of(whole, rows), own_laws, own_start, counts, max_evaluations)
    return _with_all_rows(series.fitted(), whole, laws, offset, rows, left_out)


def _array(given: Any) -> Any:
    return given if hasattr(given, "dtype") else np.asarray(given, dtype=float)


def _left_out(stack: Stack) -> tuple[str, ...]:
    """Return why a row cannot be fitted, empty where it can."""
    reasons: list[str] = []
    by_row = np.ndim(stack.sigma) == 2
    for begin in range(0, len(stack), max(1, _BLOCK // stack.x.size)):
        rows = slice(begin, begin + max(1, _BLOCK // stack.x.size))
        finite = np.isfinite(np.asarray(stack.y[rows], dtype=float)).all(axis=1)
        good = np.ones(len(finite), dtype=bool)
        if by_row:
            sigma = np.asarray(stack.sigma[rows], dtype=float)
            good = ((sigma > 0.0) & np.isfinite(sigma)).all(axis=1)
        why = np.where(good, "", "a sigma is not a positive number")
        reasons += np.where(finite, why, "a value is not finite").tolist()
    return tuple(reasons)


def _rows_of(stack: Stack, rows: IntArray) -> Stack:
    if len(rows) == len(stack):
        return stack
    sigma = stack.sigma[rows] if np.ndim(stack.sigma) == 2 else stack.sigma
    return Stack(stack.problem, stack.y[rows], sigma)


def _with_all_rows(
    found: SeriesFit, whole: Stack, laws: Mapping[str, SharedLaw], offset: FloatArray,
    rows: IntArray, left_out: tuple[str, ...],
) -> SharedFit:  # fmt: skip
    """Return the result; rows that were left out have what the laws say of them."""
    problem, errors, place = whole.problem, found.errors, found.minimum.place
    shared = found.work.shared
    coefficients = shared.to_coefficients @ place.w
    shape = len(whole), len(problem.free_names)
    free, factor = np.full(shape, np.nan), np.zeros((*shape, errors.factor.shape[2]))
    reasons = np.zeros(shape, dtype=np.int64)
    labels: list[tuple[str, str]] = []
    for owner, j in enumerate(shared.shared):
        name = problem.free_names[j]
        own, basis = shared.owner == owner, laws[name].basis
        labels += laws[name].labels(name, problem.units[problem.names.index(name)])
        free[:, j] = laws[name].values(coefficients[own])
        factor[:, j] = basis @ errors.coefficient_factor[own]
        reasons[:, j] = np.bitwise_or.reduce(errors.coefficient_flags[own])
    covariance = factor @ factor.transpose(0, 2, 1)
    free[rows], factor[rows], reasons[rows] = found.free_values, errors.factor, errors.flags
    covariance[rows] = errors.covariance
    known = np.isfinite(free)
    values = np.where(known, free, 0.0) @ problem.tie_matrix.T + offset
    values[(~known) @ (problem.tie_matrix != 0.0).T] = np.nan
    none = errors.coefficient_flags != 0
    joint = errors.coefficient_factor @ errors.coefficient_factor.T
    varied = len(rows) * shared.local.size + shared.owner.size - errors.held
    end, noise = _ENDS[found.minimum.end], found.work.stack.noise
    total = float(place.chi2.sum())
    sigma = found.work.stack.sigma
    return SharedFit(
        problem=problem,
        laws=laws,
        coefficients=Coefficients(
            tuple(name for name, _ in labels),
            tuple(unit for _, unit in labels),
            coefficients,
            _without(joint, none),
            errors.coefficient_flags,
        ),
        values=values,
        free_covariance=_without(covariance, reasons != 0),
        free_flags=reasons,
        free_factor=factor,
        chi2=_spread(place.chi2, rows, len(whole)),
        freedom=_spread(errors.freedom, rows, len(whole)),
        flags=_flags(problem, values, errors.flags, rows, end),
        left_out=left_out,
        noise=noise,
        evaluations=found.evaluations,
        starts=found.starts,
        independent=found.independent,
        test=law_test(total, varied, errors.held, end, found.independent, noise),
        y=whole.y,
        y_sigma=_spread(sigma, rows, len(whole)) if np.ndim(sigma) == 2 else sigma,
    )


def _without(covariance: FloatArray, none: NDArray[np.bool_]) -> FloatArray:
    """Return covariances with rows and columns of those that have no error 0."""
    return np.where(none[..., :, None] | none[..., None, :], 0.0, covariance)


def _spread(values: FloatArray, rows: IntArray, count: int) -> FloatArray:
    """Return values of some rows in their places, NaN elsewhere."""
    full = np.full((count, *values.shape[1:]), np.nan)
    full[rows] = values
    return full


def _flags(
    problem: Problem, values: FloatArray, own: NDArray[np.int64], rows: IntArray, end: Flag
) -> NDArray[np.int64]:
    flags = np.zeros(len(values), dtype=np.int64)
    flags[rows] = np.bitwise_or.reduce(own, axis=1) | flag_bit(end)
    slack = 1e-9 * np.maximum(1.0, np.abs(values))
    outside = (values < problem.min_values - slack) | (values > problem.max_values + slack)
    varied = problem.tie_matrix.any(axis=1)
    return flags | np.where((outside & varied).any(axis=1), flag_bit(Flag.OUTSIDE_BOUNDS), 0)
