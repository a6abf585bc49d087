"""What a spectrum changes by where its bands move or broaden.

A band that moves by d changes a spectrum S by ``-d S'``, the first term of a Taylor series. One whose
Gaussian variance grows by v changes it by ``v/2 S''``, one whose Lorentzian full width grows by w by
``w/2 L``, where L has the Fourier transform of S times ``-|k|``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_ir.species.stack import checked_axis_step

__all__ = ["Moved", "moved_curves"]

_WHERE = "shift test"
_ORDER = 4  # the least that leaves a second derivative without bias at the curvature of a maximum


@dataclass(frozen=True, eq=False)
class Moved:
    """What a spectrum changes by where its bands move or broaden.

    Parameters
    ----------
    first : ndarray, shape (n,)
        S', per cm-1.
    second : ndarray, shape (n,)
        S'', per cm-1 squared.
    lorentzian : ndarray, shape (n,)
        L, per cm-1.
    """

    first: FloatArray
    second: FloatArray
    lorentzian: FloatArray


def moved_curves(x: FloatArray, y: FloatArray, sigma: float) -> Moved:
    """Return the derivatives of a spectrum, smoothed no more than its noise allows.

    Local polynomials of fourth order (A. Savitzky and M. J. E. Golay, Anal. Chem. 36, 1627 (1964))
    over the widest window whose smoothed curve the noise cannot tell from the spectrum: its chi2
    per degree of freedom is below 1 plus two standard deviations.

    Parameters
    ----------
    x : ndarray, shape (n,)
        cm-1, evenly spaced.
    y : ndarray, shape (n,)
        Absorbance.
    sigma : float
        White-noise standard deviation of y.

    Returns
    -------
    Moved
        On the points of x.

    Raises
    ------
    SettingsError
        For an axis that is not evenly spaced or fewer than 7 points.
    """
    from scipy.signal import savgol_coeffs, savgol_filter

    step = checked_axis_step(x, _WHERE)
    if x.size < 7:
        raise SettingsError(f"{x.size} points", where=_WHERE, do="choose a wider window")
    limit = 1.0 + 2.0 * math.sqrt(2.0 / x.size)
    width = wider = 7
    while (wider := wider + 2 * max(1, wider // 10)) < x.size // 2:
        own = float(savgol_coeffs(wider, _ORDER)[wider // 2])
        left = y - savgol_filter(y, wider, _ORDER)
        if float(left @ left) > limit * x.size * (1.0 - own) * sigma**2:
            break
        width = wider
    smooth, first, second = (
        np.asarray(savgol_filter(y, width, _ORDER, deriv=k, delta=step), dtype=np.float64)
        for k in range(3)
    )
    return Moved(first, second, _lorentzian(smooth, step))


def _lorentzian(y: FloatArray, step: float) -> FloatArray:
    """Return the curve whose Fourier transform is that of y times -|k|."""
    # the line between the ends is taken off and zeros added, so that no jump is at the ends
    padded = np.zeros(4 * y.size)
    padded[: y.size] = y - np.linspace(y[0], y[-1], y.size)
    k = 2.0 * math.pi * np.fft.rfftfreq(padded.size, step)
    turned = np.fft.irfft(-k * np.fft.rfft(padded), padded.size)
    return np.asarray(turned[: y.size], dtype=np.float64)
