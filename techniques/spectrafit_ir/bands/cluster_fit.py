"""Local fits of neighbouring bands: pseudo-Voigts on a parabola, mixing as the data allow."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectrafit.lines.pseudo_voigt import PseudoVoigtByHeight, pseudo_voigt_by_height
from spectrafit.spectrum import FloatArray
from spectrafit_ir.bands.band_minimum import Minimum, minimum_of

__all__ = ["BandStart", "ClusterFit", "FittedBand", "fit_cluster"]

# standard deviation of a mixing of which nothing is known but that it is from 0 to 1
_UNKNOWN_MIXING = 1.0 / math.sqrt(12.0)
# height over the range of the data: beyond it bands only cancel each other
_TALLEST = 1.5
# least FWHM over its start, and how far a position goes: in FWHM, or in points where that is more
_NARROWER, _AWAY, _AWAY_POINTS = 0.3, 1.0, 6.0
# points of FWHM: what is narrower is a spike
_SPIKE = 3.0
# points of the narrowest FWHM that are enough: of more, neighbours are averaged
_ENOUGH = 10
_PARAMETERS = ("position", "fwhm", "height", "mixing")


@dataclass(frozen=True)
class BandStart:
    """Where a fit of a band starts.

    Parameters
    ----------
    position, fwhm : float
        cm-1.
    height : float
        Absorbance, signed.
    mixing : float
        Lorentzian share of the height.
    """

    position: float
    fwhm: float
    height: float
    mixing: float = 0.5

    def curve(self, x: FloatArray) -> FloatArray:
        """Return the band on x.

        Parameters
        ----------
        x : ndarray, shape (n,)
            Wavenumber, cm-1.

        Returns
        -------
        ndarray, shape (n,)
        """
        values = (self.position, self.fwhm, self.height, self.mixing)
        return np.asarray(pseudo_voigt_by_height(x, *values)[0])


@dataclass(frozen=True)
class FittedBand:
    """A band of a local fit; an error is a number, or not a number with a reason.

    Parameters
    ----------
    position, fwhm, height, area, mixing : tuple of float
        Value and standard error: cm-1, cm-1, absorbance, absorbance cm-1, 1. Where the data do not
        tell the mixing it is held at 0.5 and the area's error holds that.
    reasons : mapping of str to str
        Why a quantity has no error.
    above_noise : float
        Height over the error that noise alone makes; 0 where it has none.
    """

    position: tuple[float, float]
    fwhm: tuple[float, float]
    height: tuple[float, float]
    area: tuple[float, float]
    mixing: tuple[float, float]
    reasons: Mapping[str, str]
    above_noise: float

    @property
    def start(self) -> BandStart:
        """Where it ended, for another fit."""
        return BandStart(self.position[0], self.fwhm[0], self.height[0], self.mixing[0])


@dataclass(frozen=True, eq=False)
class ClusterFit:
    """Bands fitted together.

    Parameters
    ----------
    bands : tuple of FittedBand
        In the order of the starts.
    window : tuple of int
        First and past the last point.
    residual : ndarray, shape (k,)
        What is left on the points of the window, absorbance.
    reduced_chi2 : float
        Where above 1 the errors are widened by its root.
    """

    bands: tuple[FittedBand, ...]
    window: tuple[int, int]
    residual: FloatArray
    reduced_chi2: float


def fit_cluster(
    x: FloatArray,
    y: FloatArray,
    sigma: FloatArray,
    starts: Sequence[BandStart],
    window: tuple[int, int],
    widest: float,
) -> ClusterFit:
    """Return the common fit of some bands on a parabola.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Wavenumber, cm-1, ascending; absorbance less the bands beyond the window.
    sigma : ndarray, shape (n,)
        White-noise standard deviation of each point, absorbance.
    starts : sequence of BandStart
        One a band.
    window : tuple of int
        First and past the last point that is fitted.
    widest : float
        Largest FWHM, cm-1: what is wider is ground.

    Returns
    -------
    ClusterFit
    """
    part = slice(*window)
    low, high = _bounds(x[part], y[part], starts, widest)
    start = np.clip(np.array([[s.position, s.fwhm, s.height, s.mixing] for s in starts]), low, high)
    points = _averaged(x[part], y[part], sigma[part], float(start[:, 1].min()))
    found = minimum_of(*points, start, (low, high), _told(points, start))
    unknown = found.free[:, 3] & ~(found.errors[:, 3] < _UNKNOWN_MIXING) & ~found.at_bound[:, 3]
    if unknown.any():
        again = np.where(unknown[:, None] & (np.arange(4) == 3), 0.5, found.values)
        found = minimum_of(*points, again, (low, high), found.free[:, 3] & ~unknown)
    widen = math.sqrt(max(1.0, found.reduced_chi2))
    return ClusterFit(
        bands=tuple(_band(found, i, widen) for i in range(len(starts))),
        window=window,
        residual=y[part] - found.curve(x[part]),
        reduced_chi2=found.reduced_chi2,
    )


def _bounds(
    x: FloatArray, y: FloatArray, starts: Sequence[BandStart], widest: float
) -> tuple[FloatArray, FloatArray]:
    step = float(x[1] - x[0])
    tallest = _TALLEST * max(float(np.ptp(y)), 1e-300)
    low, high = [], []
    for one in starts:
        narrow = max(_SPIKE * step, _NARROWER * one.fwhm)
        up, down = (tallest, 0.0) if one.height > 0 else (0.0, -tallest)
        below, above = _reaches(one, starts, step)
        low.append([one.position - below, narrow, down, 0.0])
        high.append([one.position + above, max(widest, 1.5 * narrow), up, 1.0])
    return np.array(low), np.array(high)


def _reaches(one: BandStart, starts: Sequence[BandStart], step: float) -> tuple[float, float]:
    """Return how far a position goes to either side: not beyond the middle between neighbours."""
    most = max(_AWAY * one.fwhm, _AWAY_POINTS * step)
    apart = [other.position - one.position for other in starts if other is not one]
    least = 0.5 * one.fwhm
    below = min([max(least, -0.5 * d) for d in apart if d <= 0.0], default=most)
    above = min([max(least, 0.5 * d) for d in apart if d >= 0.0], default=most)
    return min(below, most), min(above, most)


def _averaged(
    x: FloatArray, y: FloatArray, sigma: FloatArray, narrowest: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return means of neighbouring points where the narrowest band has more than it needs."""
    many = int(narrowest / (x[1] - x[0])) // _ENOUGH
    if many < 2:
        return x, y, sigma
    whole = x.size // many * many
    x, y, variance = (v[:whole].reshape(-1, many).mean(axis=1) for v in (x, y, sigma**2))
    return x, y, np.sqrt(variance / many)


def _told(
    points: tuple[FloatArray, FloatArray, FloatArray], start: FloatArray
) -> NDArray[np.bool_]:
    """Return of which bands the data may tell the mixing, before a fit: by a height 15 errors tall."""
    x, _, sigma = points
    weight = np.interp(start[:, 0], x, sigma) / np.sqrt(start[:, 1] / (x[1] - x[0]))
    told = np.abs(start[:, 2]) > 15.0 * weight
    room = (x.size - 3 - 3 * len(start)) > 3 * len(start)
    return np.asarray(told & room)


def _band(found: Minimum, i: int, widen: float) -> FittedBand:
    center, fwhm, height, mixing = map(float, found.values[i])
    area_of = PseudoVoigtByHeight.area
    assert area_of is not None
    area = float(area_of(center, fwhm, height, mixing))
    by_mixing = area_of(center, fwhm, height, 1.0) - area_of(center, fwhm, height, 0.0)
    slopes = np.array([0.0, area / fwhm, area_of(center, fwhm, 1.0, mixing), by_mixing])
    with np.errstate(invalid="ignore"):
        variance = float(slopes @ found.covariance_of(i) @ slopes) * widen**2
    reasons = {}
    errors = [float(error) * widen for error in found.errors[i]]
    for k, name in enumerate(_PARAMETERS):
        if found.at_bound[i, k]:
            reasons[name] = "at a bound"
        elif found.free[i, k] and not math.isfinite(errors[k]):
            reasons[name] = "the data do not tell it from its neighbours"
        if name in reasons:
            errors[k] = math.nan
    if not found.free[i, 3]:
        variance += (by_mixing * _UNKNOWN_MIXING) ** 2
        errors[3] = math.nan
        reasons["mixing"] = "held at 0.5: the data do not tell it"
    why = reasons.get("fwhm") or reasons.get("height")
    if not why and not variance >= 0.0:
        why = "the data do not tell it from its neighbours"
    if why:
        reasons["area"] = why
    return FittedBand(
        position=(center, errors[0]),
        fwhm=(fwhm, errors[1]),
        height=(height, errors[2]),
        area=(area, math.nan if why else math.sqrt(variance)),
        mixing=(mixing, errors[3]),
        reasons=reasons,
        above_noise=abs(height) / errors[2] * widen if errors[2] > 0.0 else 0.0,
    )
