"""The progress of a band: its fraction up to an affine map, 0 and 1 at two declared temperatures.

It needs no law and no end members, and is all that a band gives where dH is not identified.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray, read_only
from spectrafit_ir.population.band_series import BandSeries

__all__ = ["Progress", "progress_of"]

# of its standard error: a change below it has no sign, and dividing by it gives noise
_RESOLVED = 3.0


@dataclass(frozen=True, eq=False)
class Progress:
    """``p(T) = [I(T) - I(T_zero)]/[I(T_one) - I(T_zero)]``.

    Where I = I_A (1 - f) + I_B f, p = [f(T) - f(T_zero)]/[f(T_one) - f(T_zero)], so that
    f = a + b p with the same two unknown numbers at every T.

    Parameters
    ----------
    band : str
        Its name.
    T : ndarray, shape (N,)
        K.
    value : ndarray, shape (N,)
        Not a number where there is a reason.
    covariance : ndarray, shape (N, N)
        Of the values; the rows at T_zero and T_one carry none of their own where each is one row.
    T_zero, T_one : float
        Where it is 0 and 1, K.
    reason : str
        Why there is none; empty where there is.
    """

    band: str
    T: FloatArray
    value: FloatArray
    covariance: FloatArray
    T_zero: float
    T_one: float
    reason: str = ""

    def __post_init__(self) -> None:
        for name in ("T", "value", "covariance"):
            object.__setattr__(self, name, read_only(getattr(self, name)))

    @property
    def sigma(self) -> FloatArray:
        """Standard error of each value, shape (N,)."""
        return np.sqrt(np.maximum(np.diagonal(self.covariance), 0.0))

    @property
    def sentence(self) -> str:
        """What it is, in words."""
        if self.reason:
            return f"no progress of {self.band}: {self.reason}"
        return (
            f"progress of {self.band}: 0 at {self.T_zero:g} K and 1 at {self.T_one:g} K; "
            "the fraction is a + b times it, a and b unknown"
        )


def progress_of(
    series: BandSeries,
    band: str,
    *,
    T_zero: float | None = None,
    T_one: float | None = None,
    within: float = 0.5,
) -> Progress:
    """Return the progress of a band with the covariance of its values.

    Parameters
    ----------
    series : BandSeries
        Of one regime; the error of a row's scale in its covariance.
    band : str
        Its name.
    T_zero, T_one : float, optional
        Measured temperatures where it is 0 and 1, K; the coldest and the warmest unless told. The
        mean of several rows there.
    within : float, optional
        How far from them a row may lie, K.

    Returns
    -------
    Progress
        With a reason in place of numbers where the change between both temperatures is below
        three standard errors.

    Raises
    ------
    SettingsError
        For an unknown band, a temperature at which there is no row, or two equal ones.
    """
    if band not in series.names:
        raise SettingsError(
            f"no band {band!r} in the series", do=f"use one of: {', '.join(series.names)}"
        )
    place = series.names.index(band)
    zero = float(series.T.min()) if T_zero is None else T_zero
    one = float(series.T.max()) if T_one is None else T_one
    at_zero, at_one = (_mean_of_rows(series.T, T, within) for T in (zero, one))
    if (at_zero * at_one).any():
        raise SettingsError(
            f"the progress is to be 0 at {zero:g} K and 1 at {one:g} K, which share a row",
            do="give two different temperatures",
        )
    values, spread = series.values[:, place], _covariance_of(series, place)
    contrast = at_one - at_zero
    change = float(contrast @ values)
    error = float(np.sqrt(contrast @ spread @ contrast))
    if abs(change) < _RESOLVED * error:
        nothing = np.full(series.T.size, np.nan)
        return Progress(
            band, series.T, nothing, np.full(spread.shape, np.nan), zero, one,
            f"its change from {zero:g} to {one:g} K is {change:.3g} ± {error:.2g}",
        )  # fmt: skip
    found = (values - float(at_zero @ values)) / change
    slopes = (
        np.eye(found.size) - np.outer(1.0 - found, at_zero) - np.outer(found, at_one)
    ) / change
    return Progress(band, series.T, found, slopes @ spread @ slopes.T, zero, one)


def _mean_of_rows(T: FloatArray, wanted: float, within: float) -> FloatArray:
    """Return the weights of the rows at a temperature, which sum to 1."""
    rows = np.abs(T - wanted) <= within
    if not rows.any():
        nearest = float(T[np.argmin(np.abs(T - wanted))])
        raise SettingsError(
            f"no row within {within:g} K of {wanted:g} K", do=f"the nearest is at {nearest:g} K"
        )
    return rows / np.count_nonzero(rows)


def _covariance_of(series: BandSeries, band: int) -> FloatArray:
    if series.covariance.ndim == 3:
        return np.diag(series.covariance[:, band, band])
    bands = len(series.names)
    return series.covariance[band::bands, band::bands]
