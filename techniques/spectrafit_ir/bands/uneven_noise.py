"""Noise that grows in parts of a spectrum: where the detector or the sample lets little light through."""

from __future__ import annotations

import numpy as np

from spectrafit.spectrum import FloatArray

__all__ = ["local_errors"]

# points of a part: its median difference scatters by some 20 % in white noise
_PART = 64
# of the quietest quarter: from here on noise is told to be larger
_LARGER = 2.0
_MAD = 1.482602218505602
_FOURTH = 70.0


def local_errors(y: FloatArray, level: float, sigma: float, effective_share: float) -> FloatArray:
    """Return the noise of every point, larger where the spectrum itself shows it to be.

    The median size of fourth differences over 64 points is blind to bands wider than a few points.
    Where it is twice or more that of the quietest quarter of the spectrum, whose noise was
    given, the noise is larger by this ratio.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Absorbance.
    level : float
        White-noise standard deviation in sums over points, absorbance.
    sigma : float
        Standard deviation of a point, absorbance.
    effective_share : float
        Effective over actual number of points.

    Returns
    -------
    ndarray, shape (n,)
        `level` or larger, absorbance.
    """
    if y.size < 2 * _PART:
        return np.full(y.size, level)
    size = np.abs(np.diff(y, n=4))
    starts = np.arange(0, size.size - _PART + 1, _PART // 4)
    median = np.median(np.lib.stride_tricks.sliding_window_view(size, _PART)[starts], axis=1)
    local = _MAD * median / np.sqrt(_FOURTH)
    # of exact or smooth data the differences are those of bands, and the given noise holds
    least = max(float(np.quantile(local, 0.25)), sigma * effective_share)
    ratio = np.where(local > _LARGER * least, local / least, 1.0)
    # a median is late by half a part where noise changes abruptly: the noisier neighbour counts
    padded = np.pad(ratio, 1, mode="edge")
    ratio = np.lib.stride_tricks.sliding_window_view(padded, 3).max(axis=1)
    centres = starts + 0.5 * _PART + 2.0
    return np.asarray(level * np.interp(np.arange(y.size), centres, ratio))
