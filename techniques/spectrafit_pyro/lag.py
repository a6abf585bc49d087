"""One lag time for both branches, from the alignment of their peaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_pyro.grid import Binned, binned, common_grid
from spectrafit_pyro.log import CurrentLog
from spectrafit_pyro.rate_noise import RateNoise, shared_covariance
from spectrafit_pyro.sweeps import Sweep

__all__ = ["LAG_OR_HYSTERESIS", "Lag", "ZeroRate", "aligned", "found_lag", "zero_rate"]

LAG_OR_HYSTERESIS = (
    "lag or hysteresis: with one rate a thermal lag and a hysteresis of the crystal shift the "
    "peaks alike"
)
_STEP = 0.5  # K, bins of the curves that are aligned
_PLACES = 61
_FEWEST = 10  # points of the aligned curves
_LEAST_MISFIT = 3.0  # times that of noise, of branches that are not aligned: less is no peak
_MOVE = 0.5  # s, for the slope of the difference by the time


@dataclass(frozen=True)
class Lag:
    """How far the peaks of the branches lie apart, as one time.

    Parameters
    ----------
    time : float
        s: the crystal is at T - r time where the controller shows T.
    sigma : float
        Standard error by the noise of current and rate, s.
    heating_rate, cooling_rate : float
        Nominal rates, K/s.
    reading : str
        What the time may mean.
    """

    time: float
    sigma: float
    heating_rate: float
    cooling_rate: float
    reading: str = LAG_OR_HYSTERESIS

    @property
    def heating_shift(self) -> float:
        """By how much the heating branch appears too high, K."""
        return self.heating_rate * self.time

    @property
    def cooling_shift(self) -> float:
        """By how much the cooling branch appears too low, K."""
        return -self.cooling_rate * self.time

    @property
    def separation(self) -> float:
        """Distance of the peaks, heating minus cooling, K."""
        return self.heating_shift + self.cooling_shift

    @property
    def separation_sigma(self) -> float:
        """Standard error of the distance, K."""
        return (self.heating_rate - self.cooling_rate) * self.sigma


@dataclass(frozen=True)
class ZeroRate:
    """The distance of the peaks carried to a rate of zero.

    Parameters
    ----------
    hysteresis : float or None
        Distance at zero rate, K; None where the rates do not tell it.
    hysteresis_sigma : float or None
        Its standard error, K.
    time : float or None
        Lag time, s: what the distance gains with the rate.
    time_sigma : float or None
        Its standard error, s.
    reason : str
        Why there is none; empty where there is one.
    """

    hysteresis: float | None
    hysteresis_sigma: float | None
    time: float | None
    time_sigma: float | None
    reason: str = ""


def aligned(sweep: Sweep, time: float) -> Sweep:
    """Return a sweep at the temperatures of the crystal, T - r time.

    Parameters
    ----------
    sweep : Sweep
        At the temperatures of the controller.
    time : float
        Lag time, s, the same for both branches.

    Returns
    -------
    Sweep
    """
    log = sweep.log
    crystal = log.temperature - sweep.rate * time
    return replace(sweep, log=CurrentLog(log.time, crystal, log.current, log.name))


def found_lag(
    heating: Sweep,
    cooling: Sweep,
    *,
    low: float = 70.0,
    high: float = 110.0,
    longest: float = 120.0,
) -> Lag:
    """Return the one time that makes the peaks of both branches coincide.

    I/r of the branches, each at T - r time, may differ by the rate-independent current alone,
    taken as a straight line over the window. The time is where the squares of what is left of the
    difference are least, so an offset of the electrometer does not shift it.

    Parameters
    ----------
    heating, cooling : Sweep
        One of each.
    low, high : float, optional
        Window about the peak, K.
    longest : float, optional
        Times up to this are tried, of either sign, s.

    Returns
    -------
    Lag

    Raises
    ------
    SettingsError
        When the branches do not cover the window, no peak is in it, or the peaks lie further
        apart than the longest time explains.
    """
    curves = [binned(sweep, common_grid((sweep,), step=_STEP)) for sweep in (heating, cooling)]
    margin = longest * max(abs(heating.nominal), abs(cooling.nominal))
    bottom = max(curve.temperature[0] for curve in curves)
    top = min(curve.temperature[-1] for curve in curves)
    grid = np.arange(max(low, bottom + margin), min(high, top - margin), _STEP)
    if not bottom <= low < high <= top or grid.size < _FEWEST:
        raise SettingsError(
            f"the branches do not cover {low:g}-{high:g} K with {margin:.3g} K to spare",
            where="lag",
            do="give another window, or a shorter longest time",
        )
    no_peak = SettingsError(
        f"no peak between {low:g} and {high:g} K that {longest:g} s of lag brings together",
        where="lag",
        do="give the window of a peak, or a longer time",
    )
    times = np.linspace(-longest, longest, _PLACES)
    squares = np.array([_misfit(curves, time, grid) for time in times])
    best = int(np.argmin(squares))
    expected = float(np.trace(_noise(curves, 0.0, grid)))
    if best in (0, _PLACES - 1) or np.median(squares) < _LEAST_MISFIT * expected:
        raise no_peak
    for _ in range(2):
        width = times[1] - times[0]
        times = np.linspace(times[best] - width, times[best] + width, 21)
        squares = np.array([_misfit(curves, time, grid) for time in times])
        best = int(np.argmin(squares))
    bend, slope, _ = np.polyfit(times - times[10], squares, 2)
    time = float(times[10] - 0.5 * slope / bend)
    return Lag(time, _time_sigma(curves, time, grid), heating.nominal, cooling.nominal)


def zero_rate(lags: Sequence[Lag]) -> ZeroRate:
    """Return hysteresis and lag time from pairs of branches at several rates.

    The distance of the peaks is ``hysteresis + time (rh - rc)``, a weighted straight line.

    Parameters
    ----------
    lags : sequence of Lag
        Each from one pair.

    Returns
    -------
    ZeroRate
        With a reason in place of numbers where all pairs have the same rates within 10 %.
    """
    gaps = np.array([lag.heating_rate - lag.cooling_rate for lag in lags])
    if gaps.size < 2 or gaps.max() < 1.1 * gaps.min():
        return ZeroRate(None, None, None, None, LAG_OR_HYSTERESIS)
    distance = np.array([lag.separation for lag in lags])
    sigma = np.array([lag.separation_sigma for lag in lags])
    if not (sigma > 0.0).all():
        return ZeroRate(None, None, None, None, "a lag has no standard error")
    weight = sigma**-2
    centre = (weight @ gaps) / weight.sum()
    spread = weight @ (gaps - centre) ** 2
    time = float((weight * (gaps - centre)) @ distance / spread)
    level = float((weight @ distance) / weight.sum())
    variance = 1.0 / weight.sum() + centre**2 / spread
    return ZeroRate(
        level - time * float(centre), float(np.sqrt(variance)), time, float(spread**-0.5)
    )


def _difference(curves: Sequence[Binned], time: float, grid: FloatArray) -> FloatArray | None:
    """Return the difference of I/r of the branches beyond a straight line, None where T folds."""
    from scipy.interpolate import CubicSpline

    values = []
    for curve in curves:
        crystal = curve.temperature - curve.rate * time
        if not (np.diff(crystal) > 0.0).all():
            return None
        values.append(CubicSpline(crystal, curve.current / curve.rate)(grid))
    difference = values[0] - values[1]
    line = np.stack([np.ones_like(grid), grid - grid.mean()], axis=1)
    basis, _ = np.linalg.qr(line)
    return np.asarray(difference - basis @ (basis.T @ difference))


def _misfit(curves: Sequence[Binned], time: float, grid: FloatArray) -> float:
    rest = _difference(curves, time, grid)
    return np.inf if rest is None else float(rest @ rest)


def _time_sigma(curves: Sequence[Binned], time: float, grid: FloatArray) -> float:
    """Return the standard error of the least-squares time under the noise of current and rate."""
    after, before = (_difference(curves, time + move, grid) for move in (_MOVE, -_MOVE))
    if after is None or before is None:
        return np.inf
    slope = (after - before) / (2.0 * _MOVE)
    return float(np.sqrt(slope @ _noise(curves, time, grid) @ slope) / (slope @ slope))


def _noise(curves: Sequence[Binned], time: float, grid: FloatArray) -> FloatArray:
    """Return the covariance of the difference of I/r."""
    covariance = np.zeros((grid.size, grid.size))
    for curve in curves:
        crystal = curve.temperature - curve.rate * time
        white = np.interp(grid, crystal, curve.current_sigma / np.abs(curve.rate))
        rate = np.interp(grid, crystal, curve.current * curve.rate_sigma / curve.rate**2)
        covariance += shared_covariance(grid, white, (RateNoise(rate, curve.window_span),))
    return covariance
