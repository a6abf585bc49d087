"""Signals of bands at the temperatures of one regime, with the covariance of their errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray, read_only

__all__ = ["FEWEST_TEMPERATURES", "BandSeries", "band_series", "within_one_regime"]

FEWEST_TEMPERATURES = 5
"""Different temperatures below which no equilibrium is fitted."""


@dataclass(frozen=True, eq=False)
class BandSeries:
    """Signals of one or several bands against temperature.

    Parameters
    ----------
    T : ndarray, shape (N,)
        Temperature of each row, K; heating and cooling rows may share one.
    values : ndarray, shape (N, B)
        Areas (absorbance cm-1) or traces (absorbance).
    covariance : ndarray, shape (N, B, B) or (N B, N B)
        Of the errors: a block a row where rows are independent, or that of all values, rows
        outermost. Positive definite.
    names : tuple of str
        Of the bands.
    """

    T: FloatArray
    values: FloatArray
    covariance: FloatArray
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        for name in ("T", "values", "covariance"):
            object.__setattr__(self, name, read_only(getattr(self, name)))

    def whitened(self, columns: FloatArray) -> FloatArray:
        """Return columns in units of the errors, uncorrelated.

        Parameters
        ----------
        columns : ndarray, shape (..., N, B, P)
            Anything that adds to the signals.

        Returns
        -------
        ndarray, shape (..., N B, P)
        """
        *lead, rows, bands, count = columns.shape
        flat = (*lead, rows * bands, count)
        if self.covariance.ndim == 3:
            return np.asarray((self._root @ columns).reshape(flat))
        return np.asarray(self._root @ columns.reshape(flat))

    @cached_property
    def _root(self) -> FloatArray:
        return np.linalg.inv(np.linalg.cholesky(self.covariance))

    def with_scale_error(self, sigma: float, expected: FloatArray) -> BandSeries:
        """Return the series with an error of the scale that all bands of a row share.

        Parameters
        ----------
        sigma : float
            Relative standard uncertainty of a row's scale, like 0.04.
        expected : ndarray, shape (N, B)
            Signals without it. Not the measured ones: a row that came out small would have a small
            error, and pull the fit down (R. W. Peelle's puzzle; G. D'Agostini, Nucl. Instrum.
            Methods A 346, 306 (1994)).

        Returns
        -------
        BandSeries
        """
        factor = sigma * expected
        added = factor[:, :, None] * factor[:, None, :]
        if self.covariance.ndim == 3:
            return replace(self, covariance=self.covariance + added)
        rows, bands = self.values.shape
        whole = self.covariance.reshape(rows, bands, rows, bands).copy()
        place = np.arange(rows)
        whole[place, :, place, :] += added
        return replace(self, covariance=whole.reshape(rows * bands, rows * bands))


def band_series(
    T: ArrayLike,
    values: ArrayLike,
    *,
    sigma: ArrayLike | None = None,
    covariance: ArrayLike | None = None,
    names: Sequence[str] = (),
) -> BandSeries:
    """Return signals with their errors, checked.

    Parameters
    ----------
    T : array_like, shape (N,)
        Temperatures, K.
    values : array_like, shape (N,) or (N, B)
        Signals of one or several bands.
    sigma : array_like, shape of values, optional
        Standard errors, where bands and rows are independent.
    covariance : array_like, shape (N, B, B) or (N B, N B), optional
        Instead of `sigma`, of each row or of all values (rows outermost).
    names : sequence of str, optional
        Of the bands; ``band 1`` and so on unless told.

    Returns
    -------
    BandSeries

    Raises
    ------
    SettingsError
        For arrays that do not fit each other, numbers that are not finite, temperatures that are
        not positive, or a covariance that is not positive definite.
    """
    T = np.asarray(T, dtype=float)
    values = np.asarray(values, dtype=float)
    values = values[:, None] if values.ndim == 1 else values
    if T.ndim != 1 or values.ndim != 2 or values.shape[0] != T.size or values.shape[1] == 0:
        raise SettingsError(
            f"{T.shape} temperatures and {values.shape} signals do not belong together",
            do="give one row of signals for each temperature",
        )
    if not np.isfinite(T).all() or not (T > 0.0).all():
        raise SettingsError("a temperature is not above 0 K", do="give temperatures in K")
    missing = np.flatnonzero(~np.isfinite(values).all(axis=1))
    if missing.size:
        raise SettingsError(
            f"{missing.size} rows have no signal, the first at {T[missing[0]]:g} K",
            do="leave those rows out",
        )
    rows, bands = values.shape
    if (sigma is None) == (covariance is None):
        raise SettingsError("signals need their errors once", do="give either sigma or covariance")
    if sigma is not None:
        errors = np.asarray(sigma, dtype=float)
        errors = errors[:, None] if errors.ndim == 1 else errors
        if errors.shape != values.shape:
            raise SettingsError(f"{errors.shape} errors do not belong to {values.shape} signals")
        if not np.isfinite(errors).all() or not (errors > 0.0).all():
            raise SettingsError("an error of a signal is not a finite number above 0")
        spread = np.eye(bands) * (errors**2)[:, None, :]
    else:
        spread = np.asarray(covariance, dtype=float)
        if spread.shape not in ((rows, bands, bands), (rows * bands, rows * bands)):
            raise SettingsError(
                f"a covariance of shape {spread.shape} does not belong to {values.shape} signals",
                do=f"give ({rows}, {bands}, {bands}) or ({rows * bands}, {rows * bands})",
            )
        _checked_covariance(spread)
    told = tuple(names) or tuple(f"band {band + 1}" for band in range(bands))
    if len(told) != bands or len(set(told)) != bands:
        raise SettingsError(f"{len(told)} names for {bands} bands", do="give each band its name")
    return BandSeries(T, values, spread, told)


def _checked_covariance(spread: FloatArray) -> None:
    if not np.isfinite(spread).all():
        raise SettingsError("a covariance of the signals is not finite")
    size = np.sqrt(np.abs(np.diagonal(spread, axis1=-2, axis2=-1)))
    skew = np.abs(spread - np.swapaxes(spread, -1, -2))
    if (skew > 1e-9 * size[..., :, None] * size[..., None, :]).any():
        raise SettingsError("a covariance of the signals is not symmetric")
    try:
        np.linalg.cholesky(spread)
    except np.linalg.LinAlgError:
        raise SettingsError(
            "a covariance of the signals is not positive definite",
            do="check that no error is 0 and no correlation is 1",
        ) from None


def within_one_regime(T: FloatArray, brackets: Sequence[tuple[float, float]] = ()) -> None:
    """Refuse temperatures that are too few, or that lie on both sides of a step.

    Parameters
    ----------
    T : ndarray, shape (N,)
        K.
    brackets : sequence of (float, float), optional
        Lower and upper end of each step's bracket, K.

    Raises
    ------
    SettingsError
        Fewer than five different temperatures, or a step among them: the end members of both
        sides differ, so that no one equilibrium holds for both.
    """
    count = np.unique(T).size
    if count < FEWEST_TEMPERATURES:
        raise SettingsError(
            f"{count} different temperatures are too few for a van 't Hoff analysis",
            do=f"give at least {FEWEST_TEMPERATURES}",
        )
    coldest, warmest = float(T.min()), float(T.max())
    for low, high in brackets:
        if not low < high:
            raise SettingsError(f"the bracket {low:g} to {high:g} K of a step does not rise")
        if coldest < high and warmest > low:
            raise SettingsError(
                f"the step between {low:g} and {high:g} K lies in the window "
                f"{coldest:g} to {warmest:g} K",
                do=f"fit one side: up to {low:g} K or from {high:g} K",
            )
