"""The change of polarisation from a stated temperature, with the covariance of an integral."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_pyro.coefficient import Coefficient

__all__ = ["NO_AREA_ERROR", "Polarisation", "polarisation"]

_MILLI = 1e-3  # uC in nC
_MICRO = 1e6  # uC in C
_PICO = 1e12
NO_AREA_ERROR = "the area has no standard error: the common scale of dP is not in its error"


@dataclass(frozen=True, eq=False)
class Polarisation:
    """dP(T), the integral of p from T0.

    Parameters
    ----------
    temperature : ndarray, shape (n,)
        K.
    value : ndarray, shape (n,)
        dP, uC cm-2; the magnitude where no polarity was told.
    T0 : float
        Where it is zero, K.
    noise : ndarray, shape (n, n)
        Covariance by the noise of current and rate, (uC cm-2)^2.
    scale : float
        Standard error of the factor that all points share, relative: area and rate.
    offset : ndarray, shape (n,)
        What one standard error of a constant current adds, uC cm-2; zero where it cancels.
    reasons : tuple of str
        Why a part of the error, or the sign, is missing.
    """

    temperature: FloatArray
    value: FloatArray
    T0: float
    noise: FloatArray
    scale: float
    offset: FloatArray
    reasons: tuple[str, ...] = ()

    @property
    def covariance(self) -> FloatArray:
        """Covariance of all parts, (uC cm-2)^2: noise, shared scale, shared offset."""
        shared = self.scale * self.value
        return self.noise + np.outer(shared, shared) + np.outer(self.offset, self.offset)

    @property
    def sigma(self) -> FloatArray:
        """Standard error of each point, uC cm-2."""
        return np.sqrt(np.diag(self.covariance))

    def between(self, low: float, high: float) -> tuple[float, float]:
        """Return dP between two temperatures with its standard error, uC cm-2.

        Parameters
        ----------
        low, high : float
            K, in the range.

        Returns
        -------
        value, sigma : float

        Raises
        ------
        SettingsError
            For temperatures outside the range.
        """
        row = _at(self.temperature, high) - _at(self.temperature, low)
        variance = float(row @ self.covariance @ row)
        return float(row @ self.value), float(np.sqrt(max(variance, 0.0)))


def polarisation(
    found: Coefficient,
    T0: float,
    *,
    rate_relative: float = 0.0,
    offset_sigma: float = 0.0,
    rate: float | None = None,
) -> Polarisation:
    """Return dP(T) by the trapezoidal rule from T0, with the full covariance.

    Parameters
    ----------
    found : Coefficient
        On a rising grid.
    T0 : float
        Where dP is zero, K, within the grid.
    rate_relative : float, optional
        Relative standard error of the calibration of the rate, shared by all points.
    offset_sigma : float, optional
        Standard error of a constant current that stays in p, pA: 0 for two branches.
    rate : float, optional
        Nominal rate, K/s; needed with `offset_sigma`.

    Returns
    -------
    Polarisation

    Raises
    ------
    SettingsError
        For a T0 outside the grid, a grid that does not rise, or an offset without a rate.
    """
    T = found.temperature
    if T.size < 2 or not (np.diff(T) > 0.0).all():
        raise SettingsError("dP needs a rising grid of temperature", do="bin the branch first")
    if offset_sigma and not rate:
        raise SettingsError("an offset needs the rate", where="dP", do="give the nominal rate")
    weights = _cumulative(T) - _integral_to(T, T0)
    signed = weights @ found.as_wired * _MILLI
    value = np.abs(signed) if found.polarity is None else found.polarity * signed
    offset = np.zeros(T.size)
    if rate:
        offset = offset_sigma / _PICO * (T - T0) / (found.area.value * rate) * _MICRO
    relative = found.area.relative
    reasons: tuple[str, ...] = (found.reason,) if found.reason else ()
    reasons += (NO_AREA_ERROR,) if relative is None else ()
    return Polarisation(
        T,
        value,
        float(T0),
        weights @ found.covariance @ weights.T * _MILLI**2,
        float(np.hypot(relative or 0.0, rate_relative)),
        offset,
        reasons,
    )


def _cumulative(T: FloatArray) -> FloatArray:
    """Return the matrix of the trapezoidal integral from the first point to each."""
    half = 0.5 * np.diff(T)
    steps = np.zeros((T.size, T.size))
    rows = np.arange(1, T.size)
    steps[rows, rows - 1] = half
    steps[rows, rows] = half
    return np.cumsum(steps, axis=0)


def _interval(T: FloatArray, at: float) -> tuple[int, float]:
    """Return the interval that holds a temperature, and the share of it below."""
    if not T[0] <= at <= T[-1]:
        raise SettingsError(
            f"{at:g} K lies outside {T[0]:g}-{T[-1]:g} K", where="dP", do="give one inside"
        )
    k = min(int(np.searchsorted(T, at, side="right")) - 1, T.size - 2)
    return k, float((at - T[k]) / (T[k + 1] - T[k]))


def _integral_to(T: FloatArray, at: float) -> FloatArray:
    """Return the weights of the integral from the first point to a temperature between two."""
    k, share = _interval(T, at)
    row = _cumulative(T[: k + 1])[-1] if k else np.zeros(1)
    weights = np.zeros(T.size)
    weights[: k + 1] = row
    step = T[k + 1] - T[k]
    weights[k] += step * (share - 0.5 * share**2)
    weights[k + 1] += 0.5 * step * share**2
    return weights


def _at(T: FloatArray, at: float) -> FloatArray:
    """Return the weights of linear interpolation."""
    k, share = _interval(T, at)
    weights = np.zeros(T.size)
    weights[k], weights[k + 1] = 1.0 - share, share
    return weights
