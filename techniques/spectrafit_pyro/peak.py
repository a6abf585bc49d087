"""Height, position, width and area of the peak of p(T), between limits that are stated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_pyro.coefficient import Coefficient

__all__ = ["AreaBetween", "Peak", "found_peak"]

_MILLI = 1e-3  # uC in nC
_LEAST_REACH = 5.0  # standard errors: the largest of some forty points of noise is three


@dataclass(frozen=True)
class AreaBetween:
    """The area of a peak between two temperatures.

    Parameters
    ----------
    low, high : float
        Limits, K.
    total : float
        Integral of p, the change of polarisation, uC cm-2.
    above_line : float
        The part above the local plateau line, uC cm-2.
    sigma : float
        Standard error of the total from noise, uC cm-2; the area of the electrode comes on top.
    """

    low: float
    high: float
    total: float
    above_line: float
    sigma: float


@dataclass(frozen=True)
class Peak:
    """A peak of p(T); a negative one has a negative height and negative areas.

    Parameters
    ----------
    height : float
        Of the parabola through the three highest points, from zero, nC cm-2 K-1.
    height_sigma : float
        Standard error from noise, nC cm-2 K-1.
    position : float
        Of that parabola, K.
    position_sigma : float
        Standard error from noise, K.
    fwhm : float or None
        Full width at half of the height above zero, K; None where p does not fall so far.
    fwhm_sigma : float or None
        Standard error from noise, K; None where there is no width.
    line : tuple of (float, float)
        The local plateau line: p at the middles of the lower and upper shoulder, nC cm-2 K-1.
    area : AreaBetween or None
        Between the temperatures where p has fallen to the stated share of the height above the
        line; None where it does not.
    fixed_area : AreaBetween
        Between the stated temperatures.
    reasons : tuple of str
        Why a number is missing.
    """

    height: float
    height_sigma: float
    position: float
    position_sigma: float
    fwhm: float | None
    fwhm_sigma: float | None
    line: tuple[float, float]
    area: AreaBetween | None
    fixed_area: AreaBetween
    reasons: tuple[str, ...] = ()


def found_peak(
    found: Coefficient,
    *,
    low: float = 70.0,
    high: float = 110.0,
    shoulders: tuple[tuple[float, float], tuple[float, float]] = ((60.0, 70.0), (115.0, 125.0)),
    share: float = 0.1,
    fixed: tuple[float, float] | None = None,
) -> Peak:
    """Return the peak of p between two temperatures.

    Parameters
    ----------
    found : Coefficient
        On a rising grid; of a branch, or antisymmetrised.
    low, high : float, optional
        Where the peak is looked for, K.
    shoulders : pair of (float, float), optional
        Two ranges, K, whose mean p the local plateau line goes through.
    share : float, optional
        Of the height above the line, where the peak ends.
    fixed : (float, float), optional
        Limits of the fixed area, K; `low` and `high` when left out.

    Returns
    -------
    Peak

    Raises
    ------
    SettingsError
        When the range or a shoulder has too few points, p is largest at an end of the range, or
        it does not rise above noise.
    """
    T, p = found.temperature, found.p
    if T.size < 3 or not (np.diff(T) > 0.0).all():
        raise SettingsError("a peak needs a rising grid of temperature", do="bin the branch first")
    inside = np.flatnonzero((low <= T) & (high >= T))
    top = inside[int(np.argmax(np.abs(p[inside])))] if inside.size else 0
    if inside.size < 3 or top in (inside[0], inside[-1]):
        raise SettingsError(
            f"no peak between {low:g} and {high:g} K: |p| is largest at an end",
            where="peak",
            do="give a range that holds the peak",
        )
    sign = 1.0 if p[top] > 0 else -1.0
    height, position, by_p = _parabola(T[top - 1 : top + 2], sign * p[top - 1 : top + 2])
    noise = found.covariance
    of_three = by_p @ noise[top - 1 : top + 2, top - 1 : top + 2] @ by_p.T
    middles = tuple(0.5 * (a + b) for a, b in shoulders)
    levels = tuple(_mean_between(T, p, *shoulder) for shoulder in shoulders)
    line = np.interp(T, middles, levels)
    above = sign * (p - line)
    reach = height - sign * float(np.interp(position, middles, levels))
    if reach < _LEAST_REACH * found.sigma[top]:
        raise SettingsError(
            f"no peak between {low:g} and {high:g} K: |p| rises above the plateau line by less than "
            f"{_LEAST_REACH:g} standard errors",
            where="peak",
            do="give a range that holds the peak",
        )
    ends = _where_it_falls(T, above, int(top), share * reach)
    half = _where_it_falls(T, sign * p, int(top), 0.5 * height)
    reasons: tuple[str, ...] = ()
    if ends is None:
        reasons += (f"p does not fall to {share:.0%} of its height above the plateau line",)
    if half is None:
        reasons += ("p does not fall to half of its height",)
    return Peak(
        sign * height,
        float(np.sqrt(of_three[0, 0])),
        position,
        float(np.sqrt(of_three[1, 1])),
        None if half is None else half[1] - half[0],
        None if half is None else _width_sigma(T, sign * p, half, found.sigma, of_three[0, 0]),
        (levels[0], levels[1]),
        None if ends is None else _area(T, p, line, noise, *ends),
        _area(T, p, line, noise, *(fixed or (low, high))),
        reasons,
    )


def _parabola(T: FloatArray, y: FloatArray) -> tuple[float, float, FloatArray]:
    """Return height and position of the parabola through three points, and both by the points."""
    step = T - T[1]
    to_coefficients = np.linalg.inv(np.stack([step**2, step, np.ones(3)], axis=1))
    bend, slope, level = to_coefficients @ y
    shift = -0.5 * slope / bend
    by_position = -0.5 * (to_coefficients[1] / bend - slope * to_coefficients[0] / bend**2)
    by_height = shift**2 * to_coefficients[0] + shift * to_coefficients[1] + to_coefficients[2]
    height = level + 0.5 * slope * shift
    return float(height), float(T[1] + shift), np.stack([by_height, by_position])


def _mean_between(T: FloatArray, p: FloatArray, low: float, high: float) -> float:
    inside = (low <= T) & (high >= T)
    if not inside.any():
        raise SettingsError(
            f"no point between {low:g} and {high:g} K for the plateau line",
            where="peak",
            do="give shoulders within the range",
        )
    return float(p[inside].mean())


def _where_it_falls(
    T: FloatArray, y: FloatArray, top: int, level: float
) -> tuple[float, float] | None:
    """Return where a curve first falls to a level on both sides of its top."""

    def crossing(rows: NDArray[np.int64]) -> float | None:
        below = np.flatnonzero(y[rows] <= level)
        if not below.size or not below[0]:
            return None
        inner, outer = rows[below[0] - 1], rows[below[0]]
        way = (y[inner] - level) / (y[inner] - y[outer])
        return float(T[inner] + way * (T[outer] - T[inner]))

    low, high = crossing(np.arange(top, -1, -1)), crossing(np.arange(top, T.size))
    return None if low is None or high is None else (low, high)


def _width_sigma(
    T: FloatArray, y: FloatArray, half: tuple[float, float], sigma: FloatArray, of_height: float
) -> float | None:
    """Return the error of a width: noise of flanks and height over the slopes; None where flat."""
    slopes = np.gradient(y, T)
    steep = [abs(float(np.interp(place, T, slopes))) for place in half]
    noise = [float(np.interp(place, T, sigma)) for place in half]
    if not all(steep):
        return None
    flanks = sum((one / slope) ** 2 for one, slope in zip(noise, steep, strict=True))
    level = 0.25 * of_height * sum(1.0 / slope for slope in steep) ** 2
    return float(np.sqrt(flanks + level))


def _area(
    T: FloatArray, p: FloatArray, line: FloatArray, noise: FloatArray, low: float, high: float
) -> AreaBetween:
    """Return the trapezoidal area between two temperatures, which need not be of the grid."""
    low, high = max(low, float(T[0])), min(high, float(T[-1]))
    places = np.unique(np.concatenate([[low, high], T[(low < T) & (high > T)]]))
    half = 0.5 * np.diff(places)
    weights = np.concatenate([half, [0.0]]) + np.concatenate([[0.0], half])
    # linear interpolation between the points of the grid, as a matrix
    row = np.clip(np.searchsorted(T, places, side="right") - 1, 0, T.size - 2)
    part = (places - T[row]) / (T[row + 1] - T[row])
    by_p = np.bincount(row, weights * (1.0 - part), T.size)
    by_p += np.bincount(row + 1, weights * part, T.size)
    return AreaBetween(
        low,
        high,
        float(by_p @ p) * _MILLI,
        float(by_p @ (p - line)) * _MILLI,
        float(np.sqrt(by_p @ noise @ by_p)) * _MILLI,
    )
