"""Free fits of bands: every spectrum of a series by itself, all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectrafit.errors import SettingsError
from spectrafit.executor import Executor
from spectrafit.fit.fit_stack import FitStack
from spectrafit.fit.many import fit_many
from spectrafit.fit.parameters import ParameterChange
from spectrafit.fit.problem import Problem
from spectrafit.fit.result import Flag
from spectrafit.fit.series import Progress, fit_series
from spectrafit.fit.series_data import rows_of
from spectrafit.spectrum import FloatArray
from spectrafit_ir.bands.absent import without_absent
from spectrafit_ir.bands.band_model import BandModel, BandSpec, LineShape, LocalBaseline, band_model
from spectrafit_ir.bands.band_quantities import FitArrays
from spectrafit_ir.bands.band_starts import BandStarts, band_starts, searched_starts
from spectrafit_ir.bands.band_values import BandFits, reason_code

__all__ = [
    "BandSpec",
    "checked_noise",
    "checked_share",
    "fit_bands",
    "free_arrays",
    "in_place",
    "row_sigma",
    "spread",
]

# spectra up to which each is fitted from two starts; beyond, from its neighbour's minimum
_SMALL = 1_000
# spectra up to which each has a search of its own; beyond, they learn from each other
_FEW = 3
_STARTS = 2
_BLOCK = 4096


def fit_bands(
    x: ArrayLike,
    Y: Any,
    sigma: ArrayLike,
    bands: Sequence[BandSpec],
    line: LineShape = "pseudo-voigt",
    baseline: LocalBaseline = "line",
    *,
    mixing: float | None = None,
    fwhm: tuple[float, float] | None = None,
    start: Mapping[str, tuple[float, float]] | None = None,
    effective_share: ArrayLike = 1.0,
    parameters: Mapping[str, ParameterChange] | None = None,
    executor: Executor | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> BandFits:
    """Return the fits of bands to every spectrum by itself, with a local baseline in the model.

    Areas may be negative. A band that is not seen in a row (area below three errors) is fitted
    there again with position, FWHM and mixing held where it has them elsewhere: its area is then
    an unbiased number through zero, its position and FWHM are a reason.

    Parameters
    ----------
    x : array_like, shape (n,)
        Wavenumbers of the window, rising, cm-1.
    Y : array_like, str, Path or Rows, shape (N, n)
        Absorbance, one row a spectrum; a row with a value that is not finite keeps its place. A
        file, as of the core's `fit_series`, is read in pieces.
    sigma : array_like, shape (N,) or one number
        Standard deviation of the white noise of each row, absorbance.
    bands : sequence of BandSpec
        Name and range of the position of each.
    line : str, optional
        ``"pseudo-voigt"``, ``"gaussian"``, ``"lorentzian"`` or ``"voigt"``.
    baseline : str, optional
        ``"line"``, ``"offset"`` or ``"none"``.
    mixing : float, optional
        Lorentzian share by area of a pseudo-Voigt; free in every row when left out.
    fwhm : tuple of float, optional
        Bounds, cm-1; two points and half the window when left out.
    start : mapping of str to (float, float), optional
        Position and FWHM to start a band with; looked for when left out.
    effective_share : array_like, shape (N,) or one number, optional
        Independent points by points, where neighbouring points share noise: variances are divided
        by it.
    parameters : mapping of str to ParameterChange, optional
        Starts, bounds, fixed and tied parameters, like ``"1485.center"``, ``"1485.fwhm"``,
        ``"1485.fraction"``, ``"1485.area"`` or ``"baseline.c0"``; they come before those of the bands.
    executor, out, progress : optional
        As of the core's `fit_series`, for more than 1,000 spectra.

    Returns
    -------
    BandFits

    Raises
    ------
    SettingsError
        For bands, bounds, noise or parameters that cannot serve.
    FitError
        When shapes do not fit together.
    """
    model = band_model(x, bands, line, baseline, mixing, fwhm, parameters=parameters)
    rows = rows_of(Y, model.x.size)
    noise = checked_noise(sigma, rows.shape[0])
    share = checked_share(effective_share, rows.shape[0])
    asked = dict(start or {})
    for band in asked:
        if band not in model.names:
            raise SettingsError(f"a start for {band!r}, which is no band", where="start")
    alone = None if asked or rows.shape[0] > _FEW else _each(model, rows, noise)
    if alone is not None:
        return without_absent(model, rows, noise, share, alone)
    starts = band_starts(model, rows, noise, asked)
    if rows.shape[0] > _SMALL:
        arrays = _long(model, rows, noise, starts, executor, out, progress)
    else:
        arrays = _short(model, rows, noise, starts)
    return without_absent(model, rows, noise, share, arrays)


def checked_noise(sigma: ArrayLike, count: int) -> FloatArray:
    """Return the noise of each row.

    Parameters
    ----------
    sigma : array_like, shape (N,) or one number
        Absorbance.
    count : int
        N.

    Returns
    -------
    ndarray, shape (N,)

    Raises
    ------
    SettingsError
        When it is not one positive number a row.
    """
    given = np.asarray(sigma, dtype=float)
    if given.shape not in ((), (count,)) or not ((given > 0.0) & np.isfinite(given)).all():
        raise SettingsError(
            f"the noise has shape {given.shape} for {count} spectra, or is not positive",
            where="sigma",
            do="give one standard deviation a spectrum, absorbance",
        )
    return np.broadcast_to(given, (count,))


def checked_share(given: ArrayLike, count: int) -> FloatArray:
    """Return the independent points by points of each row.

    Parameters
    ----------
    given : array_like, shape (N,) or one number
        Above 0, 1 at most.
    count : int
        N.

    Returns
    -------
    ndarray, shape (N,)

    Raises
    ------
    SettingsError
        When it is not.
    """
    share = np.asarray(given, dtype=float)
    if share.shape not in ((), (count,)) or not ((share > 0.0) & (share <= 1.0)).all():
        raise SettingsError(
            f"the effective share of points is {share}", do="give 0 to 1 for each spectrum"
        )
    return np.broadcast_to(share, (count,))


def row_sigma(noise: FloatArray, points: int) -> FloatArray:
    """Return the noise at every point, without memory of its own.

    Parameters
    ----------
    noise : ndarray, shape (N,)
        Of each row.
    points : int
        n.

    Returns
    -------
    ndarray, shape (n,) where all rows have the same, or (N, n)
    """
    if (noise == noise[0]).all():
        return np.full(points, noise[0])
    return np.broadcast_to(noise[:, None], (len(noise), points))


def _each(model: BandModel, rows: Any, noise: FloatArray) -> FitArrays | None:
    """Return fits of a few rows from a search in each; None where that leads to no minimum."""
    y, finite = _finite(rows)
    starts = searched_starts(model, y[finite])
    if starts is None:
        return None
    found, began = starts
    problem = model.problem({name: float(values[0]) for name, values in found.items()})
    stack = fit_many(
        problem, y[finite], start=found, sigma=row_sigma(noise[finite], model.x.size),
        engine="batch", restarts=0,
    )  # fmt: skip
    if not stack.converged.all():
        return None
    return in_place(free_arrays(stack, _free(problem, began)), finite)


def _finite(rows: Any) -> tuple[FloatArray, NDArray[np.bool_]]:
    y = np.asarray(rows[:], dtype=float)
    finite = np.isfinite(y).all(axis=1)
    if not finite.any():
        raise SettingsError("no spectrum is finite", where="Y", do="mask points, not whole rows")
    return y, finite


def _short(model: BandModel, rows: Any, noise: FloatArray, starts: BandStarts) -> FitArrays:
    y, finite = _finite(rows)
    tried = starts.of_rows(y[finite], _STARTS)
    problem = model.problem({name: float(values[0]) for name, values in tried[0].items()})
    sigma = row_sigma(noise[finite], model.x.size)
    found = [fit_many(problem, y[finite], start=s, sigma=sigma, engine="batch") for s in tried]
    lowest = _lowest(found)
    began = np.stack([_free(problem, one) for one in tried])[lowest, np.arange(finite.sum())]
    count = int(finite.sum())
    stack = FitStack.joined(found).rows(lowest * count + np.arange(count))
    return in_place(free_arrays(stack, began), finite)


def _long(
    model: BandModel, rows: Any, noise: FloatArray, starts: BandStarts,
    executor: Executor | None, out: str | Path | None, progress: Progress | None,
) -> FitArrays:  # fmt: skip
    parts = []
    for begin in range(0, rows.shape[0], _BLOCK):
        y = np.asarray(rows[begin : begin + _BLOCK], dtype=float)
        parts.append(starts.of_rows(np.where(np.isfinite(y).all(axis=1)[:, None], y, 0.0))[0])
    start = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    problem = model.problem({name: float(values[0]) for name, values in start.items()})
    stack = fit_series(
        problem, rows, sigma=row_sigma(noise, model.x.size), start=start, executor=executor,
        out=out, progress=progress,
    )  # fmt: skip
    return free_arrays(stack, _free(problem, start))


def _free(problem: Problem, start: Mapping[str, FloatArray]) -> FloatArray:
    return np.stack([start[name] for name in problem.free_names], axis=1)


def _lowest(found: list[FitStack]) -> NDArray[np.intp]:
    """Return which fit of each row is best: a minimum, and of those the lowest."""
    chi2 = np.array([np.where(one.converged, one.chi2, np.inf) for one in found])
    some = np.isfinite(chi2).any(axis=0)
    lowest = np.argmin(np.where(some, chi2, [one.chi2 for one in found]), axis=0)
    return np.asarray(lowest, dtype=np.intp)


def free_arrays(stack: FitStack, began: FloatArray) -> FitArrays:
    """Return values, errors and reasons of free fits.

    Parameters
    ----------
    stack : FitStack
        The fits.
    began : ndarray, shape (N, Q)
        Free parameters at the start.

    Returns
    -------
    FitArrays
    """
    problem, free = stack.problem, stack.free_values
    none = stack.without_error
    codes = np.where(none, reason_code("near singular"), 0).astype(np.int8)
    span = np.where(
        np.isfinite(problem.free_max - problem.free_min), problem.free_max - problem.free_min, 1.0
    )
    near = np.minimum(np.abs(free - problem.free_min), np.abs(free - problem.free_max))
    # a number that has not moved in its last digit was not fitted
    codes[free == began] = reason_code("equals start")
    codes[none & (near <= 1e-3 * span)] = reason_code("at bound")
    codes[stack.flag(Flag.NOT_AT_MINIMUM)] = reason_code("not at a minimum")
    codes[stack.flag(Flag.CALL_LIMIT)] = reason_code("call limit")
    codes[stack.flag(Flag.NOT_FINITE)] = reason_code("not finite")
    return FitArrays(
        stack.names, np.asarray(stack.values), problem.tie_matrix,
        np.asarray(stack.free_covariance), codes, np.asarray(stack.chi2),
        np.asarray(stack.converged), problem.free_names,
    )  # fmt: skip


def spread(part: NDArray[Any], used: NDArray[np.bool_], rest: float) -> NDArray[Any]:
    """Return rows in their places among all.

    Parameters
    ----------
    part : ndarray, shape (M, ...)
        Of the rows in use.
    used : ndarray of bool, shape (N,)
        Which those are.
    rest : float
        What the others get.

    Returns
    -------
    ndarray, shape (N, ...)
    """
    whole = np.full((used.size, *part.shape[1:]), rest, dtype=part.dtype)
    whole[used] = part
    return whole


def in_place(arrays: FitArrays, used: NDArray[np.bool_]) -> FitArrays:
    """Return arrays with rows that were not fitted in their places.

    Parameters
    ----------
    arrays : FitArrays
        Of the rows that were.
    used : ndarray of bool, shape (N,)
        Which those are.

    Returns
    -------
    FitArrays
    """
    if used.all():
        return arrays
    return FitArrays(
        arrays.names, spread(arrays.values, used, np.nan), arrays.tie_matrix,
        spread(arrays.covariance, used, 0.0),
        spread(arrays.codes, used, reason_code("not finite")),
        spread(arrays.chi2, used, np.nan), spread(arrays.converged, used, False),
        arrays.free_names,
    )  # fmt: skip
