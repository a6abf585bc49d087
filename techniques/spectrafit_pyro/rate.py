"""The rate dT/dt of a log by a local quadratic, and where it is too slow to divide by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray

__all__ = ["LEAST_WINDOW", "Rate", "local_rate", "usable_rate"]

LEAST_WINDOW = 60.0
"""s; a shorter window leaves the noise of the thermometer in the rate."""
_FEWEST = 5
_CHUNK = 1_000_000


@dataclass(frozen=True, eq=False)
class Rate:
    """The rate of a sweep at each of its points.

    Parameters
    ----------
    value : ndarray, shape (n,)
        dT/dt, K/s; its sign is that of the sweep.
    temperature : ndarray, shape (n,)
        Values of the same quadratics, K: the noise of the thermometer is mostly gone.
    sigma : ndarray, shape (n,)
        Standard error from the scatter of T about the local quadratics, K/s.
    nominal : float
        Slope between a tenth and nine tenths of the range of temperature, K/s.
    points : int
        Number of points of a window.
    window : float
        Median time that a window spans, s.
    """

    value: FloatArray
    temperature: FloatArray
    sigma: FloatArray
    nominal: float
    points: int
    window: float


def local_rate(time: ArrayLike, temperature: ArrayLike, *, window: float = LEAST_WINDOW) -> Rate:
    """Return dT/dt of one sweep by least-squares quadratics in a moving window.

    The derivative is that of A. Savitzky and M. J. E. Golay, Anal. Chem. 36, 1627 (1964), for
    times that need not be equally spaced; at the ends the last whole window is used.

    Parameters
    ----------
    time : array_like, shape (n,)
        s, rising.
    temperature : array_like, shape (n,)
        K.
    window : float, optional
        s, at least `LEAST_WINDOW`.

    Returns
    -------
    Rate

    Raises
    ------
    SettingsError
        For a window that is too short, or a sweep shorter than a window or than five points.
    """
    t, T = np.asarray(time, dtype=np.float64), np.asarray(temperature, dtype=np.float64)
    if not window >= LEAST_WINDOW:
        raise SettingsError(
            f"a window of {window:g} s for the rate", do=f"give at least {LEAST_WINDOW:g} s"
        )
    points = _window_points(t, window)
    start = np.clip(np.arange(t.size) - points // 2, 0, t.size - points)
    windows_t, windows_T = sliding_window_view(t, points), sliding_window_view(T, points)
    value, smooth, leverage = np.empty((3, t.size))
    scatter, freedom = 0.0, 0
    step = max(1, _CHUNK // points)
    for first in range(0, t.size, step):
        rows = slice(first, first + step)
        u = (windows_t[start[rows]] - t[rows, None]) / window
        y = windows_T[start[rows]] - T[rows, None]
        with np.errstate(over="ignore", invalid="ignore"):
            level, slope, variance, rest = _quadratic(u, y)
        smooth[rows] = T[rows] + level
        value[rows], leverage[rows] = slope / window, variance / window**2
        scatter += float(rest.sum())
        freedom += rest.size * (points - 3)
    noise = scatter / freedom
    span = float(np.median(windows_t[:, -1] - windows_t[:, 0]))
    return Rate(value, smooth, np.sqrt(noise * leverage), nominal_rate(t, T), points, span)


def usable_rate(rate: Rate, *, least_share: float = 0.2) -> NDArray[np.bool_]:
    """Return which points may be divided by their rate.

    Parameters
    ----------
    rate : Rate
        Of one sweep.
    least_share : float, optional
        Share of the nominal rate below which a point is left out; so are its neighbours in a
        window, whose quadratics reach over the kink.

    Returns
    -------
    ndarray of bool, shape (n,)

    Raises
    ------
    SettingsError
        When the nominal rate is zero, or no point is left.
    """
    if rate.nominal == 0.0 or not np.isfinite(rate.nominal):
        raise SettingsError(
            "dT/dt is zero: without a change of temperature there is no pyroelectric current",
            do="give a sweep of temperature",
        )
    slow = ~(rate.value / rate.nominal >= least_share)
    near = np.cumsum(np.concatenate([[0], slow]))
    place = np.arange(slow.size)
    low = np.clip(place - rate.points, 0, slow.size)
    high = np.clip(place + rate.points + 1, 0, slow.size)
    usable = near[high] == near[low]
    if not usable.any():
        raise SettingsError(
            f"|dT/dt| is nowhere steady above {least_share:.0%} of the nominal rate",
            do="give a sweep of steady rate",
        )
    return np.asarray(usable)


def nominal_rate(time: FloatArray, temperature: FloatArray) -> float:
    """Return the slope of a sweep between a tenth and nine tenths of its range of temperature.

    Parameters
    ----------
    time : ndarray, shape (n,)
        s.
    temperature : ndarray, shape (n,)
        K.

    Returns
    -------
    float
        K/s; dwells at either end do not count.
    """
    low, high = float(temperature.min()), float(temperature.max())
    margin = 0.1 * (high - low)
    inside = (temperature >= low + margin) & (temperature <= high - margin)
    if np.count_nonzero(inside) < 2:
        return 0.0
    t, T = time[inside], temperature[inside]
    t, T = t - t.mean(), T - T.mean()
    return float((t @ T) / (t @ t))


def _window_points(t: FloatArray, window: float) -> int:
    """Return the odd number of points whose median span reaches the window."""
    if t.size < _FEWEST or t[-1] - t[0] < window:
        raise SettingsError(
            f"a sweep of {t.size} points over {t[-1] - t[0] if t.size else 0.0:g} s is shorter "
            f"than the window of {window:g} s",
            do="give a longer sweep",
        )
    points = max(_FEWEST, 2 * int(np.ceil(0.5 * window / np.median(np.diff(t)))) + 1)
    return min(points, t.size - (t.size + 1) % 2)


def _quadratic(u: FloatArray, y: FloatArray) -> tuple[FloatArray, ...]:
    """Return value and slope at u = 0, the slope's variance over that of y, and the squares left."""
    basis = np.stack([np.ones_like(u), u, u * u], axis=2)
    normal = np.einsum("nij,nik->njk", basis, basis)
    inverse = np.linalg.inv(normal)
    found = np.einsum("njk,nk->nj", inverse, np.einsum("nik,ni->nk", basis, y))
    rest = y - np.einsum("nij,nj->ni", basis, found)
    return found[:, 0], found[:, 1], inverse[:, 1, 1], (rest * rest).sum(axis=1)
