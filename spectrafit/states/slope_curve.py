"""Peak and plateau of a derivative by temperature, measured beside predicted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.spectrum import FloatArray

__all__ = ["SlopeCurve", "slope_curve"]

_FEWEST = 8  # points of a curve, and of a plateau
_ABOVE = 2.0  # a peak's height over the median of its curve
_BEYOND = 3.0  # widths above its peak, where the plateau begins


@dataclass(frozen=True)
class SlopeCurve:
    """What a measured and a predicted curve look like.

    Parameters
    ----------
    peak : tuple of (float, float) for each, or None
        Temperature and height of the peak, measured, then predicted, each of the parabola through
        three points; None without a peak within the curve.
    plateau : (float, float) or None
        First and last temperature of the plateau, K: from three widths at half height above the
        predicted peak; the whole curve where it has no peak; None where points are few.
    rms : float
        Of measured less predicted on the plateau; nan without one.
    ratio : (float, float)
        Largest over smallest value on it, measured and predicted, each of the parabola that fits
        best, so that noise does not raise it; nan without a plateau or where that changes sign.
    """

    peak: tuple[tuple[float, float], tuple[float, float]] | None
    plateau: tuple[float, float] | None
    rms: float
    ratio: tuple[float, float]


def slope_curve(T: FloatArray, measured: FloatArray, predicted: FloatArray) -> SlopeCurve:
    """Return peak and plateau of a measured curve and of its prediction.

    Parameters
    ----------
    T : ndarray, shape (n,)
        K, in any order.
    measured, predicted : ndarray, shape (n,)
        In one unit.

    Returns
    -------
    SlopeCurve
    """
    order = np.argsort(T, kind="stable")
    T, measured, predicted = T[order], measured[order], predicted[order]
    nothing = SlopeCurve(None, None, np.nan, (np.nan, np.nan))
    if T.size < _FEWEST:
        return nothing
    sign = 1.0 if predicted.sum() >= 0 else -1.0
    tops = [_peak(T, sign * curve) for curve in (measured, predicted)]
    # where the noise of a flat curve is highest is no peak: the prediction says whether there is one
    peak = None
    if tops[0] is not None and tops[1] is not None:
        (first, high), (second, told) = tops[0], tops[1]
        peak = ((first, sign * high), (second, sign * told))
    start = float(T[0])
    if tops[1] is not None:
        start = tops[1][0] + _BEYOND * _width(T, sign * predicted)
    flat = start <= T
    if flat.sum() < _FEWEST:
        return SlopeCurve(peak, None, np.nan, (np.nan, np.nan))
    away = measured[flat] - predicted[flat]
    return SlopeCurve(
        peak, (float(T[flat][0]), float(T[-1])), float(np.sqrt(np.mean(away**2))),
        (_ratio(T[flat], measured[flat]), _ratio(T[flat], predicted[flat])),
    )  # fmt: skip


def _peak(T: FloatArray, curve: FloatArray) -> tuple[float, float] | None:
    place = int(np.argmax(curve))
    if place in (0, curve.size - 1) or not curve[place] > _ABOVE * np.median(curve):
        return None
    near = slice(place - 1, place + 2)
    if not np.all(np.diff(T[near]) > 0):  # two points at one temperature
        return float(T[place]), float(curve[place])
    a, b, c = np.polyfit(T[near] - T[place], curve[near], 2)
    if not a < 0:
        return float(T[place]), float(curve[place])
    shift = -b / (2.0 * a)
    return float(T[place] + shift), float(c + 0.5 * b * shift)


def _width(T: FloatArray, curve: FloatArray) -> float:
    """Return the full width at half of the height from zero."""
    place = int(np.argmax(curve))
    half = 0.5 * curve[place]
    sides = []
    for walk in (range(place, -1, -1), range(place, curve.size)):
        below = next((i for i in walk if curve[i] < half), None)
        if below is not None:
            above = below + (1 if below < place else -1)
            share = (curve[above] - half) / (curve[above] - curve[below])
            sides.append(abs(T[above] + share * (T[below] - T[above]) - T[place]))
    if not sides:
        return float(np.inf)
    return float(sum(sides) if len(sides) == 2 else 2.0 * sides[0])


def _ratio(T: FloatArray, curve: FloatArray) -> float:
    middle = T.mean()
    smooth = np.polyval(np.polyfit(T - middle, curve, 2), T - middle)
    low, high = np.sort(np.abs(smooth[[np.argmin(smooth), np.argmax(smooth)]]))
    return float(high / low) if smooth.min() * smooth.max() > 0 else float(np.nan)
