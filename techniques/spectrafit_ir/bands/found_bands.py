"""The bands of a whole spectrum: places, first heights, then one local fit a cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from spectrafit.spectrum import FloatArray
from spectrafit_ir.bands.band_groups import clusters_of, fit_window
from spectrafit_ir.bands.cluster_fit import BandStart, ClusterFit, FittedBand, fit_cluster
from spectrafit_ir.bands.detection import FilterBank
from spectrafit_ir.bands.first_heights import first_bands
from spectrafit_ir.bands.places import band_places

__all__ = ["FoundBand", "found_bands"]

# heights in errors by noise, and by what the fit misses too
_LEAST_HEIGHT, _LEAST_LISTED = 3.0, 2.0
# a cluster whose line shapes miss by more asks for a further band; it must halve chi2 to stay
_MISSES, _HALVES = 4.0, 0.5
# window of the bands as fitted over that of their starts, from which they are fitted again
_LONGER, _FEW = 1.3, 3
# FWHM of two bands over that of the one that stood for both, and their distances from it
_SPLIT, _ASIDE = 0.6, 0.3


@dataclass(frozen=True, eq=False)
class FoundBand:
    """A band that the data need.

    Parameters
    ----------
    band : FittedBand
        Its values.
    fit : ClusterFit
        The common fit it is of.
    """

    band: FittedBand
    fit: ClusterFit


def found_bands(
    x: FloatArray,
    y: FloatArray,
    sigma: FloatArray,
    bank: FilterBank,
    limit: float,
    signs: Sequence[int],
    widest: float,
) -> tuple[FoundBand, ...]:
    """Return the bands of a spectrum.

    Parameters
    ----------
    x, y, sigma : ndarray, shape (n,)
        Wavenumber, cm-1; absorbance; white-noise standard deviation of each point.
    bank : FilterBank
        Filters.
    limit : float
        Of detection, in errors.
    signs : sequence of int
        1 and -1 as looked for.
    widest : float
        Largest FWHM of a band, cm-1; what is wider is ground.

    Returns
    -------
    tuple of FoundBand
        Each with a height above three errors.
    """
    places = band_places(x, y, sigma, bank, limit, signs)
    clusters = clusters_of(first_bands(x, y, sigma, places, widest))
    curves = [_sum(x, cluster) for cluster in clusters]
    total = _sum(x, [one for cluster in clusters for one in cluster])
    final: list[FoundBand] = []
    for cluster, curve in zip(clusters, curves, strict=True):
        rest = y - (total - curve)
        fitted = _standing(x, rest, sigma, cluster, widest)
        fitted = _completed(x, rest, sigma, fitted, widest)
        kept = [band for band in fitted.bands if _stands(band, widest)]
        total = total - curve + _sum(x, [band.start for band in kept])
        final += [FoundBand(band, fitted) for band in kept if _is_listed(band, widest)]
    return tuple(final)


def _sum(x: FloatArray, bands: Sequence[BandStart]) -> FloatArray:
    total = np.zeros(x.size)
    for one in bands:
        total += one.curve(x)
    return total


def _stands(band: FittedBand, widest: float) -> bool:
    """Return whether a band is above the noise, where it was seen, and no spike."""
    spike = "fwhm" in band.reasons and not _is_ground(band, widest)
    return band.above_noise > _LEAST_HEIGHT and not spike and "position" not in band.reasons


def _is_listed(band: FittedBand, widest: float) -> bool:
    """Return whether a band that stands is no ground, and not lost in what its fit misses."""
    value, error = band.height
    return not _is_ground(band, widest) and abs(value) > _LEAST_LISTED * error


def _is_told(band: FittedBand) -> bool:
    """Return whether a band is above what its fit misses, too."""
    value, error = band.height
    return abs(value) > _LEAST_HEIGHT * error


def _is_ground(band: FittedBand, widest: float) -> bool:
    """Return whether a band is so wide that it stands for the ground: it stays in the fit only."""
    return band.fwhm[0] > 0.99 * widest


def _standing(
    x: FloatArray, y: FloatArray, sigma: FloatArray, starts: Sequence[BandStart], widest: float
) -> ClusterFit:
    """Return the fit in which every band stands; of those that do not, the smallest goes first."""
    left = list(starts)
    window = fit_window(x, left)
    while True:
        fitted = fit_cluster(x, y, sigma, left, window, widest)
        narrow = [band.start for band in fitted.bands if not _is_ground(band, widest)]
        # among many bands a longer window holds the tails of still others instead of ground
        wider = fit_window(x, narrow) if narrow and len(left) <= _FEW else window
        if wider[1] - wider[0] > _LONGER * (window[1] - window[0]):
            # of bands wider than their starts too little ground was seen
            window = wider
            continue
        weak = [i for i, band in enumerate(fitted.bands) if not _stands(band, widest)]
        if not weak or len(left) == 1:
            return fitted
        areas = [abs(fitted.bands[i].area[0]) for i in weak]
        del left[weak[int(np.argmin(areas))]]
        window = fit_window(x, left)


def _completed(
    x: FloatArray, y: FloatArray, sigma: FloatArray, fitted: ClusterFit, widest: float
) -> ClusterFit:
    """Return the fit with one band more where that halves what its line shapes miss.

    An asymmetric band is two: there is no place for the second one in the second derivative.
    """
    narrow = any(not _is_ground(band, widest) for band in fitted.bands)
    standing = all(_stands(band, widest) for band in fitted.bands)
    if not narrow or not standing or fitted.reduced_chi2 < _MISSES:
        return fitted
    tries = [
        fit_cluster(x, y, sigma, starts, fitted.window, widest)
        for starts in _splits(x, fitted, widest)
    ]
    better = [
        one
        for one in tries
        if one.reduced_chi2 < _HALVES * fitted.reduced_chi2
        and all(_stands(band, widest) and _is_told(band) for band in one.bands)
        and _apart(one)
    ]
    return min(better, key=lambda one: one.reduced_chi2, default=fitted)


def _apart(fitted: ClusterFit) -> bool:
    """Return whether no two bands are nearer than half the FWHM of the narrower.

    Such two are one whose line is no pseudo-Voigt.
    """
    return all(
        abs(one.position[0] - other.position[0]) >= 0.5 * min(one.fwhm[0], other.fwhm[0])
        for one, other in combinations(fitted.bands, 2)
    )


def _splits(x: FloatArray, fitted: ClusterFit, widest: float) -> list[list[BandStart]]:
    """Return the bands with the one that misses the most as two, narrower on either side."""
    inside = x[slice(*fitted.window)]
    starts = [band.start for band in fitted.bands]
    missed = [
        0.0
        if _is_ground(band, widest)
        else float((fitted.residual[np.abs(inside - one.position) < one.fwhm] ** 2).sum())
        for band, one in zip(fitted.bands, starts, strict=True)
    ]
    worst = starts.pop(int(np.argmax(missed)))
    half = replace(worst, fwhm=_SPLIT * worst.fwhm, height=0.6 * worst.height, mixing=0.5)
    return [
        [
            *starts,
            replace(half, position=worst.position + side * 0.5 * _ASIDE * worst.fwhm),
            replace(
                worst, position=worst.position - side * _ASIDE * worst.fwhm,
                height=0.5 * worst.height, mixing=0.5,
            ),
        ]
        for side in (1.0, -1.0)
    ]  # fmt: skip
