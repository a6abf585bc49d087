"""Whether a band is there: a test against zero, of each spectrum and over a series."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray

__all__ = ["RowPresence", "SeriesPresence", "row_presence", "series_presence"]

SeriesVerdict = Literal["present", "absent", "appears", "vanishes", "unclear"]
# one-sided 95 % of a normal variable
_Z95 = 1.644854


@dataclass(frozen=True, eq=False)
class RowPresence:
    """The test of each spectrum by itself.

    Parameters
    ----------
    present : ndarray of bool, shape (N,)
        Value above the critical level.
    critical : ndarray, shape (N,)
        A band that is not there stays below it in 95 of 100 spectra.
    detection_limit : ndarray, shape (N,)
        A band of this size is found in 95 of 100 spectra.
    upper_limit : ndarray, shape (N,)
        95 % upper limit of the true value, which is not negative.
    reasons : tuple of str, length N
        Why there is no test, empty where there is one.
    """

    present: NDArray[np.bool_]
    critical: FloatArray
    detection_limit: FloatArray
    upper_limit: FloatArray
    reasons: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class SeriesPresence:
    """Where in a series a band is, by the spectra together.

    Parameters
    ----------
    verdict : str
        ``"present"`` (no stretch at either end without it), ``"absent"``, ``"appears"`` (absent at
        low T), ``"vanishes"`` (absent at high T), ``"unclear"``.
    between : tuple of float or None
        Temperatures of the last spectrum on the absent and the first on the present side, low T
        first, K. A weak band is there before it is seen: no bracket of a step by itself.
    critical : ndarray, shape (N,)
        Level that none of N spectra without the band exceeds in 95 of 100 series.
    absent_mean, absent_sigma : float
        Weighted mean over the spectra without the band, and its error; not a number where there are
        none.
    absent_limit : float
        95 % upper limit of the mean over these spectra.
    detection_limit : float
        Mean over these spectra that would be found in 95 of 100 series.
    why : str
        The verdict in words.
    """

    verdict: SeriesVerdict
    between: tuple[float, float] | None
    critical: FloatArray
    absent_mean: float
    absent_sigma: float
    absent_limit: float
    detection_limit: float
    why: str


def row_presence(values: ArrayLike, sigma: ArrayLike) -> RowPresence:
    """Return for each spectrum whether a band is there.

    Critical level 1.645 sigma and detection limit 3.29 sigma at 5 % each: Currie, *Anal. Chem.* 40
    (1968) 586. Upper limit of a value that is not negative: the 95 % quantile of the normal
    distribution cut at zero (flat prior; Particle Data Group, *Phys. Rev. D* 110 (2024) 030001,
    chapter Statistics).

    Parameters
    ----------
    values : array_like, shape (N,)
        Areas or heights above the baseline that may be negative: those of a fit without the bound
        at zero, or window areas.
    sigma : array_like, shape (N,)
        Errors, the baseline's part included.

    Returns
    -------
    RowPresence

    Raises
    ------
    SettingsError
        When the arrays do not fit together.
    """
    from scipy.special import log_ndtr, ndtri_exp

    value, error = _both(values, sigma)
    known = np.isfinite(value) & np.isfinite(error) & (error > 0)
    error = np.where(known, error, np.nan)
    z = value / error
    # ln of 0.05 P(true > 0): the upper tail that is left out
    above = ndtri_exp(np.log(0.05) + log_ndtr(z))
    reasons = tuple(
        "" if ok else _no_test(v, s) for ok, v, s in zip(known, value, error, strict=True)
    )
    return RowPresence(
        present=np.asarray(known & (value > _Z95 * error)),
        critical=_Z95 * error,
        detection_limit=2.0 * _Z95 * error,
        upper_limit=value - error * above,
        reasons=reasons,
    )


def series_presence(
    T: ArrayLike, values: ArrayLike, sigma: ArrayLike, common_sigma: float = 0.0
) -> SeriesPresence:
    """Return where in a series a band is.

    From each end, the longest stretch is taken in which no spectrum exceeds the level for N
    spectra (Sidak, *J. Am. Stat. Assoc.* 62 (1967) 626) and whose weighted mean is not above zero
    at 95 %. Spectra beyond it must hold the band together.

    Parameters
    ----------
    T : array_like, shape (N,)
        K, in any order; heating and cooling are given one after the other in calls of their own.
    values : array_like, shape (N,)
        Areas or heights that may be negative.
    sigma : array_like, shape (N,)
        Errors of each spectrum by itself.
    common_sigma : float, optional
        Error that all spectra share (of the baseline); more spectra do not lower it.

    Returns
    -------
    SeriesPresence
        Spectra without a value or error are left out.

    Raises
    ------
    SettingsError
        When the arrays do not fit together, fewer than two spectra have a value, or the common
        error is negative.
    """
    from scipy.special import ndtri

    value, error = _both(values, sigma)
    kelvin = np.asarray(T, dtype=float)
    if kelvin.shape != value.shape:
        raise SettingsError(f"{kelvin.size} temperatures for {value.size} values")
    if not 0 <= common_sigma < math.inf:
        raise SettingsError("the common error is negative or not finite")
    known = np.isfinite(value) & np.isfinite(error) & (error > 0)
    if known.sum() < 2:
        raise SettingsError(
            "fewer than two spectra have a value with an error", do="test them one by one"
        )
    level = float(ndtri(0.95 ** (1.0 / int(known.sum()))))
    critical = level * np.sqrt(error**2 + common_sigma**2)
    order = np.flatnonzero(known)[np.argsort(kelvin[known], kind="stable")]
    low = _stretch(value[order], error[order], critical[order], common_sigma)
    high = _stretch(value[order][::-1], error[order][::-1], critical[order][::-1], common_sigma)
    count = order.size
    verdict: SeriesVerdict
    absent = order[:0]
    between = None
    if low == count or high == count:
        verdict, absent = "absent", order
    elif low and high:
        # a stretch at one end may be chance where the other is absent for certain
        verdict = "unclear"
    elif low or high:
        verdict = "appears" if low else "vanishes"
        absent = order[:low] if low else order[count - high :]
        edge = low if low else count - high
        between = (float(kelvin[order[edge - 1]]), float(kelvin[order[edge]]))
    else:
        verdict = "present"
    mean, mean_sigma = _mean(value[absent], error[absent], common_sigma)
    limit = math.nan
    if absent.size:
        limit = float(row_presence([mean], [mean_sigma]).upper_limit[0])
    why = _words(verdict, low, high, count, between)
    found = 2.0 * _Z95 * mean_sigma
    return SeriesPresence(verdict, between, critical, mean, mean_sigma, limit, found, why)


def _stretch(value: FloatArray, error: FloatArray, critical: FloatArray, common: float) -> int:
    """Return how many spectra from the first on are together consistent with no band."""
    over = np.flatnonzero(value > critical)
    longest = int(over[0]) if over.size else value.size
    for count in range(longest, 0, -1):
        mean, sigma = _mean(value[:count], error[:count], common)
        if mean <= _Z95 * sigma:
            return count
    return 0


def _mean(value: FloatArray, error: FloatArray, common: float) -> tuple[float, float]:
    if not value.size:
        return math.nan, math.nan
    weight = 1.0 / error**2
    mean = float((weight * value).sum() / weight.sum())
    return mean, float(math.sqrt(1.0 / weight.sum() + common**2))


def _both(values: ArrayLike, sigma: ArrayLike) -> tuple[FloatArray, FloatArray]:
    value = np.atleast_1d(np.asarray(values, dtype=float))
    error = np.atleast_1d(np.asarray(sigma, dtype=float))
    if value.ndim != 1 or value.shape != error.shape:
        raise SettingsError(f"values of shape {value.shape} with errors of shape {error.shape}")
    return value, error


def _no_test(value: float, error: float) -> str:
    return "no value" if not math.isfinite(value) else "no error, so no limit"


def _words(
    verdict: str, low: int, high: int, count: int, between: tuple[float, float] | None
) -> str:
    if verdict == "absent":
        return f"not above zero in {count} spectra together"
    if verdict == "present":
        return "above zero at both ends of the series"
    if verdict == "unclear":
        return f"not above zero in {low} spectra at low and {high} at high temperature"
    low_T, high_T = between or (math.nan, math.nan)
    side = f"{low} spectra up to {low_T:g} K" if low else f"{high} spectra from {high_T:g} K"
    return f"not above zero in the {side}, above it beyond"
