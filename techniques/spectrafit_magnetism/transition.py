"""Transition temperatures of a spin crossover, by the steepest rise and by the half fraction."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_magnetism.reading_groups import group_starts

__all__ = [
    "Fraction",
    "HalfTemperature",
    "Steepest",
    "TransitionTemperatures",
    "half_temperature",
    "high_spin_fraction",
    "steepest",
    "transition_temperatures",
]

Window = tuple[float, float]
_FEWEST = 8
_FINE = 20
_MOST_OF_SPLINE = 250
"""Temperatures of a spline: more are averaged in equal bins, 1.2 K of 300 K, for time's sake."""


@dataclass(frozen=True, eq=False)
class Steepest:
    """Where chi T rises most steeply.

    Parameters
    ----------
    T : float
        K.
    low, high : float
        The measured temperatures on both sides, K: it is not known better than the sampling.
    slope : float
        d(chi T)/dT there, cm3/mol.
    grid, derivative : ndarray, shape (m,)
        K and cm3/mol, of the smoothing spline.
    at_end : bool
        Whether it lies at an end of the branch: no maximum was measured.
    """

    T: float
    low: float
    high: float
    slope: float
    grid: FloatArray
    derivative: FloatArray
    at_end: bool


def steepest(T: ArrayLike, chiT: ArrayLike, *, sigma: ArrayLike | None = None) -> Steepest:
    """Return the maximum of d(chi T)/dT of a smoothing spline through one branch.

    The spline is the natural cubic one whose smoothing minimises the generalised cross-validation
    (P. Craven, G. Wahba, Numer. Math. 31, 377 (1978)).

    Parameters
    ----------
    T, chiT : array_like, shape (n,)
        K and cm3 K/mol, of one branch, in any order; readings at one temperature are averaged, and
        more than 250 in bins.
    sigma : array_like, optional
        Standard errors, for weights 1/sigma^2.

    Returns
    -------
    Steepest

    Raises
    ------
    SettingsError
        For fewer than eight different temperatures.
    """
    from scipy.interpolate import make_smoothing_spline

    x, y, weight = _sorted(T, chiT, sigma)
    if x.size > _MOST_OF_SPLINE:
        x, y, weight = _thinned(x, y, weight)
    # in units of the mean distance of points the best penalty is of order 1, where it is looked for;
    # on an axis from 0 to 1 it is 1e-8, below the steps of the search, and peaks come out too broad
    scale = float(x[-1] - x[0]) / (x.size - 1)
    curve = make_smoothing_spline((x - x[0]) / scale, y, w=weight)
    parts = [np.linspace(a, b, _FINE, endpoint=False) for a, b in itertools.pairwise(x)]
    grid = np.append(np.concatenate(parts), x[-1])
    derivative = np.asarray(curve.derivative()((grid - x[0]) / scale)) / scale
    place = int(np.argmax(derivative))
    best = float(grid[place])
    row = int(np.clip(np.searchsorted(x, best, side="right") - 1, 0, x.size - 2))
    at_end = bool(best <= x[1] or best >= x[-2])
    return Steepest(
        best, float(x[row]), float(x[row + 1]), float(derivative[place]), grid, derivative, at_end
    )


def _thinned(x: FloatArray, y: FloatArray, weight: FloatArray) -> tuple[FloatArray, ...]:
    """Return means in equal bins of temperature where there are more points than a spline needs."""
    place = np.floor((x - x[0]) / (x[-1] - x[0]) * _MOST_OF_SPLINE)
    starts = np.concatenate([[0], np.flatnonzero(np.diff(place)) + 1])
    total = np.add.reduceat(weight, starts)
    means = (np.add.reduceat(weight * v, starts) / total for v in (x, y))
    return (*means, total / total.mean())


def _sorted(
    T: ArrayLike, chiT: ArrayLike, sigma: ArrayLike | None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return rising temperatures, means at each, and their weights; readings in 0.05 K are one."""
    temperature, values = np.asarray(T, float), np.asarray(chiT, float)
    weight = np.ones_like(values) if sigma is None else 1.0 / np.asarray(sigma, float) ** 2
    order = np.argsort(temperature, kind="stable")
    x, y, w = temperature[order], values[order], weight[order]
    if not np.isfinite(x + y + w).all():
        raise SettingsError("a temperature, value or error is no number", where="transition")
    groups = group_starts(x)
    if groups.size < _FEWEST:
        raise SettingsError(
            f"{groups.size} temperatures do not tell a transition",
            where="transition",
            do=f"give {_FEWEST} or more of one branch",
        )
    total = np.add.reduceat(w, groups)
    mean_x, mean_y = (np.add.reduceat(w * v, groups) / total for v in (x, y))
    return mean_x, mean_y, total / total.mean()


@dataclass(frozen=True, eq=False)
class Fraction:
    """The high-spin fraction between two end lines.

    Parameters
    ----------
    T, value : ndarray, shape (n,)
        K, rising, and fraction.
    low_line, high_line : (float, float)
        chi T of each form at 0 K, cm3 K/mol, and slope, cm3/mol.
    """

    T: FloatArray
    value: FloatArray
    low_line: tuple[float, float]
    high_line: tuple[float, float]


def high_spin_fraction(T: ArrayLike, chiT: ArrayLike, low: Window, high: Window) -> Fraction:
    """Return ``(chi T - low line)/(high line - low line)`` with lines through two end windows.

    Parameters
    ----------
    T, chiT : array_like, shape (n,)
        K and cm3 K/mol, of one branch.
    low, high : (float, float)
        Windows of the pure low-spin and high-spin form, K.

    Returns
    -------
    Fraction

    Raises
    ------
    SettingsError
        When a window holds fewer than two temperatures, they overlap, or the lines meet between.
    """
    x, y, _ = _sorted(T, chiT, None)
    if not low[0] < low[1] <= high[0] < high[1]:
        raise SettingsError(
            f"windows from {low[0]:g} to {low[1]:g} and {high[0]:g} to {high[1]:g} K",
            where="end lines",
            do="give two rising windows, the cold one first",
        )
    lines = [_line(x, y, window) for window in (low, high)]
    below, above = (offset + slope * x for offset, slope in lines)
    between = (x >= low[0]) & (x <= high[1])
    if (above - below)[between].min() <= 0.0:
        raise SettingsError("the end lines meet", where="end lines", do="choose other windows")
    apart = above > below
    x, y, below, above = x[apart], y[apart], below[apart], above[apart]
    return Fraction(x, (y - below) / (above - below), lines[0], lines[1])


def _line(x: FloatArray, y: FloatArray, window: Window) -> tuple[float, float]:
    inside: NDArray[np.bool_] = (x >= window[0]) & (x <= window[1])
    if inside.sum() < 2:
        raise SettingsError(
            f"{int(inside.sum())} temperatures from {window[0]:g} to {window[1]:g} K",
            where="end lines",
            do="widen the window",
        )
    slope, offset = np.polyfit(x[inside], y[inside], 1)
    return float(offset), float(slope)


@dataclass(frozen=True)
class HalfTemperature:
    """Where the high-spin fraction is one half.

    Parameters
    ----------
    T : float or None
        K; None where it is not reached, or reached more than once.
    low, high : float or None
        The measured temperatures on both sides, K.
    reason : str
        Why there is none; empty where there is one.
    """

    T: float | None
    low: float | None = None
    high: float | None = None
    reason: str = ""


def half_temperature(fraction: Fraction) -> HalfTemperature:
    """Return where a high-spin fraction is one half.

    Parameters
    ----------
    fraction : Fraction
        Of one branch.

    Returns
    -------
    HalfTemperature
        Between two readings by a straight line; none where one half is crossed never or repeatedly.
    """
    rest = fraction.value - 0.5
    rows = np.flatnonzero((rest[:-1] < 0.0) != (rest[1:] < 0.0))
    if rows.size != 1:
        words = "is not reached" if not rows.size else f"is crossed {rows.size} times"
        return HalfTemperature(None, reason=f"a fraction of one half {words}")
    i = int(rows[0])
    a, b = float(fraction.T[i]), float(fraction.T[i + 1])
    return HalfTemperature(a + (b - a) * float(rest[i] / (rest[i] - rest[i + 1])), a, b)


@dataclass(frozen=True, eq=False)
class TransitionTemperatures:
    """T1/2 of one branch by both ways.

    Parameters
    ----------
    steepest : Steepest
        Maximum of d(chi T)/dT.
    half : HalfTemperature
        High-spin fraction of one half.
    """

    steepest: Steepest
    half: HalfTemperature

    @property
    def difference(self) -> float | None:
        """Half less steepest, K: large for a transition that is not symmetric. None without half."""
        return None if self.half.T is None else self.half.T - self.steepest.T


def transition_temperatures(
    T: ArrayLike,
    chiT: ArrayLike,
    low: Window,
    high: Window,
    *,
    sigma: ArrayLike | None = None,
) -> TransitionTemperatures:
    """Return T1/2 of one branch by the steepest rise and by the half fraction.

    Parameters
    ----------
    T, chiT : array_like, shape (n,)
        K and cm3 K/mol.
    low, high : (float, float)
        Windows of the end lines, K.
    sigma : array_like, optional
        Standard errors of chi T.

    Returns
    -------
    TransitionTemperatures

    Raises
    ------
    SettingsError
        As `steepest` and `high_spin_fraction`.
    """
    half = half_temperature(high_spin_fraction(T, chiT, low, high))
    return TransitionTemperatures(steepest(T, chiT, sigma=sigma), half)
