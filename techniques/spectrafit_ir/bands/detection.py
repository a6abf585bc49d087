"""Where a spectrum holds a band of either sign: matched filters of many widths against the noise."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray

__all__ = ["FilterBank", "filter_bank", "limit_of_detection"]

# ratio of neighbouring widths: between two of them the filter loses 3 % of a band
_RATIO = 1.5
# half the length of a filter in widths: it must hold what is not band, to tell a band from ground
_REACH = 2.0
# chance that pure noise shows a band anywhere in the spectrum
_FALSE = 0.05
_LEAST_LIMIT = 3.0


@dataclass(frozen=True, eq=False)
class FilterBank:
    """Filters that estimate the height of a Gaussian band above a local parabola.

    `heights` are the least-squares weights of the band against a constant, a slope and a curvature
    over two FWHM to each side, so that ground does not answer. `curvatures` are the negative second
    derivative of a Gaussian of the same FWHM: of a band their answer has one maximum and no other,
    so that the lobes of a strong band are no bands.

    Parameters
    ----------
    widths : tuple of float
        FWHM of the filters, cm-1.
    heights : tuple of ndarray
        Weights, odd length; the height is their correlation with the spectrum.
    curvatures : tuple of ndarray
        Weights of the same length.
    spans : tuple of (int, int)
        First and past the last point at which each filter lies inside the spectrum.
    tests : int
        Places times widths.
    """

    widths: tuple[float, ...]
    heights: tuple[FloatArray, ...]
    curvatures: tuple[FloatArray, ...]
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
            0 where a filter does not lie inside.
        """
        return self._answers(self.heights, y, sigma)

    def second_derivatives(self, y: FloatArray, sigma: FloatArray) -> FloatArray:
        """Return the negative smoothed second derivative over its error at every place and width.

        Parameters
        ----------
        y : ndarray, shape (n,)
            Absorbance.
        sigma : ndarray, shape (n,)
            White-noise standard deviation at each point, absorbance.

        Returns
        -------
        ndarray, shape (W, n)
            0 where a filter does not lie inside.
        """
        return self._answers(self.curvatures, y, sigma)

    def _answers(
        self, kernels: tuple[FloatArray, ...], y: FloatArray, sigma: FloatArray
    ) -> FloatArray:
        found = np.zeros((len(self.widths), y.size))
        for row, kernel, (first, last) in zip(found, kernels, self.spans, strict=True):
            error = sigma[first:last] * np.linalg.norm(kernel)
            row[first:last] = np.correlate(y, kernel, mode="valid") / error
        return found


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
    widths, heights, curvatures, spans = [], [], [], []
    for width in np.geomspace(narrowest, widest, count).tolist() if count > 1 else [narrowest]:
        half = max(4, math.ceil(_REACH * width / step))
        if 2 * half + 1 > x.size:
            break
        widths.append(float(width))
        t = step * np.arange(-half, half + 1.0)
        heights.append(_height_weights(t, float(width)))
        curvatures.append(_curvature_weights(t, float(width)))
        spans.append((half, x.size - half))
    if not widths:
        raise SettingsError(
            f"a spectrum of {np.ptp(x):g} cm-1 is too short for bands of {narrowest:g} cm-1",
            do="give a wider range",
        )
    tests = sum(last - first for first, last in spans)
    return FilterBank(tuple(widths), tuple(heights), tuple(curvatures), tuple(spans), tests)


def _height_weights(t: FloatArray, width: float) -> FloatArray:
    band = np.exp(-4.0 * math.log(2.0) * (t / width) ** 2)
    ground = np.stack([np.ones_like(t), t / t[-1], (t / t[-1]) ** 2], axis=1)
    left = band - ground @ np.linalg.lstsq(ground, band, rcond=None)[0]
    weights: FloatArray = left / (left @ left)
    return weights


def _curvature_weights(t: FloatArray, width: float) -> FloatArray:
    u = 8.0 * math.log(2.0) * (t / width) ** 2
    curve = (1.0 - u) * np.exp(-0.5 * u)
    curve -= curve.mean()
    weights: FloatArray = curve / (curve @ np.exp(-0.5 * u))
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
