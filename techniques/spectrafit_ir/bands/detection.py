"""Where a spectrum holds a band of either sign: matched filters of many widths against the noise."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray

__all__ = ["Candidate", "FilterBank", "filter_bank", "limit_of_detection"]

# ratio of neighbouring widths: between two of them the filter loses 3 % of a band
_RATIO = 1.5
# half the length of a filter in widths: it must hold what is not band, to tell a band from ground
_REACH = 2.0
# chance that pure noise shows a band anywhere in the spectrum
_FALSE = 0.05
_LEAST_LIMIT = 3.0


@dataclass(frozen=True)
class Candidate:
    """A place where a band may be.

    Parameters
    ----------
    index : int
        Point of the spectrum.
    width : float
        FWHM of the filter, cm-1.
    height : float
        That the filter estimates, absorbance, signed.
    z : float
        Height over its error, signed.
    """

    index: int
    width: float
    height: float
    z: float


@dataclass(frozen=True, eq=False)
class FilterBank:
    """Filters that estimate the height of a Gaussian band above a local parabola.

    A filter is the least-squares weight of the band against a constant, a slope and a curvature
    over two FWHM to each side; its response is a smoothed negative second derivative, so that
    shoulders answer like peaks and ground does not.

    Parameters
    ----------
    widths : tuple of float
        FWHM of the filters, cm-1.
    kernels : tuple of ndarray
        Weights, odd length; the height is their correlation with the spectrum.
    spans : tuple of (int, int)
        First and past the last point at which each filter lies inside the spectrum.
    tests : int
        Places times widths.
    """

    widths: tuple[float, ...]
    kernels: tuple[FloatArray, ...]
    spans: tuple[tuple[int, int], ...]
    tests: int

    def responses(self, y: FloatArray, sigma: FloatArray) -> FloatArray:
        """Return height over error at every place and width.

        Parameters
        ----------
        y : ndarray, shape (n,)
            Absorbance.
        sigma : ndarray, shape (n,)
            White-noise standard deviation at each point, absorbance.

        Returns
        -------
        ndarray, shape (W, n)
            Not a number where a filter does not lie inside.
        """
        found = np.full((len(self.widths), y.size), np.nan)
        for row, kernel, (first, last) in zip(found, self.kernels, self.spans, strict=True):
            error = sigma[first:last] * np.linalg.norm(kernel)
            row[first:last] = np.correlate(y, kernel, mode="valid") / error
        return found

    def candidate(self, place: tuple[int, int], z: float, sigma: float) -> Candidate:
        """Return what a response stands for.

        Parameters
        ----------
        place : tuple of int
            Width and point.
        z : float
            The response there.
        sigma : float
            Noise there, absorbance.

        Returns
        -------
        Candidate
        """
        row, index = place
        height = z * sigma * float(np.linalg.norm(self.kernels[row]))
        return Candidate(index, self.widths[row], height, z)


def filter_bank(x: FloatArray, narrowest: float, widest: float) -> FilterBank:
    """Return the filters for a spectrum.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumber, cm-1, ascending, evenly spaced to a tenth of a step.
    narrowest, widest : float
        FWHM of the narrowest and widest band that is looked for, cm-1.

    Returns
    -------
    FilterBank

    Raises
    ------
    SettingsError
        When the spectrum is too short, not evenly spaced, or the widths are impossible.
    """
    step = float((x[-1] - x[0]) / (x.size - 1)) if x.size > 1 else 0.0
    if x.size < 9:
        raise SettingsError(f"{x.size} points", do="bands are looked for in 9 points or more")
    if np.abs(np.diff(x) - step).max() > 0.1 * step:
        raise SettingsError(
            "the spectrum is not evenly spaced or has a hole",
            do="look for bands on each side of the masked points by itself",
        )
    if not 0 < narrowest <= widest:
        raise SettingsError(f"bands from {narrowest:g} to {widest:g} cm-1 wide")
    count = max(1, 1 + math.ceil(math.log(widest / narrowest) / math.log(_RATIO)))
    widths, kernels, spans = [], [], []
    for width in np.geomspace(narrowest, widest, count).tolist() if count > 1 else [narrowest]:
        half = max(4, math.ceil(_REACH * width / step))
        if 2 * half + 1 > x.size:
            break
        widths.append(float(width))
        kernels.append(_kernel(step * np.arange(-half, half + 1.0), float(width)))
        spans.append((half, x.size - half))
    if not widths:
        raise SettingsError(
            f"a spectrum of {np.ptp(x):g} cm-1 is too short for bands of {narrowest:g} cm-1",
            do="give a wider range",
        )
    tests = sum(last - first for first, last in spans)
    return FilterBank(tuple(widths), tuple(kernels), tuple(spans), tests)


def _kernel(t: FloatArray, width: float) -> FloatArray:
    band = np.exp(-4.0 * math.log(2.0) * (t / width) ** 2)
    ground = np.stack([np.ones_like(t), t / t[-1], (t / t[-1]) ** 2], axis=1)
    left = band - ground @ np.linalg.lstsq(ground, band, rcond=None)[0]
    weights: FloatArray = left / (left @ left)
    return weights


def limit_of_detection(tests: int, signs: int) -> float:
    """Return how many errors a height must be away from zero where many places are looked at.

    ``P(all |z_i| < c) >= prod P(|z_i| < c)`` holds for normal variables of any correlation (Sidak,
    *J. Am. Stat. Assoc.* 62 (1967) 626), so pure noise shows a band in at most 1 of 20 spectra.

    Parameters
    ----------
    tests : int
        Places times widths.
    signs : int
        1 where only positive bands are looked for, 2 for both.

    Returns
    -------
    float
        At least 3.
    """
    from scipy.special import ndtri_exp

    # of one sign there is the smaller chance of the union, 1 - (1 - FALSE) <= tests p
    each = -math.expm1(math.log1p(-_FALSE) / tests) if signs == 2 else _FALSE / tests
    return max(_LEAST_LIMIT, -float(ndtri_exp(math.log(each / signs))))


def local_extrema(z: FloatArray, sign: int) -> NDArray[np.bool_]:
    """Return where a response is at least its neighbours along the axis.

    Parameters
    ----------
    z : ndarray, shape (W, n)
        Responses.
    sign : int
        1 for maxima, -1 for minima.

    Returns
    -------
    ndarray of bool, shape (W, n)
    """
    signed = np.where(np.isfinite(z), sign * z, -np.inf)
    padded = np.pad(signed, ((0, 0), (1, 1)), constant_values=-np.inf)
    return (signed >= padded[:, :-2]) & (signed >= padded[:, 2:]) & (signed > 0)
