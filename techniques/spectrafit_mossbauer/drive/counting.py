"""Whether numbers are counts, which alone have Poisson errors, and the deviance of counts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from spectrafit.spectrum import FloatArray
from spectrafit_mossbauer.drive.channels import Channels

__all__ = ["Counting", "counting", "deviance"]

# standard deviations of the scatter's own error beyond which it is not that of counts
_SURE = 4.0
# a deviation below this share is left to structure in the spectrum
_LEAST = 0.1
_WINDOW = 9
# a second difference takes a slope out
_DIFFERENCE = np.array([1.0, -2.0, 1.0])
# share of the channels with the lowest level, where lines are and their shape would count as scatter
_LINES = 0.25
_NORMAL_QUARTILE = 0.6744897501960817
# differences beyond so many standard deviations are single bad channels
_BAD = 3.5
# relative standard error of their root mean square times the root of their number: neighbouring
# differences correlate by -2/3 and 1/6, so 0.5 sqrt(2 (1 + 2 (4/9 + 1/36)))
_SPREAD = 0.986


@dataclass(frozen=True)
class Counting:
    """How a spectrum's numbers compare with counts.

    Parameters
    ----------
    integers : bool
        Whether all are whole numbers.
    scatter : float
        Scatter between neighbours where there is little absorption, over that of counts: 1 for
        counts, below 1 for means of several, interpolated or smoothed numbers.
    scatter_sigma : float
        Standard error of the scatter.
    reason : str
        Why these are no counts; empty where they are.
    """

    integers: bool
    scatter: float
    scatter_sigma: float
    reason: str

    @property
    def poisson(self) -> bool:
        """Whether the root of a number is its standard deviation."""
        return not self.reason


def counting(channels: Channels) -> Counting:
    """Return whether the numbers are counts, by being whole and by their scatter.

    Parameters
    ----------
    channels : Channels
        At least a few tens in use.

    Returns
    -------
    Counting
    """
    counts = channels.counts
    whole = bool(np.all(counts[channels.used] == np.rint(counts[channels.used])))
    scatter, sigma = _scatter(channels)
    off = abs(scatter - 1.0)
    if not whole:
        reason = "the numbers are not whole: counts were scaled, averaged or interpolated"
    elif off > _LEAST and off > _SURE * sigma:
        reason = f"neighbours scatter {scatter:.2f} times as much as counts do: " + (
            "smoothed or averaged" if scatter < 1.0 else "scaled, or noisier than counting"
        )
    else:
        reason = ""
    return Counting(whole, scatter, sigma, reason)


def _scatter(channels: Channels) -> tuple[float, float]:
    from scipy.ndimage import median_filter

    counts = np.where(channels.used, channels.counts, np.nan)
    level = median_filter(np.nan_to_num(channels.counts), size=_WINDOW, mode="nearest")
    difference = np.convolve(counts, _DIFFERENCE, mode="valid")
    local = level[1 : 1 + difference.size]
    scale = np.sqrt(np.maximum(local, 1e-300) * float(_DIFFERENCE @ _DIFFERENCE))
    high = np.isfinite(difference) & (local >= np.quantile(local, _LINES))
    score = np.abs(difference[high] / scale[high])
    if not score.size:
        return math.nan, math.inf
    kept = score[score <= _BAD * float(np.median(score)) / _NORMAL_QUARTILE]
    scatter = float(np.sqrt(np.mean(kept**2)))
    return scatter, scatter * _SPREAD / math.sqrt(kept.size)


def deviance(counts: FloatArray, model: FloatArray) -> float:
    """Return Poisson's deviance, ``2 sum [y ln(y/m) - (y - m)]``.

    Parameters
    ----------
    counts, model : ndarray, shape (n,)
        Measured and expected, the second positive.

    Returns
    -------
    float
    """
    ratio = np.where(counts > 0.0, counts / model, 1.0)
    return float(2.0 * np.sum(counts * np.log(ratio) - (counts - model)))
