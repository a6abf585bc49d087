"""The noise of a spectrum where it has no bands: its size, and how far neighbouring points share it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray

__all__ = ["Noise", "noise_by_first_differences", "noise_of", "noises_of"]

_WINDOW = 64  # points: wide beside the correlation of zero filling, narrow beside a baseline
_SLOW = 3  # periods per window up to which a band's power lies
_MOST_SLOW = 0.7  # of the power; noise of a spectrum filled with as many zeros as points has 0.2
_COEFFICIENTS = 2  # of the straight line that is taken off a window
_FEWEST = 12
_LAGS = 12
_FREE_OF_BANDS = 1.4  # times the first quartile of all windows; noise alone scatters by 9 to 13 %
_WHITE = 18.47  # 99.9 % quantile of chi2 with 4 degrees of freedom
_ROWS = 256
_MAD = 1.482602218505602  # sigma over median absolute deviation of a normal distribution


@dataclass(frozen=True)
class Noise:
    """The noise of one spectrum.

    Parameters
    ----------
    sigma : float
        Standard deviation of a point, absorbance; not a number where `reason` says why.
    lag1 : float
        Correlation of neighbouring points; not a number where it is not known.
    effective_share : float
        Independent values per point, up to 1: the variance of an area or of any other smooth
        weighted sum of the points is ``sigma**2 sum(w**2) / effective_share``. Not a number where
        it is not known.
    window : tuple of (float, float)
        The ranges without bands that were used, cm-1; empty where the whole spectrum was.
    reason : str
        Why something is not given or is to be doubted; empty where nothing is.
    """

    sigma: float
    lag1: float
    effective_share: float
    window: tuple[tuple[float, float], ...] = ()
    reason: str = ""

    @property
    def point_sigma(self) -> float:
        """Standard deviation that white noise needs for the same errors of smooth sums."""
        share = self.effective_share
        return self.sigma if math.isnan(share) else self.sigma / math.sqrt(share)


def noise_by_first_differences(x: ArrayLike, y: ArrayLike, low: float, high: float) -> float:
    """Return the noise of a range without bands: the spread of first differences over sqrt 2.

    True for white noise only; with correlation rho between neighbours it is ``sqrt(1 - rho)`` of
    the standard deviation of a point.

    Parameters
    ----------
    x : array_like, shape (n,)
        cm-1, rising.
    y : array_like, shape (n,)
        Absorbance.
    low, high : float
        The range, cm-1.

    Returns
    -------
    float
        Absorbance.

    Raises
    ------
    SettingsError
        When fewer than three points lie in the range.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    inside = (x >= low) & (x <= high)
    if inside.sum() < 3:
        span = f"the data run from {x.min():g} to {x.max():g} cm-1" if x.size else "there is none"
        raise SettingsError(
            f"{int(inside.sum())} points between {low:g} and {high:g} cm-1",
            where="noise",
            do=f"give a range without bands; {span}",
        )
    return float(np.diff(y[inside]).std() / math.sqrt(2.0))


def noise_of(x: ArrayLike, y: ArrayLike) -> Noise:
    """Return the noise of a spectrum, from the windows in which it has no bands.

    Windows of 64 points are kept whose departure from a straight line is as small as noise, and
    white noise is told from correlated noise in them. White noise (a Ljung-Box test [1]_ of four
    lags at .001) has the size that second differences give, ``sigma**2 = mean(d**2) / 6``, blind to
    a sloping or curved baseline. Correlated noise, as of zero-filled, apodised or smoothed
    spectra, has the variance of the points themselves, and ``1 / (1 + 2 sum rho_k)`` independent
    values per point, the sum over lags tapered by Parzen's window [2]_ and both corrected for the
    line that was taken off. A residual of a fit has no bands and may be given as well.

    Parameters
    ----------
    x : array_like, shape (n,)
        cm-1, rising; a gap divides windows.
    y : array_like, shape (n,)
        Absorbance.

    Returns
    -------
    Noise

    References
    ----------
    .. [1] G. M. Ljung, G. E. P. Box, Biometrika 65, 297 (1978), doi:10.1093/biomet/65.2.297
    .. [2] E. Parzen, Ann. Math. Statist. 32, 951 (1961), doi:10.1214/aoms/1177704840
    """
    return noises_of(x, np.asarray(y, dtype=float)[np.newaxis])[0]


def noises_of(x: ArrayLike, Y: ArrayLike) -> tuple[Noise, ...]:
    """Return the noise of every spectrum of a stack, each from its own windows without bands.

    Parameters
    ----------
    x : array_like, shape (n,)
        cm-1, rising.
    Y : array_like, shape (N, n)
        Absorbance, a row a spectrum.

    Returns
    -------
    tuple of Noise
        One a row, each as `noise_of` gives it.

    Raises
    ------
    SettingsError
        When the shapes do not fit.
    """
    x, Y = np.asarray(x, dtype=float), np.asarray(Y, dtype=float)
    if x.ndim != 1 or Y.ndim != 2 or Y.shape[1] != x.size:
        raise SettingsError(f"x has shape {x.shape} and Y {Y.shape}", where="noise")
    place = _windows(x)
    found: list[Noise] = []
    for first in range(0, len(Y), _ROWS):
        rows = Y[first : first + _ROWS]
        if len(place) < 2:
            found += [_without_windows(y, "too few points for windows without bands") for y in rows]
        else:
            found += _from_windows(x, rows, place)
    return tuple(found)


def _windows(x: FloatArray) -> NDArray[np.int64]:
    """Return the points of windows that lie side by side and hold no gap, a window a row."""
    if x.size < _WINDOW:
        return np.empty((0, _WINDOW), dtype=np.int64)
    steps = np.diff(x)
    gaps = np.flatnonzero(steps > 1.5 * np.median(steps)) + 1
    edges = [0, *gaps.tolist(), x.size]
    starts = [
        start for low, high in pairwise(edges) for start in range(low, high - _WINDOW + 1, _WINDOW)
    ]
    return np.array(starts, dtype=np.int64)[:, np.newaxis] + np.arange(_WINDOW)


def _from_windows(x: FloatArray, Y: FloatArray, place: NDArray[np.int64]) -> list[Noise]:
    pieces = Y[:, place]
    u = np.linspace(-1.0, 1.0, _WINDOW)
    curve = np.linalg.qr(np.vander(u, _COEFFICIENTS))[0]
    residual = pieces - (pieces @ curve) @ curve.T
    power = np.abs(np.fft.rfft(residual, axis=2)) ** 2
    fast = power[..., _SLOW + 1 :].sum(axis=2) > (1.0 - _MOST_SLOW) * power.sum(axis=2)
    spread = np.where(fast, np.sqrt(np.mean(residual**2, axis=2)), np.nan)
    second = np.mean(np.diff(pieces, n=2, axis=2) ** 2, axis=2) / 6.0
    found = []
    for y, each, d2, left in zip(Y, spread, second, residual, strict=True):
        if np.isfinite(each).sum() < 2:
            found.append(_without_windows(y, "no windows without bands"))
            continue
        use = each <= _FREE_OF_BANDS * np.nanquantile(each, 0.25)
        ranges = tuple((float(x[p[0]]), float(x[p[-1]])) for p in place[use])
        found.append(_judged(_products(left[use]), float(d2[use].mean()), ranges))
    return found


def _products(residual: FloatArray) -> FloatArray:
    """Return the mean product of points k apart, k from 0 on."""
    return np.array(
        [
            np.vdot(residual[:, k:], residual[:, : _WINDOW - k]) / (len(residual) * (_WINDOW - k))
            for k in range(_LAGS + 1)
        ]
    )


def _judged(products: FloatArray, white: float, ranges: tuple[tuple[float, float], ...]) -> Noise:
    """Return the noise by the mean products of points k apart, and by second differences."""
    if not products[0] > 0 or not white > 0:
        return Noise(math.nan, math.nan, math.nan, ranges, "no noise is seen: the values are exact")
    tapers = _parzen(np.arange(1, _LAGS + 1) / (_LAGS + 1))
    # the coefficients of the curve take k/n of the power at low frequency off every product
    taken = _COEFFICIENTS / _WINDOW
    power = float(products[0] + 2.0 * tapers @ products[1:])
    power /= 1.0 - taken * (1.0 + 2.0 * float(tapers.sum()))
    products = products + taken * max(power, 0.0)
    rho = products / products[0]
    count = len(ranges) * _WINDOW
    portmanteau = count * (count + 2.0) * float((rho[1:5] ** 2 / (count - np.arange(1, 5))).sum())
    if portmanteau <= _WHITE:
        return Noise(math.sqrt(white), float(rho[1]), 1.0, ranges)
    share = min(products[0] / power, 1.0) if power > 0 else 1.0
    return Noise(math.sqrt(products[0]), float(rho[1]), float(share), ranges)


def _parzen(u: FloatArray) -> FloatArray:
    return np.where(u <= 0.5, 1.0 - 6.0 * u**2 + 6.0 * u**3, 2.0 * (1.0 - u) ** 3)


def _without_windows(y: FloatArray, why: str) -> Noise:
    """Return the noise by fourth differences of all points, robust against narrow bands."""
    if y.size < _FEWEST:
        return Noise(math.nan, math.nan, math.nan, (), f"{y.size} points are too few for a noise")
    # the squares of the binomials of the fourth difference add up to 70
    sigma = _MAD * float(np.median(np.abs(np.diff(y, n=4)))) / math.sqrt(70.0)
    if not sigma > 0:
        return Noise(math.nan, math.nan, math.nan, (), "no noise is seen: the values are exact")
    reason = f"{why}: by fourth differences of all points, as if they were independent"
    return Noise(sigma, math.nan, math.nan, (), reason)
